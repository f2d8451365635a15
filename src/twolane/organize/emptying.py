"""Folders that empty themselves: what is surely filed in them goes where its category goes.

See docs/why/organize.md#what-was-undone-stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from twolane.documents import FileState, Filter
from twolane.plans import DraftPlan, Move, MoveState, PastMove, Plan

_TAKEN_BACK = {MoveState.UNDOING, MoveState.UNDONE, MoveState.KEPT}
_BY = "watched folder"
_MOST_MOVES = 2000


class Organizing(Protocol):
    """What emptying folders needs of the organizer."""

    def draft(self, within: Filter) -> DraftPlan:
        """Return where files would go."""

    def save(self, draft: DraftPlan, name: str = "", by: str = "") -> Plan:
        """Keep a draft."""

    def apply(self, name: str) -> Plan:
        """Do what a plan proposes."""

    def history(self, limit: int, offset: int = 0, path: Path | None = None) -> Sequence[PastMove]:
        """List moves, the last first."""


def empty_folder(organizer: Organizing, folder: Path) -> Plan | None:
    """Move what is surely filed at and under a folder; return the plan of it, None where nothing is to be moved.

    What a person took back is left where it is. Raises `SettingsError` where nothing says where files go,
    `ConflictError` while another plan is applied, and `MoveError` or `NoRoomError` of a full disk.
    """
    draft = organizer.draft(Filter(folders=(folder,), states=(FileState.FILED,)))
    moves = [move for move in draft.moves if not _was_taken_back(organizer, move)][:_MOST_MOVES]
    if not moves:
        return None
    numbered = tuple(replace(move, number=number) for number, move in enumerate(moves, 1))
    plan = organizer.save(replace(draft, moves=numbered), by=_BY)
    return organizer.apply(plan.name)


def _was_taken_back(organizer: Organizing, move: Move) -> bool:
    """Say whether the last that a plan did with this content at this place was undone."""
    for past in organizer.history(1, path=move.source):
        before = past.move
        return before.document == move.document and before.state in _TAKEN_BACK
    return False
