"""A lane's model servers: which is asked next, who waits, and which are left alone until they are well."""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from twolane.config.settings import LaneSettings
from twolane.errors import (
    ModelAnswerError,
    ModelBusyError,
    ModelError,
    ModelMissingError,
    ModelTimeoutError,
    ModelUnreachableError,
)
from twolane.llm.base import Health, Runtime, ServerHealth
from twolane.llm.pool.seats import Client, R, Seat, Server

T = TypeVar("T")
Errors = dict[str, ModelError]
"""What the servers that a request has already been at said, by address."""

PATIENCE_S = 3.0
# Checks in a row, of about two seconds each, that a silent server fails: before it is left for another
# server, and before it is left where there is no other.
_SILENT, _SILENT_ALONE = 2, 4
_CHECK_PAUSE_S = 0.5  # a check that is younger than this is not repeated for those who come after it
_OUTPACED = 5.0
_LAST_CHECK_S = 6.0
_MOST_LOAD = 1.25
_MUCH_SLOWER, _SLOWER_S = 3.0, 0.5  # times the best and seconds more: then a warm cache is not worth it


@dataclass(eq=False)
class _Waiting(Generic[R]):
    """One who waits for a place; `checks` are those of the broken servers when it came."""

    tried: Collection[str]
    head: str
    checks: Mapping[str, int]
    called: threading.Event = field(default_factory=threading.Event)
    seat: Seat[R] | None = None


