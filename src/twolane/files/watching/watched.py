"""What has changed in a folder, as the system tells it: inotify, FSEvents or ReadDirectoryChangesW."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from watchfiles import Change

# the library's documented way to be used directly: its generator ends at a name that is no text
from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError

from twolane.documents import display_path
from twolane.errors import NoEventsError
from twolane.files.scan import is_folder

_STEP_MS, _LONGEST_MS, _WAIT_MS = 25, 200, 100
# The library does not say that the system's queue ran over. A file that is written makes four or five events:
# with fewer changes at once than an eighth of what the queue holds, it has not.
_QUEUE = Path("/proc/sys/fs/inotify/max_queued_events")
_USUAL_QUEUE = 16_384
_LIMITS = {
    "watch limit reached": ("max_user_watches", "folders that may be watched"),
    "Too many open files": ("max_user_instances", "programs that may watch folders"),
}


@dataclass(frozen=True, slots=True)
class FolderChanges:
    """Paths where something has happened, whatever it was; `missed` says that there may be others."""

    paths: tuple[Path, ...] = ()
    missed: bool = False


class ChangeSource(Protocol):
    """What tells of the changes under one folder."""

    def changes(self) -> FolderChanges:
        """Return what has changed since the last call, after waiting a moment where nothing has."""

    def close(self) -> None:
        """End it; safe to call twice."""


class FolderWatcher:
    """Obeys `ChangeSource` by the system's events; where `stop` is set it waits no longer.

    Raises `NoEventsError` where the system cannot watch a folder, or one in it.
    """

    def __init__(self, root: Path, stop: threading.Event) -> None:
        self._root, self._stop = root, stop
        self._burst = _queue_length() // 8
        self._notify = self._opened()

    def changes(self) -> FolderChanges:
        try:
            told = self._notify.watch(_LONGEST_MS, _STEP_MS, _WAIT_MS, self._stop)
        except WatchfilesRustInternalError:
            # a name that is no text, or a folder in it that could not be watched: the rest was not told
            self._notify.close()
            self._notify = self._opened()
            return FolderChanges(missed=True)
        if isinstance(told, str):
            return FolderChanges()
        return FolderChanges(tuple(_paths(told)), missed=len(told) > self._burst)

    def close(self) -> None:
        self._notify.close()

    def _opened(self) -> RustNotify:
        try:
            return RustNotify([os.fspath(self._root)], False, False, 0, True, False)
        except (OSError, RuntimeError, UnicodeError) as error:  # UnicodeError: its own path is no text
            raise _no_events(self._root, error) from error


def _queue_length() -> int:
    try:
        return int(_QUEUE.read_text("ascii"))
    except (OSError, ValueError):
        return _USUAL_QUEUE


def _paths(told: Iterable[tuple[int, str]]) -> Iterator[Path]:
    """Yield the paths, each once; that a folder was touched says nothing of what is in it."""
    seen: set[str] = set()
    for change, path in told:
        if path not in seen and not (change == Change.modified and is_folder(path)):
            seen.add(path)
            yield Path(path)


def _no_events(root: Path, error: Exception) -> NoEventsError:
    shown = display_path(root)
    for words, (limit, what) in _LIMITS.items():
        if words in str(error):
            return NoEventsError(
                f"{shown} cannot be watched: the system's number of {what} is used up",
                f"raise fs.inotify.{limit}, such as by `sysctl fs.inotify.{limit}=1048576`",
            )
    return NoEventsError(f"{shown} cannot be watched: {error}", "look at the permissions of what is in it")
