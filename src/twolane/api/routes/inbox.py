"""The inbox: where scanners, phones and other programs put files, with a token and nothing else.

Why it is so: docs/why/serving.md#a-token-gives-one-right-and-takes-all-others.
"""

from __future__ import annotations

import logging
import mimetypes
from contextlib import AsyncExitStack
from datetime import datetime
from email.message import Message
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast
from urllib.parse import unquote

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, UploadFile

from twolane.api import API_PREFIX
from twolane.api.groups import RouteGroup
from twolane.api.routes.uploads import UPLOAD_CHUNK_BYTES, taken_in
from twolane.api.schemas.files import InboxOut
from twolane.api.state import principal
from twolane.errors import TwolaneError
from twolane.principal import Right

_log = logging.getLogger(__name__)

router = APIRouter(prefix=API_PREFIX, tags=["files"])
GROUP = RouteGroup(router, reads=Right.ADD, changes=Right.ADD, uploads=True, needs_token=True)

_FORMS = {
    "multipart/form-data": {"schema": {"type": "object", "additionalProperties": True}},
    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
}


@router.post(
    "/inbox",
    status_code=201,
    summary="Put in files, with a token",
    openapi_extra={"requestBody": {"content": _FORMS, "required": True}},
)
async def put_in(request: Request, response: Response, name: str = "") -> InboxOut:
    """Several files as a form, in fields of any name, or one file as the body itself.

    The body's name is the query's `name`, `X-File-Name` (percent-encoded), or that of `Content-Disposition`;
    without any it is the time. What is there already, byte for byte, is not kept a second time: where all of
    it is, the status is 200. The token comes as `Authorization: Bearer`, or as the password of Basic.
    """
    async with AsyncExitStack() as opened:
        body = opened.enter_context(SpooledTemporaryFile(UPLOAD_CHUNK_BYTES))  # noqa: SIM115 - the stack closes
        if request.headers.get("content-type", "").lower().startswith("multipart/"):
            files = await _form(request, opened)
        else:
            await _keep_body(request, cast(BinaryIO, body))
            files = [(name or _named(request.headers), cast(BinaryIO, body))]
        taken = await run_in_threadpool(taken_in, request, files)
    fields = {"by": principal(request).by, "new": len(taken.files), "refused": len(taken.not_saved)}
    _log.info("files came in", extra={"fields": fields})
    if not taken.files:
        response.status_code = 200
    return InboxOut.of(taken)


async def _form(request: Request, opened: AsyncExitStack) -> list[tuple[str, BinaryIO]]:
    form = await opened.enter_async_context(request.form())
    sent = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
    if not sent:
        raise TwolaneError("this form holds no file", "send one as: curl -F file=@scan.pdf")
    return [(part.filename or _unnamed(part.content_type or ""), part.file) for part in sent]


async def _keep_body(request: Request, body: BinaryIO) -> None:
    kept = UploadFile(body)  # which writes to a disk beside the loop
    async for piece in request.stream():
        await kept.write(piece)
    if not body.tell():
        raise TwolaneError("this request holds no file", "send one as: curl --data-binary @scan.pdf")
    await kept.seek(0)


def _named(headers: Headers) -> str:
    """Return the name that headers give a body, in any script."""
    if given := headers.get("x-file-name", ""):
        return unquote(_text(given))
    message = Message()
    message["Content-Disposition"] = _text(headers.get("content-disposition", ""))
    try:
        return message.get_filename("") or _unnamed(headers.get("content-type", ""))
    except ValueError:  # a part of a name with a number that nobody counts to
        return _unnamed(headers.get("content-type", ""))


def _text(header: str) -> str:
    """Return a header as it was meant: names come as UTF-8, though headers are Latin-1 by their standard."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def _unnamed(content_type: str) -> str:
    kind = mimetypes.guess_extension(content_type.partition(";")[0].strip().lower()) or ""
    return f"{datetime.now().astimezone():%Y-%m-%d %H.%M.%S}{'' if kind == '.bin' else kind}"
