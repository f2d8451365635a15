"""How everything stands now: the queue, the library, and both lanes, none of which is waited for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

from twolane.errors import ModelError, StoreError
from twolane.llm.base import Health, ModelInfo
from twolane.store.base import Counts
from twolane.work import JobCounts

T = TypeVar("T")

LOOK_S = 3.0
FRESH_S = 1.0
KEPT_S = 10.0


class LaneTold(Protocol):
    """What is looked at of a lane's status."""

    @property
    def name(self) -> str:
        """The lane's name."""

    @property
    def model(self) -> str:
        """Its model, or "" where it has none."""

    @property
    def health(self) -> Health:
        """What its runtime says of itself."""


@dataclass(frozen=True, slots=True)
class ServerSeen:
    """One of a lane's model servers; `breaker` is closed, open or half-open."""

    url: str
    breaker: str
    in_flight: int


@dataclass(frozen=True, slots=True)
class LaneSeen:
    """A lane as it was seen; `size_bytes` is 0 where unknown, `detail` the runtime's own words."""

    name: str
    model: str
    ready: bool = False
    reachable: bool = False
    loaded: bool = False
    size_bytes: int = 0
    detail: str = "does not answer in time"
    remedy: str = "see what its model server is doing, or restart it"
    servers: tuple[ServerSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class LibrarySeen:
    """The queue by kind of job, and how much of everything there is."""

    jobs: dict[str, JobCounts]
    counts: Counts


class Lookout:
    """Looks at a library and its lanes; safe to use from several threads.

    `models` lists what a lane's runtime has. The catalogue and each lane are asked in a thread of its own,
    and what is silent for `LOOK_S` counts as down: a frozen server must not hold up what is said of the rest.
    """

    def __init__(
        self,
        *,
        job_counts: Callable[[], dict[str, JobCounts]],
        counts: Callable[[], Counts],
        workers: Callable[[], int],
        lanes: dict[str, Callable[[], LaneTold]],
        models: Callable[[str], Sequence[ModelInfo]],
    ) -> None:
        self.workers = workers
        self._models = models
        self._sizes: dict[str, int] = {}  # asked for once: a list of models may take as long as an answer
        # Counting a large library takes a while: however often somebody asks, a tenth of the time.
        self._library = _Glance("library", lambda: _library(job_counts, counts), rest=10.0)
        self._lanes = {name: _Glance(name, partial(self._look, name, told)) for name, told in lanes.items()}

    def start(self) -> None:
        """Begin to look at everything at once, for who asks for one after the other."""
        self._library.start()
        for glance in self._lanes.values():
            glance.start()

    def library(self, limit_s: float = LOOK_S) -> LibrarySeen | None:
        """Look at the library; None where the catalogue does not answer within the limit."""
        self._library.start()
        return self._library.result(time.monotonic() + limit_s)

    def lanes(self, limit_s: float = LOOK_S) -> tuple[LaneSeen, ...]:
        """Look at every lane at once; takes no longer than the limit."""
        deadline = time.monotonic() + limit_s
        for glance in self._lanes.values():
            glance.start()
        return tuple(
            glance.result(deadline) or LaneSeen(name, glance.last.model if glance.last else "")
            for name, glance in self._lanes.items()
        )

    def _look(self, name: str, status: Callable[[], LaneTold]) -> LaneSeen:
        told = status()
        health = told.health
        servers = tuple(ServerSeen(server.url, server.breaker, server.in_flight) for server in health.servers)
        if told.model and health.ready and name not in self._sizes:
            self._sizes[name] = self._size_bytes(name, told.model)
        return LaneSeen(
            told.name,
            told.model,
            health.ready,
            health.reachable,
            health.loaded,
            self._sizes.get(name, 0),
            health.detail,
            health.remedy,
            servers,
        )

    def _size_bytes(self, lane: str, model: str) -> int:
        try:
            found = self._models(lane)
        except ModelError:
            return 0
        names = {model, f"{model}:latest"}
        return next((info.size_bytes for info in found if info.name in names), 0)


class _Glance(Generic[T]):
    """One look, once at a time: while one hangs, no second one is begun.

    After a look it rests for `FRESH_S`, or for `rest` times as long as the look took.
    """

    def __init__(self, name: str, look: Callable[[], T | None], *, rest: float = 0.0) -> None:
        self.last: T | None = None
        self._name = name
        self._look = look
        self._rest = rest
        self._changed = threading.Condition()
        self._looking = False
        self._seen: T | None = None
        self._seen_at = 0.0
        self._took_s = 0.0

    def start(self) -> None:
        """Begin to look, where the last look is not fresh."""
        with self._changed:
            fresh_s = max(FRESH_S, self._rest * self._took_s)
            if self._looking or (self._seen and time.monotonic() - self._seen_at < fresh_s):
                return
            self._looking = True
        # A daemon: what never answers must not keep the program from ending.
        threading.Thread(target=self._run, name=f"twolane-look {self._name}", daemon=True).start()

    def result(self, deadline: float) -> T | None:
        """Return what is seen; None where there is nothing to see, or it hangs."""
        with self._changed:
            self._changed.wait_for(lambda: not self._looking, max(0.0, deadline - time.monotonic()))
            # One that is only slow is as it was a moment ago; one that hangs for longer is down.
            known = not self._looking or time.monotonic() - self._seen_at < KEPT_S
            return self._seen if known else None

    def _run(self) -> None:
        began, seen = time.monotonic(), None
        try:
            seen = self._look()
        finally:
            with self._changed:
                self._looking, self._seen, self._seen_at = False, seen, time.monotonic()
                self._took_s = self._seen_at - began
                self.last = seen or self.last
                self._changed.notify_all()


def _library(
    job_counts: Callable[[], dict[str, JobCounts]], counts: Callable[[], Counts]
) -> LibrarySeen | None:
    try:
        return LibrarySeen(job_counts(), counts())
    except StoreError:
        return None
