"""Liveness, readiness and metrics of a process that serves nothing else: a worker."""

from __future__ import annotations

import logging
import socket
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from twolane.errors import SettingsError, TwolaneError

_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_TEXT_TYPE = "text/plain; charset=utf-8"
_REQUEST_S = 10.0
_MOST_AT_ONCE = 32
"""So many are answered at once; each is a thread and a file, which the worker needs for its own work."""

_log = logging.getLogger(__name__)


class Endpoint:
    """A running endpoint: `/livez`, `/readyz` and `/metrics` by GET or HEAD, anything else is not found.

    Whoever reaches it may ask: it tells figures, and no name of a user, a category, a folder or a file.
    """

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self._server = server
        self._thread = threading.Thread(
            target=server.serve_forever, args=(0.1,), name="endpoint", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening; safe to call twice."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


def open_endpoint(
    host: str,
    port: int,
    ready: Callable[[], str],
    metrics: Callable[[], bytes],
    *,
    dead: Callable[[], str] = lambda: "",
    lanes: Mapping[str, Callable[[], str]] | None = None,
) -> Endpoint:
    """Listen in a thread of its own; port 0 takes a free one.

    `ready` returns why the process is not ready, `dead` why only a restart helps, or ""; `lanes` says by name
    why a lane would not answer, for `/readyz?lane=`; `metrics` returns the text format of Prometheus. Each is
    called once a request, in that request's thread.
    Raises `SettingsError` where the address cannot be listened on.
    """

    class Handler(_Handler):
        answers = {
            "/livez": lambda: _probe_answer(dead, b"live\n"),
            "/readyz": lambda: _probe_answer(ready, b"ready\n"),
            "/metrics": lambda: (200, _METRICS_TYPE, metrics()),
        } | {
            f"/readyz?lane={name}": partial(_probe_answer, partial(_first, ready, fault), b"ready\n")
            for name, fault in (lanes or {}).items()
        }

    try:
        server = _EndpointServer((host, port), Handler)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {host}:{port}: {error.strerror or error}",
            "set worker.port to a free port, or to 0 for none",
        ) from error
    return Endpoint(server)


class _EndpointServer(ThreadingHTTPServer):
    """Of connections that are too many, or last too long, the oldest is closed: a worker has other work."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._since: OrderedDict[socket.socket, float] = OrderedDict()
        self._lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._since[request] = time.monotonic()
            if len(self._since) > _MOST_AT_ONCE:
                self._end_oldest()
        super().process_request(request, client_address)

    def service_actions(self) -> None:
        with self._lock:
            while self._since and time.monotonic() - next(iter(self._since.values())) > _REQUEST_S:
                self._end_oldest()

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._since.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):  # nobody reads the answer any more
            super().handle_error(request, client_address)

    def _end_oldest(self) -> None:
        request, _ = self._since.popitem(last=False)
        with suppress(OSError):
            request.shutdown(socket.SHUT_RDWR)  # whose thread then closes it


def _first(*asks: Callable[[], str]) -> str:
    return next((reason for ask in asks if (reason := ask())), "")


def _probe_answer(ask: Callable[[], str], well: bytes) -> tuple[int, str, bytes]:
    try:
        reason = ask()
    except TwolaneError as error:  # whose words may name folders and files, and anybody may ask here
        _log.info("not ready", extra={"fields": {"why": error.what}})
        reason = "the catalogue does not answer"
    return (503, _TEXT_TYPE, f"{reason}\n".encode()) if reason else (200, _TEXT_TYPE, well)


class _Handler(BaseHTTPRequestHandler):
    """Answers the three paths."""

    answers: dict[str, Callable[[], tuple[int, str, bytes]]]
    timeout = _REQUEST_S
    server_version = "twolane"
    sys_version = ""

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        answer = self.answers.get(self.path) or self.answers.get(self.path.partition("?")[0])
        status, kind, body = answer() if answer else (404, _TEXT_TYPE, b"not found\n")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        _log.debug(format, *args)
