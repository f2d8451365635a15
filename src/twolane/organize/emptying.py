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
from twolane.organize.apply import Applier
from twolane.organize.organizer import Organizer
from twolane.plans import Move, MoveState, Plan, PlanState
from twolane.store.organized import PlanRows

_TAKEN_BACK = {MoveState.UNDOING, MoveState.UNDONE, MoveState.KEPT}
_BY = "watched folder"
_MOST_MOVES = 2000
_MOST_PLANS = 100
_AGAIN_S = 3600.0

_log = logging.getLogger(__name__)


class Emptying:
    """Moves what is surely filed in folders, each time as a plan that can be undone."""

    def __init__(self, organizer: Callable[[], Organizer], applier: Applier, plans: PlanRows) -> None:
        self._organizer, self._applier, self._plans = organizer, applier, plans
        self._left_at: dict[int, float] = {}  # files that could not be moved, by their numbers

    def empty(self, folder: Path) -> Plan | None:
        """Move what is surely filed at and under a folder; return the plan of it, None where there is none.

        What a person took back stays where it is, and what could not be moved is tried again an hour later. A
        plan of it that was cut off, or found no room, goes on before another one is made. Raises
        `SettingsError` where a rule is wrong, `ConflictError` while another plan is applied, and
        `NoRoomError` where a disk is full.
        """
        for begun in self._cut_off(folder):
            if (ended := self._applied(begun)).state is PlanState.APPLIED:
                return ended
        organizer = self._organizer()
        draft = organizer.draft(Filter(folders=(folder,), states=(FileState.FILED,)))
        moves = [move for move in draft.moves if not self._stays(move)][:_MOST_MOVES]
        if not moves:
            return None
        numbered = tuple(replace(move, number=number) for number, move in enumerate(moves, 1))
        plan = organizer.save(replace(draft, moves=numbered), by=_BY)
        try:
            return self._applied(plan)
        except ConflictError:
            organizer.forget(plan.name)  # it is drafted anew
            raise

    def _cut_off(self, folder: Path) -> list[Plan]:
        """Return the plans of a folder that were begun here and have not come to their end."""
        begun = [one for one in self._plans.find((PlanState.APPLYING,), limit=_MOST_PLANS) if one.by == _BY]
        firsts = ((one, self._plans.moves(one.plan_id, limit=1)) for one in begun)
        return [one for one, moves in firsts if moves and moves[0].source.is_relative_to(folder)]

    def _applied(self, plan: Plan) -> Plan:
        applied = self._applier.apply(plan.name)
        for move in self._plans.moves(applied.plan_id, (MoveState.LEFT,), limit=_MOST_MOVES):
            _log.warning("%s was not moved: %s", display_path(move.source), move.note)
            self._left_at[move.file_id] = time.monotonic()
        return applied

    def _stays(self, move: Move) -> bool:
        """Say whether a person took this move back, or it could not be made a while ago."""
        left_at = self._left_at.get(move.file_id)
        if left_at is not None and time.monotonic() - left_at < _AGAIN_S:
            return True
        for past in self._plans.past(move.source, limit=1):
            return past.move.document == move.document and past.move.state in _TAKEN_BACK
        return False
