"""That a process is there, seen by other processes that share a folder with it."""

from __future__ import annotations

import secrets
from pathlib import Path

from twolane.llm.turns.lock_file import LockFile

_PREFIX = "present-"
_PROBED_S = 1.0  # another process may hold it for a moment, to see whether we do


class LockedPresence:
    """Obeys `twolane.chat.conversations.Presence` by a lock file, which a killed process lets go of, too."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = _PREFIX + secrets.token_hex(8)
        self._own = LockFile(folder / self.name)

    def show(self) -> None:
        self._own.acquire(_PROBED_S)

    def gone(self) -> list[str]:
        """Name the processes that were killed; each is named once."""
        return [path.name for path in self._folder.glob(f"{_PREFIX}*") if not LockFile(path).is_held()]

    def is_gone(self, name: str) -> bool:
        """Say whether a process is surely gone; False also where it shares another folder."""
        path = self._folder / Path(name).name
        return name.startswith(_PREFIX) and path.exists() and not LockFile(path).is_held()

    def close(self) -> None:
        self._own.release()
