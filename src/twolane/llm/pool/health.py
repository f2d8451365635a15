"""Which of a lane's servers are well: those that fail or fall silent are probed until they answer again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic

from twolane.errors import (
    ModelAnswerError,
    ModelBusyError,
    ModelError,
    ModelMissingError,
    ModelUnreachableError,
)
from twolane.llm.base import Health, Runtime
from twolane.llm.pool import reasons
from twolane.llm.pool.server import R, Server, ServerConnection, ServerGroup, Slot

# After how many missed probes in a row, of about two seconds each, a request gives its server up: where there
# is another one, and where there is none.
_SILENT, _SILENT_ALONE = 2, 4
_LAST_PROBE_S = 6.0


class HealthProber(Generic[R]):
    """Keeps the servers' breakers.

    No server is probed while all is well: only one that failed, or that is silent, has a thread of its own
    that asks it until it has answered, loaded its model, and may be asked again. `on_change` is called
    whenever that may change what a request waits for.
    """

    def __init__(self, group: ServerGroup[R], on_change: Callable[[], None]) -> None:
        self._group = group
        self._on_change = on_change

    def succeeded(self, slot: Slot[R]) -> None:
        """Note that a server answered."""
        server = slot.server
        with self._group.lock:
            if server.is_well and not server.missed_probes:
                server.worked()
            elif server.is_well or slot.connection is server.connection:
                self._recovered(server)

    def failed(self, slot: Slot[R], error: ModelError) -> None:
        """Note a request that failed, and open the server's breaker where that means it is not well."""
        server = slot.server
        with self._group.lock:
            if server.breaker.state == "open" or slot.was_slow or isinstance(error, ModelBusyError):
                return
            if isinstance(error, ModelUnreachableError | ModelMissingError):
                server.broke(error)
            elif error.retryable:  # a server that refuses a request is well
                server.failed(error)
            self._ensure_prober(server)
            self._on_change()

    def silent(self, slot: Slot[R]) -> None:
        """Have a silent server probed: a slow one answers the probe, a frozen one does not."""
        if slot.connection is slot.server.connection:
            self.suspect(slot.server.url)

    def suspect(self, url: str) -> None:
        """Have the server at an address probed, unless it is already."""
        with self._group.lock:
            for server in self._group.servers:
                if server.url == url and server.is_well:
                    server.is_suspected = True
                    self._ensure_prober(server)

    def lost(self, slot: Slot[R]) -> ModelError | None:
        """Return why a request should wait no longer at its server, if so."""
        with self._group.lock:
            others = [other for other in self._group.others(slot) if other.breaker.state != "open"]
            most = _SILENT if others else _SILENT_ALONE
            return reasons.silent(slot.server.url) if slot.server.missed_probes >= most else None

    def close(self) -> None:
        """Refuse everything from now on, also what waits, and close all clients; safe to call twice."""
        with self._group.lock:
            self._group.is_closed = True
            self._on_change()
            probers = [server.prober for server in self._group.servers if server.prober]
            for server in self._group.servers:
                server.probe_now.set()
        self._close_clients()
        for prober in probers:
            prober.join(_LAST_PROBE_S)
        if probers:  # a probe that was under way may have connected anew
            self._close_clients()

    def _close_clients(self) -> None:
        for _, llm in self._group.each():
            llm.close()

    def _ensure_prober(self, server: Server[R]) -> None:
        """See to it that a server that is not well is probed; called under the lock."""
        needs_one = server.is_suspected or server.breaker.state == "open"
        if needs_one and not server.prober and not self._group.is_closed:
            server.prober = threading.Thread(
                target=self._run, args=(server,), name="twolane-health-prober", daemon=True
            )
            server.prober.start()

    def _run(self, server: Server[R]) -> None:
        """Probe one server until it is well."""
        while True:
            with self._group.lock:
                is_open = server.breaker.state == "open"
                if self._group.is_closed or not (is_open or server.is_suspected):
                    server.prober = None
                    return
                pause_s = server.breaker.pause_left_s if is_open else 0.0
            server.probe_now.wait(pause_s)
            server.probe_now.clear()
            self._probe(server)

    def _probe(self, server: Server[R]) -> None:
        llm = server.connection.llm
        health = llm.health()
        with self._group.lock:
            server.probes += 1
            if self._group.is_closed:
                return
            if health.reachable:
                server.missed_probes = 0
                server.is_suspected = False
                if server.breaker.state != "open":
                    return
                server.breaker.try_again()
            else:
                self._missed(server, health)
            self._on_change()
            if not health.reachable:
                return
        error = _trial(llm)
        with self._group.lock:
            if error is None:
                self._recovered(server)
            elif server.breaker.state == "half-open":
                server.broke(error)
            self._on_change()

    def _missed(self, server: Server[R], health: Health) -> None:
        server.missed_probes += 1
        if server.breaker.state == "open":
            server.broke(ModelUnreachableError(health.detail, health.remedy))
        elif server.missed_probes >= _SILENT:
            server.is_suspected = False
            server.broke(reasons.silent(server.url))
            # The old connection may be full of requests that never return: who still uses it closes it.
            old, server.connection = server.connection, ServerConnection(self._group.open_server(server.url))
            old.is_retired = True
            if not old.users:
                old.llm.close()

    def _recovered(self, server: Server[R]) -> None:
        server.missed_probes = 0
        server.is_suspected = False
        server.worked()
        self._on_change()


def _trial(llm: Runtime) -> ModelError | None:
    """Load the model at a server that answers again, so that no user pays for the trial."""
    try:
        llm.load()
    except (ModelMissingError, ModelAnswerError) as error:
        return error
    except ModelError as error:
        return error if error.retryable else None  # a refusal to generate, as an embedder's, is an answer too
    return None
