"""The proxies in front of a server: what they say of who asks is believed of those alone that are named."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from twolane.system.networks import Networks

PEER = "twolane_peer"
"""Where a scope keeps the address that a request really came from."""


class Proxies:
    """ASGI middleware: takes a request's sender from named proxies, and their word from nobody else."""

    def __init__(self, app: ASGIApp, *, networks: tuple[str, ...], user_header: str) -> None:
        self._app = app
        self._named = Networks(networks)
        self._user_header = user_header
        self._behind = ProxyHeadersMiddleware(app, trusted_hosts=list(networks))  # type: ignore[arg-type]  # both are ASGI

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        peer = (scope.get("client") or ("",))[0]
        if scope["type"] == "http":
            scope[PEER] = peer
        if peer in self._named:
            await self._behind(scope, receive, send)  # type: ignore[arg-type]
            return
        if self._user_header and scope["type"] == "http":
            headers = MutableHeaders(scope=scope)
            for _ in headers.getlist(self._user_header):
                del headers[self._user_header]
        await self._app(scope, receive, send)
