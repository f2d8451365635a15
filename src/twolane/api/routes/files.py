"""Files: list them, look into them, correct their category; and classify a text."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from twolane.api import API_PREFIX
from twolane.api.auditing import note
from twolane.api.filters import file_filter
from twolane.api.groups import RouteGroup, audited, needs
from twolane.api.routes.facts import whole
from twolane.api.schemas.base import ErrorOut
from twolane.api.schemas.classification import CategoryIn, ClassificationOut, TextIn
from twolane.api.schemas.files import FileHistoryOut, FileOut, FilesOut, PageOut, ReadAgainIn
from twolane.api.schemas.owners import GivenOut, OwnerIn
from twolane.api.schemas.status import RetryOut
from twolane.api.state import principal, shared
from twolane.api.streams import run_bounded
from twolane.documents import FileRecord, Filter, display_path
from twolane.principal import Right
from twolane.store.values import FileOrder

router = APIRouter(prefix=API_PREFIX, tags=["files"])
GROUP = RouteGroup(router, reads=Right.READ, changes=Right.CORRECT)

_INLINE = {
    "application/pdf": "application/pdf",
    "image/png": "image/png",
    "image/jpeg": "image/jpeg",
    "text/plain": "text/plain; charset=utf-8",
}
_CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@router.get("/files", summary="List files")
def files(
    *,
    request: Request,
    within: Annotated[Filter, Depends(file_filter)],
    order: Annotated[
        Literal[FileOrder, "review"],
        Query(description="review: what waits for you first; date and added: newest first"),
    ] = "path",
    reverse: Annotated[bool, Query(description="from the end; not of `review`")] = False,
    offset: Annotated[int, Query(ge=0, le=100_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> FilesOut:
    app = shared(request).app
    if order == "review":
        found = app.review.find(within, limit=limit, offset=offset)
    else:
        found = app.library.find(within, limit=limit, offset=offset, order=order, reverse=reverse)
    return FilesOut(files=found.files, total=found.total, offset=offset, limit=limit)


@router.get("/files/{file_id}", summary="One file")
def file(file_id: int, request: Request) -> FileHistoryOut:
    """With every decision that was made on it, by whom and when, and with its facts."""
    return whole(shared(request).app.library.file(file_id), request)


@router.get("/files/{file_id}/pages/{number}", summary="The text of one page")
def page(file_id: int, number: int, request: Request) -> PageOut:
    library = shared(request).app.library
    record = library.file(file_id)
    found = library.page(record, number)
    return PageOut(
        file_id=file_id,
        name=record.path.name,
        number=number,
        page_count=record.page_count,
        label=found.label,
        text=found.text,
        ocr=found.ocr,
        is_numbered=found.is_numbered,
        hidden=found.hidden,
    )


@router.get(
    "/files/{file_id}/content",
    summary="The original file",
    response_class=Response,
    responses={
        200: {
            "content": {"application/octet-stream": {}, **{kind: {} for kind in _INLINE}},
            "description": "the file's bytes",
        },
        206: {"description": "the part of them that was asked for"},
        416: {"model": ErrorOut, "description": "it has no such part"},
    },
)
def content(file_id: int, request: Request, download: bool = False) -> Response:
    """Shows PDF, PNG, JPEG and plain text; anything else is a download, as is all with `download=true`."""
    library = shared(request).app.library
    record = library.file(file_id)
    lent = ExitStack()
    original = lent.enter_context(library.content(record))
    media_type = "" if download else _INLINE.get(record.media_type.partition(";")[0].strip(), "")
    return FileResponse(
        original.path,
        stat_result=original.status,
        media_type=media_type or "application/octet-stream",
        headers={
            "Content-Disposition": _disposition(record, inline=bool(media_type)),
            "Content-Security-Policy": _CONTENT_POLICY,
        },
        background=BackgroundTask(lent.close),
    )


def _disposition(record: FileRecord, *, inline: bool) -> str:
    name = quote(display_path(record.path.name), safe="")
    return f"{'inline' if inline else 'attachment'}; filename*=utf-8''{name}"


@router.put("/files/{file_id}/category", summary="Correct a category")
def correct(file_id: int, decision: CategoryIn, request: Request) -> FileOut:
    """A person's decision is never replaced by a model's."""
    by, review = principal(request).by, shared(request).app.review
    made = review.correct(file_id, decision.category, by=by, document=decision.document)
    return FileOut.model_validate(made)


@router.post("/files/read-again", summary="Read files again")
def read_again(chosen: ReadAgainIn, request: Request) -> RetryOut:
    """Such as scans that were given up, and what another program has mended; people's decisions stay."""
    return RetryOut(queued=shared(request).app.library.read_again(chosen.file_ids))


@router.put("/files/owner", summary="Give files to a user, or to everybody")
def give(given: OwnerIn, request: Request) -> GivenOut:
    """One's own files, or any for whoever manages the library; what was one's own can be taken back."""
    note(request, f"to {given.owner or 'everybody'}", given.file_ids)
    owners = shared(request).app.access.owners
    return GivenOut.of(owners.give(given.file_ids, given.owner))


@router.post("/files/{file_id}/undo", summary="Take a person's last decision back")
def undo(file_id: int, request: Request) -> FileOut:
    """What stood before it stands again, and filing forgets what it learned of it."""
    by = principal(request).by
    return FileOut.model_validate(shared(request).app.review.undo(file_id, by=by))


@router.post("/classify", summary="Classify a text without keeping it")
@needs(Right.ASK)
@audited(None)
async def classify(text: TextIn, request: Request) -> ClassificationOut:
    state = shared(request)
    classify_text = partial(state.app.classify_text, text.text)
    return ClassificationOut.model_validate(
        await run_bounded(classify_text, state.classifying, state.stopping)
    )
