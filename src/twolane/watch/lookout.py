"""How everything stands now: the queue, the library, and both lanes, none of which is waited for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from twolane.errors import ModelError
from twolane.jobs.base import JobCounts
from twolane.llm.base import Health, ModelInfo
from twolane.store.base import Counts

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


class Lookout:
    """Looks at a library and its lanes; safe to use from several threads.

    `models` lists what a lane's runtime has. Each lane is asked in a thread of its own, and one that is
    silent for `LOOK_S` counts as down: a frozen model server must not hold up what is said of the other.
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
        self.job_counts = job_counts
        self.counts = counts
        self.workers = workers
        self._glances = [_Glance(name, status, models) for name, status in lanes.items()]

    def lanes(self, limit_s: float = LOOK_S) -> tuple[LaneSeen, ...]:
        """Look at every lane at once; takes no longer than the limit."""
        deadline = time.monotonic() + limit_s
        for glance in self._glances:
            glance.start()
        return tuple(glance.result(deadline) for glance in self._glances)


class _Glance:
    """Looks at one lane, once at a time: while a look hangs, no second one is begun."""

    def __init__(
        self, name: str, status: Callable[[], LaneTold], models: Callable[[str], Sequence[ModelInfo]]
    ) -> None:
        self._name = name
        self._status = status
        self._models = models
        self._changed = threading.Condition()
        self._looking = False
        self._silent = LaneSeen(name, "")  # what is said of it while it does not answer
        self._sizes: dict[str, int] = {}  # asked for once: a list of models may take as long as an answer
        self._seen: LaneSeen | None = None
        self._seen_at = 0.0

    def start(self) -> None:
        with self._changed:
            if self._looking or (self._seen and time.monotonic() - self._seen_at < FRESH_S):
                return
            self._looking = True
        # A daemon: a runtime that never answers must not keep the program from ending.
        threading.Thread(target=self._run, name=f"twolane-look {self._name}", daemon=True).start()

    def result(self, deadline: float) -> LaneSeen:
        with self._changed:
            self._changed.wait_for(lambda: not self._looking, max(0.0, deadline - time.monotonic()))
            # One that is only slow is as it was a moment ago; one that hangs for longer is down.
            known = not self._looking or time.monotonic() - self._seen_at < KEPT_S
            return self._seen if self._seen and known else self._silent

    def _run(self) -> None:
        seen: LaneSeen | None = None
        try:
            seen = self._look()
        finally:
            with self._changed:
                self._looking, self._seen, self._seen_at = False, seen, time.monotonic()
                if seen:
                    self._silent = LaneSeen(seen.name, seen.model)
                self._changed.notify_all()

    def _look(self) -> LaneSeen:
        told = self._status()
        health = told.health
        servers = tuple(
            ServerSeen(without_credentials(server.url), server.breaker, server.in_flight)
            for server in getattr(health, "servers", ())
        )
        if told.model and health.ready and told.model not in self._sizes:
            self._sizes[told.model] = self._size_bytes(told.model)
        return LaneSeen(
            told.name,
            told.model,
            health.ready,
            health.reachable,
            health.loaded,
            self._sizes.get(told.model, 0),
            health.detail,
            health.remedy,
            servers,
        )

    def _size_bytes(self, model: str) -> int:
        try:
            found = self._models(self._name)
        except ModelError:
            return 0
        names = {model, f"{model}:latest"}
        return next((info.size_bytes for info in found if info.name in names), 0)


def without_credentials(url: str) -> str:
    """Return an address without the user and the password that it may hold."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
