"""What a process at work finds wrong with a lane, for programs that have not asked its model anything."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from pathlib import Path

from twolane.documents import LaneName
from twolane.llm.base import Health

# Whoever keeps telling it writes it anew every few seconds.
_FRESH_S = 60.0


def tell(folder: Path, name: LaneName, health: Health | None) -> None:
    """Leave word of a lane that answers and has a remedy to tell all the same; else take our word back."""
    note = _note(folder, name)
    if health and health.ready and health.remedy:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        words = {"detail": health.detail, "remedy": health.remedy}
        part = note.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(words | {"by": os.getpid()}), encoding="utf-8")
        part.replace(note)
    elif _read(note).get("by") == os.getpid():
        note.unlink(missing_ok=True)


def with_told(folder: Path, name: LaneName, health: Health) -> Health:
    """Return a lane's health, or what another process has just said of it where nothing is wrong here."""
    words = _read(_note(folder, name))
    if not health.ready or health.remedy or words.get("by") in {None, os.getpid()}:
        return health
    return replace(health, detail=str(words.get("detail", "")), remedy=str(words.get("remedy", "")))


def _note(folder: Path, name: LaneName) -> Path:
    return folder / f"told-{name}.json"


def _read(note: Path) -> dict[str, str | int]:
    """Return the words of a note that is fresh; none where there is none."""
    try:
        if time.time() - note.stat().st_mtime > _FRESH_S:
            return {}
        words = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return words if isinstance(words, dict) else {}