class Servers(Generic[R]):
    """The servers of one lane; safe across threads.

    Each has `concurrency` places, and `max_waiting` wait for one of any server, in the order in which they
    came. No server is checked while all is well: only one that failed, or that is silent, is visited by a
    thread of its own until it has answered, loaded its model, and may be asked again.
    """

    def __init__(
        self, settings: LaneSettings, open_server: Callable[[str], R], *, patience_s: float = PATIENCE_S
    ) -> None:
        self._settings = settings
        self._open_server = open_server
        self._patience_s = patience_s
        self._lock = threading.RLock()
        self._servers = [Server(url, Client(open_server(url))) for url in settings.urls or ("",)]
        self._waiting: deque[_Waiting[R]] = deque()
        self._closed = False

    # places

    @contextmanager
    def seat(self, errors: Errors, head: str = "") -> Iterator[Seat[R]]:
        """Hold a place at a server that this request has not been at.

        Those with the same `head` come to the same server while it is well and not busier than others.
        Raises `ModelBusyError` and `ModelTimeoutError` as a gate does, and where no server is left the error
        that tells why, of each.
        """
        seat = self._enter(errors, head)
        try:
            yield seat
        finally:
            self._leave(seat)

    def _enter(self, errors: Errors, head: str) -> Seat[R]:
        with self._lock:
            if self._closed:
                raise self._closed_error()
            checks = {server.url: server.checks for server in self._servers}
            waiting = _Waiting[R](tuple(errors), head, checks)
            self._call_nurses(waiting)
            if self._settle(waiting):
                return self._seated(waiting, errors)
            if len(self._waiting) >= self._settings.max_waiting:
                raise self._full_error()
            self._waiting.append(waiting)
        try:
            in_time = waiting.called.wait(self._settings.first_token_timeout_s)
        except BaseException:
            if not self._give_up(waiting) and waiting.seat:
                self._leave(waiting.seat)
            raise
        if not in_time and self._give_up(waiting):
            raise self._late_error()
        return self._seated(waiting, errors)

    def _seated(self, waiting: _Waiting[R], errors: Errors) -> Seat[R]:
        if waiting.seat:
            return waiting.seat
        raise self._closed_error() if self._closed else self.why(errors)

    def _give_up(self, waiting: _Waiting[R]) -> bool:
        """Leave the queue; False where it had been called already."""
        with self._lock:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
                return True
        return False

    def _settle(self, waiting: _Waiting[R]) -> bool:
        """Give a waiting request its place if there is one, or none if there cannot be one any more."""
        server = self._pick(waiting)
        if server:
            seat = Seat(server, server.client, waiting.tried)
            server.seats.add(seat)
            server.client.users += 1
            waiting.seat = seat
        elif not self._closed and any(self._may_come(server, waiting) for server in self._servers):
            return False
        waiting.called.set()
        return True

    def _may_come(self, server: Server[R], waiting: _Waiting[R]) -> bool:
        """Say whether this server may still serve a request: it is well, is tried, or is to be looked at."""
        if server.url in waiting.tried:
            return False
        if server.breaker.state != "open":
            return True
        return server.nurse is not None and server.checks == waiting.checks.get(server.url, -1)

    def _call_nurses(self, waiting: _Waiting[R]) -> None:
        """Where no server is well, look again at once instead of failing a request by old news."""
        left = [server for server in self._servers if server.url not in waiting.tried]
        if any(server.breaker.state != "open" for server in left):
            return
        now = time.monotonic()
        for server in left:
            if now - server.breaker.checked_at >= _CHECK_PAUSE_S:
                server.call.set()
            else:
                waiting.checks = {**waiting.checks, server.url: -1}

    def _pick(self, waiting: _Waiting[R]) -> Server[R] | None:
        well = [s for s in self._servers if s.breaker.state == "closed" and s.url not in waiting.tried]
        free = [server for server in well if len(server.seats) < self._settings.concurrency]
        if not free or self._closed:
            return None
        best_s = min(server.pace.known_s for server in well)
        best_s = 0.0 if math.isinf(best_s) else best_s
        if waiting.head:
            favourite = max(well, key=lambda server: _weight(server.url, waiting.head))
            if favourite in free and self._may_be_favoured(favourite, well, best_s):
                return favourite

        def load(server: Server[R]) -> tuple[float, int]:
            return (len(server.seats) + 1) * server.pace.now_s(best_s), len(server.seats)

        return min(free, key=load)

    def _may_be_favoured(self, favourite: Server[R], well: list[Server[R]], best_s: float) -> bool:
        # Consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam 2016).
        under_way = sum(len(server.seats) for server in well)
        most = math.ceil(_MOST_LOAD * (under_way + 1) / len(well))
        enough_s = _MUCH_SLOWER * best_s + _SLOWER_S
        return len(favourite.seats) < most and favourite.pace.now_s(best_s) <= enough_s

    def _leave(self, seat: Seat[R]) -> None:
        with self._lock:
            seat.server.seats.discard(seat)
            seat.client.users -= 1
            is_left = seat.client.retired and not seat.client.users
            self._rouse()
        if is_left:
            seat.client.llm.close()

    def _rouse(self) -> None:
        """Look again at everybody who waits: for a place, or for a server that has fallen silent."""
        for waiting in list(self._waiting):
            if self._settle(waiting):
                self._waiting.remove(waiting)
        for server in self._servers:
            if server.misses:
                for seat in server.seats:
                    seat.wake.set()

    # requests under way

    def wait(self, seat: Seat[R], answer: Future[T], *, first: bool, paced: bool = True) -> T:
        """Wait for a step of a request; `first` says that nothing of the answer has come yet.

        Raises `ModelUnreachableError` where its server has fallen silent, and `ModelTimeoutError` where one
        with a free place would have taken a fifth of the time.
        """
        answer.add_done_callback(lambda _: seat.wake.set())
        began = time.monotonic()
        while not answer.done():
            if not seat.wake.wait(self._patience_s):
                self._suspect(seat)
            seat.wake.clear()
            waited_s = time.monotonic() - began
            if answer.done() or waited_s < self._patience_s:  # a server that ends in good order still goes on
                continue
            if error := self._lost(seat) or (paced and self._outpaced(seat, waited_s, first=first)):
                raise error
        return answer.result()

    def succeeded(self, seat: Seat[R], seconds: float | None, *, first: bool, pieces: int = 1) -> None:
        """Note a step that took so long: an answer, or so many pieces of one."""
        server = seat.server
        with self._lock:
            if seconds is not None:
                server.pace.took(seconds / pieces)
                if first:
                    server.first.took(seconds)
            if server.breaker.state == "closed" and not server.misses:
                server.breaker.succeeded()
            elif seat.client is server.client or server.breaker.state == "closed":
                self._is_well(server)

    def failed(self, seat: Seat[R], error: ModelError) -> None:
        """Note a request that failed: what that says of its server."""
        server = seat.server
        with self._lock:
            if server.breaker.state == "open" or seat.outpaced or isinstance(error, ModelBusyError):
                return
            if isinstance(error, ModelUnreachableError | ModelMissingError):
                server.breaker.trip(error)
            elif error.retryable:  # a refusal says nothing about the server's health
                server.breaker.failed(error)
            self._attend(server)
            self._rouse()

    def _suspect(self, seat: Seat[R]) -> None:
        """Have a silent server looked at: a slow one says how it is, a frozen one does not."""
        if seat.client is seat.server.client:
            self.suspect(seat.server.url)

    def suspect(self, url: str) -> None:
        """Have the server at an address looked at, unless it is already."""
        with self._lock:
            for server in self._servers:
                if server.url == url and server.breaker.state == "closed":
                    server.suspected = True
                    self._attend(server)

    def _lost(self, seat: Seat[R]) -> ModelError | None:
        """Return why a request should wait no longer at its server, if so."""
        server = seat.server
        with self._lock:
            others = [
                other
                for other in self._servers
                if other is not server and other.url not in seat.tried and other.breaker.state != "open"
            ]
            is_lost = server.misses >= (_SILENT if others else _SILENT_ALONE)
            return self._silent_error(server) if is_lost else None

    def _outpaced(self, seat: Seat[R], waited_s: float, *, first: bool) -> ModelError | None:
        """Return why a request should go on elsewhere although its server is well, if so."""
        server = seat.server
        with self._lock:
            others = [
                (other.first if first else other.pace).known_s
                for other in self._servers
                if other.url not in seat.tried
                and other is not server
                and other.breaker.state == "closed"
                and len(other.seats) < self._settings.concurrency
            ]
            if not others or waited_s < _OUTPACED * min(others):
                return None
            seat.outpaced = True
            (server.first if first else server.pace).took(waited_s)
        return ModelTimeoutError(
            f"{server.url} took {waited_s:.0f} s for what takes {min(others):.1f} s elsewhere",
            "see what that server is doing, or take it out of this lane",
        )

    # broken servers

    def _attend(self, server: Server[R]) -> None:
        """See to it that a server that is not well is visited; called under the lock."""
        if (server.suspected or server.breaker.state == "open") and not server.nurse and not self._closed:
            server.nurse = threading.Thread(
                target=self._nurse, args=(server,), name="twolane-nurse", daemon=True
            )
            server.nurse.start()

    def _nurse(self, server: Server[R]) -> None:
        """Visit one server until it is well."""
        while True:
            with self._lock:
                is_open = server.breaker.state == "open"
                if self._closed or not (is_open or server.suspected):
                    server.nurse = None
                    return
                pause_s = server.breaker.pause_left_s if is_open else 0.0
            server.call.wait(pause_s)
            server.call.clear()
            self._visit(server)

    def _visit(self, server: Server[R]) -> None:
        llm = server.client.llm
        health = llm.health()
        with self._lock:
            server.checks += 1
            if self._closed:
                return
            if health.reachable:
                server.misses = 0
                server.suspected = False
                if server.breaker.state != "open":
                    return
                server.breaker.try_again()
            else:
                self._missed(server, health)
            self._rouse()
            if not health.reachable:
                return
        error = _trial(llm)
        with self._lock:
            if error is None:
                self._is_well(server)
            elif server.breaker.state == "half-open":
                server.breaker.trip(error)
            self._rouse()

    def _missed(self, server: Server[R], health: Health) -> None:
        server.misses += 1
        if server.breaker.state == "open":
            server.breaker.trip(ModelUnreachableError(health.detail, health.remedy))
        elif server.misses >= _SILENT:
            server.suspected = False
            server.breaker.trip(self._silent_error(server))
            # Who was there keeps the old connection, or leaves it behind with its places taken.
            old, server.client = server.client, Client(self._open_server(server.url))
            old.retired = True
            if not old.users:  # else the last of them closes it
                old.llm.close()

    def _is_well(self, server: Server[R]) -> None:
        server.misses = 0
        server.suspected = False
        server.breaker.succeeded()
        self._rouse()

    # all of them

    def each(self) -> list[tuple[str, R]]:
        """Return every server's address and connection, those too that are left alone just now."""
        with self._lock:
            return [(server.url, server.client.llm) for server in self._servers]

    def states(self, found: Mapping[str, Health]) -> tuple[ServerHealth, ...]:
        """Return how each server stands, without asking any; `found` are checks made just now."""
        with self._lock:
            return tuple(self._state(server, found.get(server.url)) for server in self._servers)

    def _state(self, server: Server[R], health: Health | None) -> ServerHealth:
        breaker, error = server.breaker, server.breaker.error
        if health is None:
            is_well = breaker.state == "closed"
            detail, remedy = (error.what, error.remedy) if error else ("answers", "")
        else:
            is_well, detail, remedy = health.ready, health.detail, health.remedy
        return ServerHealth(server.url, breaker.state, len(server.seats), is_well, detail, remedy)

    def known_broken(self) -> set[str]:
        """Return the addresses whose breaker is open."""
        with self._lock:
            return {server.url for server in self._servers if server.breaker.state == "open"}

    def close(self) -> None:
        """Refuse everything from now on, also what is waiting; safe to call twice."""
        with self._lock:
            self._closed = True
            self._rouse()
            nurses = [server.nurse for server in self._servers if server.nurse]
            for server in self._servers:
                server.call.set()
        for llm in (llm for _, llm in self.each()):
            llm.close()
        for nurse in nurses:
            nurse.join(_LAST_CHECK_S)
        if nurses:  # a check that was under way may have connected anew
            for llm in (llm for _, llm in self.each()):
                llm.close()

    # errors

    def why(self, errors: Errors) -> ModelError:
        """Return why none of the servers could serve a request, each with its own reason."""
        with self._lock:
            reasons = {s.url: errors.get(s.url) or _outage(s) for s in self._servers}
        told = {url: error for url, error in reasons.items() if error}
        if not told:  # it has come back in the very moment of giving up
            return ModelBusyError(f"The servers of {self._settings.model} are just coming back", "try again")
        # New ones, because one that is raised again and again would gather a traceback without end.
        if len(self._servers) == 1:
            (error,) = told.values()
            return type(error)(error.what, error.remedy)
        kinds = {type(error) for error in told.values()}
        kind = kinds.pop() if len(kinds) == 1 else ModelUnreachableError
        if ModelBusyError in kinds:  # one of them lives: it will be asked again soon
            kind = ModelBusyError
        what = "; ".join(f"{url}: {error.what}" for url, error in told.items())
        remedies = dict.fromkeys(error.remedy for error in told.values() if error.remedy)
        return kind(
            f"None of the {len(self._servers)} servers of {self._settings.model} answers: {what}",
            "; ".join(remedies),
        )

    def _silent_error(self, server: Server[R]) -> ModelError:
        return ModelUnreachableError(
            f"{server.url} is silent: it neither goes on with an answer nor says how it is",
            "see what that server is doing, or restart it",
        )

    def _full_error(self) -> ModelError:
        return ModelBusyError(
            f"The lane of {self._settings.model} is full: {self._settings.concurrency} under way at each "
            f"server, {len(self._waiting)} waiting",
            "try again later, or raise concurrency or max_waiting of this lane",
        )

    def _late_error(self) -> ModelError:
        seconds = self._settings.first_token_timeout_s
        return ModelTimeoutError(
            f"The servers of {self._settings.model} were busy with other requests for {seconds:g} s",
            "raise first_token_timeout_s or concurrency of this lane, or add a server",
        )

    def _closed_error(self) -> ModelError:
        return ModelError(f"The lane of {self._settings.model} is closed", "open it again to use it")


def _outage(server: Server[Any]) -> ModelError | None:
    """Return why a server is left alone, as an outage: a request that it never saw has not failed there."""
    error = server.breaker.error
    if error is None or isinstance(error, ModelUnreachableError | ModelMissingError):
        return error
    return ModelUnreachableError(f"{server.url} is left alone after failures: {error.what}", error.remedy)


def _trial(llm: Runtime) -> ModelError | None:
    """Load the model at a server that answers again, so that no user pays for the trial."""
    try:
        llm.load()
    except (ModelMissingError, ModelAnswerError) as error:
        return error
    except ModelError as error:
        return error if error.retryable else None  # it refuses to generate, as an embedder does: it answers
    return None


def _weight(url: str, head: str) -> bytes:
    """Return a server's weight for a head: the highest wins, so that a dead one moves its own heads only."""
    return hashlib.blake2b(f"{url}\0{head}".encode("utf-8", "replace"), digest_size=8).digest()
