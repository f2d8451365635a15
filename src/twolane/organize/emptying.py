"""Folders that empty themselves: what is surely filed in them goes where its category goes.

See docs/why/organize.md#what-was-taken-back-stays.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from twolane.documents import FileState, Filter, display_path
from twolane.errors import ConflictError
from twolane.organize.organizer import Organizer
from twolane.plans import Move, MoveState, Plan, PlanState

_TAKEN_BACK = {MoveState.UNDOING, MoveState.UNDONE, MoveState.KEPT}
_BY = "watched folder"
_MOST_MOVES = 2000
_AGAIN_S = 3600.0

_log = logging.getLogger(__name__)


class Emptying:
    """Moves what is surely filed in folders, each time as a plan that can be undone."""

    def __init__(self, organizer: Callable[[], Organizer]) -> None:
        self._organizer = organizer
        self._left_at: dict[int, float] = {}  # files that could not be moved, by their numbers

    def empty(self, folder: Path) -> Plan | None:
        """Move what is surely filed at and under a folder; return the plan of it, None where there is none.

        What a person took back stays where it is, and what could not be moved is tried again an hour later. A
        plan of it that was cut off, or found no room, goes on before another one is made. Raises
        `SettingsError` where a rule is wrong, `ConflictError` while another plan is applied, and
        `NoRoomError` where a disk is full.
        """
        organizer = self._organizer()
        for begun in _cut_off(organizer, folder):
            if (ended := self._applied(organizer, begun)).state is PlanState.APPLIED:
                return ended
        draft = organizer.draft(Filter(folders=(folder,), states=(FileState.FILED,)))
        moves = [move for move in draft.moves if not self._stays(organizer, move)][:_MOST_MOVES]
        if not moves:
            return None
        numbered = tuple(replace(move, number=number) for number, move in enumerate(moves, 1))
        plan = organizer.save(replace(draft, moves=numbered), by=_BY)
        try:
            return self._applied(organizer, plan)
        except ConflictError:
            organizer.forget(plan.name)  # it is drafted anew
            raise

    def _applied(self, organizer: Organizer, plan: Plan) -> Plan:
        applied = organizer.apply(plan.name)
        for move in organizer.moves(applied.name, (MoveState.LEFT,), limit=_MOST_MOVES):
            _log.warning("%s was not moved: %s", display_path(move.source), move.note)
            self._left_at[move.file_id] = time.monotonic()
        return applied

    def _stays(self, organizer: Organizer, move: Move) -> bool:
        """Say whether a person took this move back, or it could not be made a while ago."""
        left_at = self._left_at.get(move.file_id)
        if left_at is not None and time.monotonic() - left_at < _AGAIN_S:
            return True
        for past in organizer.history(1, path=move.source):
            return past.move.document == move.document and past.move.state in _TAKEN_BACK
        return False


def _cut_off(organizer: Organizer, folder: Path) -> list[Plan]:
    """Return the plans by which a folder was being emptied, and that have not come to their end."""
    begun = [one for one in organizer.unfinished() if one.by == _BY and one.state is PlanState.APPLYING]
    firsts = ((one, organizer.moves(one.name, limit=1)) for one in begun)
    return [one for one, moves in firsts if moves and moves[0].source.is_relative_to(folder)]
