"""Whether anybody still awaits what the running thread works for, so that every wait ends once nobody does.

It is kept in a context variable, as the trace is, and goes along wherever that goes: a thread that continues
another's work is started with `trace.carried`. Why it is so: docs/why/turns.md.
"""

from __future__ import annotations

import contextvars
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Cancelled(GeneratorExit):
    """Nobody awaits the result any more; no error, as the end of a generator that is closed is none.

    It does to a thread that waits what closing does to a generator that is suspended, and so whatever ends
    in good order there does so here. No handler of errors holds it up.
    """


class Cancel:
    """One piece of work that somebody awaits until it is cancelled; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_cancelled = False
        self._numbers = itertools.count()
        self._actions: dict[int, Callable[[], None]] = {}

    @property
    def is_cancelled(self) -> bool:
        return self._is_cancelled

    def cancel(self) -> None:
        """Let every wait for this work end now; safe to call twice, and from an event loop."""
        with self._lock:
            self._is_cancelled = True
            actions, self._actions = tuple(self._actions.values()), {}
        for act in actions:
            act()

    def check(self) -> None:
        """Raise `Cancelled` where nobody awaits it any more."""
        if self._is_cancelled:
            raise Cancelled

    @contextmanager
    def calling(self, act: Callable[[], None]) -> Iterator[None]:
        """Have `act` called where it is cancelled within the block, or has been; it ends a wait in there.

        It is called in the thread that cancels: it must neither wait nor raise, and do no harm when it comes
        a moment after the block.
        """
        with self._lock:
            number = -1 if self._is_cancelled else next(self._numbers)
            if number >= 0:
                self._actions[number] = act
        if number < 0:
            act()
        try:
            yield
        finally:
            with self._lock:
                self._actions.pop(number, None)


_current: contextvars.ContextVar[Cancel] = contextvars.ContextVar("twolane_cancel", default=Cancel())  # noqa: B039 - never cancelled


def current() -> Cancel:
    """Return what this thread works for; without anything that may be cancelled, what never is."""
    return _current.get()


@contextmanager
def working_for(cancel: Cancel) -> Iterator[None]:
    """Run the block for somebody who may go away."""
    token = _current.set(cancel)
    try:
        yield
    finally:
        _current.reset(token)


def pause(seconds: float) -> None:
    """Sleep. Raises `Cancelled` at once where nobody awaits it any more."""
    woken = threading.Event()
    with current().calling(woken.set):
        woken.wait(seconds)
    current().check()
