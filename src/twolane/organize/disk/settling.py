"""Finding out what became of a move that was cut off, by what lies on the disk, and ending it.

See docs/why/organize.md#what-the-disk-tells.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum, auto

from twolane.documents import display_path
from twolane.errors import MoveError
from twolane.files.contents.base import hash_of
from twolane.organize.disk.marks import MoveMark
from twolane.organize.disk.metadata import Metadata
from twolane.organize.disk.places import OpenPlace, is_file, link_at
from twolane.organize.disk.renaming import is_only_spelling, remove_same, rename_new


class Became(Enum):
    """What became of a step that was begun."""

    HAPPENED = auto()
    NOTHING = auto()
    VANISHED = auto()  # the file is at neither place


@dataclass(frozen=True, slots=True)
class Begun:
    """A step that was begun: what the file was `known` to be like then, and its hash where that is known.

    `is_free` says that nothing lay at the target then.
    """

    source: OpenPlace
    target: OpenPlace
    known: Metadata
    document: str
    mark: MoveMark
    is_free: bool


def settle_carried(begun: Begun) -> Became:
    """Say whether a file was carried to its target, after the removal of traces.

    Raises `MoveError` and `OSError`.
    """
    source, target = begun.source, begun.target
    _end_spelling(begun)
    _end_aside(begun)
    _end_copy(begun)
    _end_mark(begun)
    here, there = source.status(), target.status()
    if here is None and there is None:
        return Became.VANISHED
    if here is None:
        assert there is not None
        return Became.HAPPENED if _is_it(begun, there) else Became.VANISHED
    if there is None or not is_file(there):
        return Became.NOTHING
    return _of_two(begun, here, there)


def settle_removed(place: OpenPlace, mark: MoveMark) -> Became:
    """Say whether what a plan had made was removed, after bringing back what was only put aside."""
    aside = place.beside(mark.aside)
    if aside.status() is not None:
        rename_new(aside, place, mark)
    return Became.HAPPENED if place.status() is None else Became.NOTHING


def settle_made(begun: Begun) -> Became:
    """Say whether a copy or link was made, after the removal of traces. Raises `MoveError` and `OSError`."""
    target, known = begun.target, begun.known
    part = target.beside(begun.mark.copy)
    if part.status() is not None:
        part.remove()
    _end_mark(begun)
    there = target.status()
    if there is None:
        return Became.NOTHING
    if is_file(there):
        is_made = known.is_file_of(there) or (known.is_like(there) and _digest(target) == begun.document)
    else:
        is_made = link_at(target) == os.fspath(begun.source.path)
    return Became.HAPPENED if is_made else Became.NOTHING


def _of_two(begun: Begun, here: os.stat_result, there: os.stat_result) -> Became:
    """Say it where something lies at both places."""
    if is_only_spelling(begun.source, begun.target):
        return Became.NOTHING
    if is_only_spelling(begun.target, begun.source):
        return Became.HAPPENED
    known = begun.known
    is_another = not known.is_file_of(here) and known.is_file_of(there)
    if not is_another and _is_twice(begun, here, there):
        remove_same(begun.source, here, begun.mark)
        return Became.HAPPENED
    is_another |= not known.is_file_of(here) and not known.is_like(here) and _is_it(begun, there)
    return Became.HAPPENED if is_another else Became.NOTHING


def _is_twice(begun: Begun, here: os.stat_result, there: os.stat_result) -> bool:
    """Whether the file is at both places: under a second name, or as its whole copy."""
    if os.path.samestat(here, there):
        return here.st_nlink > begun.known.links  # else it had both names before
    is_copied = begun.known.is_like(there) and is_file(here) and here.st_size == there.st_size
    return is_copied and _digest(begun.source) == _digest(begun.target)


def _is_it(begun: Begun, there: os.stat_result) -> bool:
    """Whether the file lies at the target; some disks number a file anew, and people go on writing."""
    if not is_file(there):
        return False
    if begun.known.is_file_of(there):
        return True
    return begun.known.is_like(there) and begun.document in {"", _digest(begun.target)}


def _end_spelling(begun: Begun) -> None:
    source, target, mark = begun.source, begun.target, begun.mark
    between = source.beside(mark.spelling)
    if between.status() is not None:
        rename_new(between, target if target.status() is None else source, mark)


def _end_aside(begun: Begun) -> None:
    """Bring back a source that was put aside; where its name is taken by now, see that the target has it."""
    source, target, mark = begun.source, begun.target, begun.mark
    aside = source.beside(mark.aside)
    found = aside.status()
    if found is None:
        return
    if source.status() is None:
        rename_new(aside, source, mark)
        return
    there = target.status()
    if there is None or not is_file(there):
        raise MoveError(f"{display_path(aside.path)} could not be brought back", "rename it by hand")
    if os.path.samestat(found, there) or _digest(aside) == _digest(target):
        aside.remove()


def _end_copy(begun: Begun) -> None:
    """Remove a copy that is not whole, or was not needed; one that alone is left takes its place."""
    source, target, mark = begun.source, begun.target, begun.mark
    part = target.beside(mark.copy)
    if part.status() is None:
        return
    if source.status() is not None or target.status() is not None:
        part.remove()
    elif begun.document and _digest(part) == begun.document:
        rename_new(part, target, mark)


def _end_mark(begun: Begun) -> None:
    """Remove what only kept the new name free; an empty file too, which it was before its first byte."""
    begun.mark.take_away(begun.target)
    there, here = begun.target.status(), begun.source.status()
    if there is None or here is None or not begun.is_free:
        return
    is_empty = is_file(there) and there.st_size == 0 < begun.known.size_bytes
    if is_empty and begun.known.is_like(here):
        begun.target.remove()


def _digest(place: OpenPlace) -> str:
    with place.open() as file:
        return hash_of(file)
