"""The journal of one plan: what is written before files are touched, and after.

See docs/why/organize.md#the-journal-is-written-first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from twolane.errors import ConflictError
from twolane.plans import MoveState, Plan, PlanState
from twolane.store.base import Writing
from twolane.store.organized import JournalLine, NewLine, Organized, PlanFolder
from twolane.store.values import FileRenamed

_GROUP_FILES = 512
_GROUP_BYTES = 1 << 30  # a stop waits for the end of a group, which is read whole


OnMoved = Callable[[Sequence[Path]], None]


class Journaled(Writing, Organized, Protocol):
    """What a journal needs of the store."""


class MoveJournal:
    """Writes what is done of one plan, for as long as its holder has it. All raise `StoreError`."""

    def __init__(self, store: Journaled, plan: Plan, holder: str, on_moved: OnMoved) -> None:
        self._store = store
        self._plan = plan
        self._holder = holder
        self._on_moved = on_moved

    def groups(self, states: Collection[MoveState], *, backwards: bool) -> Iterator[list[JournalLine]]:
        """Yield the moves that are in these states, some at a time, by number or from the last one back."""
        at = (1 << 62) if backwards else 0
        while True:
            place = {"before": at} if backwards else {"after": at}
            lines = self._store.plans.journal(self._plan.plan_id, states, **place, limit=_GROUP_FILES)
            if not lines:
                return
            lines = _bounded(lines)
            at = lines[-1].move.number
            yield lines

    def line(self, number: int, states: Collection[MoveState]) -> list[JournalLine]:
        """Return the move of a number, if it is in one of these states."""
        lines = self._store.plans.journal(self._plan.plan_id, states, after=number - 1, limit=1)
        return [line for line in lines if line.move.number == number]

    def begin(self, lines: Sequence[NewLine], folders: Sequence[PlanFolder]) -> None:
        """Write to the disk what is about to be done. Raises `ConflictError` where another has the plan."""
        with self._store.writing(synced=True) as write:
            write.plans.renew(self._plan.plan_id, self._holder)
            write.plans.keep_folders(self._plan.plan_id, folders)
            write.plans.record(self._plan.plan_id, lines)

    def end(
        self, lines: Sequence[NewLine], folders: Sequence[PlanFolder], renamed: Sequence[FileRenamed]
    ) -> None:
        """Write what was done, and where the catalogue finds the files from now on."""
        try:
            self._end(lines, folders, renamed, ())
        except ConflictError:
            # files that the catalogue still has at the new paths are no longer there, or we could not be
            taken = [file.path for file in renamed]
            self._end(lines, folders, renamed, taken)
        if renamed:
            self._on_moved([file.path for file in renamed])

    def close(self, state: PlanState | None, dropped: Sequence[Path] = ()) -> None:
        """Let the plan go in the state that it has come to; without one it stays unfinished."""
        with self._store.writing(synced=True) as write:
            write.plans.drop_folders(self._plan.plan_id, dropped)
            write.plans.release(self._plan.plan_id, self._holder, state)

    def _end(
        self,
        lines: Sequence[NewLine],
        folders: Sequence[PlanFolder],
        renamed: Sequence[FileRenamed],
        gone: Sequence[Path],
    ) -> None:
        with self._store.writing() as write:
            write.plans.record(self._plan.plan_id, lines)
            write.plans.keep_folders(self._plan.plan_id, folders)
            if gone:
                write.mark_gone(gone)
            if renamed:
                write.rename(renamed)


def _bounded(lines: list[JournalLine]) -> list[JournalLine]:
    """Keep the first lines, as many as a group may have bytes, and one at least."""
    size_bytes = 0
    for number, line in enumerate(lines):
        size_bytes += line.move.size_bytes
        if number and size_bytes > _GROUP_BYTES:
            return lines[:number]
    return lines
