"""Pictures: pages of files as they look, where words stand on them, and small ones for lists."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, TypeVar

import anyio.to_thread
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from twolane.api import API_PREFIX
from twolane.api.groups import RouteGroup, audited
from twolane.api.schemas.pictures import PageMarksOut
from twolane.api.state import shared
from twolane.errors import SettingsError
from twolane.pictures import CharSpan
from twolane.principal import Right

router = APIRouter(prefix=API_PREFIX, tags=["files"])
GROUP = RouteGroup(router, reads=Right.READ, changes=Right.CORRECT)

T = TypeVar("T")
Place = Annotated[list[int], Query(max_length=50)]
_WEBP: dict[int | str, dict[str, Any]] = {200: {"content": {"image/webp": {}}, "description": "the picture"}}


@router.get(
    "/files/{file_id}/pages/{number}/picture",
    summary="A page as it looks",
    response_class=Response,
    responses=_WEBP,
)
async def picture(
    file_id: int,
    number: int,
    request: Request,
    width: Annotated[int, Query(ge=1, le=4000, description="rounded to one of a few, in pixels")] = 1280,
) -> Response:
    """Of PDFs and pictures; whatever else has pages is shown by its text."""
    return _webp(await _drawn(request, partial(shared(request).app.pictures.page, file_id, number, width)))


@router.get(
    "/files/{file_id}/thumbnail",
    summary="A small picture of a file",
    response_class=Response,
    responses=_WEBP,
)
@audited(None)  # of a list of files, which nobody opens
async def thumbnail(file_id: int, request: Request) -> Response:
    return _webp(await _drawn(request, partial(shared(request).app.pictures.small, file_id)))


@router.get("/files/{file_id}/pages/{number}/marks", summary="Where words stand on a page")
async def marks(file_id: int, number: int, request: Request, start: Place, end: Place) -> PageMarksOut:
    """Boxes on the page's picture for each part of its text; none where that is not known, as of scans."""
    if len(start) != len(end):
        raise SettingsError("a start and an end belong together", "give as many of one as of the other")
    spans = [CharSpan(max(0, one), max(0, other)) for one, other in zip(start, end, strict=True)]
    boxes = await _drawn(request, partial(shared(request).app.pictures.marks, file_id, number, spans))
    return PageMarksOut.model_validate({"boxes": boxes}, from_attributes=True)


async def _drawn(request: Request, what: Callable[[], T]) -> T:
    return await anyio.to_thread.run_sync(what, limiter=shared(request).drawing)


def _webp(data: bytes) -> Response:
    return Response(data, media_type="image/webp")
