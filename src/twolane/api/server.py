"""The HTTP server: builds the API and the page around an app, and serves them until it is to stop."""

from __future__ import annotations

import contextlib
import errno
import logging
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from types import FrameType
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp

from twolane.access.listening import check_listening
from twolane.announced import AnnouncedServer, announce, withdraw
from twolane.api.auditing import Auditing
from twolane.api.callers import Callers
from twolane.api.clean import clean_request
from twolane.api.compat import mcp, systemone
from twolane.api.compat.doors import DOORS
from twolane.api.connections import BoundedServer, ConnectionLimits, believing_headers
from twolane.api.described import DescribedApi, errors_of
from twolane.api.drain import Drain
from twolane.api.edge import Edge, Hosts
from twolane.api.greeting import tls_context
from twolane.api.groups import OWN_ERROR, RouteGroup, RouteGroups
from twolane.api.login_rule import LoginRule
from twolane.api.manners import Manners
from twolane.api.observer import Observer
from twolane.api.proxies import Proxies
from twolane.api.routes import (
    access,
    applied,
    ask,
    audit,
    backups,
    conversations,
    copies,
    correspondents,
    events,
    facts,
    files,
    folders,
    inbox,
    moved,
    office,
    page,
    passkeys,
    pictures,
    placements,
    plans,
    probes,
    reclassify,
    saved_views,
    search,
    session,
    settings,
    share,
    status,
    tags,
    taken_out,
    taxonomy,
    uploads,
)
from twolane.api.sessions import SessionReader
from twolane.api.state import Shared, principal
from twolane.api.tokens import TokenReader
from twolane.errors import SettingsError, TwolaneError
from twolane.system.kind import is_windows
from twolane.system.networks import Networks
from twolane.system.open_files import raise_limit
from twolane.system.signals import TERMINATE, asking_to_end, handled

if TYPE_CHECKING:
    from twolane.app import App
    from twolane.config.server_settings import ServerSettings

_log = logging.getLogger(__name__)

# How long requests may take to end when the server stops, after any grace; streams end themselves at once.
STOP_TIMEOUT_S = 5

GROUPS = (
    mcp.LISTENING,
    *DOORS,
    *(
        part.GROUP
        for part in (
            ask,
            conversations,
            files,
            pictures,
            facts,
            copies,
            tags,
            taken_out,
            folders,
            correspondents,
            reclassify,
            saved_views,
            search,
            placements,
            plans,
            applied,
            taxonomy,
            uploads,
            backups,
            inbox,
            share,
            systemone,
            mcp,
            session,
            settings,
            passkeys,
            office,
            access,
            audit,
            status,
            events,
            page,
            probes,
            moved,
        )
    ),
)


def create_api(app: App, listen: str = "", groups: Sequence[RouteGroup] = GROUPS) -> FastAPI:
    """Build the ASGI application around an open app; it does not close the app.

    `listen` is the address that is listened on, that of the settings where it is empty; it decides which Host
    headers are allowed.
    """
    api = DescribedApi(
        title="twolane",
        version=version("twolane"),
        description="Files your documents with a small model, answers questions about them with a large one.",
        # The usual pages of documentation load their scripts from the internet.
        docs_url=None,
        redoc_url=None,
        # Its own spans and logs would hold the contents of requests, in programs that set them up.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        dependencies=[Depends(principal)],
    )
    shared = Shared(app)
    api.state.shared = shared
    login = LoginRule(app.access.users, is_set=app.settings.server.login)
    api.add_middleware(
        Edge,
        hosts=Hosts(listen or app.settings.server.host, app.settings.server.names),
        groups=RouteGroups(groups),
        callers=Callers(TokenReader(app), SessionReader(app, lambda: shared.announced, login), login=login),
        upload_limit_bytes=shared.upload_limit_bytes,
        boundary=shared.boundary,
        observer=Observer(shared.instruments),
        drain=shared.drain,
        auditing=Auditing(app.access.audit),
    )
    api.add_middleware(_behind_proxies, server=app.settings.server)
    api.add_middleware(Manners, groups=groups)
    for kind in (TwolaneError, RequestValidationError, HTTPException):
        api.add_exception_handler(kind, _answer)
    for group in groups:
        keeps = group.error is OWN_ERROR and not group.page
        checks = [Depends(clean_request)] if keeps else []
        api.include_router(group.router, responses=errors_of(group), dependencies=checks)
    return api


