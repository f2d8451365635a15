"""How far filing is, while it runs in this process: files, rate, time left, and what it waits for."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from twolane.cli.output import Bar
from twolane.cli.time_left import FileCosts, kinds_of
from twolane.documents import FileState, Filter, display_path
from twolane.errors import StoreBusyError
from twolane.system.disk import has_room

if TYPE_CHECKING:
    from twolane.app import App
    from twolane.store.values import Pending

_POLL_S = 0.25
_LONGEST_POLL_S = 2.0
_PAUSES = 20  # counting what is left of many files takes a while itself: it is paused for so many times that
_KINDS_S = 5.0  # how often it is looked what kinds of files are left
_MOST_LISTED = 2_000  # of more files than that kinds are not looked at: all count alike
_SILENT_S = 2.0  # nothing done for so long is worth a reason
_STUCK_S = 5.0  # and for so long a look at the disk
_ROOM_BYTES = 256 * 1024


def follow(app: App, roots: Sequence[Path], bar: Bar) -> None:
    """Start this process's workers and show how far they are until nothing is left there."""
    delayed: list[str] = []
    total, began = app.library.pending(roots), time.monotonic()
    costs = _WorkLeft(app, roots, total.files)
    app.workers.start(lambda event: delayed.append(event.error) if event.error else None)
    looked, last_s = total, began
    while looked.jobs:
        now = time.monotonic()
        if _has_moved(looked, left := app.library.pending(roots)):
            last_s = now
        counting_s, looked = time.monotonic() - now, left
        waits_for = _reason(app, delayed) if now - last_s > _SILENT_S else ""
        if now - last_s > _STUCK_S:
            _check_room(app.settings.data_dir)
        filed = total.files - left.files
        rate = f"{filed}/{total.files} files, {filed / max(0.001, now - began):.1f}/s"
        if left.files:
            done, whole = costs.look(left.files, counts=not waits_for)
        else:
            rate, done, whole = f"{rate}, indexing {left.jobs}", total.jobs - left.jobs, total.jobs
        bar.update(done, whole, rate, waits_for=waits_for)
        delayed.clear()
        app.workers.wait(min(max(_POLL_S, _PAUSES * counting_s), _LONGEST_POLL_S))
    bar.update(total.files, total.files, f"{total.files}/{total.files} files")


def _check_room(data_dir: Path) -> None:
    """Raise `StoreBusyError` where the disk is full: waiting does not mend that, and nobody would notice."""
    if data_dir.is_dir() and not has_room(data_dir, _ROOM_BYTES):
        raise StoreBusyError(
            f"the library in {display_path(data_dir)} cannot grow: the disk is full",
            "free some space there, then run the same command again: it goes on where it stopped",
        )


def _has_moved(before: Pending, now: Pending) -> bool:
    return (before.files, before.jobs) != (now.files, now.jobs)


def _reason(app: App, delayed: Sequence[str]) -> str:
    """Return why nothing goes on just now, or "" where the work itself takes its time."""
    if delayed:
        return delayed[-1]
    if waits_for := app.workers.waits_for():
        return waits_for
    health = app.poller.known_health("filing", 0.0)
    if health and app.lanes["filing"].use_model and health.reachable and not health.loaded:
        return f"{app.lanes['filing'].model} is being loaded"
    return ""


class _WorkLeft:
    """The work that is done and the whole of it, in files of text: a scan is more of it than a note."""

    def __init__(self, app: App, roots: Sequence[Path], files: int) -> None:
        self._app = app
        self._within = Filter(folders=tuple(roots), states=(FileState.WAITING,))
        self._costs = FileCosts()
        self._looked_at = time.monotonic()
        self._left = self._kinds(files)
        self._done: Counter[str] = Counter()
        self._share = 0.0

    def look(self, files: int, *, counts: bool) -> tuple[float, float]:
        """Return what is done and the whole; where it does not count, the time so far was spent waiting."""
        now = time.monotonic()
        passed_s = now - self._looked_at
        if not counts:
            self._looked_at = now
        elif passed_s >= _KINDS_S:
            self._looked_at = now
            left = self._kinds(files)
            gone = self._left - left
            self._costs.took(gone, passed_s)
            self._left, self._done = left, self._done + gone
        done, whole = self._costs.of(self._done), self._costs.of(self._done + self._left)
        since = max(0, self._left.total() - files)  # done since the kinds were looked at
        done += (whole - done) * since / max(1, self._left.total())
        self._share = max(self._share, done / whole if whole else 0.0)  # a bar goes forwards only
        return self._share * whole, whole

    def _kinds(self, files: int) -> Counter[str]:
        if files > _MOST_LISTED:
            return Counter({"": files})
        found = self._app.library.find(self._within, limit=_MOST_LISTED)
        return kinds_of(record.path for record in found.files)
