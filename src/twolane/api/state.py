"""What the routes share while the server runs: the app, the bounds, and the newest status."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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
from twolane.errors import AccessError
from twolane.lanes.snapshot import Snapshot
from twolane.principal import Access, Principal, seeing

if TYPE_CHECKING:
    from twolane.app import App
    from twolane.config.settings import Settings

MAX_ASKS = 64
MAX_CLASSIFYING = 8
MAX_WATCHING = 8
MAX_DRAWING = 6  # others wait, and take no thread of the routes meanwhile
MAX_SIGNING_IN = 2  # each look at a password takes 64 MiB
MAX_ORGANIZING = 8  # of which one goes on, and the others are refused


@dataclass(frozen=True, slots=True)
class _Seer:
    """For whom a status was made: what it may see, and whether it manages the library."""

    access: Access | None
    manages: bool = False


_MANAGER = _Seer(None, manages=True)


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
        self._newest: dict[_Seer, tuple[StatusOut, float]] = {}
        self._looking = asyncio.Lock()

    def start_url(self) -> str:
        """Return the page's address, which lets in whoever opens it first where there are no users yet."""
        url = self.announced.url if self.announced else ""
        if not self.app.settings.server.login or self.app.access.users.any():
            return url
        return f"{url}/?start={self.starts.make()}"

    async def status(self, who: Principal, max_age_s: float) -> StatusOut:
        """Return a status no older than this, as somebody may see it; many open pages share it."""
        async with self._looking:
            whole = await self._kept(_MANAGER, self._look, max_age_s)
            if who.manages:
                return whole
            seer = _Seer(who.access)
            return await self._kept(seer, partial(self._narrow, whole, seer), max_age_s)

    async def _kept(self, seer: _Seer, look: Callable[[], StatusOut], max_age_s: float) -> StatusOut:
        now = time.monotonic()
        self._newest = {key: kept for key, kept in self._newest.items() if now - kept[1] <= max_age_s}
        if seer not in self._newest:
            self._newest[seer] = await anyio.to_thread.run_sync(look), time.monotonic()
        return self._newest[seer][0]

    def _look(self) -> StatusOut:
        with seeing(None):
            return self._told(self.app.poller.snapshot())

    def _narrow(self, whole: StatusOut, seer: _Seer) -> StatusOut:
        with seeing(seer.access):
            return self._told(self.app.poller.narrowed(whole.snapshot))

    def _told(self, snapshot: Snapshot) -> StatusOut:
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


async def is_as_before(request: Request) -> bool:
    """Say whether a request that lasts would be let in again now, and see the same."""
    before = principal(request)
    try:
        now: Principal = await request.state.asked_again()
    except AccessError:
        return False
    return (now.access, now.rights) == (before.access, before.rights)


def principal(request: Request) -> Principal:
    """Return the request's principal, which the edge has set."""
    return cast(Principal, request.state.principal)
