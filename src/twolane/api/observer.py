"""What is observed of each HTTP request: its id, its time, its span, and a line of the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope, Send

from twolane import trace

if TYPE_CHECKING:
    from twolane.telemetry.instruments import Instruments

_log = logging.getLogger("twolane.api.requests")

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


class Observer:
    """Gives each request an id, and reports its outcome to the app's instruments."""

    def __init__(self, instruments: Instruments) -> None:
        self._instruments = instruments

    @contextmanager
    def request(self, scope: Scope, headers: Headers, send: Send) -> Iterator[Send]:
        """Observe a block that answers a request; yields the `send` that it must use.

        The id is the client's own where that is a valid one. It goes back in the response, into every line of
        the log, and on to the model's server.
        """
        request_id = trace.sane_request_id(headers.get(trace.HEADER, "")) or trace.new_request_id()
        instruments = self._instruments
        began, status = time.monotonic(), 0

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[trace.HEADER] = request_id
            await send(message)

        method = scope["method"] if scope["method"] in _METHODS else "other"
        with trace.working_for(trace.Trace(request_id)):
            with instruments.tracer.within("http request", headers, method=method) as span:
                try:
                    yield observed
                finally:
                    route, seconds = _route(scope), time.monotonic() - began
                    instruments.metrics.requested(method, route, status, seconds)
                    span.set("route", route)
                    span.set("status", status)
                    # The route, not the path or the query, which may hold what a user searches for.
                    fields = {
                        "method": method,
                        "route": route,
                        "status": status,
                        "seconds": round(seconds, 6),
                    }
                    _log.info("request", extra={"fields": fields})


def _route(scope: Scope) -> str:
    """Return the pattern of the route that answered, or "other": an unknown path must not become a label."""
    return str(getattr(scope.get("route"), "path", "")) or "other"
