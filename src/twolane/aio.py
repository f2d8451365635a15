"""`AsyncLLMService`: `LLMService` for event loops, whose calls run in threads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from twolane import trace
from twolane.answers import Answer, AnswerEvent, Turn
from twolane.cancel import Cancel, working_for
from twolane.config.settings import Settings
from twolane.documents import EVERYTHING, Classification, FileList, FileRecord, Filter, FoundPassage
from twolane.facts import DocumentFact
from twolane.service import LLMService

T = TypeVar("T")


class AsyncLLMService:
    """The twin of `LLMService` for event loops: the same verbs, awaited.

        async with AsyncLLMService(url="http://127.0.0.1:8642", token="twolane_...") as service:
            async for event in service.stream("What did the boiler's maintenance cost?"):
                ...

    A task that is cancelled while it awaits an answer frees the model at once.
    """

    def __init__(self, settings: Settings | None = None, *, url: str = "", token: str = "") -> None:
        self._service = LLMService(settings, url=url, token=token)

    async def classify(self, text: str) -> Classification:
        """Choose a text's category; see `LLMService.classify`."""
        return await _one(lambda: self._service.classify(text))

    async def facts(self, text: str) -> tuple[DocumentFact, ...]:
        """Return what a text states; see `LLMService.facts`."""
        return await _one(lambda: self._service.facts(text))

    async def chat(self, query: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question over the filed documents; see `LLMService.chat`."""
        return await _one(lambda: self._service.chat(query, history))

    def stream(self, query: str, history: Sequence[Turn] = ()) -> AsyncIterator[AnswerEvent]:
        """Answer a question as a stream of events; closing the iterator cancels."""
        return _each(lambda: self._service.stream(query, history))

    async def add(self, *paths: str | Path) -> list[FileRecord]:
        """File documents, and return them once they are filed; see `LLMService.add`."""
        return await _one(lambda: self._service.add(*paths))

    async def search(self, query: str, limit: int = 8, within: Filter = EVERYTHING) -> list[FoundPassage]:
        """Return the passages that say most about something; see `LLMService.search`."""
        return await _one(lambda: self._service.search(query, limit, within))

    async def files(self, within: Filter = EVERYTHING, *, limit: int = 100, offset: int = 0) -> FileList:
        """Return files that pass the filter, by path."""
        return await _one(lambda: self._service.files(within, limit=limit, offset=offset))

    async def correct(self, file_id: int, category: str) -> FileRecord:
        """Add a person's decision on a file; see `LLMService.correct`."""
        return await _one(lambda: self._service.correct(file_id, category))

    async def close(self) -> None:
        """End what was started; safe to call twice."""
        await asyncio.to_thread(self._service.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


_END = object()


async def _one(call: Callable[[], T]) -> T:
    """Run a call in a thread; it is cancelled with the task that awaits it."""
    async for value in _each(lambda: iter((call(),))):
        return value
    raise asyncio.CancelledError


async def _each(make: Callable[[], Iterator[T]]) -> AsyncIterator[T]:
    """Yield what an iterator gives that runs in a thread; it is cancelled where nobody reads on."""
    loop, work = asyncio.get_running_loop(), Cancel()
    came: asyncio.Queue[Any] = asyncio.Queue()

    def put(item: object) -> None:
        with suppress(RuntimeError):  # the loop is closed, and nobody reads any more
            loop.call_soon_threadsafe(came.put_nowait, item)

    def run() -> None:
        try:
            with working_for(work):
                for item in make():
                    put(item)
        finally:
            put(_END)

    running = loop.run_in_executor(None, trace.carried(run))
    running.add_done_callback(lambda done: done.cancelled() or done.exception())  # else the loop complains
    try:
        while (item := await came.get()) is not _END:
            yield item
        await running
    finally:
        work.cancel()
