"""Undoing plans: what was moved comes back as it was, and what a plan made goes where nothing is lost by it.

See docs/why/organize.md#what-undo-keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from twolane import cancel
from twolane.cancel import Cancelled
from twolane.documents import display_path
from twolane.errors import MoveError, NoRoomError, NotFoundError
from twolane.organize.apply import OnProgress, Outcome, folders_of, mark_of
from twolane.organize.claim import claimed
from twolane.organize.disk.metadata import Past, from_text, to_text
from twolane.organize.disk.places import OpenFolders
from twolane.organize.disk.refusals import refusing
from twolane.organize.disk.steps import Steps
from twolane.organize.journal import Journaled, MoveJournal, OnMoved
from twolane.organize.renamed import renamed
from twolane.organize.settle import Settler
from twolane.organize.touched import TouchedFolders
from twolane.plans import Move, MoveState, PastMove, Plan, PlanProgress, PlanState
from twolane.store.organized import JournalLine, NewLine, PlanFolder

_TO_UNDO = (MoveState.DONE, MoveState.KEPT)
_BEGUN = (MoveState.STARTED, MoveState.UNDOING)
_LOOKED_AT = 100


class Undoer:
    """Undoes plans, one at a time a library; without a `run_dir` for a lock file, only the store says so."""

    def __init__(self, store: Journaled, run_dir: Path | None, on_moved: OnMoved = lambda _: None) -> None:
        self._store = store
        self._run_dir = run_dir
        self._on_moved = on_moved

    def undo(self, name: str, *, on_progress: OnProgress | None = None) -> Plan:
        """Undo all of a plan; return it as it is then.

        What cannot be undone without loss is kept, with a note, and tried again by the next undo. It stops
        between groups where this thread's work is cancelled. Raises as `Applier.apply` does.
        """
        return self._undo(self._store.plans.get(name), on_progress)

    def undo_last(self, *, on_progress: OnProgress | None = None) -> Plan:
        """Undo the plan that was applied last. Raises `NotFoundError` where none is."""
        plans = self._store.plans.applied_since(0)
        if not plans:
            raise NotFoundError("no plan is applied", "`twolane history` shows what was done")
        return self._undo(plans[0], on_progress)

    def undo_to(self, at: float, *, on_progress: OnProgress | None = None) -> list[Plan]:
        """Undo the plans that were applied since a time, the last first; those that were not reached stay.

        Raises `NotFoundError` where there are none.
        """
        plans = self._store.plans.applied_since(at)
        if not plans:
            raise NotFoundError("no plan was applied since then", "`twolane history` shows what was done")
        undone: list[Plan] = []
        for plan in plans:
            undone.append(self._undo(plan, on_progress))
            if cancel.current().is_cancelled:
                break
        return undone

    def undo_file(self, path: Path) -> Plan:
        """Undo the last move of one file, named by where it is or was; return its plan.

        Raises `NotFoundError` where no plan has moved it, and `MoveError` where it cannot be undone.
        """
        past = self._last_of(path)
        return self.undo_move(past.plan, past.move.number)

    def undo_move(self, name: str, number: int) -> Plan:
        """Undo one move of a plan, by its number; return the plan.

        Raises `NotFoundError` where it has not made it, and `MoveError` where it cannot be undone.
        """
        plan = self._store.plans.get(name)
        line = self._line(plan, number)
        if line is None or line.move.state not in {*_TO_UNDO, *_BEGUN}:
            raise NotFoundError(f"{name} has made no move {number}", "`twolane history` shows what was done")
        plan = self._undo(plan, None, number)
        line = self._line(plan, number)
        if line is None or line.move.state is not MoveState.UNDONE:
            note = line.move.note if line else "it is not in the plan any more"
            raise MoveError(f"it stays where it is: {note}", "see the note, then try again")
        return plan

    def _line(self, plan: Plan, number: int) -> JournalLine | None:
        lines = self._store.plans.journal(plan.plan_id, tuple(MoveState), after=number - 1, limit=1)
        return next((line for line in lines if line.move.number == number), None)

    def _last_of(self, path: Path) -> PastMove:
        for past in self._store.plans.past(path, limit=_LOOKED_AT):
            if past.move.state in {*_TO_UNDO, *_BEGUN}:
                return past
        raise NotFoundError(
            f"no plan has moved {display_path(path)}", "`twolane history` shows what was done"
        )

    def undoing(self, name: str) -> Iterator[PlanProgress]:
        """Do what `undo` does, and yield how far it is: once it has begun, and after each group.

        Closing it stops it between groups.
        """
        yield from self._undoing(self._store.plans.get(name), None)

    def _undo(self, plan: Plan, on_progress: OnProgress | None, number: int | None = None) -> Plan:
        for progress in self._undoing(plan, number):
            if on_progress:
                on_progress(progress)
        return self._store.plans.get(plan.name)

    def _undoing(self, plan: Plan, number: int | None) -> Iterator[PlanProgress]:
        with claimed(self._store, self._run_dir, plan, PlanState.UNDOING) as holder:
            journal = MoveJournal(self._store, plan, holder, self._on_moved)
            with OpenFolders() as folders:
                known = self._store.plans.folders(plan.plan_id)
                run = _Return(journal, folders, plan, known, self._moved_on)
                stopped = run.one(number) if number else (yield from run.all())
                dropped = () if stopped else run.clean(times=number is None)
            state = self._state_after(plan, number, stopped=stopped)
            # what is kept may come back yet, and its folder with it
            kept = self._store.plans.moves(plan.plan_id, _TO_UNDO, limit=1)
            journal.close(state, [path for path in dropped if not kept or path.exists()])

    def _state_after(self, plan: Plan, number: int | None, *, stopped: bool) -> PlanState | None:
        if stopped or self._store.plans.moves(plan.plan_id, _BEGUN, limit=1):
            return None
        left = self._store.plans.moves(plan.plan_id, _TO_UNDO, limit=1)
        undone = self._store.plans.moves(plan.plan_id, (MoveState.UNDONE,), limit=1)
        is_all = not left or (number is None and bool(undone))
        return PlanState.UNDONE if is_all else PlanState.APPLIED

    def _moved_on(self, move: Move) -> str:
        """Name the plan that has moved a file on from where this move has brought it, or ""."""
        for past in self._store.plans.past(move.target, limit=_LOOKED_AT):
            if past.move.source == move.target and past.move.state in _TO_UNDO:
                return past.plan
        return ""


class _Return:
    """One pass back through a plan."""

    def __init__(
        self,
        journal: MoveJournal,
        folders: OpenFolders,
        plan: Plan,
        known: list[PlanFolder],
        moved_on: Callable[[Move], str],
    ) -> None:
        self._journal = journal
        self._folders = folders
        self._plan = plan
        self._moved_on = moved_on
        self._steps = Steps(folders, mark_of(plan))
        self._touched = TouchedFolders(folders, known)

    def all(self) -> Generator[PlanProgress, None, bool]:
        """Undo all that was done, from the last move back; True where it was stopped."""
        total = sum(self._plan.counts.get(state, 0) for state in (*_TO_UNDO, *_BEGUN))
        done = kept = 0
        yield PlanProgress(self._plan.name, 0, total)
        Settler(self._journal, self._folders, self._steps).settle()
        for lines in self._journal.groups(_TO_UNDO, backwards=True):
            if cancel.current().is_cancelled:
                return True
            outcome = self._group(lines)
            done += sum(line.state is MoveState.UNDONE for line in outcome.lines)
            kept += sum(line.state is MoveState.KEPT for line in outcome.lines)
            yield PlanProgress(self._plan.name, done + kept, max(total, done + kept), kept)
            if outcome.full is not None:
                raise outcome.full
            if outcome.stopped:
                return True
        return False

    def one(self, number: int) -> bool:
        """Undo one move; False, since nothing stops it. Raises `NoRoomError`."""
        Settler(self._journal, self._folders, self._steps).settle()
        outcome = self._group(self._journal.line(number, _TO_UNDO))
        if outcome.full is not None:
            raise outcome.full
        return False

    def clean(self, *, times: bool) -> list[Path]:
        """Remove the folders that the plan made and that are empty; return which need be known no more."""
        if times:
            self._journal.begin((), self._touched.before_cleaning())
        return self._touched.clean(times=times)

    def _group(self, lines: Sequence[JournalLine]) -> Outcome:
        outcome, begun, ready = Outcome(), [], []
        for line in lines:
            past = from_text(line.before)
            try:
                now = self._steps.look_back(line.move, past)
            except MoveError as error:
                outcome.lines.append(self._kept(line.move, error))
                continue
            past = replace(past, now=now, is_free=self._steps.is_free(line.move.source))
            begun.append(NewLine(line.move.number, MoveState.UNDOING, line.move.note, to_text(past)))
            ready.append((line.move, past))
        touched = [folder for move, _ in ready for folder in folders_of(move)]
        self._journal.begin([*outcome.lines, *begun], self._touched.about_to_touch(touched, back=True))
        for move, past in ready:
            self._one(move, past, outcome)
        self._touched.sync(outcome.touched)
        self._journal.end(outcome.lines, self._touched.left(outcome.touched), outcome.renamed)
        self._folders.close()
        return outcome

    def _one(self, move: Move, past: Past, outcome: Outcome) -> None:
        if outcome.is_over:
            outcome.lines.append(NewLine(move.number, MoveState.DONE, move.note))
            return
        try:
            with refusing(move.source):
                self._touched.make(move.source.parent)
            self._steps.undo(move, past)
        except Cancelled:
            outcome.stopped = True
            outcome.lines.append(NewLine(move.number, MoveState.DONE, move.note))
        except MoveError as error:
            if isinstance(error, NoRoomError):
                outcome.full = error
            outcome.lines.append(self._kept(move, error))
        else:
            outcome.lines.append(NewLine(move.number, MoveState.UNDONE))
            outcome.touched |= set(folders_of(move))
            outcome.renamed += renamed(self._folders, move, past, back=True)

    def _kept(self, move: Move, error: MoveError) -> NewLine:
        note = error.what
        if plan := self._moved_on(move):
            note = f"the plan {plan} has moved it on: undo that one first"
        return NewLine(move.number, MoveState.KEPT, note)
