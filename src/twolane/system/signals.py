"""The signals that ask a program to end: Ctrl-C, a service manager's, and Windows' Ctrl-Break."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

Handler = Callable[[int, FrameType | None], object]

INTERRUPT = signal.SIGINT
"""Ctrl-C: a person at the terminal asks."""

TERMINATE = signal.SIGTERM
"""A service manager asks. Windows never sends it: there a process without a terminal is ended at once."""


def asking_to_end() -> tuple[signal.Signals, ...]:
    """Return the signals that ask this program to end, as far as this system has them.

    Windows' Ctrl-Break reaches programs that Ctrl-C does not, and its console sends it when it is closed.
    Others send a hangup then, unless whoever started us wants that to be passed over, as `nohup` does.
    """
    also = (getattr(signal, name, None) for name in ("SIGBREAK", "SIGHUP"))
    heard = (each for each in also if each is not None and signal.getsignal(each) is not signal.SIG_IGN)
    return (INTERRUPT, TERMINATE, *heard)


@contextmanager
def handled(handler: Handler, *numbers: signal.Signals, once: bool = False) -> Iterator[None]:
    """Give signals a handler for the block, and then their earlier ones back; with `once` after the first.

    Only in the main thread, as Python wants it.
    """
    before = {number: signal.getsignal(number) for number in numbers}

    def restore() -> None:
        for number, earlier in before.items():
            signal.signal(number, earlier)

    def first(number: int, frame: FrameType | None) -> None:
        restore()
        handler(number, frame)

    for number in numbers:
        signal.signal(number, first if once else handler)
    try:
        yield
    finally:
        restore()
