"""What a scan may take in: all but what is excluded, and what is in the library in spite of that."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from twolane.documents import FileSeen, FileSkipped, FileState, Filter
from twolane.files.clutter import Clutter, clutter_but
from twolane.files.taken_out.excluded import Exclusions, forgotten_value, taken_in
from twolane.store.base import Catalogue
from twolane.store.taken_out import ExclusionKind, ExclusionRows, TakingOutRows


class AdmittedTo(Catalogue, TakingOutRows, Protocol):
    """What is needed of the store."""


class ExclusionCheck:
    """Obeys the exclusions as they are just then; for one scan, of which a person has `named` some paths.

    What is in the library already is followed as before: a person has added it by its name.
    """

    def __init__(self, store: AdmittedTo, named: Sequence[Path] = ()) -> None:
        self._store = store
        self._named = named
        self._mark = ""
        self._exclusions = Exclusions(())
        self._clutter = clutter_but()

    @classmethod
    def admitting(cls, store: AdmittedTo, named: Sequence[Path]) -> ExclusionCheck:
        """Return it after taking back that the named paths themselves are excluded."""
        rows = store.exclusions
        for path in named:
            for kind, value in (
                (ExclusionKind.PATH, os.fsencode(path)),
                (ExclusionKind.FORGOTTEN, forgotten_value(path)),
            ):
                if rows.has(kind, value):
                    rows.drop(kind, value)
        return cls(store, named)

    def is_pruned(self, folder: Path) -> bool:
        """Say whether nothing under a folder can be taken in, nor followed."""
        if not self._current(self._store.exclusions).has(folder, self._named):
            return False
        if any(path.is_relative_to(folder) for path in self._named):
            return False
        return not self._store.count_files(Filter(folders=(folder,), states=tuple(FileState)))

    def admitted(
        self, files: Sequence[FileSeen | FileSkipped], rows: ExclusionRows, *, hold: bool = False
    ) -> list[FileSeen | FileSkipped]:
        """Return those that may be taken in; with `hold`, nothing is excluded before the transaction ends."""
        exclusions = self._current(rows, hold=hold)
        left_out = {file.path for file in files if exclusions.has(file.path, self._named)}
        if left_out:
            left_out -= self._store.file_ids(left_out).keys()
        return [file for file in files if file.path not in left_out]

    def clutter(self) -> Clutter:
        """Return the names of no documents as people want them just now."""
        self._current(self._store.exclusions)
        return self._clutter

    def _current(self, rows: ExclusionRows, *, hold: bool = False) -> Exclusions:
        if (mark := rows.mark(hold=hold)) != self._mark:
            every = rows.all()
            self._mark, self._exclusions = mark, Exclusions(every)
            self._clutter = clutter_but(taken_in(every))
        return self._exclusions
