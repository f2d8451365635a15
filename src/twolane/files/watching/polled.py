"""What has changed in a folder, found by looking at all of it again and again.

See docs/why/files.md#polling-compares-scans-by-our-own-walk.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from twolane.documents import FileSeen
from twolane.errors import NotFoundError, StoreError
from twolane.files.clutter import Clutter, clutter_but
from twolane.files.scan import scan
from twolane.files.watching.watched import FolderChanges

_WAIT_S = 0.1
_PAUSES = 5  # a look at a large folder takes a while: the next one waits at least so many times that


class FolderPoll:
    """Obeys `ChangeSource` by a look every `poll_s`; where `stop` is set it waits no longer.

    Of each file it keeps two numbers of 64 bits, some 100 bytes in all.
    """

    def __init__(
        self,
        root: Path,
        stop: threading.Event,
        *,
        poll_s: float,
        exclude: Sequence[Path] = (),
        clutter: Callable[[], Clutter] = clutter_but,
    ) -> None:
        self._clutter = clutter
        self._root, self._stop, self._poll_s, self._exclude = root, stop, poll_s, exclude
        self._known: dict[int, int] = {}
        self._due_at = 0.0
        self._look()

    def changes(self) -> FolderChanges:
        if time.monotonic() < self._due_at:
            self._stop.wait(_WAIT_S)
            return FolderChanges()
        return self._look()

    def close(self) -> None:
        """Do nothing: nothing is kept open."""

    def _look(self) -> FolderChanges:
        began = time.monotonic()
        known: dict[int, int] = {}
        changed: list[Path] = []
        try:
            for file in scan([self._root], self._exclude, clutter=self._clutter()):
                if self._stop.is_set():
                    return FolderChanges()
                if isinstance(file, FileSeen):
                    name, state = hash(file.path), hash((file.size_bytes, file.stamp))
                    known[name] = state
                    if self._known.get(name) != state:
                        changed.append(file.path)
        except (NotFoundError, StoreError):  # whoever watches it sees that it is away
            return FolderChanges()
        missed = bool(self._known.keys() - known.keys())
        self._known = known
        ended = time.monotonic()
        self._due_at = ended + max(self._poll_s, _PAUSES * (ended - began))
        return FolderChanges(tuple(changed), missed=missed)
