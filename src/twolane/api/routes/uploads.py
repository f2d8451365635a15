"""Uploads: files that come by the API or the page."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, BinaryIO

from fastapi import APIRouter, File, Request, Response, UploadFile

from twolane.api import API_PREFIX
from twolane.api.auditing import note
from twolane.api.groups import RouteGroup
from twolane.api.schemas.files import AlreadyThereOut, FileOut, NotSavedOut, UploadOut
from twolane.api.state import principal, shared
from twolane.errors import TwolaneError
from twolane.principal import Right

if TYPE_CHECKING:
    pass

_log = logging.getLogger(__name__)

router = APIRouter(prefix=API_PREFIX, tags=["files"])
GROUP = RouteGroup(router, reads=Right.ADD, changes=Right.ADD, uploads=True)

UPLOAD_CHUNK_BYTES = 1024 * 1024
_MOST_NOTED = 1000


@router.post("/files", status_code=201, summary="Upload one file or several")
def upload(
    request: Request,
    response: Response,
    files: Annotated[list[UploadFile], File(description="what to file")],
) -> UploadOut:
    """Each is kept under a safe name and queued ahead of everything else; this does not wait for it.

    What is there already, byte for byte, is not kept a second time: where all of it is, the status is 200.
    Where none could be taken in, the answer is the first one's error.
    """
    taken = taken_in(request, [(file.filename or "unnamed", file.file) for file in files])
    if not taken.files:
        response.status_code = 200
    return taken


def taken_in(request: Request, files: Sequence[tuple[str, BinaryIO]]) -> UploadOut:
    """Take in files by name and open content, and tell what became of each.

    What is new counts for its sender's quota. Raises the first one's error where none could be taken in.
    """
    app, who = shared(request).app, principal(request)
    saved: list[FileOut] = []
    already: list[AlreadyThereOut] = []
    not_saved: list[NotSavedOut] = []
    errors: list[TwolaneError] = []
    for name, file in files:
        try:
            size_bytes = file.seek(0, os.SEEK_END)
            file.seek(0)
            with app.access.quotas.counted(who, size_bytes) as counted:
                taken = app.library.save_upload(name, _chunks(file), owner=app.access.owner_of_new(who))
                counted.is_kept = taken.is_new
            record = FileOut.model_validate(taken.file)
            if taken.is_new:
                saved.append(record)
            else:
                already.append(AlreadyThereOut(name=name, file=record))
            # Jobs do not have the request's id: the file's id connects their log lines with this one.
            what = "file queued" if taken.is_new else "upload is there already"
            _log.info(what, extra={"fields": {"file_id": record.file_id}})
        except TwolaneError as error:
            errors.append(error)
            not_saved.append(NotSavedOut(name=name, error=error.what, remedy=error.remedy))
    note(request, ", ".join(name for name, _ in files)[:_MOST_NOTED], [one.file_id for one in saved])
    if errors and not saved and not already:
        raise errors[0]
    return UploadOut(files=saved, already=already, not_saved=not_saved)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(UPLOAD_CHUNK_BYTES):
        yield chunk
