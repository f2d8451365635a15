"""Applying plans: each move is journaled before it is made, and checked before and after.

See docs/why/organize.md.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from twolane import cancel
from twolane.cancel import Cancelled
from twolane.errors import MoveError, NoRoomError
from twolane.organize.claim import claimed
from twolane.organize.disk.metadata import Past, to_text
from twolane.organize.disk.places import OpenFolders
from twolane.organize.disk.refusals import refusing
from twolane.organize.disk.steps import Steps
from twolane.organize.journal import Journaled, MoveJournal, OnMoved
from twolane.organize.renamed import renamed
from twolane.organize.settle import Settler
from twolane.organize.touched import TouchedFolders
from twolane.plans import Move, MoveKind, MoveState, Plan, PlanProgress, PlanState
from twolane.store.organized import JournalLine, NewLine, PlanFolder
from twolane.store.values import FileRenamed

OnProgress = Callable[[PlanProgress], None]
_TO_DO = (MoveState.PROPOSED, MoveState.LEFT, MoveState.UNDONE)
_FINISHED = (MoveState.DONE, MoveState.KEPT)


@dataclass(slots=True)
class Outcome:
    """What came of a group of moves, as it grows."""

    lines: list[NewLine] = field(default_factory=list)
    folders: list[PlanFolder] = field(default_factory=list)
    renamed: list[FileRenamed] = field(default_factory=list)
    touched: set[Path] = field(default_factory=set)
    full: NoRoomError | None = None
    stopped: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be done after this group."""
        return self.full is not None or self.stopped


class Applier:
    """Applies plans, one at a time a library; without a `run_dir` for a lock file, only the store says so."""

    def __init__(self, store: Journaled, run_dir: Path | None, on_moved: OnMoved = lambda _: None) -> None:
        self._store = store
        self._run_dir = run_dir
        self._on_moved = on_moved

    def apply(self, name: str, *, on_progress: OnProgress | None = None) -> Plan:
        """Do what a plan proposes; return it as it is then.

        Moves that cannot be made are left, with a note; those of an earlier try are tried again. It stops
        between groups where this thread's work is cancelled, and then goes on when it is called again.
        Raises `NotFoundError`, `ConflictError` while another plan is under way, and `NoRoomError` where a
        disk is full: what was done by then is done.
        """
        for progress in self.applying(name):
            if on_progress:
                on_progress(progress)
        return self._store.plans.get(name)

    def applying(self, name: str) -> Iterator[PlanProgress]:
        """Do what `apply` does, and yield how far it is: once it has begun, and after each group.

        Closing it stops it between groups.
        """
        plan = self._store.plans.get(name)
        with claimed(self._store, self._run_dir, plan, PlanState.APPLYING) as holder:
            journal = MoveJournal(self._store, plan, holder, self._on_moved)
            with OpenFolders() as folders:
                run = _Run(journal, folders, plan, self._store.plans.folders(plan.plan_id))
                stopped = yield from run.all()
            unsettled = self._store.plans.moves(plan.plan_id, (MoveState.STARTED, MoveState.UNDOING), limit=1)
            journal.close(None if stopped or unsettled else PlanState.APPLIED)


class _Run:
    """One pass through a plan."""

    def __init__(
        self, journal: MoveJournal, folders: OpenFolders, plan: Plan, known: list[PlanFolder]
    ) -> None:
        self._journal = journal
        self._folders = folders
        self._plan = plan
        self._steps = Steps(folders, mark_of(plan))
        self._touched = TouchedFolders(folders, known)

    def all(self) -> Generator[PlanProgress, None, bool]:
        """Do all that is to be done; True where it was stopped. Raises `NoRoomError`."""
        done, left = sum(self._plan.counts.get(state, 0) for state in _FINISHED), 0
        yield PlanProgress(self._plan.name, done, self._plan.total)
        Settler(self._journal, self._folders, self._steps).settle()
        for lines in self._journal.groups(_TO_DO, backwards=False):
            if cancel.current().is_cancelled:
                return True
            outcome = self._group(lines)
            done += sum(line.state is MoveState.DONE for line in outcome.lines)
            left += sum(line.state is MoveState.LEFT for line in outcome.lines)
            yield PlanProgress(self._plan.name, done + left, self._plan.total, left)
            if outcome.full is not None:
                raise outcome.full
            if outcome.stopped:
                return True
        return False

    def _group(self, lines: list[JournalLine]) -> Outcome:
        """Look at each file of a group, write the journal, do the moves, and write what came of them."""
        refused, ready = [], []
        for line in lines:
            try:
                past = Past(self._steps.look(line.move), is_free=self._steps.is_free(line.move.target))
            except MoveError as error:
                refused.append(_left(line.move, error))
            else:
                ready.append((line.move, past))
        begun = [NewLine(move.number, MoveState.STARTED, before=to_text(past)) for move, past in ready]
        touched = [folder for move, _ in ready for folder in folders_of(move)]
        self._journal.begin([*refused, *begun], self._touched.about_to_touch(touched))
        outcome = Outcome()
        for move, past in ready:
            self._one(move, past, outcome)
        self._touched.sync(outcome.touched)
        folders = [*outcome.folders, *self._touched.left(outcome.touched)]
        self._journal.end(outcome.lines, folders, outcome.renamed)
        self._folders.close()
        outcome.lines += refused
        return outcome

    def _one(self, move: Move, past: Past, outcome: Outcome) -> None:
        if outcome.is_over:
            outcome.lines.append(NewLine(move.number, move.state, move.note))
            return
        try:
            with refusing(move.target):
                outcome.folders += self._touched.make(move.target.parent)
            done, note = self._steps.do(move, past)
        except Cancelled:
            outcome.stopped = True
            outcome.lines.append(NewLine(move.number, move.state, move.note))
        except NoRoomError as error:
            outcome.full = error
            outcome.lines.append(_left(move, error))
        except MoveError as error:
            outcome.lines.append(_left(move, error))
        else:
            before = to_text(done) if done.after else None
            outcome.lines.append(NewLine(move.number, MoveState.DONE, note, before))
            outcome.touched |= set(folders_of(move))
            outcome.renamed += renamed(self._folders, move, done, back=False)


def mark_of(plan: Plan) -> str:
    """Return a name for a plan's traces on the disk that no plan of another library has."""
    return f"{plan.plan_id:x}-{round(plan.made_at * 1000):x}"


def folders_of(move: Move) -> tuple[Path, ...]:
    if move.kind is MoveKind.MOVE:
        return move.source.parent, move.target.parent
    return (move.target.parent,)


def _left(move: Move, error: MoveError) -> NewLine:
    return NewLine(move.number, MoveState.LEFT, error.what)
