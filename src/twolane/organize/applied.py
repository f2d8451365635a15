"""The organizer's verbs for plans that are kept: applying, undoing, and looking at what was done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from twolane.errors import ConflictError
from twolane.organize.apply import Applier, OnProgress
from twolane.organize.journal import Journaled, OnMoved
from twolane.organize.undo import Undoer
from twolane.plans import PastMove, Plan, PlanProgress, PlanState

_BEGUN = (PlanState.APPLYING, PlanState.UNDOING)
_DONE = (*_BEGUN, PlanState.APPLIED, PlanState.UNDONE)


class AppliedPlans:
    """Plans that are applied and undone, one at a time a library.

    `run_dir` holds the lock file that says so on this machine; without one, only the store does. `on_moved`
    is told of the paths that files lie at by now.
    """

    def __init__(self, store: Journaled, run_dir: Path | None, on_moved: OnMoved) -> None:
        self._journaled = store
        self._applier = Applier(store, run_dir, on_moved)
        self._undoer = Undoer(store, run_dir, on_moved)

    def apply(self, name: str, *, on_progress: OnProgress | None = None) -> Plan:
        """Do what a plan proposes; see `Applier.apply`."""
        return self._applier.apply(name, on_progress=on_progress)

    def applying(self, name: str) -> Iterator[PlanProgress]:
        """Do what a plan proposes, and yield how far it is; see `Applier.applying`."""
        return self._applier.applying(name)

    def undo(self, name: str, *, on_progress: OnProgress | None = None) -> Plan:
        """Undo all of a plan; see `Undoer.undo`. Raises `ConflictError` for one that was never applied."""
        self._require_begun(name)
        return self._undoer.undo(name, on_progress=on_progress)

    def undoing(self, name: str) -> Iterator[PlanProgress]:
        """Undo all of a plan, and yield how far it is; see `undo`."""
        self._require_begun(name)
        yield from self._undoer.undoing(name)

    def undo_last(self, *, on_progress: OnProgress | None = None) -> Plan:
        """Undo the plan that was applied last; see `Undoer.undo_last`."""
        return self._undoer.undo_last(on_progress=on_progress)

    def undo_to(self, at: float, *, on_progress: OnProgress | None = None) -> list[Plan]:
        """Undo all plans that were applied since a time; see `Undoer.undo_to`."""
        return self._undoer.undo_to(at, on_progress=on_progress)

    def undo_file(self, path: Path) -> Plan:
        """Undo the last move of one file; see `Undoer.undo_file`."""
        return self._undoer.undo_file(path)

    def undo_move(self, name: str, number: int) -> Plan:
        """Undo one move of a plan, by its number; see `Undoer.undo_move`."""
        return self._undoer.undo_move(name, number)

    def history(self, limit: int = 100, offset: int = 0, path: Path | None = None) -> list[PastMove]:
        """List the moves that were begun, the last first; with a path, those from it or to it."""
        return self._journaled.plans.past(path, limit=limit, offset=offset)

    def begun(self, limit: int = 100, offset: int = 0) -> list[Plan]:
        """List the plans of which something was begun, the newest first."""
        return self._journaled.plans.find(_DONE, limit=limit, offset=offset)

    def unfinished(self) -> list[Plan]:
        """List the plans that are being applied or undone, or were when they were cut off."""
        return self._journaled.plans.find(_BEGUN, limit=100)

    def _require_begun(self, name: str) -> None:
        plan = self._journaled.plans.get(name)
        if plan.state is PlanState.PROPOSED:
            raise ConflictError(
                f"the plan {plan.name} was never applied: there is nothing to undo",
                "`twolane history` shows what was applied",
            )
