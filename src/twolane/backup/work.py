"""Counting through the bytes of a backup, and checking each of its members."""

from __future__ import annotations

from pathlib import Path

from twolane.backup.archive import ArchiveReader
from twolane.backup.values import BackupStep, OnStep


class StepCounter:
    """Counts what is done of one part of the work, and tells it."""

    def __init__(self, doing: str, on_step: OnStep, total_bytes: int = 0) -> None:
        self._doing = doing
        self._on_step = on_step
        self._total = total_bytes
        self._done = 0

    def add(self, number: int) -> None:
        """Say that so much more is done."""
        self._done += number
        self._on_step(BackupStep(self._doing, self._done, max(self._done, self._total), in_bytes=True))

    def at(self, done: int, total: int) -> None:
        """Say how much is done, of how much, in pages or rows."""
        self._on_step(BackupStep(self._doing, done, total, in_bytes=False))


def verify(archive: ArchiveReader, on_step: OnStep) -> None:
    """Unpack every member to nowhere. Raises `BackupError` where one is not what was packed."""
    counter = StepCounter("checking", on_step, archive.manifest.content_bytes)
    for member in archive.manifest.members:
        archive.unpack(member, None, counter.add)


def size_of(path: Path) -> int:
    """Return the size of a file, 0 where it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def is_folder(path: Path) -> bool:
    """Say whether a folder is there; one on a disk that was lost is not, whatever that answers."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_file(path: Path) -> bool:
    """Say whether a file is there; one on a disk that was lost is not, whatever that answers."""
    try:
        return path.is_file()
    except OSError:
        return False
