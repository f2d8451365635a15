"""A lane's model servers as the lane sees them: connection, breaker, pace and the slots that are taken."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelError
from twolane.llm.base import Health, Runtime, ServerHealth
from twolane.llm.pool.breaker import Breaker
from twolane.outages import OutageLog

R = TypeVar("R", bound=Runtime)
_log = logging.getLogger(__name__)
_NEWEST_WEIGHT = 0.2
_HALF_LIFE_S = 60.0


class Pace:
    """How long a server takes for one piece of work, in seconds: a moving mean that fades into the best."""

    def __init__(self) -> None:
        self._mean_s: float | None = None
        self._updated_at = 0.0

    def add(self, seconds: float) -> None:
        mean = seconds if self._mean_s is None else self._mean_s
        self._mean_s = mean + _NEWEST_WEIGHT * (seconds - mean)
        self._updated_at = time.monotonic()

    def now_s(self, best_s: float) -> float:
        """Return the pace: a server that was slow once is asked again after some minutes."""
        if self._mean_s is None:
            return best_s
        age_s = time.monotonic() - self._updated_at
        return best_s + max(0.0, self._mean_s - best_s) * math.exp2(-age_s / _HALF_LIFE_S)

    @property
    def mean_s(self) -> float:
        """Return the mean, infinite where nothing has been measured."""
        return math.inf if self._mean_s is None else self._mean_s


@dataclass(eq=False)
class ServerConnection(Generic[R]):
    """The client of a server. A retired one was replaced, and is closed when its last user has gone."""

    llm: R
    users: int = 0
    is_retired: bool = False


@dataclass(eq=False)
class Server(Generic[R]):
    """One model server; everything here changes under the lock of its `ServerGroup`."""

    url: str
    connection: ServerConnection[R]
    shown: str = ""  # what the log calls it
    breaker: Breaker = field(default_factory=Breaker)
    told: OutageLog = field(default_factory=lambda: OutageLog(_log))
    piece_pace: Pace = field(default_factory=Pace)
    first_pace: Pace = field(default_factory=Pace)  # of the first piece, or of an answer that has only one
    slots: set[Slot[R]] = field(default_factory=set)
    is_suspected: bool = False
    missed_probes: int = 0  # in a row
    probes: int = 0
    prober: threading.Thread | None = None
    probe_now: threading.Event = field(default_factory=threading.Event)

    @property
    def is_well(self) -> bool:
        return self.breaker.state == "closed"

    def broke(self, error: ModelError) -> None:
        """Ask it no more until it is well, and tell the log why."""
        self.breaker.trip(error)
        self._tell(error)

    def failed(self, error: ModelError) -> None:
        """Count a failure, which may be one too many."""
        if self.breaker.failed(error):
            self._tell(error)

    def worked(self) -> None:
        """Forget what failed."""
        self.breaker.succeeded()
        self.told.ended(f"{self.shown} can be used again")

    def _tell(self, error: ModelError) -> None:
        self.told.began(f"{self.shown} cannot be used: {error.what}")


@dataclass(eq=False)
class Slot(Generic[R]):
    """One request's place at a server; `changed` is set whenever it should look again at how things stand."""

    server: Server[R]
    connection: ServerConnection[R]
    tried: Collection[str]
    changed: threading.Event = field(default_factory=threading.Event)
    was_slow: bool = False  # given up, because another server is so much faster

    @property
    def llm(self) -> R:
        return self.connection.llm


class ServerGroup(Generic[R]):
    """The servers of one lane, and the lock under which they change."""

    def __init__(self, settings: LaneSettings, open_server: Callable[[str], R]) -> None:
        self.settings = settings
        self.open_server = open_server
        self.lock = threading.RLock()
        self.servers = [
            Server(
                url,
                ServerConnection(open_server(url)),
                f"the model {settings.model} at {url}".removesuffix(" at "),
            )
            for url in settings.urls or ("",)
        ]
        self.is_closed = False

    def has_room(self, server: Server[R]) -> bool:
        return len(server.slots) < self.settings.concurrency

    def others(self, slot: Slot[R]) -> list[Server[R]]:
        """Return the servers that a request could still go to instead of its own."""
        return [s for s in self.servers if s is not slot.server and s.url not in slot.tried]

    def each(self) -> list[tuple[str, R]]:
        """Return every server's address and client, also of those that are not asked just now."""
        with self.lock:
            return [(server.url, server.connection.llm) for server in self.servers]

    def broken(self) -> set[str]:
        """Return the addresses whose breaker is open."""
        with self.lock:
            return {server.url for server in self.servers if server.breaker.state == "open"}

    def states(self, health: Mapping[str, Health]) -> tuple[ServerHealth, ...]:
        """Return how each server stands, without asking any; `health` are checks made just now."""
        with self.lock:
            return tuple(_state(server, health.get(server.url)) for server in self.servers)


def _state(server: Server[R], health: Health | None) -> ServerHealth:
    error = server.breaker.error
    if health is None:
        ready = server.is_well
        detail, remedy = (error.what, error.remedy) if error else ("answers", "")
    else:
        ready, detail, remedy = health.ready, health.detail, health.remedy
    loaded = health.loaded if health else True
    return ServerHealth(server.url, server.breaker.state, len(server.slots), ready, detail, remedy, loaded)
