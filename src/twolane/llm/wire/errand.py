"""One request to a server, run in a thread of its own, so that whoever waits for it can leave it behind."""

from __future__ import annotations

import contextvars
import queue
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar

from twolane.errors import ModelError

T = TypeVar("T")
_Step = Callable[[], None]


class Errand:
    """Runs steps of one request, one after the other, in a daemon thread.

    A thread that waits for a frozen server cannot be interrupted, only left behind: it ends by the lane's
    own time limits. An executor would hold up the end of the program until then. The steps see the context
    variables of the thread that opened the errand.
    """

    def __init__(self) -> None:
        self._steps: queue.SimpleQueue[_Step | None] = queue.SimpleQueue()
        self._context = contextvars.copy_context()
        self._last: Future[Any] | None = None
        self._at_end: _Step | None = None
        threading.Thread(target=self._run, name="twolane-errand", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._at_end and (self._last is None or self._last.done()):
            self._at_end()  # here and now, so that the server's place is free once this returns
        elif self._at_end:
            self.step(self._at_end)
        self._steps.put(None)

    def at_end(self, end: Callable[[], None]) -> None:
        """Name what gives back the request, whether it has come to its end or not."""
        self._at_end = end

    def step(self, call: Callable[[], T]) -> Future[T]:
        """Run one step after those before it; its future holds what it returned, or its `ModelError`."""
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(self._context.run(call))
            except ModelError as error:
                future.set_exception(error)
            finally:
                if not future.done():  # a fault of ours: it is shown here, and raised where it is waited for
                    future.set_exception(sys.exception())

        self._last = future
        self._steps.put(run)
        return future

    def _run(self) -> None:
        while (step := self._steps.get()) is not None:
            step()
