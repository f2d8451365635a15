"""What is remembered of backups beside the library: it is needed when the library cannot be read."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

from twolane.announced import write_private

_NAME = "backups.json"


@dataclass(frozen=True, slots=True)
class Remembered:
    """The last backup that was made, and the failure since then, if there was one."""

    path: Path | None = None
    made_at: float = 0.0
    library: str = ""
    failed_at: float = 0.0
    failure: str = ""
    remedy: str = ""

    def failed(self, at: float, failure: str, remedy: str) -> Remembered:
        """Return the same with a failure since."""
        return replace(self, failed_at=at, failure=failure, remedy=remedy)


def remembered(data_dir: Path) -> Remembered:
    """Return what is remembered; nothing where the file is missing or odd."""
    try:
        value: dict[str, Any] = json.loads((data_dir / _NAME).read_text("utf-8"))
        path = Path(os.fsdecode(unquote_to_bytes(value["path"]))) if value["path"] else None
        moments = float(value["made_at"]), float(value["failed_at"])
        words = str(value["library"]), str(value["failure"]), str(value["remedy"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Remembered()
    return Remembered(path, moments[0], words[0], moments[1], words[1], words[2])


def remember(data_dir: Path, known: Remembered) -> None:
    """Put it in place of what was remembered before. Raises `OSError`."""
    path = quote_from_bytes(os.fsencode(known.path)) if known.path else ""
    value = {
        "path": path,
        "made_at": known.made_at,
        "library": known.library,
        "failed_at": known.failed_at,
        "failure": known.failure,
        "remedy": known.remedy,
    }
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(data_dir / _NAME, json.dumps(value))
