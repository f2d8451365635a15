"""Looks at the whole of a watched folder, beside what is heard of single files in it.

See docs/why/files.md#what-no-event-tells-is-found-by-a-look.
"""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Protocol

from twolane.cancel import Cancelled
from twolane.documents import FileSeen
from twolane.errors import TwolaneError
from twolane.files.watching.settled import is_fresh
from twolane.files.watching.writers import written_files
from twolane.outages import level_of
from twolane.store.values import ScanResult

_EVERY_S = 900.0  # what no event has told is found by then
_PAUSES = 50  # a look at a large folder takes a while: unasked, it pauses for so many times that
_PAUSES_ASKED = 5
_AFTER_A_BURST_S = 2.0
_LONGEST_WAIT_S = 60.0
_AGAIN_S = 5.0
_FRESH_S = 10.0  # what was written so lately is waited for, as if it had been heard of
_MOST_LEFT = 2000

_log = logging.getLogger(__name__)


class Adding(Protocol):
    """What a look at a whole folder needs of the library."""

    def add(
        self, paths: list[Path], *, emptied: bool, priority: int, leave: Callable[[FileSeen], bool]
    ) -> ScanResult:
        """Queue what is new or changed at and under the paths."""


class WholeLooks:
    """Looks at all of a folder in a thread of its own, so that no single file has to wait for that.

    What is fresh, or being written, is left to whoever calls `step`. Where `stop` is set it breaks off.
    """

    fault: TwolaneError | None = None  # why the last look came to nothing
    found = 0  # files that looks have queued

    def __init__(self, library: Adding, root: Path, quiet_s: float, stop: threading.Event) -> None:
        self._library, self._root, self._stop = library, root, stop
        self._fresh_s = max(_FRESH_S, 2 * quiet_s)
        self._left: SimpleQueue[Path] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._due_at = 0.0
        self._rested_at = 0.0
        self._done = 0

    @property
    def done(self) -> int:
        """How many looks have come to their end."""
        return self._done

    def ask(self) -> None:
        """Look at all of it soon: something may have been missed."""
        self._due_at = min(self._due_at, time.monotonic() + _AFTER_A_BURST_S * bool(self._done))

    def step(self, *, wait: bool = False) -> list[Path]:
        """Begin a look where one is due; return what was left by now.

        With `wait`, one that was asked for waits a minute at most: others are at the library just now.
        """
        now = time.monotonic()
        running = self._thread is not None and self._thread.is_alive()
        due_at = self._due_at + _LONGEST_WAIT_S * (wait and self._done > 0)
        if now >= max(due_at, self._rested_at) and not running:
            self._due_at = math.inf
            self._thread = threading.Thread(target=self._look, name="twolane whole look", daemon=True)
            self._thread.start()
        left: list[Path] = []
        while len(left) < _MOST_LEFT:
            try:
                left.append(self._left.get_nowait())
            except Empty:
                break
        return left

    def close(self) -> None:
        """Wait for the look that is under way."""
        if self._thread is not None:
            self._thread.join()

    def _look(self) -> None:
        began = time.monotonic()
        below = os.fsencode(self._root) + b"/"
        written = written_files(lambda path: path.startswith(below))
        number = 0

        def leave(file: FileSeen) -> bool:
            nonlocal number
            if self._stop.is_set():
                raise Cancelled
            is_left = file.path in written or (number < _MOST_LEFT and is_fresh(file, self._fresh_s))
            if is_left:
                number += 1
                self._left.put(file.path)
            return is_left

        again_s = _EVERY_S
        try:
            # the first look cannot know whether an empty folder lacks its disk, the later ones do
            result = self._library.add([self._root], emptied=bool(self._done), priority=0, leave=leave)
        except Cancelled:
            return
        except TwolaneError as error:
            _log.log(level_of(error), "the folder was not looked at: %s", error)
            self.fault, again_s = error, _AGAIN_S
        else:
            self.fault = None
            self.found += result.new + result.changed
            self._done += 1
        ended = time.monotonic()
        self._rested_at = ended + _PAUSES_ASKED * (ended - began)
        self._due_at = min(self._due_at, ended + max(again_s, _PAUSES * (ended - began)))
