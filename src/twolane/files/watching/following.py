"""Keeps a library up to date with one folder: hears of changes, and takes files in that are whole."""

from __future__ import annotations

import logging
import math
import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from twolane.config.settings import WatchedFolder
from twolane.documents import FileSeen, FolderStanding, FolderWatch, display_path
from twolane.errors import FileAwayError, NoEventsError, NotFoundError, TwolaneError
from twolane.files.clutter import Clutter, clutter_but
from twolane.files.scan import is_folder, is_left_out, scan
from twolane.files.watching.polled import FolderPoll
from twolane.files.watching.settled import Settled, Settling, is_fresh
from twolane.files.watching.watched import ChangeSource, FolderWatcher
from twolane.files.watching.whole_looks import Adding, WholeLooks
from twolane.store.values import ScanResult
from twolane.system.mounts import folder_identity, remote_kind

POLL_S = 10.0
_AGAIN_S = 1.0
_ENDING_S = 20.0
_EVENTS_AGAIN_S = 300.0  # whether the system tells of changes by now is tried so often where it did not
_AT_ONCE = 500
_FRESH_S = 10.0
_MOST_GONE = 10_000

_log = logging.getLogger(__name__)


class Following(Adding, Protocol):
    """What following a folder needs of the library."""

    def follow(self, paths: Sequence[Path], *, soon: bool = False) -> ScanResult:
        """Look again at files where something has happened."""

    def clutter(self) -> Clutter:
        """Return the names of no documents as people want them just now."""


class FolderLock(Protocol):
    """What one process of a machine holds for a folder, and loses when it ends in whatever way."""

    def acquire(self) -> bool:
        """Take it; False where another process has it."""

    def release(self) -> None:
        """Let it go; harmless where it is not held."""


