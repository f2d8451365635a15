"""The settings files that the user trusts, each by its path and its content."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from twolane.config.folders import configuration_folder
from twolane.errors import SettingsError
from twolane.system.paths import path_digest


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A settings file as it was read: the SHA-256 of its content, and what needs trust as "name = value"."""

    path: Path
    digest: str
    guarded: tuple[str, ...] = ()


def digest_of(content: bytes) -> str:
    """Return the digest that identifies a file's content."""
    return hashlib.sha256(content).hexdigest()


def is_trusted(file: SettingsFile) -> bool:
    """Say whether the user trusts this content at this path."""
    try:
        return bool(json.loads(_record(file.path).read_bytes())["sha256"] == file.digest)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def trust(file: SettingsFile) -> Path:
    """Remember that the user trusts this content at this path, instead of any earlier content there.

    Returns the record. Raises `SettingsError` where none can be written.
    """
    record = _record(file.path)
    text = json.dumps({"path": os.fspath(file.path.resolve()), "sha256": file.digest})
    try:
        record.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = record.with_suffix(f".{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        draft.replace(record)
    except OSError as error:
        raise SettingsError(
            f"that {file.path} is trusted cannot be remembered: {error}",
            f"make {record.parent} writable, or name the file each time, with --settings or TWOLANE_SETTINGS",
        ) from None
    return record


def distrust(file: SettingsFile) -> bool:
    """Forget that a path is trusted; returns whether it was."""
    record = _record(file.path)
    known = record.exists()
    record.unlink(missing_ok=True)
    return known


def _record(path: Path) -> Path:
    return configuration_folder() / "trusted" / f"{path_digest(path.resolve())}.json"
