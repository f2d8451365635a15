"""Follows a feed of events, and writes them for the wire as they come."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence

from twolane.api.answering import WireEvent, joined
from twolane.api.state import Shared
from twolane.api.streams import PING_EVERY_S, TICK_S, End, Feed, event_bytes, ping_bytes, stopping


async def followed(
    state: Shared, feed: Feed[WireEvent], first: Sequence[WireEvent | End] = ()
) -> AsyncIterator[bytes]:
    """Yield a feed's events until its end, an error as the last one; `first` are those read from it already.

    Where nothing comes for long, a comment keeps the connection open.
    """
    items, last_sent = [*first], time.monotonic()
    while True:
        if not items:
            items = await feed.next(TICK_S)
            if state.stopping.is_set():
                items = [End(stopping())]
        # all that is ready goes out at once: each piece costs a task switch and a write to the socket
        if ready := b"".join(event_bytes(event.name, event.data) for event in joined(items)):
            yield ready
            last_sent = time.monotonic()
        match items:
            case [*_, End(error=None)]:
                return
            case [*_, End(error=Exception() as error)]:
                yield event_bytes("error", state.boundary.explain(error).body)
                return
        if time.monotonic() - last_sent >= PING_EVERY_S:
            yield ping_bytes()
            last_sent = time.monotonic()
        items = []
