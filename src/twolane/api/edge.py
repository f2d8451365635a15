"""The outermost layer: who may talk to this server, how much they may send, and what browsers may do.

Whoever asks must have the right that the route needs, and sees no more of the library than is theirs while
the request lasts. Only the server's own pages can use it: a foreign page is recognized by the Host header
where its name resolves to this address, and by the Origin header where it posts to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from functools import partial
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twolane.api.auditing import Auditing
from twolane.api.boundary import Boundary, HttpError
from twolane.api.callers import Callers
from twolane.api.drain import Drain
from twolane.api.groups import SAFE_METHODS, RouteGroup, RouteGroups, Wanted
from twolane.api.observer import Observer
from twolane.api.schemas.base import ErrorOut
from twolane.errors import TokenError, TokenTriesError, TwolaneError
from twolane.principal import NOBODY, Principal, seeing

JSON_LIMIT_BYTES = 8 * 1024 * 1024
READ_REST_S = 10.0
_MULTIPART_OVERHEAD_BYTES = 64 * 1024

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types worker"
)
_DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HOST = re.compile(r"[^\s/\\@?#]+")  # nothing that could be read as more than a name and a port
_HSTS_S = 365 * 86_400
_IMPOSSIBLE_BYTES = 1 << 40  # nobody sends a body as long: it is answered without waiting for it


class Hosts:
    """The host names of this server: those of the address that it listens on, and more."""

    def __init__(self, listen: str, more: Iterable[str] = ()) -> None:
        self._any_address = listen in {"", "0.0.0.0", "::"}  # noqa: S104 - compared with, not bound to
        self._names = {"localhost", listen.lower(), *(name.strip().lower() for name in more)} - {""}
        self.loopback = _is_loopback(listen)
        if not self.loopback:
            self._names |= {socket.gethostname().lower(), socket.getfqdn().lower()}

    def allow(self, header: str) -> bool:
        """Say whether a Host header names this server."""
        if not _HOST.fullmatch(header):
            return False
        try:
            name = urlsplit(f"//{header}").hostname or ""
        except ValueError:
            return False
        return name in self._names or _is_loopback(name) or (self._any_address and _is_address(name))


class Edge:
    """ASGI middleware: refuses what is foreign or too large, sets headers, and answers unexpected errors."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Hosts,
        groups: RouteGroups,
        callers: Callers,
        upload_limit_bytes: int,
        boundary: Boundary,
        observer: Observer,
        drain: Drain,
        auditing: Auditing,
    ) -> None:
        self._app = app
        self._auditing = auditing
        self._drain = drain
        self._observer = observer
        self._hosts = hosts
        self._groups = groups
        self._callers = callers
        self._upload_limit_bytes = upload_limit_bytes
        self._boundary = boundary

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        wanted = self._groups.of(scope)
        again = partial(self._callers.principal, scope, wanted)
        scope.setdefault("state", {}).update(group=wanted.group, principal=NOBODY, asked_again=again)
        counted = self._drain.request() if wanted.group.waited_for else contextlib.nullcontext()
        with counted, self._observer.request(scope, headers, send) as observed:
            await self._answer(scope, wanted, receive, observed)

    async def _answer(self, scope: Scope, wanted: Wanted, receive: Receive, send: Send) -> None:
        group = wanted.group
        told = partial(self._auditing.tell, scope, wanted)
        sender = _Sender(send, page=group.page, hsts=_has_tls_alone(scope), drain=self._drain, on_status=told)
        error = await self._let_in(scope, wanted) or self._refused(scope, group)
        if error is None:
            receive = _limited(receive, self._limit_bytes(group))
            who: Principal = scope["state"]["principal"]
            try:
                with seeing(who.access):
                    await self._app(scope, receive, sender)
                return
            except Exception as raised:  # noqa: BLE001 - the API boundary: logged and counted there
                error = self._boundary.explain(raised)
        never_ends = _declared_bytes(Headers(scope=scope)) > _IMPOSSIBLE_BYTES
        if (error.status == 413 or group.uploads) and not never_ends:
            await _read_rest(receive)
        if not sender.started:
            await group.response(error)(scope, receive, sender)

    async def _let_in(self, scope: Scope, wanted: Wanted) -> HttpError | None:
        """Note who asks, and return the error for whoever has no right to it."""
        try:
            await self._callers.principal(scope, wanted)
        except TwolaneError as error:
            explained = self._boundary.explain(error)
            if isinstance(error, TokenError | TokenTriesError):
                self._auditing.came(scope, explained.status)
            return explained
        return None

    def _refused(self, scope: Scope, group: RouteGroup) -> HttpError | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        # A foreign page may find this server under a name of its own, and has no token.
        any_host = bool(scope["state"]["principal"].token) or (group.any_host and not self._hosts.loopback)
        if not any_host and not self._hosts.allow(host):
            return HttpError(
                421,
                ErrorOut(
                    error=f"this server does not answer to the name {host[:100]!r}",
                    remedy="use its own address, such as http://127.0.0.1:8642",
                ),
            )
        is_own = _is_shared if group.shared_to else _same_origin
        if scope["method"] not in SAFE_METHODS and not is_own(headers, host):
            return HttpError(
                403,
                ErrorOut(
                    error="this request comes from another website",
                    remedy="use the page of this server, or a program that sends no Origin header",
                ),
            )
        if _declared_bytes(headers) > self._limit_bytes(group):
            return self._boundary.explain(HTTPException(413, _too_large(self._limit_bytes(group))))
        return None

    def _limit_bytes(self, group: RouteGroup) -> int:
        return self._upload_limit_bytes + _MULTIPART_OVERHEAD_BYTES if group.uploads else JSON_LIMIT_BYTES


