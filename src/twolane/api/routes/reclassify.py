"""Filing again what no person has decided: first seen, then done."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from twolane.api import API_PREFIX
from twolane.api.groups import RouteGroup, audited, needs
from twolane.api.schemas.classification import ClassificationOut
from twolane.api.schemas.reclassify import AffectedOut, ChangeOut, ReclassifiedOut
from twolane.api.state import shared
from twolane.principal import Right

router = APIRouter(prefix=API_PREFIX, tags=["files"])
GROUP = RouteGroup(router, reads=Right.ADMIN, changes=Right.ADMIN)

_FILES_AT_ONCE = 200
Start = Annotated[int, Query(ge=0, le=100_000_000, description="0, and then what `next` said")]


@router.get("/reclassify", summary="What filing again would change")
def preview(request: Request, start: Start = 0) -> ReclassifiedOut:
    """Looks at some files by what is stored of them; no model is asked, and nothing is changed."""
    return _look(request, start, do=False)


@router.post("/reclassify", summary="File again")
def reclassify(request: Request, start: Start = 0) -> ReclassifiedOut:
    """Files some files again, but none that a person has decided; says what has changed."""
    return _look(request, start, do=True)


@router.get("/files/{file_id}/affected", summary="How many similar files would be filed otherwise")
@needs(Right.READ)
@audited(None)
def affected(file_id: int, request: Request) -> AffectedOut:
    """Looks at the files that are most similar to one that was corrected; there may be more."""
    app = shared(request).app
    return AffectedOut(affected=app.reclassifier.affected([app.library.file(file_id).document]))


@router.get("/files/{file_id}/proposal", summary="What would be decided on a file now")
@needs(Right.READ)
@audited(None)
def proposal(file_id: int, request: Request) -> ClassificationOut | None:
    """By what is stored of it, with all that corrections have taught; null where it has no text."""
    app = shared(request).app
    decision = app.reclassifier.proposal(app.library.file(file_id).document)
    return ClassificationOut.model_validate(decision.classification) if decision else None


def _look(request: Request, start: int, *, do: bool) -> ReclassifiedOut:
    reclassifier = shared(request).app.reclassifier
    changes: list[ChangeOut] = []
    done = total = start
    for looked in reclassifier.look(start=start):
        if do:
            reclassifier.apply(looked.changes)
        changes += [ChangeOut.model_validate(change) for change in looked.changes]
        done, total = looked.done, looked.total
        if done - start >= _FILES_AT_ONCE:
            break
    return ReclassifiedOut(changes=changes, total=total, next=done if done < total else None)
