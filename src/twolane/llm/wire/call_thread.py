"""A thread that makes the calls of one request, so that whoever waits for a frozen server can give up."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar

from twolane import trace
from twolane.cancel import Cancel, Cancelled, current, working_for
from twolane.errors import ModelError

T = TypeVar("T")
_Call = Callable[[], None]


class CallThread:
    """Makes calls one after the other in a daemon thread, which sees the context variables of its opener.

    A call that is under way when the block ends is cancelled: its connection is cut, and the server told so.
    What cannot be cut, such as connecting, is abandoned and ends by its own time limit; an executor would
    hold up the end of the program until then.
    """

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._work = Cancel()
        self._last: Future[Any] | None = None
        self._on_exit: _Call | None = None
        self._watching = current().calling(self._work.cancel)
        threading.Thread(target=trace.carried(self._run), name="twolane-call", daemon=True).start()

    def __enter__(self) -> Self:
        self._watching.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._watching.__exit__(kind, error, where)
        is_idle = self._last is None or self._last.done()
        if not is_idle:
            self._work.cancel()
        if self._on_exit and is_idle:
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
                future.set_result(call())
            except (ModelError, Cancelled) as error:
                future.set_exception(error)
            finally:
                if not future.done():  # a bug: it is shown here, and raised where the result is waited for
                    future.set_exception(sys.exception())

        self._last = future
        self._calls.put(run)
        return future

    def _run(self) -> None:
        with working_for(self._work):
            while (call := self._calls.get()) is not None:
                call()
