"""Facts: the fields that documents have, and a person's word on one of a file."""

from __future__ import annotations

from fastapi import APIRouter, Request

from twolane.api import API_PREFIX
from twolane.api.groups import RouteGroup
from twolane.api.schemas.facts import FieldDecisionOut, FieldOut, ValueIn
from twolane.api.schemas.files import FileHistoryOut
from twolane.api.state import principal, shared
from twolane.documents import FileRecord
from twolane.principal import Right, hidden_categories

router = APIRouter(prefix=API_PREFIX, tags=["facts"])
GROUP = RouteGroup(router, reads=Right.READ, changes=Right.CORRECT)


@router.get("/fields", summary="The fields that documents have")
def fields(request: Request) -> list[FieldOut]:
    return [
        FieldOut(
            id=one.spec.id,
            name=one.spec.name,
            type=one.spec.type,
            description=one.spec.description,
            categories=[category for category in one.categories if category not in hidden_categories()],
        )
        for one in shared(request).app.facts.fields()
    ]


@router.put("/files/{file_id}/fields/{field}", summary="Correct a fact")
def correct(file_id: int, field: str, decision: ValueIn, request: Request) -> FileHistoryOut:
    """It stands over what machines find, and teaches how the same sender's papers are read."""
    by, facts = principal(request).by, shared(request).app.facts
    made = facts.correct(file_id, field, decision.value, by=by, document=decision.document)
    return whole(made, request)


@router.post("/files/{file_id}/fields/{field}/undo", summary="Take a person's last decision on a fact back")
def undo(file_id: int, field: str, request: Request) -> FileHistoryOut:
    """What was drawn out of the document stands again."""
    by = principal(request).by
    return whole(shared(request).app.facts.undo(file_id, field, by=by), request)


@router.get("/files/{file_id}/fields/{field}", summary="What people decided on a fact")
def history(file_id: int, field: str, request: Request) -> list[FieldDecisionOut]:
    """Oldest first; all are kept."""
    app = shared(request).app
    return [FieldDecisionOut.of(one) for one in app.facts.history(app.library.file(file_id), field)]


def whole(record: FileRecord, request: Request) -> FileHistoryOut:
    """Return a file with its decisions and facts."""
    app = shared(request).app
    seen = app.access.owners.is_seen_by_others(record)
    return FileHistoryOut.of(record, app.review.history(record), app.facts.of(record), seen_by_others=seen)
