"""The share target: files that other programs of a device share with the page that is installed there."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, File, Request, UploadFile
from starlette.responses import RedirectResponse

from twolane.api.groups import RouteGroup
from twolane.api.routes.uploads import taken_in
from twolane.api.state import shared
from twolane.errors import TwolaneError

router = APIRouter(include_in_schema=False)
GROUP = RouteGroup(router, uploads=True, shared_to=True)


@router.post("/share")
def share(request: Request, files: Annotated[list[UploadFile], File()]) -> RedirectResponse:
    """Take in files, and lead to the list of them; `web/files/shared.js` tells there what became of each."""
    try:
        taken = taken_in(shared(request).app, [(file.filename or "shared", file.file) for file in files])
    except TwolaneError:
        numbers = (0, 0, len(files))
    else:
        numbers = (len(taken.files), len(taken.already), len(taken.not_saved))
    told = urlencode(dict(zip(("new", "known", "refused"), numbers, strict=True)))
    return RedirectResponse(f"/?{told}#/files?order=added", 303)
