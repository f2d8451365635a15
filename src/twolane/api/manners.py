"""What HTTP expects of every address, whatever answers there: HEAD, Allow, and errors in one shape."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import cast

from starlette.datastructures import MutableHeaders
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twolane.api.boundary import HttpError
from twolane.api.connections import closing
from twolane.api.groups import UNKNOWN, RouteGroup
from twolane.api.schemas.base import ErrorOut

_PLAIN = "text/plain"
_TWO_LENGTHS = {b"content-length", b"transfer-encoding"}


class Manners:
    """ASGI middleware around the edge: answers HEAD as GET, and mends what frameworks answer by themselves.

    The server below sends no body for HEAD, whatever is handed to it.
    """

    def __init__(self, app: ASGIApp, groups: Sequence[RouteGroup]) -> None:
        self._app = app
        self._groups = groups

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if {name for name, _ in scope["headers"]} >= _TWO_LENGTHS:
            await _refuse(send)
            return
        is_head = scope["method"] == "HEAD"
        if is_head and not self._has_head(scope):
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, _Mended(send, scope, self._groups, is_head=is_head))

    def _has_head(self, scope: Scope) -> bool:
        """Say whether a route answers HEAD itself, since its GET does more than to answer."""
        routes = (route for group in self._groups for route in group.router.routes)
        return any(route.matches(scope)[0] is Match.FULL for route in routes)


async def _refuse(send: Send) -> None:
    """Refuse a request that says in two ways where it ends: a proxy may have taken the other one."""
    headers, body = closing("the request says in two ways how long it is", "send Content-Length alone")
    await send({"type": "http.response.start", "status": HTTPStatus.BAD_REQUEST, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class _Mended:
    """Passes an answer on, with what it lacks."""

    def __init__(self, send: Send, scope: Scope, groups: Sequence[RouteGroup], *, is_head: bool) -> None:
        self._send = send
        self._scope = scope
        self._groups = groups
        self._is_head = is_head
        self._plain: Message | None = None
        self._is_over = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif self._plain is not None:
            await self._in_one_shape(self._plain, message.get("body", b""))
        elif not self._is_over:
            self._is_over = self._is_head  # a stream would go on for ever, and nobody reads it
            await self._send({**message, "more_body": False} if self._is_head else message)

    async def _begin(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        if message["status"] == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(self._allowed())
        if message["status"] >= HTTPStatus.BAD_REQUEST and headers.get("content-type", "").startswith(_PLAIN):
            self._plain = message
        else:
            await self._send(message)

    async def _in_one_shape(self, start: Message, text: bytes) -> None:
        """Put an error that a framework has written as a plain text into the shape of its group."""
        self._plain, self._is_over = None, True
        headers = MutableHeaders(scope=start)
        status = start["status"]
        if size := headers.get("content-range", ""):
            headers["content-range"] = f"bytes {size.removeprefix('bytes').strip()}"
        words = text.decode("utf-8", "replace") or HTTPStatus(status).phrase
        group = cast(RouteGroup, self._scope["state"].get("group", UNKNOWN))
        error = HttpError(status, ErrorOut(error=words, remedy="see /openapi.json for what may be sent"))
        body = json.dumps(group.error.body(error)).encode()
        headers["content-type"], headers["content-length"] = "application/json", str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})

    def _allowed(self) -> list[str]:
        """Return the methods that the address has, of all the routes there."""
        methods: set[str] = set()
        for group in self._groups:
            for route in group.router.routes:
                if route.matches(self._scope)[0] is not Match.NONE:
                    methods |= getattr(route, "methods", None) or set()
        return sorted(methods | ({"HEAD"} if "GET" in methods else set()))
