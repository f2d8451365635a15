"""Bridges from the synchronous app to the event loop: bounded slots, feeds from threads, event streams."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from fastapi.sse import format_sse_event
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from twolane import trace
from twolane.cancel import Cancel, Cancelled, working_for
from twolane.errors import ModelBusyError

T = TypeVar("T")

TICK_S = 0.5
PING_EVERY_S = 10.0


class Slots:
    """A limit on how many of something run at a time; more are refused at once instead of queued."""

    def __init__(self, size: int, what: str) -> None:
        self._free = size
        self._size = size
        self._what = what
        self._closed = False
        self._lock = threading.Lock()

    @property
    def taken(self) -> int:
        return self._size - self._free

    def take(self) -> None:
        """Take a slot. Raises `ModelBusyError` where all are taken, or after `close`."""
        if self._closed:
            raise draining()
        with self._lock:
            if self._free == 0:
                raise ModelBusyError(
                    f"{self._size} {self._what} are under way, which is all that may be",
                    "try again in a moment",
                )
            self._free -= 1

    def give_back(self) -> None:
        with self._lock:
            self._free += 1

    def close(self) -> None:
        """Give no more slots, since the server is to end. Takes no lock: signal handlers call it."""
        self._closed = True


class TakenSlot:
    """One slot that was taken, and is given back once."""

    def __init__(self, slots: Slots) -> None:
        slots.take()
        self._slots = slots
        self._lock = threading.Lock()
        self._is_back = False

    def give_back(self) -> None:
        """Give it back; safe to call twice."""
        with self._lock:
            is_back, self._is_back = self._is_back, True
        if not is_back:
            self._slots.give_back()


@dataclass(frozen=True, slots=True)
class End:
    """The last item of a feed, with the error that ended it if one did."""

    error: Exception | None = None


class Feed(Generic[T]):
    """Runs an iterator in a thread of its own and hands its items to the running event loop.

    The thread is a daemon: a model that is silent for minutes must not keep the program from ending. `close`
    cancels what the iterator waits for, whatever that is, and gives the slot back at once. A step that cannot
    be cancelled, such as a search of the catalogue, goes on to its end, of which nobody hears.
    """

    def __init__(self, make: Callable[[], Iterator[T]], slots: Slots) -> None:
        self._slot = TakenSlot(slots)
        self._work = Cancel()
        self._loop = asyncio.get_running_loop()
        self._items: deque[T | End] = deque()
        self._came = asyncio.Event()
        self._is_woken = False
        run = trace.carried(lambda: self._run(make))
        threading.Thread(target=run, name="twolane-ask", daemon=True).start()

    async def next(self, timeout_s: float) -> list[T | End]:
        """Return all that has come, `End` after the last item; none where none came in time."""
        if not self._items:
            self._came.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._came.wait()
        return [self._items.popleft() for _ in range(len(self._items))]

    def close(self) -> None:
        """Stop the iterator: its items are no longer read. Safe to call twice."""
        self._work.cancel()
        self._slot.give_back()

    @contextlib.asynccontextmanager
    async def awaited_by(self, request: Request) -> AsyncIterator[None]:
        """Close it behind the block, or as soon as the client has gone: its reader then finds `End`."""

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            self.close()

        watching = asyncio.create_task(watch())
        try:
            yield
        finally:
            watching.cancel()
            self.close()

    def _run(self, make: Callable[[], Iterator[T]]) -> None:
        end = End()
        try:
            with working_for(self._work):
                self._drain(make())
        except Cancelled:
            pass
        except Exception as error:  # noqa: BLE001 - the API boundary: the reader of the feed reports it
            end = End(error)
        finally:
            self._slot.give_back()
            self._put(end)

    def _drain(self, items: Iterator[T]) -> None:
        try:
            for item in items:
                self._work.check()
                self._put(item)
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()

    def _put(self, item: T | End) -> None:
        self._items.append(item)
        if self._is_woken:  # and has not looked yet: waking it costs a system call
            return
        self._is_woken = True
        try:
            self._loop.call_soon_threadsafe(self._wake)
        except RuntimeError:  # the loop is closed: the server has stopped
            self._work.cancel()

    def _wake(self) -> None:
        self._is_woken = False
        self._came.set()


async def run_bounded(call: Callable[[], T], slots: Slots, stop: asyncio.Event) -> T:
    """Run one call of a model in a thread of its own, within the slots, and return its result.

    Raises what the call raises, and `ModelBusyError` where no slot is free or the server stops meanwhile.
    """
    feed = Feed(lambda: iter((call(),)), slots)
    try:
        while not (items := await feed.next(TICK_S)):
            if stop.is_set():
                raise stopping()
    finally:
        feed.close()
    item = items[0]
    if isinstance(item, End):
        raise item.error or stopping()
    return item


def stopping() -> ModelBusyError:
    """Return the error that ends running calls when the server stops."""
    return ModelBusyError("the server is stopping", "start it again with: twolane serve")


def draining() -> ModelBusyError:
    """Return the error for new requests while the server only finishes running ones."""
    return ModelBusyError(
        "the server is stopping: it ends the answers under way and begins no other",
        "ask again in a moment: another server answers, or this one once it has been started again",
    )


class EventStream(StreamingResponse):
    """A response of server-sent events that calls `on_end` when it is over, however it ended."""

    media_type = "text/event-stream"
    on_end: Callable[[], None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            # Now: a generator that is cut off while its item is being sent would be closed only by the
            # garbage collector, and the model would go on.
            if self.on_end is not None:
                self.on_end()


def event_bytes(name: str, data: BaseModel) -> bytes:
    """Return one event in the wire format."""
    return format_sse_event(event=name, data_str=data.model_dump_json())


def ping_bytes() -> bytes:
    """Return a comment without content that keeps the connection open."""
    return format_sse_event(comment="ping")


def retry_bytes(after_s: float) -> bytes:
    """Return what tells a browser when it may connect again to a stream that has ended."""
    return format_sse_event(retry=round(after_s * 1000))