class _Sender:
    """Passes messages on, with the headers that every response has."""

    def __init__(
        self, send: Send, *, page: bool, hsts: bool, drain: Drain, on_status: Callable[[int], None]
    ) -> None:
        self._send = send
        self._page = page
        self._hsts = hsts
        self._drain = drain
        self._on_status = on_status
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self._on_status(message["status"])
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Content-Security-Policy", _PAGE_POLICY if self._page else _DATA_POLICY)
            if self._hsts:
                headers.setdefault("Strict-Transport-Security", f"max-age={_HSTS_S}")
            # The contents of files must stay out of the browser's cache on disk.
            headers.setdefault("Cache-Control", "no-cache" if self._page else "no-store")
            if self._drain.begun:  # or a load balancer would send the next question over it
                headers["Connection"] = "close"
        await self._send(message)


def _has_tls_alone(scope: Scope) -> bool:
    """Say whether a browser may be told to speak TLS alone to a name: by ports it may have other servers."""
    host = Headers(scope=scope).get("host", "")
    return scope["scheme"] == "https" and not re.search(r":\d*\Z", host)


def _too_large(limit_bytes: int) -> str:
    return f"the request is larger than the {limit_bytes / 1_048_576:.3g} MiB that are allowed"


def _limited(receive: Receive, limit_bytes: int) -> Receive:
    """Count the bytes of a body as they come: its declared length may be missing or wrong."""
    seen_bytes = 0

    async def limited() -> Message:
        nonlocal seen_bytes
        message = await receive()
        seen_bytes += len(message.get("body", b""))
        if seen_bytes > limit_bytes:
            await _read_rest(receive)
            raise HTTPException(413, _too_large(limit_bytes))
        return message

    return limited


async def _read_rest(receive: Receive) -> None:
    """Read the rest of a body: a client that is cut off while it sends never reads the response."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(READ_REST_S):
            while (await receive()).get("more_body"):
                pass


def _declared_bytes(headers: Headers) -> int:
    value = headers.get("content-length", "")
    return int(value) if value.isdecimal() else 0


def _same_origin(headers: Headers, host: str) -> bool:
    # Programs send neither header; browsers send Origin with every request that changes something.
    if headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or origin in {f"http://{host}", f"https://{host}"}


def _is_shared(headers: Headers, host: str) -> bool:
    """Say whether a browser itself posts what another program has shared: no page can say so of itself."""
    if headers.get("sec-fetch-site") != "none":
        return "sec-fetch-site" in headers and _same_origin(headers, host)
    # nobody's page is where it comes from, so its origin is none
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("origin", "null") == "null"


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
