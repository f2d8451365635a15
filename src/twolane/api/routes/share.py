"""The share target: files that other programs of a device share with the page that is installed there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Request, UploadFile
from starlette.responses import RedirectResponse

from twolane.api.groups import RouteGroup
from twolane.api.routes.uploads import taken_in
from twolane.errors import TwolaneError
from twolane.principal import Right


def _told(new: int = 0, known: int = 0, refused: int = 0) -> str:
    return f"/?new={new}&known={known}&refused={refused}#/files?order=added"


router = APIRouter(include_in_schema=False)
GROUP = RouteGroup(
    router,
    reads=Right.ADD,
    changes=Right.ADD,
    uploads=True,
    shared_to=True,
    not_taken_address=_told(refused=1),
)


@router.post("/share")
def share(request: Request, files: Annotated[list[UploadFile], File()]) -> RedirectResponse:
    """Take in files, and lead to the list of them; `web/files/shared.js` tells there what became of each."""
    try:
        taken = taken_in(request, [(file.filename or "shared", file.file) for file in files])
    except TwolaneError:
        told = _told(refused=len(files))
    else:
        told = _told(len(taken.files), len(taken.already), len(taken.not_saved))
    return RedirectResponse(told, 303)
