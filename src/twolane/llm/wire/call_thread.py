"""A thread that makes the calls of one request, so that whoever waits for a frozen server can give up."""

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
_Call = Callable[[], None]


class CallThread:
    """Makes calls one after the other in a daemon thread.

    A thread that waits for a frozen server cannot be interrupted. It is abandoned, and ends by the lane's own
    time limits; an executor would hold up the end of the program until then. The calls see the context
    variables of the thread that opened this one.
    """

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._context = contextvars.copy_context()
        self._last: Future[Any] | None = None
        self._on_exit: _Call | None = None
        threading.Thread(target=self._run, name="twolane-call", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._on_exit and (self._last is None or self._last.done()):
            self._on_exit()  # in this thread, so that the server's slot is free once this returns
        elif self._on_exit:
            self.submit(self._on_exit)
        self._calls.put(None)

    def on_exit(self, cancel: Callable[[], None]) -> None:
        """Set what ends the request, whether it has been answered or not."""
        self._on_exit = cancel

    def submit(self, call: Callable[[], T]) -> Future[T]:
        """Make a call after those before it; the future holds what it returned, or its `ModelError`."""
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(self._context.run(call))
            except ModelError as error:
                future.set_exception(error)
            finally:
                if not future.done():  # a bug: it is shown here, and raised where the result is waited for
                    future.set_exception(sys.exception())

        self._last = future
        self._calls.put(run)
        return future

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            call()
