"""The proxies in front of a server: what they say of who asks is believed of those alone that are named."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from twolane.system.networks import Networks

PEER = "twolane_peer"
"""Where a scope keeps the address that a request really came from."""


class Proxies:
    """ASGI middleware: takes a request's sender from named proxies, and their word from nobody else.

    `believing` is what takes the sender from a request's headers, before the app.
    """

    def __init__(self, app: ASGIApp, *, named: Networks, user_header: str, believing: ASGIApp) -> None:
        self._app = app
        self._named = named
        self._user_header = user_header
        self._believing = believing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        peer = scope[PEER] = (scope.get("client") or ("",))[0]
        if peer in self._named:
            await self._believing(scope, receive, send)
            return
        if self._user_header:
            headers = MutableHeaders(scope=scope)
            for _ in headers.getlist(self._user_header):
                del headers[self._user_header]
        await self._app(scope, receive, send)
