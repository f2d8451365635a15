"""What the routes share while the server runs: the app, the bounds, and the newest status."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, cast

import anyio
import anyio.to_thread
from fastapi import Request
from starlette.types import ASGIApp

from twolane.access.starts import StartTokens
from twolane.announced import AnnouncedServer
from twolane.api.boundary import Boundary
from twolane.api.compat.recent import RecentlyTold
from twolane.api.drain import Drain
from twolane.api.schemas.status import StatusOut
from twolane.api.status_streams import StatusStreams
from twolane.api.streams import Slots
from twolane.principal import Principal

if TYPE_CHECKING:
    from twolane.app import App
    from twolane.config.settings import Settings

MAX_ASKS = 64
MAX_CLASSIFYING = 8
MAX_WATCHING = 8
MAX_DRAWING = 6  # others wait, and take no thread of the routes meanwhile
MAX_SIGNING_IN = 2  # each look at a password takes 64 MiB
MAX_ORGANIZING = 8  # of which one goes on, and the others are refused


class Shared:
    """One for each server."""

    def __init__(self, app: App) -> None:
        self.app = app
        # Opened here, once: the loop must never wait for the lock under which an app opens its parts.
        self.instruments = app.instruments()
        self.announced: AnnouncedServer | None = None  # once it listens
        self.starts = StartTokens()
        self.signing_in = anyio.CapacityLimiter(MAX_SIGNING_IN)
        self.boundary = Boundary()
        self.asks = asks_of(app.settings)
        self.classifying = Slots(MAX_CLASSIFYING, "classifications")
        self.organizing = Slots(MAX_ORGANIZING, "plans")
        self.status_streams = StatusStreams()
        self.told = RecentlyTold()
        self.drain = Drain((self.asks, self.classifying, self.organizing))
        # Set after the drain: requests that still run then are cut off.
        self.stopping = asyncio.Event()
        self.upload_limit_bytes = app.settings.server.upload_limit_bytes
        # Separate threads: those of the routes may all be waiting for a catalogue that does not answer.
        self.watching = anyio.CapacityLimiter(MAX_WATCHING)
        self.drawing = anyio.CapacityLimiter(MAX_DRAWING)
        self.probing = anyio.CapacityLimiter(MAX_WATCHING)
        self.mcp: ASGIApp | None = None  # begins with the first request for it
        self._newest: StatusOut | None = None
        self._newest_at = 0.0
        self._looking = asyncio.Lock()

    def start_url(self) -> str:
        """Return the page's address, which lets in whoever opens it first where there are no users yet."""
        url = self.announced.url if self.announced else ""
        if not self.app.settings.server.login or self.app.access.users.any():
            return url
        return f"{url}/?start={self.starts.make()}"

    async def status(self, max_age_s: float) -> StatusOut:
        """Return a status no older than this; many open pages share it."""
        async with self._looking:
            if self._newest is None or time.monotonic() - self._newest_at > max_age_s:
                self._newest = await anyio.to_thread.run_sync(self._look)
                self._newest_at = time.monotonic()
            return self._newest

    def _look(self) -> StatusOut:
        snapshot = self.app.poller.snapshot()
        return StatusOut(
            ready=snapshot.ready,
            waiting=snapshot.waiting,
            parked=snapshot.parked,
            asks_under_way=self.asks.taken,
            unexpected_errors=self.boundary.unexpected,
            upload_limit_bytes=self.upload_limit_bytes,
            snapshot=snapshot,
        )


def asks_of(settings: Settings) -> Slots:
    """Return the bound on the questions of a process that are under way or in line."""
    chat = settings.chat
    return Slots(min(MAX_ASKS, chat.concurrency + chat.max_waiting), "questions")


def shared(request: Request) -> Shared:
    """Return the shared state of the request's server."""
    return cast(Shared, request.app.state.shared)


def principal(request: Request) -> Principal:
    """Return the request's principal, which the edge has set."""
    return cast(Principal, request.state.principal)
