"""One model server of a lane as its lane sees it: its connection, its breaker, its pace and its places."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from twolane.llm.base import Runtime
from twolane.llm.pool.breaker import Breaker

R = TypeVar("R", bound=Runtime)
_PACE_SHARE = 0.2
_PACE_FADES_S = 60.0


class Pace:
    """How long a server takes for one piece of work, in seconds: a moving mean that fades into the best."""

    def __init__(self) -> None:
        self._mean_s: float | None = None
        self._seen_at = 0.0

    def took(self, seconds: float) -> None:
        mean = seconds if self._mean_s is None else self._mean_s
        self._mean_s = mean + _PACE_SHARE * (seconds - mean)
        self._seen_at = time.monotonic()

    def now_s(self, best_s: float) -> float:
        """Return the pace: a server that was slow once is asked again after some minutes."""
        if self._mean_s is None:
            return best_s
        age_s = time.monotonic() - self._seen_at
        return best_s + max(0.0, self._mean_s - best_s) * math.exp2(-age_s / _PACE_FADES_S)

    @property
    def known_s(self) -> float:
        return math.inf if self._mean_s is None else self._mean_s


@dataclass(eq=False)
class Client(Generic[R]):
    """The connection to a server; one that was left behind is closed when its last user has gone."""

    llm: R
    users: int = 0
    retired: bool = False


@dataclass(eq=False)
class Server(Generic[R]):
    """One model server; everything here changes under the lock of its `Servers`."""

    url: str
    client: Client[R]
    breaker: Breaker = field(default_factory=Breaker)
    pace: Pace = field(default_factory=Pace)  # of a piece of an answer
    first: Pace = field(default_factory=Pace)  # of the first piece, or of an answer that has only one
    seats: set[Seat[R]] = field(default_factory=set)
    suspected: bool = False
    misses: int = 0  # checks in a row without an answer
    checks: int = 0
    nurse: threading.Thread | None = None
    call: threading.Event = field(default_factory=threading.Event)


@dataclass(eq=False)
class Seat(Generic[R]):
    """A place at a server for one request; `wake` is set whenever there may be news for it."""

    server: Server[R]
    client: Client[R]
    tried: Collection[str]
    wake: threading.Event = field(default_factory=threading.Event)
    outpaced: bool = False  # left, because another server is so much faster

    @property
    def llm(self) -> R:
        return self.client.llm
