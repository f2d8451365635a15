"""How files come into a library: found under paths."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Protocol

from twolane.config.places import own_places
from twolane.config.settings import Settings
from twolane.documents import FileSeen, FileSkipped, FileState, Filter, display_path
from twolane.errors import BlobsError, FileAwayError
from twolane.files.clutter import Clutter
from twolane.files.contents import Contents
from twolane.files.renamed import RenamedFiles
from twolane.files.scan import look_again, scan
from twolane.files.taken_out.exclusion_check import ExclusionCheck
from twolane.principal import seeing
from twolane.store.base import Catalogue, Documents
from twolane.store.scanned import Files, MovedFile
from twolane.store.taken_out import TakingOutRows
from twolane.store.values import ScanResult
from twolane.system.mounts import folder_identity
from twolane.system.paths import path_of_named

_BATCH = 500
_LISTED_AT_ONCE = 500
_CLEAN_S = 3600.0
SOON_PRIORITY = 10  # of files that somebody has just chosen and waits for
_NAMED_FILES = 20  # more are most likely a folder that the shell has expanded
_NOT_SHOWN = {FileState.GONE, FileState.SKIPPED}


_log = logging.getLogger(__name__)


class Taken(Catalogue, Documents, TakingOutRows, Protocol):
    """What taking files in needs of the store."""


class Intake:
    """Records which files there are, and queues what is new or changed.

    `on_moved` is told of the files that a person has moved.
    """

    def __init__(
        self,
        settings: Settings,
        store: Taken,
        contents: Contents,
        on_moved: Callable[[Sequence[MovedFile]], None] = lambda _: None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._contents = contents
        self._renamed = RenamedFiles(store, contents, on_moved)
        self._clean_at = 0.0

    def add(
        self,
        paths: Sequence[Path],
        *,
        redo: bool = False,
        emptied: bool = False,
        priority: int | None = None,
        leave: Callable[[FileSeen], bool] = lambda _: False,
        named: bool = False,
        owner: str = "",
    ) -> ScanResult:
        """Look for files at and under the paths and queue what is new or changed; does not wait for the work.

        A few files that are named one by one (20 at most, and no folder) go before folders, as uploads do,
        unless a `priority` is given. What `leave` is true of stays as it is known. What is excluded is left
        out, but paths that a person has `named` are excluded no more. What is new is the `owner`'s.
        Raises `NotFoundError` where a path does not exist, and `FileAwayError` where one is an empty folder
        from which files were filed, unless they were `emptied`: both before anything is queued.
        """
        roots = [path_of_named(path) for path in paths]
        if not emptied:
            self._check_mounted(roots)
        if priority is None:
            is_few = len(roots) <= _NAMED_FILES and all(root.is_file() for root in roots)
            priority = SOON_PRIORITY if is_few else 0
        check = ExclusionCheck.admitting(self._store, roots) if named else ExclusionCheck(self._store)
        found = self._scanned(roots, check)
        if owner:
            found = (replace(one, owner=owner) if isinstance(one, FileSeen) else one for one in found)
        return self._take_in(found, roots, check, redo=redo, priority=priority, leave=leave, again=named)

    def follow(self, paths: Sequence[Path], *, soon: bool = False) -> ScanResult:
        """Look again at files where something has happened, and queue what is new or changed.

        A path where nothing is any more is gone, with all that was under it. Few files that somebody waits
        for go `soon`, before folders.
        """
        # of a folder that has just come, nothing is gone because it was not looked at
        paths = [path for path in paths if path.is_symlink() or not path.is_dir()]
        priority = SOON_PRIORITY if soon else 0
        check = ExclusionCheck(self._store)
        return self._take_in(look_again(paths, check.clutter()), paths, check, priority=priority)

    def clutter(self) -> Clutter:
        """Return the names of no documents as people want them just now."""
        return ExclusionCheck(self._store).clutter()

    def keep(self, paths: Sequence[Path]) -> None:
        """Make the content of files reachable for workers under the paths where they lie by now."""
        try:
            self._contents.keep([one for one in look_again(paths) if isinstance(one, FileSeen)])
        except BlobsError as error:
            _log.warning("files that were moved are kept by the next scan of their folder: %s", error)

    @seeing(None)  # a name is taken, and a content kept, whoever sees them
    def _take_in(
        self,
        found: Iterable[FileSeen | FileSkipped],
        roots: Sequence[Path],
        check: ExclusionCheck,
        *,
        priority: int,
        redo: bool = False,
        leave: Callable[[FileSeen], bool] = lambda _: False,
        again: bool = False,
    ) -> ScanResult:
        """Record what was found at and under the roots; what was not is gone."""
        number = self._store.next_scan()
        total = ScanResult()
        see = partial(self._see, check=check, number=number, redo=redo, priority=priority, again=again)
        closed: list[Path] = []
        displacing: list[FileSeen] = []
        moved = 0
        taken = _taken_in(found, leave, closed)
        while batch := list(islice(taken, _BATCH)):
            kept = check.admitted(batch, self._store.exclusions)
            strange = self._renamed.strange([one for one in kept if isinstance(one, FileSeen)])
            displacing += strange.displacing
            later = {one.path for one in strange.displacing}
            moved += self._renamed.follow(strange.new)
            total = total + _left_out(len(batch) - len(kept)) + _clutter_of(kept)
            total = total + see([one for one in kept if one.path not in later])
        moved += self._renamed.follow(displacing)
        for begin in range(0, len(displacing), _BATCH):
            total = total + see(displacing[begin : begin + _BATCH])
        with self._store.writing() as write:
            if closed:
                write.spare(closed, number)
            gone = write.end_scan(roots, number)
        if gone or total.changed:
            self._clean()
        return replace(total, gone=gone, moved=moved)

    def _check_mounted(self, roots: Sequence[Path]) -> None:
        for root in roots:
            if _is_empty_folder(root) and (count := self._store.count_files(Filter(folders=(root,)))):
                raise FileAwayError(
                    f"{display_path(root)} is empty, but the library has {count} files of it: is it mounted?",
                    "mount it; if these files were really deleted: `twolane add --emptied` with this folder",
                )

    def _scanned(self, roots: Sequence[Path], check: ExclusionCheck) -> Iterator[FileSeen | FileSkipped]:
        """Yield what a scan finds. Raises `FileAwayError` where a root went away meanwhile."""
        before = [folder_identity(root) for root in roots]
        yield from scan(
            roots, exclude=own_places(self._settings), clutter=check.clutter(), prune=check.is_pruned
        )
        for root, identity in zip(roots, before, strict=True):
            if identity and folder_identity(root) != identity:
                raise FileAwayError(
                    f"{display_path(root)} went away while it was looked at", "mount it, then add it again"
                )

    def _see(
        self,
        batch: Sequence[FileSeen | FileSkipped],
        *,
        check: ExclusionCheck,
        number: int,
        redo: bool,
        priority: int,
        again: bool,
    ) -> ScanResult:
        self._contents.keep([file for file in batch if isinstance(file, FileSeen)])
        with self._store.writing() as write:
            # again, since somebody may have taken a file out just now
            kept = check.admitted(batch, write.exclusions, hold=True)
            limit_s = self._settings.extract.cpu_limit_s if again else 0.0
            seen = write.see(kept, number, redo=redo, priority=priority, cut_below_s=limit_s)
        return _left_out(len(batch) - len(kept)) + seen

    def _clean(self) -> None:
        """Delete the contents kept of files that are gone; rarely, since it lists all files."""
        if time.monotonic() < self._clean_at:
            return
        self._clean_at = time.monotonic() + _CLEAN_S
        if paths := all_paths(self._store):
            self._contents.clean(paths)


def all_paths(store: Files) -> set[Path]:
    """Return the paths of all files that are not gone, or none where their number changed meanwhile.

    A list in pages may miss a file where another one before it disappears.
    """
    number, paths = store.count_files(), set[Path]()
    for offset in range(0, number, _LISTED_AT_ONCE):
        paths |= {record.path for record in store.files(limit=_LISTED_AT_ONCE, offset=offset)}
    return paths if len(paths) == number == store.count_files() else set()


def _taken_in(
    found: Iterable[FileSeen | FileSkipped], leave: Callable[[FileSeen], bool], closed: list[Path]
) -> Iterator[FileSeen | FileSkipped]:
    """Yield what is recorded of what was found, and add to `closed` what counts as found and is not."""
    for one in found:
        if isinstance(one, FileSeen) and leave(one):
            closed.append(one.path)
            continue
        if isinstance(one, FileSkipped) and one.is_closed:
            closed.append(one.path)
        yield one


def _left_out(files: int) -> ScanResult:
    return ScanResult(skipped=files, excluded=files)


def _clutter_of(files: Sequence[FileSeen | FileSkipped]) -> ScanResult:
    return ScanResult(clutter=sum(isinstance(one, FileSkipped) and one.is_clutter for one in files))


def _is_empty_folder(path: Path) -> bool:
    try:
        return not any(path.iterdir())
    except OSError:  # no folder, or not readable, which the scan reports
        return False