def _behind_proxies(app: ASGIApp, server: ServerSettings) -> ASGIApp:
    believing = believing_headers(app, server.proxies)
    return Proxies(app, named=Networks(server.proxies), user_header=server.user_header, believing=believing)


def _answer(request: Request, error: Exception) -> Response:
    group: RouteGroup = request.state.group
    return group.response(request.app.state.shared.boundary.explain(error))


class ApiServer(BoundedServer):
    """A server that ends running requests at a signal, and returns instead of ending the process.

    SIGTERM drains: new work is refused and `/readyz` says so, while the listener stays open, until the last
    answer has ended or `server.grace_s` has passed. SIGINT, a second SIGTERM and `should_exit` end every
    stream at once.
    """

    def __init__(
        self,
        app: App,
        listen: socket.socket,
        host: str,
        on_ready: Callable[[str], None],
        limits: ConnectionLimits | None = None,
    ) -> None:
        self._api = create_api(app, host)
        self._drain: Drain = self._api.state.shared.drain
        self._grace_s = app.settings.server.grace_s
        self._listen = listen
        self._data_dir = app.settings.data_dir
        tls = app.settings.server
        scheme = "https" if tls.tls_certificate else "http"
        self._announced = AnnouncedServer(f"{scheme}://{_place(listen)}", secrets.token_hex(32))
        self._on_ready = on_ready
        super().__init__(
            self._api,
            limits or ConnectionLimits.for_files(raise_limit()),
            tls_context(tls.tls_certificate, tls.tls_key),
            timeout_graceful_shutdown=STOP_TIMEOUT_S,
        )

    def serve_until_stopped(self) -> None:
        """Serve in this thread until a signal comes or `should_exit` is set."""
        with self._listen:
            self.run(sockets=[self._listen])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        page.pack_ahead()
        self._api.state.shared.announced = self._announced
        announce(self._data_dir, self._announced)
        self._on_ready(self._api.state.shared.start_url())

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig == TERMINATE and self._grace_s and not self._drain.begun:
            self._drain.begin(self._grace_s)
        else:
            super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        # uvicorn's own grace comes after it has closed the listener, when no client can be answered any more.
        return await super().on_tick(counter) or self._drain.over

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        _log.info("stopping", extra={"fields": {"cut_off": self._drain.under_way}})
        withdraw(self._data_dir, self._announced)
        self._api.state.shared.stopping.set()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises the signal again after it has stopped, and SIGTERM would then end the process
        # before the app is closed.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        with handled(self.handle_exit, *asking_to_end()):
            yield


def serve(app: App, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve the API and the page until Ctrl-C or SIGTERM; `on_ready` is called with the page's address.

    After SIGTERM, running answers may still take `server.grace_s`; Ctrl-C and a second SIGTERM cut them off.
    Port 0 takes a free one. Raises `SettingsError` where the address cannot be listened on.
    """
    check_listening(host, app.settings.server, has_users=app.access.users.any())
    ApiServer(app, listen_on(host, port), host, on_ready).serve_until_stopped()


def listen_on(host: str, port: int) -> socket.socket:
    """Return a bound socket. Raises `SettingsError` where the port is taken or the address is not local."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise SettingsError(
            f"{host!r} is not an address to listen on: {error.strerror or error}", "use --host 127.0.0.1"
        ) from error
    listener = socket.socket(family, kind, proto)
    try:
        if not is_windows():  # where this option would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise _cannot_listen(host, port, error) from error
    return listener


def _cannot_listen(host: str, port: int, error: OSError) -> SettingsError:
    if error.errno == errno.EADDRINUSE:
        return SettingsError(
            f"port {port} of {host} is taken by another program",
            "stop that program, or take a free port with --port 0",
        )
    if error.errno == errno.EACCES:
        return SettingsError(f"port {port} is not open to ordinary users", "use a port over 1023")
    return SettingsError(f"cannot listen on {host}:{port}: {error.strerror}", "use --host 127.0.0.1")


def _place(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"{host}:{port}"
