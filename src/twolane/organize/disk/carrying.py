"""Carrying a file to another place: by a new name on its disk, or as a verified copy on another one."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from dataclasses import dataclass

from twolane.documents import display_path
from twolane.errors import FileReplacedError, MoveError
from twolane.files.contents.base import hash_of
from twolane.organize.disk.copying import copy_whole
from twolane.organize.disk.marks import MoveMark
from twolane.organize.disk.metadata import Metadata, Past, give, give_times, lost, metadata_of
from twolane.organize.disk.places import OpenFolders, OpenPlace, is_file
from twolane.organize.disk.renaming import is_only_spelling, remove_same, rename_new


@dataclass(frozen=True, slots=True)
class Load:
    """A file that is to be carried: what it is like, what it becomes, and its hash where that is known."""

    now: Metadata
    wanted: Metadata
    document: str = ""


def carry(
    folders: OpenFolders, source: OpenPlace, target: OpenPlace, load: Load, mark: MoveMark
) -> Metadata | None:
    """Move a file to a place that nothing has; return what it is like there where it had to be copied.

    Raises `MoveError` and `OSError`: it is where it was then.
    """
    _require_free(target, source)
    if folders.status(target.path.parent).st_dev == load.now.device:
        try:
            rename_new(source, target, mark)
        except OSError as error:
            if error.errno != errno.EXDEV:  # one disk to look at, and not to the system
                raise
        else:
            _require_same(source, target, load, mark)
            if load.wanted != load.now:
                with suppress(OSError, FileReplacedError), target.open() as file:
                    give(file.fileno(), load.wanted)
                give_times(target.name, load.wanted)
            return None
    made = copy_to(source, target, load, mark)
    folders.sync(target.path.parent)
    try:
        remove_known(source, load.now, mark)
    except (MoveError, OSError):
        placed = target.status()
        if placed is not None and made.is_file_of(placed):
            remove_same(target, placed, mark)
        raise
    return made


def copy_to(source: OpenPlace, target: OpenPlace, load: Load, mark: MoveMark) -> Metadata:
    """Copy a file to a place that nothing has, and return what the copy is like.

    Raises `MoveError` and `OSError`: nothing is there then.
    """
    _require_free(target, source)
    part = target.beside(mark.copy)
    with source.open() as file:
        if not load.now.is_exactly(os.fstat(file.fileno())):
            raise MoveError(f"{display_path(source.path)} has changed just now")
        made = copy_whole(file, load.wanted, load.document or hash_of(file), part)
        if not load.now.is_exactly(os.fstat(file.fileno())):
            part.remove()
            raise MoveError(f"{display_path(source.path)} has changed while it was copied")
    try:
        rename_new(part, target, mark)
    except (MoveError, OSError):
        with suppress(OSError):
            part.remove()
        raise
    return made


def remove_known(place: OpenPlace, known: Metadata, mark: MoveMark) -> None:
    """Remove a file if it is exactly as it was when it was looked at. Raises `MoveError` and `OSError`."""
    found = place.status()
    if found is None or not known.is_exactly(found):
        raise MoveError(f"{display_path(place.path)} has changed just now")
    remove_same(place, found, mark)


def look(place: OpenPlace) -> Metadata:
    """Return what the regular file at a place is like. Raises `OSError` and `FileReplacedError`."""
    with place.open() as file:
        return metadata_of(file.fileno())


def make_like(place: OpenPlace, past: Past) -> None:
    """Give a file that is back what nobody has changed of it since. Raises `OSError`."""
    with place.open() as file:
        now = metadata_of(file.fileno())
        wanted = past.restored(now)
        if wanted != now:
            give(file.fileno(), wanted)
    give_times(place.name, wanted)


def words_of_loss(wanted: Metadata, made: Metadata | None) -> str:
    """Say what another disk could not take, or nothing."""
    names = lost(wanted, made) if made else []
    return f"that disk does not keep its {' and '.join(names)}: undo brings them back" if names else ""


def _require_free(target: OpenPlace, source: OpenPlace) -> None:
    there = target.status()
    if there is not None and not is_only_spelling(source, target):
        what = "" if is_file(there) else ", and no file"
        raise MoveError(f"something lies at {display_path(target.path)} already{what}")


def _require_same(source: OpenPlace, target: OpenPlace, load: Load, mark: MoveMark) -> None:
    """Bring back what was moved if another file took the source's place between look and move."""
    found = target.status()
    if found is not None and load.now.is_file_of(found) and load.now.is_like(found):
        return
    if found is not None and is_file(found) and load.document and load.now.is_like(found):
        with target.open() as file:  # some disks number a file anew with each name
            if hash_of(file) == load.document:
                return
    rename_new(target, source, mark)
    raise MoveError(f"{display_path(source.path)} has changed just now")
