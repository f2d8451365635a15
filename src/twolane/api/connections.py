"""What a connection may take: how many there are, and how long each may keep the server waiting.

uvicorn bounds none of it. Why these bounds:
docs/why/serving.md#a-connection-may-not-keep-the-server-waiting
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any

import h11
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol
from uvicorn.server import Server, ServerState

from twolane.api.boundary import RETRY_AFTER_S
from twolane.api.greeting import Greeting
from twolane.api.schemas.base import ErrorOut

_KEPT_FREE = 256
"""Files that the rest of the program may have open: the catalogue, workers' pipes, uploads, model servers."""
_PROBES = frozenset({"/livez", "/readyz"})


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How many connections there may be, and what each must do in time."""

    most: int
    """Beyond these an idle one gives way, or else whose body has been coming for the longest; where there is
    neither, whoever comes is told to come again."""
    refused: int
    """So many more are told so, and those after them are closed at once."""
    head_s: float = 15.0
    """From the connection's beginning, or from the first byte behind an answer, to the end of a head."""
    window_s: float = 20.0
    """The time over which the rate of a body counts."""
    body_bytes_per_s: int = 256
    stalled_s: float = 60.0
    """So long may a client let what was written for it wait, without reading on."""

    @classmethod
    def for_files(cls, files: int) -> ConnectionLimits:
        """Return the limits of a process that may have this many files open."""
        most = max(16, min(4096, (files - min(_KEPT_FREE, files // 2)) * 7 // 8))
        return cls(most=most, refused=max(2, most // 7))


class Clients:
    """The open connections of a server, in the order in which they last began to be idle, or busy.

    With a `context` they are encrypted.
    """

    def __init__(self, limits: ConnectionLimits, context: SSLContext | None = None) -> None:
        self.limits = limits
        self._context = context
        self._idle: dict[BoundedProtocol | Greeting, None] = {}
        self._busy: dict[BoundedProtocol, None] = {}
        self._all: set[BoundedProtocol | Greeting] = set()
        self._looked_at = 0.0

    def protocol(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> BoundedProtocol | Greeting:
        """Make the protocol of one connection; uvicorn calls it as it would call its own class."""

        def make() -> BoundedProtocol:
            return BoundedProtocol(self, config, server_state, app_state, _loop)

        if self._context is None:
            return make()
        open_ones: set[Any] = server_state.connections
        return Greeting(self._context, self, make, open_ones, self.limits.head_s)

    def opened(self, connection: BoundedProtocol | Greeting) -> None:
        """Note a new connection; where there are too many, one that waits for its client is closed."""
        self._all.add(connection)
        if self.are_too_many:
            self._make_room()
        self.idle(connection)
        if len(self._all) > self.limits.most + self.limits.refused:
            connection.transport.abort()

    def _make_room(self) -> None:
        """Close the one that is idle for the longest, or else whose body has been coming for the longest."""
        oldest = next(iter(self._idle), None)
        if oldest is not None:
            self.closed(oldest)
            oldest.end()
        elif (slowest := next((one for one in self._busy if one.is_slow), None)) is not None:
            self.closed(slowest)
            slowest.end_slow()

    def closed(self, connection: BoundedProtocol | Greeting) -> None:
        self._all.discard(connection)
        self._idle.pop(connection, None)
        if isinstance(connection, BoundedProtocol):
            self._busy.pop(connection, None)

    def idle(self, connection: BoundedProtocol | Greeting) -> None:
        if connection in self._all:  # and not one that has been closed meanwhile
            self.closed(connection)
            self._all.add(connection)
            self._idle[connection] = None

    def busy(self, connection: BoundedProtocol) -> None:
        self._idle.pop(connection, None)
        self._busy[connection] = None

    @property
    def are_too_many(self) -> bool:
        return len(self._all) > self.limits.most

    def look(self) -> None:
        """End what keeps the server waiting; to be called often, of which it looks once a second."""
        now = time.monotonic()
        if now - self._looked_at < 1:
            return
        self._looked_at = now
        for connection in [*self._all]:
            connection.check(now)


class BoundedProtocol(H11Protocol):
    """uvicorn's HTTP over one connection, held to limits of time."""

    def __init__(
        self,
        connections_of_all: Clients,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._kept = connections_of_all
        self._limits = connections_of_all.limits
        self._since = time.monotonic()  # of what it is waited for
        self._has_begun = False  # to send the head of a request
        self._has_asked = False
        self._asked_at = 0.0
        self._window_bytes = 0
        self._stalled_since: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._kept.opened(self)
        if self._kept.are_too_many:
            self.app = _OneTooMany(self.app, self._kept)

    def connection_lost(self, exc: Exception | None) -> None:
        self._kept.closed(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._window_bytes += len(data)
        if not self._is_answering and not self._has_begun:
            self._has_begun, self._since = True, time.monotonic()
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._request_begun()

    def on_response_complete(self) -> None:
        self._has_begun, self._since = bool(self.conn.trailing_data[0]), time.monotonic()
        self._kept.idle(self)
        before = self.cycle
        super().on_response_complete()  # which may begin the next request, where that has come already
        if self.cycle is not before:
            self._request_begun()

    def pause_writing(self) -> None:
        self._stalled_since = time.monotonic()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stalled_since = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words, which no client reads
        remedy = "send HTTP/1.1, with less than 16 KiB of address and headers"
        self._say(400, "this is no HTTP request that can be read", remedy)

    def check(self, now: float) -> None:
        """End the connection where its client keeps the server waiting."""
        limits = self._limits
        if self._stalled_since is None and self.transport.is_closing():
            self._stalled_since = now  # it is closed once all was written
        if self._stalled_since is not None:
            if now - self._stalled_since > limits.stalled_s:
                self.transport.abort()
        elif not self._is_answering:
            is_late = now - self._since > limits.head_s
            if is_late and self._has_begun:
                self._say(408, "the head of the request did not come in time", "send it again")
            elif is_late and not self._has_asked:  # uvicorn itself ends those that have
                self.end()
        elif self.cycle.more_body:
            self._check_body(now)

    def end(self) -> None:
        """Close it, as is done with connections without a request."""
        self.timeout_keep_alive_handler()

    @property
    def _is_answering(self) -> bool:
        return self._has_asked and not self.cycle.response_complete

    def _request_begun(self) -> None:
        self._kept.busy(self)
        self._has_asked, self._has_begun = True, False
        self._since, self._window_bytes = time.monotonic(), 0
        self._asked_at = self._since

    def _check_body(self, now: float) -> None:
        if self.flow.read_paused:  # it is the server that lets the client wait
            self._since, self._window_bytes = now, 0
        if now - self._since < self._limits.window_s:
            return
        rate = self._window_bytes / (now - self._since)
        self._since, self._window_bytes = now, 0
        if rate >= self._limits.body_bytes_per_s:
            return
        self.end_slow()

    @property
    def is_slow(self) -> bool:
        """Say whether the body of its request has been coming for long."""
        is_coming = self._is_answering and self.cycle.more_body
        return is_coming and time.monotonic() - self._asked_at > self._limits.head_s

    def end_slow(self) -> None:
        """Close it, whose body is not waited for any more."""
        if self.cycle.response_started:
            self.transport.abort()
        else:
            self._say(408, "the body of the request came too slowly", "send it over a faster connection")

    def _say(self, status: int, error: str, remedy: str) -> None:
        """Answer for the app, which has not heard of the request or will not hear its end, and close."""
        if self.transport.is_closing():
            return
        headers, body = closing(error, remedy)
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            response = h11.Response(status_code=status, headers=headers, reason=STATUS_PHRASES[status])
            for event in (response, h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
        if self._is_answering:
            self.cycle.disconnected = True  # whoever reads the body learns that no more of it comes
            self.cycle.message_event.set()


class BoundedServer(Server):
    """A uvicorn server of which no connection takes more than it may; `more` is uvicorn's own settings.

    With a `context` it speaks TLS.
    """

    def __init__(
        self, app: ASGIApp, limits: ConnectionLimits, context: SSLContext | None = None, **more: Any
    ) -> None:
        self._clients = Clients(limits, context)
        super().__init__(
            Config(
                app,
                loop="asyncio",
                http=self._clients.protocol,  # type: ignore[arg-type]  # which is called as a class is
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                backlog=_KEPT_FREE // 2,  # so many are taken at once, before any of them is counted
                # A header could otherwise make a foreign client look like one of this machine.
                proxy_headers=False,
                server_header=False,
                **more,
            )
        )

    async def on_tick(self, counter: int) -> bool:
        self._clients.look()
        return await super().on_tick(counter)


def believing_headers(app: ASGIApp, proxies: Sequence[str]) -> ASGIApp:
    """Return an app that takes from the headers of these proxies alone who asks, and how."""
    return ProxyHeadersMiddleware(app, trusted_hosts=list(proxies))  # type: ignore[arg-type, return-value]


class _OneTooMany:
    """Answers for the app over a connection that is one too many, but for the probes."""

    def __init__(self, app: ASGIApp, connections: Clients) -> None:
        self._app = app
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in _PROBES or not self._connections.are_too_many:
            await self._app(scope, receive, send)
            return
        headers, body = closing("the server has as many connections as it can have", "try again in a moment")
        headers = [*headers, (b"retry-after", str(RETRY_AFTER_S).encode())]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def closing(error: str, remedy: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return headers and body of an error that is answered before any route, and ends its connection."""
    body = ErrorOut(error=error, remedy=remedy).model_dump_json().encode()
    return [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ], body
