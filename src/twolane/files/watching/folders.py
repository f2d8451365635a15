"""The watched folders: which there are, how each stands, and the watching of them by this process."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Protocol

from twolane.config.places import own_places
from twolane.config.settings import Settings, WatchedFolder
from twolane.documents import Arrival, FolderStanding, FolderWatch
from twolane.errors import StoreError
from twolane.files.watching.arrivals import Arrivals, FindsFiles
from twolane.files.watching.emptied import EmptiedFolder
from twolane.files.watching.following import FolderLock, Follower, Following
from twolane.files.watching.settled import Settled
from twolane.outages import level_of
from twolane.store.base import Registry
from twolane.system.paths import path_digest, path_of_named

_KEY = "folder "
_LOOK_S = 1.0
_BEAT_S = 10.0
_SILENT_S = 35.0  # all are dated by the store's clock: what is as far ahead is of before that was set back

_log = logging.getLogger(__name__)


class FolderLibrary(Following, FindsFiles, Protocol):
    """What watching folders needs of the library."""


class WatchedFolders:
    """Watches folders for a library between `start` and `stop`, and knows of those that others watch.

    `lock` gives what only one process of this machine can hold by a file; `empty` moves what is surely
    filed in a folder to where it belongs, and returns nothing where there is nothing to move.
    """

    def __init__(
        self,
        settings: Settings,
        library: FolderLibrary,
        store: Registry,
        lock: Callable[[Path], FolderLock],
        empty: Callable[[Path], object],
    ) -> None:
        self._settings, self._library, self._store, self._lock = settings, library, store, lock
        self._empty = empty
        self._followers: list[tuple[Follower, EmptiedFolder | None]] = []
        self._arrivals = Arrivals(library)
        self._stop = threading.Event()
        self._beat: threading.Thread | None = None
        self._told: dict[str, FolderStanding] = {}

    def start(self, folders: Sequence[WatchedFolder] | None = None, *, report: bool = False) -> None:
        """Watch folders, those of the settings by default.

        Whoever wants a `report` takes what `arrived` again and again: it is kept until then.
        """
        chosen = self._settings.folder if folders is None else folders
        for folder in {path_of_named(folder.path): folder for folder in chosen}.values():
            self._followers.append(self._follow(folder, report=report))
        if self._followers and self._beat is None:
            self._stop.clear()
            self._beat = threading.Thread(target=self._tell, name="twolane folders", daemon=True)
            self._beat.start()

    def _follow(self, folder: WatchedFolder, *, report: bool) -> tuple[Follower, EmptiedFolder | None]:
        emptied: EmptiedFolder | None = None

        def on_settled(files: Sequence[Settled]) -> None:
            if report:
                self._arrivals.add(files)
            if emptied:
                emptied.add(files)

        exclude = own_places(self._settings)
        lock = self._lock(self._settings.data_dir / "run" / f"folder-{_key(folder.path)}")
        follower = Follower(folder, self._library, lock, exclude=exclude, on_settled=on_settled)
        if folder.apply:
            path = path_of_named(folder.path)
            emptied = EmptiedFolder(path, self._library, self._empty, lambda: follower.is_watching)
        return follower, emptied

    def stop(self) -> None:
        """Watch no longer; safe to call twice."""
        self._stop.set()
        followers, self._followers = self._followers, []
        for follower, emptied in followers:
            follower.stop()
            if emptied:
                emptied.stop()
        if self._beat is not None:
            self._beat.join()
            self._beat = None
        if self._told:
            self._write(dict.fromkeys(self._told))
            self._told = {}

    def arrived(self) -> list[Arrival]:
        """Return the files that came in and that nothing more is done on, each once. Raises `StoreError`."""
        return self._arrivals.done()

    def own(self) -> list[FolderStanding]:
        """Return how the folders stand that this process watches."""
        return [_with_fault(follower.standing, emptied) for follower, emptied in self._followers]

    def standings(self) -> list[FolderStanding]:
        """Return how all watched folders stand, by path, whoever watches them. Raises `StoreError`."""
        now = self._store.now()
        recorded = self._recorded().items()
        found = {key: one for key, one in recorded if abs(now - one.seen_at) <= _SILENT_S}
        for one in self.own():
            if one.watch is not FolderWatch.ELSEWHERE:
                found[_record_key(one)] = one
        return sorted(found.values(), key=lambda one: (one.path, one.machine))

    def _recorded(self) -> dict[str, FolderStanding]:
        records = {key: _standing(text) for key, text in self._store.recall_all(_KEY).items()}
        return {key: one for key, one in records.items() if one is not None}

    # the thread that tells the other processes

    def _tell(self) -> None:
        while not self._stop.wait(_LOOK_S):
            changed = {
                _record_key(one): one
                for one in self.own()
                if one.watch is not FolderWatch.ELSEWHERE and self._is_news(one)
            }
            if changed and self._write(changed):
                self._told.update(changed)

    def _is_news(self, standing: FolderStanding) -> bool:
        told = self._told.get(_record_key(standing))
        if told is None or standing.seen_at - told.seen_at > _BEAT_S:
            return True
        return replace(told, seen_at=standing.seen_at) != standing

    def _write(self, standings: Mapping[str, FolderStanding | None]) -> bool:
        try:
            now = self._store.now()
            with self._store.writing() as write:
                for key, one in standings.items():
                    write.remember(key, _text(replace(one, seen_at=now)) if one else "")
        except StoreError as error:
            _log.log(level_of(error), "how the watched folders stand was not written: %s", error)
            return False
        return True


def _with_fault(standing: FolderStanding, emptied: EmptiedFolder | None) -> FolderStanding:
    fault = emptied.fault if emptied else None
    if fault is None or standing.fault:
        return standing
    return replace(standing, fault=f"it is not emptied: {fault.what}", remedy=fault.remedy)


def _key(path: Path) -> str:
    return path_digest(path.expanduser().absolute())[:16]


def _record_key(standing: FolderStanding) -> str:
    return f"{_KEY}{standing.machine} {_key(standing.path)}"


def _text(standing: FolderStanding) -> str:
    values = {name: value for name, value in asdict(standing).items() if name != "said"}
    return json.dumps({**values, "path": os.fspath(standing.path)})


def _standing(text: str) -> FolderStanding | None:
    try:
        values = json.loads(text)
        return FolderStanding(
            **{**values, "path": Path(values["path"]), "watch": FolderWatch(values["watch"])}
        )
    except (ValueError, TypeError, KeyError):  # written by another version
        return None
