"""Tags: words of people's own for documents."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from twolane.api import API_PREFIX
from twolane.api.groups import RouteGroup
from twolane.api.schemas.files import FileOut
from twolane.api.state import principal, shared
from twolane.principal import Right

router = APIRouter(prefix=API_PREFIX, tags=["facts"])
GROUP = RouteGroup(router, reads=Right.READ, changes=Right.CORRECT)

Tag = Annotated[str, Path(min_length=1, max_length=100)]


@router.get("/tags", summary="The tags, and how many files have each")
def tags(request: Request) -> dict[str, int]:
    return dict(shared(request).app.library.counts().tags)


@router.put("/files/{file_id}/tags/{tag:path}", summary="Tag a file")
def tag_file(file_id: int, tag: Tag, request: Request) -> FileOut:
    """All files of the same content have it; a tag is written as it was the first time."""
    by = principal(request).by
    return FileOut.model_validate(shared(request).app.facts.tag(file_id, [tag], by=by))


@router.delete("/files/{file_id}/tags/{tag:path}", summary="Take a tag from a file")
def untag_file(file_id: int, tag: Tag, request: Request) -> FileOut:
    return FileOut.model_validate(shared(request).app.facts.untag(file_id, [tag]))
