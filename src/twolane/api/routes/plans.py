"""Plans: drafted, kept, looked at and forgotten; nothing here moves a file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from twolane.api import API_PREFIX
from twolane.api.auditing import note
from twolane.api.groups import RouteGroup, audited
from twolane.api.schemas.plans import (
    CheckedRuleOut,
    DraftIn,
    DraftPlanOut,
    LeftFileOut,
    MoveOut,
    OrganizeRuleIn,
    PlanIn,
    PlanOut,
    PresetOut,
    TargetFolderOut,
)
from twolane.api.state import principal, shared
from twolane.plans import DraftPlan, MoveState
from twolane.principal import Right

router = APIRouter(prefix=API_PREFIX, tags=["plans"])
GROUP = RouteGroup(router, reads=Right.ADMIN, changes=Right.ADMIN)

_MOST_FOLDERS = 1000
Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=100_000_000)]
States = Annotated[list[MoveState] | None, Query(description="only moves that are so far")]


@router.get("/presets", summary="The orders of files that need no rules")
def presets(request: Request) -> list[PresetOut]:
    return [PresetOut.model_validate(one) for one in shared(request).app.organizer.presets()]


@router.post("/plans/draft", summary="Where files would go")
@audited(None)
def draft(given: DraftIn, request: Request, limit: Limit = 100, offset: Offset = 0) -> DraftPlanOut:
    """Keeps nothing and changes nothing; the moves to a folder follow each other."""
    made = _draft(given, request)
    end = offset + limit
    folders = Counter(move.target.parent for move in made.moves)
    return DraftPlanOut(
        moves=[MoveOut.model_validate(move) for move in made.moves[offset:end]],
        total=len(made.moves),
        folders=[TargetFolderOut(folder=one, files=folders[one]) for one in list(folders)[:_MOST_FOLDERS]],
        folder_count=len(folders),
        left=[LeftFileOut.model_validate(one) for one in made.left[offset:end]],
        left_total=len(made.left),
        left_counts=dict(made.left_counts),
        options=made.options,
    )


@router.post("/plans/check", summary="What a rule makes of files, or what is wrong with it")
@audited(None)
def check(given: OrganizeRuleIn, request: Request) -> CheckedRuleOut:
    """While it is being written: the place of a mistake is told, which is no error here."""
    return CheckedRuleOut.model_validate(shared(request).app.organizer.check(given.rule()))


@router.post("/plans", summary="Make and keep a plan")
def keep(given: PlanIn, request: Request) -> PlanOut:
    """What is applied later is exactly this; no file is moved yet."""
    note(request, given.name)
    by, organizer = principal(request).by, shared(request).app.organizer
    return PlanOut.model_validate(organizer.save(_draft(given, request), given.name, by))


@router.get("/plans", summary="The plans that are kept, newest first")
def plans(request: Request, limit: Limit = 100, offset: Offset = 0) -> list[PlanOut]:
    found = shared(request).app.organizer.plans(limit, offset)
    return [PlanOut.model_validate(plan) for plan in found]


@router.get("/plans/{name}", summary="One plan")
def plan(name: str, request: Request) -> PlanOut:
    return PlanOut.model_validate(shared(request).app.organizer.plan(name))


@router.get("/plans/{name}/moves", summary="The moves of a plan")
def moves(
    name: str, request: Request, state: States = None, limit: Limit = 100, offset: Offset = 0
) -> list[MoveOut]:
    """In their order."""
    found = shared(request).app.organizer.moves(name, state or (), limit=limit, offset=offset)
    return [MoveOut.model_validate(move) for move in found]


@router.delete("/plans/{name}", summary="Forget a plan", status_code=204)
def forget(name: str, request: Request) -> Response:
    """Refused for a plan that was applied: it is the journal of what was done."""
    shared(request).app.organizer.forget(name)
    return Response(status_code=204)


def _draft(given: DraftIn, request: Request) -> DraftPlan:
    return shared(request).app.organizer.draft(
        given.within(),
        [rule.rule() for rule in given.rules],
        preset=given.preset,
        kind=given.kind,
        unsure=given.unsure,
        root=Path(given.root) if given.root else None,
    )
