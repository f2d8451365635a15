"""The files that came into watched folders, until the library says what became of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Protocol

from twolane.documents import Arrival, FileList, FileState, Filter
from twolane.files.watching.settled import Settled

_DONE = tuple(set(FileState) - {FileState.WAITING})
_ASKED_AT_ONCE = 50


class FindsFiles(Protocol):
    """What seeing what became of files needs of the library."""

    def find(self, within: Filter) -> FileList:
        """List the files that pass."""

    def file_ids(self, paths: Iterable[Path]) -> Mapping[Path, int]:
        """Return the numbers of the files at these paths, of those that are known."""


class Arrivals:
    """Files are added by some threads, and asked for by one: of many the oldest and the newest."""

    def __init__(self, library: FindsFiles) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._heard_at: dict[Path, float] = {}

    def __len__(self) -> int:
        return len(self._heard_at)

    def add(self, files: Sequence[Settled]) -> None:
        """Wait for files that were taken in."""
        with self._lock:
            self._heard_at.update((file.path, file.heard_at) for file in files)

    def done(self) -> list[Arrival]:
        """Return those that nothing more is done on, each once. Raises `StoreError`."""
        with self._lock:
            oldest = list(islice(self._heard_at, _ASKED_AT_ONCE))
            newest = list(islice(reversed(self._heard_at), _ASKED_AT_ONCE))
        asked = tuple(dict.fromkeys([*oldest, *newest]))
        if not asked:
            return []
        found = self._library.find(Filter(folders=asked, states=_DONE)).files
        known = self._library.file_ids(asked)
        with self._lock:
            for path in asked:
                if path not in known:  # it has been moved on
                    self._heard_at.pop(path, None)
            now = time.monotonic()
            heard = [(file, self._heard_at.pop(file.path, None)) for file in found]
        return [Arrival(file, now - at) for file, at in heard if at is not None]
