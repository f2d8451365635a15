"""What is kept out of the library: the verbs of its exclusions."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from twolane.documents import FileState, Filter, display_path
from twolane.errors import NotFoundError, SettingsError
from twolane.files.clutter import ClutterName, clutter_names
from twolane.files.contents.base import hash_of
from twolane.files.taken_out.excluded import Exclusions, forgotten_value, pattern_value, taken_in
from twolane.files.taken_out.taking_out import Emptied, TakingOut
from twolane.store.taken_out import Exclusion, ExclusionKind, Removed

_AT_ONCE = 100
_LISTED_AT_ONCE = 500
_ANY_STATE = tuple(FileState)
_DIGEST = re.compile("[0-9a-f]{64}")


class KeepingOut:
    """The exclusions of one library; safe to use from several threads."""

    def __init__(self, store: Emptied, taking_out: TakingOut) -> None:
        self._store = store
        self._taking_out = taking_out

    def exclusions(self) -> list[Exclusion]:
        """List what people have excluded."""
        return [one for one in self._store.exclusions.all() if one.kind is not ExclusionKind.TAKEN_IN]

    def clutter(self) -> list[ClutterName]:
        """List the names of what is no document, and whether it is left out here."""
        admitted = taken_in(self._store.exclusions.all())
        return [replace(one, is_left_out=one.pattern.casefold() not in admitted) for one in clutter_names()]

    def take_clutter(self, pattern: str, *, by: str = "") -> None:
        """Have the next scan take in files of a name of clutter. Raises `NotFoundError` for others."""
        kept = _clutter_value(pattern)
        with self._store.writing() as write:
            write.exclusions.add(ExclusionKind.TAKEN_IN, kept, by)

    def leave_clutter(self, pattern: str) -> None:
        """Leave a name of clutter out again. Raises `NotFoundError` for others."""
        self._store.exclusions.drop(ExclusionKind.TAKEN_IN, _clutter_value(pattern))

    def exclude(self, kind: ExclusionKind, value: str | Path, *, by: str = "") -> Removed:
        """Exclude a path with all under it, the names that a pattern means, or a content by its hash.

        What the library has of it is taken out of it. Raises `SettingsError` for what is no pattern or hash.
        """
        kept = _value(kind, value)
        if kind is ExclusionKind.NAME:
            self._store.exclusions.drop(ExclusionKind.TAKEN_IN, kept)
        with self._store.writing() as write:
            write.exclusions.add(kind, kept, by)
        taken = (self._taking_out.take_excluded(within, by=by) for within in self._meant(kind, kept))
        return sum(taken, Removed())

    def content_of(self, path: Path) -> str:
        """Return the hash of a file's content, by which it is excluded. Raises `NotFoundError`."""
        try:
            with path.expanduser().open("rb") as file:
                return hash_of(file)
        except OSError as error:
            raise NotFoundError(
                f"{display_path(path)} cannot be read: {error.strerror or error}", "check the path"
            ) from error

    def meant(self, kind: ExclusionKind, value: str | Path) -> int:
        """Count the files of the library that an exclusion would take out. Raises as `exclude`."""
        return sum(self._store.count_files(within) for within in self._meant(kind, _value(kind, value)))

    def admit(self, kind: ExclusionKind, value: str | Path) -> None:
        """Take an exclusion back: the next scan takes in what it meant. Raises `NotFoundError`."""
        kept = _value(kind, value)
        also = (
            (ExclusionKind.FORGOTTEN, forgotten_value(Path(value)))
            if kind is ExclusionKind.PATH
            else (kind, kept)
        )
        was_excluded = any([self._store.exclusions.drop(kind, kept), self._store.exclusions.drop(*also)])
        if kind is ExclusionKind.NAME and _is_clutter(str(value)):
            self.take_clutter(str(value))
        elif not was_excluded:
            raise NotFoundError(f"{display_path(value)} is not excluded", "`twolane exclude` lists what is")

    def admit_number(self, exclusion_id: int) -> None:
        """Take an exclusion back by its number. Raises `NotFoundError`."""
        for one in self._store.exclusions.all():
            if one.exclusion_id == exclusion_id:
                self._store.exclusions.drop(one.kind, one.value)
                return
        raise NotFoundError(f"there is no exclusion {exclusion_id}", "`twolane exclude` lists them")

    def _meant(self, kind: ExclusionKind, value: bytes) -> Iterator[Filter]:
        """Yield filters of what an exclusion means in the library."""
        if kind is ExclusionKind.PATH:
            yield Filter(folders=(Path(os.fsdecode(value)),), states=_ANY_STATE)
        elif kind is ExclusionKind.CONTENT:
            yield Filter(documents=(value.decode(),), states=_ANY_STATE)
        elif kind is ExclusionKind.NAME:
            names = Exclusions([Exclusion(0, kind, value)])
            paths = [path for path in self._paths() if names.matches(path)]
            for begin in range(0, len(paths), _AT_ONCE):
                yield Filter(folders=tuple(paths[begin : begin + _AT_ONCE]), states=_ANY_STATE)

    def _paths(self) -> Iterator[Path]:
        """Yield the paths of all files; all are listed before any is taken out."""
        for offset in range(0, self._store.count_files(Filter(states=_ANY_STATE)), _LISTED_AT_ONCE):
            files = self._store.files(Filter(states=_ANY_STATE), limit=_LISTED_AT_ONCE, offset=offset)
            yield from (record.path for record in files)


def _is_clutter(pattern: str) -> bool:
    return pattern.casefold() in {one.pattern.casefold() for one in clutter_names()}


def _clutter_value(pattern: str) -> bytes:
    if not _is_clutter(pattern):
        raise NotFoundError(f"{pattern!r} is no name that is left out", "`twolane exclude` lists them")
    return pattern.casefold().encode()


def _value(kind: ExclusionKind, value: str | Path) -> bytes:
    if kind is ExclusionKind.NAME:
        return pattern_value(str(value))
    if kind is ExclusionKind.CONTENT and not _DIGEST.fullmatch(str(value)):
        raise SettingsError(
            f"{str(value)!r} is no content's hash", "give its SHA-256 as 64 digits, 0 to 9 and a to f"
        )
    return os.fsencode(value)
