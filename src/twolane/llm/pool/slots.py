"""Who waits for a slot at one of a lane's servers, in the order in which the requests came."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic

from twolane import cancel
from twolane.llm.pool import reasons
from twolane.llm.pool.balancer import Balancer
from twolane.llm.pool.reasons import Errors
from twolane.llm.pool.server import R, Server, ServerGroup, Slot

_FRESH_S = 0.5  # a probe that is younger than this is not repeated for the requests that come after it
_NO_PROBE = -1


@dataclass(eq=False)
class _Waiter(Generic[R]):
    """A request that waits; `probes` says how often each server had been probed when it came."""

    tried: Collection[str]
    affinity: str
    probes: Mapping[str, int]
    done: threading.Event = field(default_factory=threading.Event)
    slot: Slot[R] | None = None


class SlotQueue(Generic[R]):
    """Hands out the slots of a group's servers, `concurrency` at each, while `max_waiting` may wait."""

    def __init__(self, group: ServerGroup[R], balancer: Balancer[R]) -> None:
        self._group = group
        self._balancer = balancer
        self._waiters: deque[_Waiter[R]] = deque()

    @contextmanager
    def slot(self, errors: Errors, affinity: str = "") -> Iterator[Slot[R]]:
        """Hold a slot at a server at which this request has not failed yet.

        `errors` are its failures so far, by address. Raises `ModelBusyError` and `ModelTimeoutError` as a
        lane's own limit does, and where no server is left the error that says why, of each.
        """
        slot = self._acquire(errors, affinity)
        try:
            yield slot
        finally:
            self._release(slot)

    def notify(self) -> None:
        """Look again at everybody who waits: for a slot, or for a server that has fallen silent."""
        with self._group.lock:
            for waiter in list(self._waiters):
                if self._settle(waiter):
                    self._waiters.remove(waiter)
            for server in self._group.servers:
                if server.missed_probes:
                    for slot in server.slots:
                        slot.changed.set()

    def _acquire(self, errors: Errors, affinity: str) -> Slot[R]:
        settings = self._group.settings
        with self._group.lock:
            if self._group.is_closed:
                raise reasons.closed(settings)
            probes = {server.url: server.probes for server in self._group.servers}
            waiter = _Waiter[R](tuple(errors), affinity, probes)
            self._probe_broken(waiter)
            if self._settle(waiter):
                return self._result(waiter, errors)
            if len(self._waiters) >= settings.max_waiting:
                raise reasons.full(settings, len(self._waiters))
            self._waiters.append(waiter)
        work = cancel.current()
        try:
            with work.calling(waiter.done.set):
                in_time = waiter.done.wait(settings.first_token_timeout_s)
            work.check()
        except BaseException:  # cancelled, or Ctrl-C: a slot that came meanwhile must not be lost
            if not self._give_up(waiter) and waiter.slot:
                self._release(waiter.slot)
            raise
        if not in_time and self._give_up(waiter):
            raise reasons.late(settings)
        return self._result(waiter, errors)

    def _result(self, waiter: _Waiter[R], errors: Errors) -> Slot[R]:
        if waiter.slot:
            return waiter.slot
        raise (
            reasons.closed(self._group.settings)
            if self._group.is_closed
            else reasons.why(self._group, errors)
        )

    def _give_up(self, waiter: _Waiter[R]) -> bool:
        """Leave the queue; False where the waiting had ended already."""
        with self._group.lock:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
                return True
        return False

    def _settle(self, waiter: _Waiter[R]) -> bool:
        """Give a request a slot where there is one, or none where there cannot be one any more."""
        server = self._balancer.pick(waiter.tried, waiter.affinity)
        if server:
            slot = Slot(server, server.connection, waiter.tried)
            server.slots.add(slot)
            server.connection.users += 1
            waiter.slot = slot
        elif not self._group.is_closed and any(self._may_serve(s, waiter) for s in self._group.servers):
            return False
        waiter.done.set()
        return True

    def _may_serve(self, server: Server[R], waiter: _Waiter[R]) -> bool:
        """Say whether a server may still serve a request: it is well, on trial, or about to be probed."""
        if server.url in waiter.tried:
            return False
        if server.breaker.state != "open":
            return True
        return server.prober is not None and server.probes == waiter.probes.get(server.url, _NO_PROBE)

    def _probe_broken(self, waiter: _Waiter[R]) -> None:
        """Where no server is well, have them probed now: their state may be out of date."""
        left = [server for server in self._group.servers if server.url not in waiter.tried]
        if any(server.breaker.state != "open" for server in left):
            return
        now = time.monotonic()
        for server in left:
            if now - server.breaker.checked_at >= _FRESH_S:
                server.probe_now.set()
            else:
                waiter.probes = {**waiter.probes, server.url: _NO_PROBE}

    def _release(self, slot: Slot[R]) -> None:
        with self._group.lock:
            slot.server.slots.discard(slot)
            slot.connection.users -= 1
            is_unused = slot.connection.is_retired and not slot.connection.users
            self.notify()
        if is_unused:
            slot.connection.llm.close()
