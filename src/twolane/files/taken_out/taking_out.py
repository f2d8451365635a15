"""What is taken out of the library, and what of it comes back: the verbs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from twolane.config.settings import Settings
from twolane.documents import FileRecord, FileState, Filter, display_path
from twolane.errors import AccessError, ConflictError, NotFoundError, TrashError
from twolane.files.contents import Contents
from twolane.files.library import Library
from twolane.files.taken_out import trash
from twolane.files.taken_out.deletable import why_not_deletable
from twolane.files.taken_out.excluded import forgotten_value
from twolane.principal import current_access, seeing
from twolane.store.base import Catalogue, Documents
from twolane.store.taken_out import (
    ExclusionKind,
    Leaving,
    LeftInside,
    Preview,
    Removal,
    Removed,
    TakingOutRows,
)

_AT_ONCE = 100
_SETTLED_S = 600.0  # a younger record may be of a file that another process is just sending to the trash
_ANY_STATE = tuple(FileState)


class Emptied(Catalogue, Documents, TakingOutRows, Protocol):
    """What is needed of the store."""


@dataclass(frozen=True, slots=True)
class _How:
    """How files are taken out; those in `whole` folders are excluded already, and all where `excluded`."""

    whole: tuple[Path, ...] = ()
    excluded: bool = False
    delete_file: bool = False
    forget: bool = False
    by: str = ""

    def has_excluded(self, path: Path) -> bool:
        return self.excluded or any(map(path.is_relative_to, self.whole))


class TakingOut:
    """Takes files out of one library, and keeps them out; safe to use from several threads.

    `on_gone` is told of the documents that no other file has.
    """

    def __init__(
        self,
        settings: Settings,
        store: Emptied,
        contents: Contents,
        library: Library,
        on_gone: Callable[[Sequence[str]], None] = lambda _: None,
    ) -> None:
        self._on_gone = on_gone
        self._own = settings.data_dir.resolve()
        self._store = store
        self._contents = contents
        self._library = library

    def preview(self, within: Filter, *, shown: int = 20) -> Preview:
        """Return what `remove` would take out. Raises `NotFoundError` where that is nothing."""
        within = every_state(within)
        total = self._store.count_files(within)
        if not total:
            raise NotFoundError(
                "nothing in the library is meant by that", "`twolane files` lists what is there"
            )
        # of a folder that holds the library's own, those alone
        folders = {self._own if self._own.is_relative_to(one) else one for one in within.folders}
        inside = [one for one in folders or {self._own} if one.is_relative_to(self._own)]
        own = sum(self._store.count_files(replace(within, folders=(one,))) for one in inside)
        return Preview(total, own, tuple(self._store.files(within, limit=shown)))

    def remove(
        self,
        within: Filter,
        *,
        delete_file: bool = False,
        forget: bool = False,
        by: str = "",
        on_progress: Callable[[int], None] = lambda _: None,
    ) -> Removed:
        """Take files out, with all that is known of documents that no other file has.

        Files that stay on disk are excluded, or the next scan would bring them back; with `delete_file` they
        go into the system's trash, as the library's own files do in any case. What cannot go there stays in
        the library. With `forget` nothing of it is kept, neither decisions nor names: nothing can restore
        it. `on_progress` is told how many files are done. Raises `NotFoundError` where nothing is meant.
        """
        within = self._own_of(every_state(within))
        # what others have in a folder is not kept out with what is seen of it
        partly = delete_file or _narrowed(within) or current_access() is not None
        whole = () if partly else self._excluded_whole(within, by, forget=forget)
        how = _How(whole, delete_file=delete_file, forget=forget, by=by)
        return self._take_all(within, how, on_progress)

    def _own_of(self, within: Filter) -> Filter:
        """Return a filter without files of other people's, which are theirs to take out.

        Raises `NotFoundError` where nothing is meant, and `AccessError` where all of it is others'.
        """
        if not self._store.count_files(within):
            raise NotFoundError(
                "nothing in the library is meant by that", "`twolane files` lists what is there"
            )
        access = current_access()
        if access is None:
            return within
        own = replace(within, owners=tuple(dict.fromkeys(("", access.user))))
        if not self._store.count_files(own):
            raise AccessError("it belongs to somebody else", "ask its owner, or who manages this library")
        return own

    def remove_files(
        self, file_ids: Sequence[int], *, delete_file: bool = False, forget: bool = False, by: str = ""
    ) -> Removed:
        """Take out files by their numbers, as `remove` does. Raises `NotFoundError` where one is unknown."""
        paths = tuple(self._library.file(number).path for number in dict.fromkeys(file_ids))
        return self.remove(Filter(folders=paths), delete_file=delete_file, forget=forget, by=by)

    def take_excluded(self, within: Filter, *, by: str = "") -> Removed:
        """Take out files that are excluded already."""
        return self._take_all(every_state(within), _How(excluded=True, by=by))

    def _take_all(
        self, within: Filter, how: _How, on_progress: Callable[[int], None] = lambda _: None
    ) -> Removed:
        total = Removed()
        while records := self._store.files(within, limit=_AT_ONCE, offset=len(total.left)):
            total += self._take(records, within, how)
            on_progress(total.files + len(total.left))
        return total

    def _excluded_whole(self, within: Filter, by: str, *, forget: bool) -> tuple[Path, ...]:
        """Exclude folders that go with all that is in them, and return them."""
        folders = tuple(one for one in within.folders if self._store.file_at(one) is None)
        outside = tuple(one for one in folders if not one.is_relative_to(self._own))
        with self._store.writing() as write:
            for folder in outside:
                write.exclusions.add(*_excluding(folder, forget=forget), by)
        return outside

    def _take(self, records: Sequence[FileRecord], within: Filter, how: _How) -> Removed:
        to_trash = {one.path for one in records if how.delete_file or one.path.is_relative_to(self._own)}
        leaving, left = self._trash([one for one in records if one.path in to_trash], how)
        sent = {one.file_id for one in leaving}
        kept = {one.path for one in left}
        staying = [one for one in records if one.file_id not in sent and one.path not in kept]
        with self._store.writing() as write:
            for record in staying:
                is_meant = record.state is not FileState.GONE or record.path in within.folders
                if is_meant and record.path not in to_trash and not how.has_excluded(record.path):
                    write.exclusions.add(*_excluding(record.path, forget=how.forget), how.by)
            leaving += [Leaving(record.file_id) for record in staying]
            out = write.take_out(leaving, by=how.by, forget=how.forget)
        with seeing(None):  # a content stays where anybody's file has it
            self._contents.forget(out.paths, self._store.has_document)
        self._on_gone(out.documents)
        return Removed(len(out.paths), len(out.documents), len(sent), tuple(left), out.removal_ids)

    def _trash(self, records: Sequence[FileRecord], how: _How) -> tuple[list[Leaving], list[LeftInside]]:
        """Send files into the trash, each recorded before; return those that are there, and what stays.

        Nothing is done about what is not there any more, and what was never taken for a document.
        """
        sent, left = dict[FileRecord, int](), list[LeftInside]()
        for record in records:
            if record.state is FileState.SKIPPED or not os.path.lexists(record.path):
                continue
            if why := why_not_deletable(record, self._store.scanned(record.file_id)):
                left.append(LeftInside(record.path, why))
                continue
            number = 0
            if not how.forget:
                with self._store.writing() as write:
                    number = write.removals.begin(record.file_id, how.by)
            try:
                trash.send(record.path)
            except TrashError as error:
                left.append(LeftInside(record.path, f"{error.what}: {error.remedy}"))
                self._store.removals.drop(number)
                continue
            sent[record] = number
        places = trash.find([record.path for record in sent])
        leaving = [Leaving(one.file_id, number, places.get(one.path)) for one, number in sent.items()]
        return leaving, left

    def removals(self, *, trashed: bool = True, limit: int = 50, offset: int = 0) -> list[Removal]:
        """List what was taken out and can come back, newest first: what lies in the trash, or all of it."""
        found = self._store.removals.list(trashed=trashed, limit=limit, offset=offset)
        return [known for one in found if (known := self._settled(one)) is not None]

    def restore(self, removal_id: int) -> FileRecord | None:
        """Bring a file back: out of the trash to its place, and into the library, where it is read again.

        Returns it, or None where it is excluded otherwise. Raises `NotFoundError`, `ConflictError` where it
        is back already or something else lies there, and `TrashError`.
        """
        removal = self._store.removals.get(removal_id)
        name = display_path(removal.path)
        if removal.restored_at:
            raise ConflictError(f"{name} has come back already", "`twolane trash` lists what has not")
        if removal.is_trashed:
            place = removal.trashed or trash.find([removal.path]).get(removal.path)
            if place is None or not os.path.lexists(place):
                raise TrashError(
                    f"{name} is not where it lay in the trash",
                    "look into the system's own trash; once it is back: twolane add",
                )
            trash.restore(place, removal.path)
        elif not removal.path.exists():
            raise NotFoundError(
                f"{name} is no longer there", "it was taken out of the library, and not deleted"
            )
        self._store.removals.end(removal_id)
        self._library.add([removal.path], named=True, owner=removal.owner)
        return self._library.file_at(removal.path)

    def _settled(self, removal: Removal) -> Removal | None:
        """Return a removal with where its file lies; None where it never left, or is in no trash any more."""
        if not removal.is_trashed:
            return removal
        if removal.trashed is not None:
            return removal if os.path.lexists(removal.trashed) else None
        if (place := trash.find([removal.path]).get(removal.path)) is not None:
            self._store.removals.found(removal.removal_id, place)
            return replace(removal, trashed=place)
        is_inside = self._store.file_at(removal.path) is not None and os.path.lexists(removal.path)
        if is_inside and abs(time.time() - removal.at) > _SETTLED_S:  # it was stopped before the file went
            self._store.removals.drop(removal.removal_id)
        return None if is_inside else removal

    def vacuum(self) -> None:
        """Rewrite what is stored, so that nothing of what was taken out is left. Raises `StoreError`."""
        self._store.vacuum()


def every_state(within: Filter) -> Filter:
    """Return a filter that means files in every state, unless it names some."""
    return within if within.states else replace(within, states=_ANY_STATE)


def _narrowed(within: Filter) -> bool:
    """Say whether a filter means less than all that lies in its folders."""
    return within != Filter(folders=within.folders, states=_ANY_STATE)


def _excluding(path: Path, *, forget: bool) -> tuple[ExclusionKind, bytes]:
    return (
        (ExclusionKind.FORGOTTEN, forgotten_value(path))
        if forget
        else (ExclusionKind.PATH, os.fsencode(path))
    )
