"""The part of port 3 that keeps plans, with the journal of what was done of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from twolane.plans import DraftPlan, Move, MoveState, PastMove, Plan, PlanState


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A move as the journal has it; `before` says as JSON what the file was like."""

    move: Move
    before: str = ""


@dataclass(frozen=True, slots=True)
class NewLine:
    """How far the move of a number is now; `before` stays as it is where it is None."""

    number: int
    state: MoveState
    note: str = ""
    before: str | None = None


@dataclass(frozen=True, slots=True)
class PlanFolder:
    """A folder that a plan has `made`, or changed by what it moved.

    `accessed_ns` and `modified_ns` are its times before the plan, 0 where they are not to be restored;
    `left_ns` is when it was modified as the plan last left it, 0 where that is not known.
    """

    path: Path
    made: bool = False
    accessed_ns: int = 0
    modified_ns: int = 0
    left_ns: int = 0


class PlanRows(Protocol):
    """Plans and their moves, as they are kept."""

    def get(self, name: str) -> Plan:
        """Return the plan of a name. Raises `NotFoundError`."""

    def find(self, states: Collection[PlanState] = (), *, limit: int, offset: int = 0) -> list[Plan]:
        """List plans, the newest first; without states, all of them."""

    def moves(
        self, plan_id: int, states: Collection[MoveState] = (), *, limit: int, offset: int = 0
    ) -> list[Move]:
        """List moves by their numbers; without states, all of them."""

    def journal(
        self, plan_id: int, states: Collection[MoveState], *, after: int = 0, before: int = 0, limit: int
    ) -> list[JournalLine]:
        """List the next moves that are so far, by number from `after` on; with `before`, from there back."""

    def folders(self, plan_id: int) -> list[PlanFolder]:
        """List the folders that a plan has made or changed, those within others last."""

    def past(self, path: Path | None = None, *, limit: int, offset: int = 0) -> list[PastMove]:
        """List the moves that were begun, the last first; with a path, those from it or to it."""

    def applied_since(self, at: float) -> list[Plan]:
        """List the plans that are applied, at least in part, and were so no earlier; the last first."""


class PlanJournal(PlanRows, Protocol):
    """Plans and their moves within a transaction, which may change them."""

    def add(self, draft: DraftPlan, name: str = "", by: str = "") -> Plan:
        """Keep a draft, under a name that is found where none is given. Raises `ConflictError`."""

    def forget(self, name: str) -> None:
        """Forget a plan of which nothing was done.

        Raises `NotFoundError`, and `ConflictError` where something of it was done.
        """

    def claim(self, plan_id: int, state: PlanState, holder: str, lease_s: float) -> None:
        """Take a plan to apply or undo it. Raises `ConflictError` while another holder has any plan.

        A holder that was silent for the lease has lost it.
        """

    def renew(self, plan_id: int, holder: str) -> None:
        """Say that a plan is still worked on. Raises `ConflictError` where another has taken it over."""

    def release(self, plan_id: int, holder: str, state: PlanState | None = None) -> None:
        """Let a plan go, in the state that it has come to; without one it stays unfinished."""

    def record(self, plan_id: int, lines: Sequence[NewLine]) -> None:
        """Write how far moves are now, with the time."""

    def keep_folders(self, plan_id: int, folders: Sequence[PlanFolder]) -> None:
        """Record folders, in place of what was known of them."""

    def drop_folders(self, plan_id: int, paths: Sequence[Path]) -> None:
        """Forget folders."""


class Organized(Protocol):
    """A library that keeps plans."""

    @property
    def plans(self) -> PlanRows:
        """The plans."""
