"""How an answer goes to the client of another server's API: its events as pieces that every protocol can say.

Why it is so: docs/why/serving.md#every-protocol-says-the-same-few-pieces.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Protocol

from fastapi import Request
from starlette.responses import JSONResponse, Response

from twolane.api.answering import wire_events
from twolane.api.auditing import asking
from twolane.api.boundary import HttpError
from twolane.api.compat.footnotes import PageLinks
from twolane.api.compat.foreign import Chore, PutQuestion
from twolane.api.compat.pieces import Anew, Over, Piece, SaidSoFar, SaidWords
from twolane.api.compat.telling import Telling
from twolane.api.lasting import Lasting
from twolane.api.state import Shared, shared
from twolane.api.streams import PING_EVERY_S, TICK_S, End, EventStream, Feed, stopping

# For so long a response is not begun while nothing is said: what fails until then has its own status.
HELD_S = 10.0
ANEW = "\n\n---\n\n"
"""What a stream says where an answer begins anew: what it has said cannot be taken back."""


class Voice(Protocol):
    """How a protocol says a reply; one for each request."""

    media_type: str

    def begin(self) -> bytes:
        """Return what a stream begins with."""

    def say(self, pieces: Sequence[Piece]) -> bytes:
        """Return what a stream says next, its end with `Over`."""

    def wait(self) -> bytes:
        """Return what keeps a stream open while nothing is said."""

    def fail(self, error: HttpError) -> bytes:
        """Return what a stream ends with where it fails."""

    def whole(self, reply: SaidSoFar) -> dict[str, Any]:
        """Return the body of a response that is not streamed."""


async def reply(
    request: Request, asked: PutQuestion | Chore, voice: Voice, *, stream: bool, most_tokens: int | None
) -> Response:
    """Answer a question over the files in a protocol; closing the connection stops the model.

    Raises a `TwolaneError` for what fails before the first word, and `stopping` where the client is gone.
    """
    state = shared(request)
    if isinstance(asked, PutQuestion):
        await asking(request, asked.question)
    told = partial(_told, state, asked, PageLinks(str(request.base_url)), most_tokens)
    feed = Feed(told, state.asks)
    batches = _batches(feed, Lasting(request, state.stopping))
    if not stream:
        async with feed.awaited_by(request):
            return JSONResponse(voice.whole(_said_by([piece async for piece in _pieces(batches)])))
    try:
        held = await _held(batches, request)
    except BaseException:
        feed.close()
        raise
    response = EventStream(_stream(state, voice, held, batches), media_type=voice.media_type)
    response.on_end = feed.close
    return response


def _said_by(pieces: Iterable[Piece]) -> SaidSoFar:
    made = SaidSoFar()
    for piece in pieces:
        made.take(piece)
    return made


async def _batches(feed: Feed[Piece], lasting: Lasting) -> AsyncIterator[list[Piece | End]]:
    """Yield what has come, none where nothing came in time, up to the end."""
    items: list[Piece | End] = []
    while not any(isinstance(item, End) for item in items):
        items = await feed.next(TICK_S)
        if error := await lasting.cut():
            items = [End(error)]
        yield items


async def _pieces(batches: AsyncIterator[list[Piece | End]]) -> AsyncIterator[Piece]:
    """Yield all pieces. Raises what ends them early."""
    async for items in batches:
        for piece in _checked(items):
            yield piece


def _checked(items: Iterable[Piece | End]) -> list[Piece]:
    """Return the pieces. Raises the error that stands in their place."""
    for item in items:
        if isinstance(item, End) and item.error is not None:
            raise item.error
    return [item for item in items if not isinstance(item, End)]


async def _held(batches: AsyncIterator[list[Piece | End]], request: Request) -> list[Piece]:
    """Return the pieces until the first word, or until that has taken some seconds. Raises what ends them."""
    began = time.monotonic()
    async for items in batches:
        held = _checked(items)
        if await request.is_disconnected():
            raise stopping()
        if held or time.monotonic() - began >= HELD_S:
            return held
    return []


async def _stream(
    state: Shared, voice: Voice, held: list[Piece], batches: AsyncIterator[list[Piece | End]]
) -> AsyncIterator[bytes]:
    yield voice.begin() + voice.say(spoken(held))
    last_sent = time.monotonic()
    async for items in batches:
        pieces = [item for item in items if not isinstance(item, End)]
        is_due = time.monotonic() - last_sent >= PING_EVERY_S
        if pieces or is_due:
            yield voice.say(spoken(pieces)) if pieces else voice.wait()
            last_sent = time.monotonic()
        match items:
            case [*_, End(error=Exception() as error)]:
                yield voice.fail(state.boundary.explain(error))


def spoken(pieces: Iterable[Piece]) -> list[Piece]:
    """Return the pieces as a stream says them, words that follow each other as one."""
    joined: list[Piece] = []
    for piece in pieces:
        said = SaidWords(ANEW) if isinstance(piece, Anew) else piece
        if isinstance(said, SaidWords) and joined and isinstance(joined[-1], SaidWords):
            joined[-1] = SaidWords(joined[-1].text + said.text)
        else:
            joined.append(said)
    return joined


def _told(
    state: Shared, asked: PutQuestion | Chore, links: PageLinks, most_tokens: int | None
) -> Iterator[Piece]:
    """Yield the pieces of an answer; runs in the feed's thread, since it reads files and calls the model."""
    if isinstance(asked, Chore):
        yield SaidWords(asked.answer)
        yield Over()
        return
    telling = Telling(links, state.told.keep)
    events = wire_events(state.app, state.app.ask(asked.question, state.told.turns(asked.history)))
    try:
        for event in events:
            yield from telling.take(event)
            if most_tokens is not None and telling.tokens >= most_tokens:
                yield from telling.cut()
                return
    finally:
        events.close()
