"""The request or job that the running thread works for: its id goes along down to the model's server.

It is kept in a context variable. A thread that continues another's work must be started with `carried`,
because a new thread begins without one.
"""

from __future__ import annotations

import contextvars
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

HEADER = "X-Request-Id"
# Short, and of characters that need no quoting in a header, a log line or a query of logs.
_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}")


@dataclass(frozen=True, slots=True)
class Trace:
    """The ids of the request or the job; 0 and "" where there is none."""

    request_id: str = ""
    job_id: int = 0
    file_id: int = 0


_current: contextvars.ContextVar[Trace] = contextvars.ContextVar("twolane_trace", default=Trace())  # noqa: B039 - frozen


def current() -> Trace:
    """Return what this thread works for."""
    return _current.get()


@contextmanager
def working_for(trace: Trace) -> Iterator[None]:
    """Run the block for a request or a job."""
    token = _current.set(trace)
    try:
        yield
    finally:
        _current.reset(token)


def new_request_id() -> str:
    """Return an id that no other request has."""
    return uuid.uuid4().hex


def sane_request_id(given: str) -> str:
    """Return an id that came from outside, or "" where it is too long or has characters no id may have."""
    return given if _SANE.fullmatch(given) else ""


def carried(call: Callable[[], T]) -> Callable[[], T]:
    """Return a call that another thread may run for the same request or job as this thread."""
    context = contextvars.copy_context()
    return lambda: context.run(call)
