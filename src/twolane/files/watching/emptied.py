"""Watched folders that empty themselves: looks when there is something to move, and has it moved."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from twolane.documents import display_path
from twolane.errors import TwolaneError
from twolane.files.watching.arrivals import Arrivals, FindsFiles
from twolane.files.watching.settled import Settled

_LOOK_S = 0.5
_TOGETHER_S = 2.0  # what is filed within so long is moved by one plan
_EVERY_S = 5.0  # what people decide on in a review is moved by then
_PAUSES = 10  # planning a large folder takes a while: it rests at least so many times that
_AFTER_A_FAULT_S = 30.0

_log = logging.getLogger(__name__)


class EmptiedFolder:
    """Has a folder emptied by `empty`, in a thread of its own, while `is_watched`; until `stop`."""

    fault: TwolaneError | None = None

    def __init__(
        self,
        path: Path,
        library: FindsFiles,
        empty: Callable[[Path], object],
        is_watched: Callable[[], bool],
    ) -> None:
        self._path, self._empty, self._is_watched = path, empty, is_watched
        self._arrivals = Arrivals(library)
        self._stop = threading.Event()
        self._due_at = 0.0
        self._thread = threading.Thread(target=self._run, name="twolane emptied folder", daemon=True)
        self._thread.start()

    def add(self, files: Sequence[Settled]) -> None:
        """Wait for files that came in to be filed."""
        self._arrivals.add(files)

    def stop(self) -> None:
        """End it once what is being moved has been."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(_LOOK_S):
            if self._is_watched():
                try:
                    self._step()
                except TwolaneError as error:
                    _log.warning("%s is not emptied: %s", display_path(self._path), error)
                    self.fault, self._due_at = error, time.monotonic() + _AFTER_A_FAULT_S

    def _step(self) -> None:
        if self._arrivals.done() and self.fault is None:
            self._due_at = min(self._due_at, time.monotonic() + _TOGETHER_S)
        if time.monotonic() < self._due_at:
            return
        began = time.monotonic()
        moved = self._empty(self._path)
        self.fault = None
        ended = time.monotonic()
        self._due_at = ended + (0.0 if moved else max(_EVERY_S, _PAUSES * (ended - began)))
