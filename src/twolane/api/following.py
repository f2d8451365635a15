"""Follows a feed of events, and writes them for the wire as they come."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence

from fastapi import Request

from twolane.api.answering import WireEvent, joined
from twolane.api.lasting import Lasting
from twolane.api.state import shared
from twolane.api.streams import PING_EVERY_S, TICK_S, End, Feed, event_bytes, ping_bytes


async def followed(
    request: Request, feed: Feed[WireEvent], first: Sequence[WireEvent | End] = ()
) -> AsyncIterator[bytes]:
    """Yield a feed's events until its end, an error as the last one; `first` are those read from it already.

    Where nothing comes for long, a comment keeps the connection open.
    """
    state = shared(request)
    lasting = Lasting(request, state.stopping)
    items, last_sent = [*first], time.monotonic()
    while True:
        if not items:
            items = await feed.next(TICK_S)
            if error := await lasting.cut():
                items = [End(error)]
        # all that is ready goes out at once: each piece costs a task switch and a write to the socket
        if ready := b"".join(event_bytes(event.name, event.data) for event in joined(items)):
            yield ready
            last_sent = time.monotonic()
        match items:
            case [*_, End(error=None)]:
                return
            case [*_, End(error=Exception() as failed)]:
                yield event_bytes("error", state.boundary.explain(failed).body)
                return
        if time.monotonic() - last_sent >= PING_EVERY_S:
            yield ping_bytes()
            last_sent = time.monotonic()
        items = []
