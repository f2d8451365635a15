"""Which of the files that have changed are whole: nobody writes them any more, as far as can be seen.

See docs/why/files.md#a-watched-file-is-taken-once-it-is-quiet-and-nobody-writes-it.
"""

from __future__ import annotations

import heapq
import os
import stat
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from twolane.documents import FileSeen
from twolane.files.watching.writers import written_files

_MOST_WAITING = 50_000
_MOST_REMEMBERED = 5000  # enough for what is heard of twice
_GROWN_PATIENCE = 8  # most times `quiet_s` that a file is waited for which has grown between two looks
_HELD_S = 300.0  # what is open for writing and has not changed for so long is what it will be
_HELD_LOOK_S = 1.0
_SEEN_REST = 10  # looking at all processes takes a while: it rests so many times that
_SOON_FILES, _SOON_IN_ALL, _SOON_S = 20, 100, 2.0


@dataclass(frozen=True, slots=True)
class Settled:
    """A path where nothing is written any more, first heard of at `heard_at` of the clock.

    `soon` are few files at a time, which somebody waits for; `is_there` says whether anything is there.
    """

    path: Path
    heard_at: float
    soon: bool
    is_there: bool


@dataclass(slots=True)
class _Unsettled:
    heard_at: float
    soon: bool
    look: tuple[int, ...]
    since: float  # it has been as it is
    patience_s: float
    due_at: float = field(default=0.0)


class Settling:
    """The files that have changed and are waited for; for one thread.

    A file is whole once its size and times have not changed for `quiet_s` and no process has it open for
    writing. One that has grown meanwhile is given up to eight times as long, for its writer pauses.
    """

    def __init__(
        self,
        quiet_s: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        written: Callable[[Callable[[bytes], bool]], Collection[Path]] = written_files,
    ) -> None:
        self._quiet_s = quiet_s
        self._clock = clock
        self._written = written
        self._waiting: dict[Path, _Unsettled] = {}
        # by whether they go first, each with the earliest in front
        self._due: dict[bool, list[tuple[float, int, Path]]] = {True: [], False: []}
        self._number = 0
        self._rush = _Rush()
        self.overflowed = False  # it was full: what was noted then is not waited for
        self._settled: dict[Path, tuple[int, ...]] = {}
        self._may_see_at = 0.0

    def __len__(self) -> int:
        return len(self._waiting)

    def note(self, path: Path) -> None:
        """Wait for a path where something has happened, unless it was settled as it is now."""
        now = self._clock()
        known = self._waiting.get(path)
        if known:
            known.due_at = max(known.due_at, now + known.patience_s)
            return
        if len(self._waiting) >= _MOST_WAITING:
            self.overflowed = True
            return
        look = _look(path)
        if look and self._settled.get(path) == look:
            return
        soon = self._rush.is_soon(path.parent, now)
        candidate = _Unsettled(now, soon, look, now, self._quiet_s)
        self._waiting[path] = candidate
        self._put(path, candidate, now + self._quiet_s)

    def note_again(self, path: Path) -> None:
        """Wait for a path that was settled, and could not be taken then."""
        self._settled.pop(path, None)
        self.note(path)

    def settled(self, most: int) -> list[Settled]:
        """Return so many paths that are whole, or where nothing is any more; each once."""
        now = self._clock()
        quiet: dict[Path, _Unsettled] = {}
        for due in (self._due[True], self._due[False]):
            while due and due[0][0] <= now and len(quiet) < most:
                _, _, path = heapq.heappop(due)
                self._look_again(path, now, quiet)
        for path, due_at in self._held(quiet, now).items():
            self._put(path, quiet.pop(path), due_at)
        for path, one in quiet.items():
            del self._waiting[path]
            self._settled.pop(path, None)
            self._settled[path] = one.look
        for path in [*islice(self._settled, max(0, len(self._settled) - _MOST_REMEMBERED))]:
            del self._settled[path]
        return [Settled(path, one.heard_at, one.soon, bool(one.look)) for path, one in quiet.items()]

    def _look_again(self, path: Path, now: float, quiet: dict[Path, _Unsettled]) -> None:
        candidate = self._waiting[path]
        if candidate.due_at > now:
            self._put(path, candidate, candidate.due_at)
        elif (look := _look(path)) != candidate.look:
            self._grown(path, candidate, look, now)
        else:
            quiet[path] = candidate

    def _put(self, path: Path, candidate: _Unsettled, due_at: float) -> None:
        candidate.due_at = due_at
        self._number += 1
        heapq.heappush(self._due[candidate.soon], (due_at, self._number, path))

    def _grown(self, path: Path, candidate: _Unsettled, look: tuple[int, ...], now: float) -> None:
        candidate.look, candidate.since = look, now
        candidate.patience_s = min(candidate.patience_s * 2, self._quiet_s * _GROWN_PATIENCE)
        self._put(path, candidate, now + candidate.patience_s)

    def _held(self, quiet: dict[Path, _Unsettled], now: float) -> dict[Path, float]:
        """Return when to look again at those that are being written, or of which that is not known yet."""
        asked = {os.fsencode(path) for path, one in quiet.items() if one.look and now - one.since < _HELD_S}
        if not asked:
            return {}
        if now < self._may_see_at:
            return {path: self._may_see_at for path in quiet if os.fsencode(path) in asked}
        written = self._written(asked.__contains__)
        ended = self._clock()
        self._may_see_at = ended + _SEEN_REST * (ended - now)
        return dict.fromkeys(written, ended + _HELD_LOOK_S)


class _Rush:
    """Says which of the files that come in go first: the first few of a folder within a moment.

    Of a burst that is all but a handful, so that whoever drops one file beside it need not wait for it.
    """

    def __init__(self) -> None:
        self._latest: deque[tuple[float, Path]] = deque()

    def is_soon(self, folder: Path, now: float) -> bool:
        while self._latest and self._latest[0][0] < now - _SOON_S:
            self._latest.popleft()
        of_folder = sum(other == folder for _, other in self._latest)
        if len(self._latest) >= _SOON_IN_ALL or of_folder >= _SOON_FILES:
            return False
        self._latest.append((now, folder))
        return True


def is_fresh(file: FileSeen, within_s: float) -> bool:
    """Say whether a file was written or got its name that lately."""
    written_ns, changed_ns, _ = file.stamp.split(":")
    now = time.time()
    return any(abs(now - int(at_ns) / 1e9) < within_s for at_ns in (written_ns, changed_ns))


def _look(path: Path) -> tuple[int, ...]:
    """Return what changes when a file is written; nothing where there is none."""
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError:  # not readable now is not the same as gone
        return (0,)
    # a folder's times change with every file in it, each of which is waited for itself
    if stat.S_ISDIR(status.st_mode):
        return (status.st_ino,)
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