class Follower:
    """Follows one folder in a thread of its own, between its making and `stop`.

    `on_settled` hears of the files that were taken in, from that thread. A folder that is not there is waited
    for, and nothing of it is gone meanwhile.
    """

    def __init__(
        self,
        folder: WatchedFolder,
        library: Following,
        lock: FolderLock,
        *,
        exclude: Sequence[Path] = (),
        on_settled: Callable[[Sequence[Settled]], None] = lambda _: None,
    ) -> None:
        self._folder, self._library, self._lock = folder, library, lock
        self._exclude = tuple(path.resolve() for path in exclude)
        self._on_settled = on_settled
        self._stop = threading.Event()
        self._path = folder.path.expanduser().absolute()
        self._watch, self._since = FolderWatch.STARTING, time.time()
        self._reason: TwolaneError | None = None  # why it polls, or waits
        self._fault: TwolaneError | None = None  # why files were not taken in
        self._taken, self._found, self._last_change_at = 0, 0, 0.0
        self._follow: _Follow | None = None
        self._thread = threading.Thread(target=self._run, name="twolane follower", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it; what is under way comes to its end."""
        self._stop.set()
        self._thread.join(_ENDING_S)  # a network drive without its server may hold it for ever

    @property
    def is_watching(self) -> bool:
        """Whether it is this process that watches the folder, which is there."""
        return self._follow is not None

    @property
    def standing(self) -> FolderStanding:
        """How the folder stands now."""
        follow, whole = self._follow, self._follow.whole if self._follow else None
        fault = self._fault or (whole.fault if whole else None) or self._reason
        if not self._thread.is_alive() and not self._stop.is_set():
            fault = TwolaneError(
                "its watcher has ended unexpectedly", "look into the log, and start it again"
            )
        return FolderStanding(
            self._path,
            socket.gethostname(),
            FolderWatch.AWAY if isinstance(fault, FileAwayError) else self._watch,
            self._since,
            waiting=follow.waiting if follow else 0,
            taken=self._taken,
            found=self._found + (whole.found if whole else 0),
            last_change_at=self._last_change_at,
            apply=self._folder.apply,
            fault=fault.what if fault else "",
            remedy=fault.remedy if fault else "",
            seen_at=time.time(),
        )

    # the thread

    def _run(self) -> None:
        while not self._stop.is_set() and not self._lock.acquire():
            self._say(FolderWatch.ELSEWHERE)
            self._stop.wait(_AGAIN_S)
        try:
            while not self._stop.is_set():
                if (identity := folder_identity(self._path)) is None:
                    self._say(FolderWatch.AWAY, _away(self._path))
                    self._stop.wait(_AGAIN_S)
                else:
                    self._follow_until_away(self._path.resolve(), identity)
        finally:
            self._lock.release()

    def _say(self, watch: FolderWatch, reason: TwolaneError | None = None) -> None:
        if watch is not self._watch:
            self._watch, self._since = watch, time.time()
            _log.info("%s: %s", display_path(self._path), reason or watch.value)
        self._reason = reason

    def _follow_until_away(self, root: Path, identity: tuple[int, int]) -> None:
        source = self._source(root)

        def is_here() -> bool:
            return folder_identity(self._path) == identity

        follow = _Follow(root, source, self._library, self._settle_s(), self._exclude, self._stop, is_here)
        self._follow = follow
        look_at, end_at = 0.0, time.monotonic() + _EVENTS_AGAIN_S if self._reason else math.inf
        try:
            while not self._stop.is_set() and time.monotonic() < end_at:
                if time.monotonic() >= look_at:
                    if not is_here():
                        return
                    look_at = time.monotonic() + _AGAIN_S
                self._step(follow)
        except NoEventsError as error:  # a new folder in it could not be watched: it is opened anew
            _log.warning("%s", error)
        finally:
            source.close()
            follow.whole.close()
            self._follow = None
            self._found += follow.whole.found

    def _step(self, follow: _Follow) -> None:
        if follow.hear():
            self._last_change_at = time.time()
        try:
            settled = follow.take()
        except TwolaneError as error:
            _log.warning("%s: %s", display_path(self._path), error)
            self._fault = error
            self._stop.wait(_AGAIN_S)
            return
        if settled:
            self._fault = None
            self._taken += len(settled)
            self._on_settled(settled)

    def _source(self, root: Path) -> ChangeSource:
        poll_s, reason = self._folder.poll_s, None
        if not poll_s and remote_kind(root):
            poll_s = POLL_S
        if not poll_s:
            try:
                source = FolderWatcher(root, self._stop)
            except NoEventsError as error:
                poll_s, reason = POLL_S, error
            else:
                self._say(FolderWatch.EVENTS)
                return source
        self._say(FolderWatch.POLLING, reason)
        clutter = self._library.clutter
        return FolderPoll(root, self._stop, poll_s=poll_s, exclude=self._exclude, clutter=clutter)

    def _settle_s(self) -> float:
        # where a folder has to be polled, its times may be late as well
        least_s = 0.0 if self._watch is FolderWatch.EVENTS else min(2.0, self._folder.poll_s or POLL_S)
        return max(self._folder.quiet_s, least_s)


class _Follow:
    """Following a folder while it is there: from what is heard to what is taken in."""

    def __init__(
        self,
        root: Path,
        source: ChangeSource,
        library: Following,
        quiet_s: float,
        exclude: Sequence[Path],
        stop: threading.Event,
        is_here: Callable[[], bool],
    ) -> None:
        self._root, self._source, self._library, self._exclude = root, source, library, exclude
        self._is_here = is_here
        self._settling = Settling(quiet_s)
        self._gone: list[Path] = []
        self._clutter = clutter_but()
        self.whole = WholeLooks(library, root, quiet_s, stop)

    @property
    def waiting(self) -> int:
        """How many paths are waited for."""
        return len(self._settling)

    def hear(self) -> bool:
        """Note what has changed; return whether anything has."""
        changes = self._source.changes()
        if changes.paths:
            with suppress(TwolaneError):  # taking in what has changed tells of it
                self._clutter = self._library.clutter()
        is_inside: dict[Path, bool] = {}  # of a burst nearly all are in few folders
        for path in changes.paths:
            if path.parent not in is_inside:
                # what is reached by a link is not: no scan follows one
                is_inside[path.parent] = os.path.realpath(path.parent) == os.fspath(path.parent)
            if is_inside[path.parent]:
                self._note(path)
        for path in self.whole.step(wait=len(self._settling) > _AT_ONCE):
            self._settling.note(path)
        if changes.missed or self._settling.overflowed or len(self._gone) > _MOST_GONE:
            self._settling.overflowed = False
            self._gone = self._gone[:_MOST_GONE]
            self.whole.ask()
        return bool(changes.paths)

    def take(self) -> list[Settled]:
        """Take in what is whole; return what was taken. Raises `TwolaneError`, and takes it later."""
        settled = self._settling.settled(_AT_ONCE)
        # what was put into a folder before the system told of what happens in it is found by the second look
        files = [one for one in settled if one.is_there and not self._is_spread(one.path, fresh=True)]
        self._gone += [one.path for one in settled if not one.is_there]
        # what has gone here may be what has come there: it is told last, and with what comes
        is_last = len(settled) < _AT_ONCE
        soon, later = [one for one in files if one.soon], [one for one in files if not one.soon]
        try:
            if soon:
                self._follow(soon, with_gone=is_last and not later, soon=True)
            if later or (is_last and self._gone and not soon):
                self._follow(later, with_gone=is_last, soon=False)
        except TwolaneError:
            for one in files:
                self._settling.note_again(one.path)
            raise
        return files

    def _follow(self, files: Sequence[Settled], *, with_gone: bool, soon: bool) -> None:
        # where the folder itself has gone, nothing is known of what was in it
        gone = self._gone if with_gone and self._is_here() else []
        self._library.follow([*(one.path for one in files), *gone], soon=soon)
        if with_gone:
            self._gone = []

    def _note(self, path: Path) -> None:
        if path == self._root or is_left_out(path, self._root, self._exclude, self._clutter):
            return
        if self._clutter.why_file(path.name) and os.path.lexists(path):
            return  # once it has its last name, that is heard of
        self._is_spread(path)
        self._settling.note(path)

    def _is_spread(self, path: Path, *, fresh: bool = False) -> bool:
        """Note all files, or the fresh ones, of a folder that has come; return whether it is one."""
        if not is_folder(path):
            return False
        if not is_left_out(path / "in it", self._root, self._exclude, self._clutter):
            try:
                for file in scan([path], self._exclude, clutter=self._clutter):
                    if isinstance(file, FileSeen) and not (fresh and not is_fresh(file, _FRESH_S)):
                        self._settling.note(file.path)
            except NotFoundError:  # it has gone again, which is heard of as well
                return True
        return True


def _away(path: Path) -> TwolaneError:
    shown = display_path(path)
    if path.exists():
        return NotFoundError(f"{shown} is no folder", "name a folder: `twolane add` takes single files")
    return NotFoundError(
        f"{shown} is not there: is its disk mounted?", "it is watched as soon as it is there"
    )
