"""Wake-ups over a Redis server (or Valkey): a stream for each kind of job; its client is imported here alone.

A worker that died after it received a notification and before it leased a job leaves the notification
pending; another worker claims it after `idle_s`. A wiped or restarted server has lost notifications and no
jobs: streams and groups are made anew.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from twolane.config.addresses import without_password
from twolane.errors import SettingsError
from twolane.installed import install_line
from twolane.jobs.wakeups.notifier import MOST_KEPT, Notifier
from twolane.jobs.wakeups.outage import Outage
from twolane.work import Notification

if TYPE_CHECKING:
    from redis import Redis

POLL_S = 5.0
IDLE_S = 30.0
_GROUP = "workers"
_SOCKET_S = 2.0  # a server that hangs delays a listener by a few times this long
_CONNECT_S = 2.0
_FORGOTTEN_S = 3600.0  # a consumer that was idle for so long, with nothing pending, is deleted


class RedisWakeups:
    """Obeys `twolane.jobs.wakeups.base.Wakeups`; `name` keeps libraries that share a server apart."""

    def __init__(self, url: str, *, name: str = "twolane", poll_s: float = POLL_S, idle_s: float = IDLE_S):
        self._client = _open(url)
        self._name = name
        self._poll_s = poll_s
        self._idle_s = idle_s
        self._notifier = Notifier(self._send, name="notifier")
        self.outage = Outage(f"the server of the wake-ups {without_password(url)}")

    @property
    def poll_s(self) -> float:
        return self._poll_s

    def notify(self, jobs: Sequence[Notification]) -> None:
        self._notifier.notify(jobs)

    def _send(self, jobs: Sequence[Notification]) -> None:
        from redis.exceptions import RedisError

        if self.outage.pause_s():
            return
        try:
            with self._client.pipeline(transaction=False) as pipeline:
                for job in jobs:
                    stream = self.stream(job.kind)
                    pipeline.xadd(stream, {"job": str(job.job_id)}, maxlen=MOST_KEPT, approximate=True)
                pipeline.execute()
        except RedisError as error:
            self.outage.failed(error)
        else:
            self.outage.worked()

    def listen(self, kinds: Collection[str]) -> RedisListener:
        streams = {self.stream(kind): kind for kind in kinds}
        return RedisListener(self._client, streams, self.outage, self._idle_s)

    def stream(self, kind: str) -> str:
        """Return the name of a kind's stream."""
        return f"{self._name}:{kind}"

    def wake(self) -> None:
        """Waits are short in any case."""

    def fault(self) -> str:
        return self.outage.probe(self._ask)

    def _ask(self) -> None:
        from redis.exceptions import RedisError

        try:
            self._client.ping()
        except RedisError as error:
            self.outage.failed(error)
        else:
            self.outage.worked()

    def close(self) -> None:
        self._notifier.close()
        self._client.close()


class RedisListener:
    """Obeys `twolane.jobs.wakeups.base.Listener` as one consumer of the group."""

    def __init__(self, client: Redis, streams: dict[str, str], outage: Outage, idle_s: float) -> None:
        self._client = client
        self._streams = streams
        self._outage = outage
        self._idle_s = idle_s
        self._consumer = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._entries: dict[Notification, list[tuple[str, bytes]]] = {}
        self._ready = False
        self._claim_abandoned_at = 0.0
        self._closed = threading.Event()

    def receive(self, most: int, timeout_s: float) -> list[Notification]:
        from redis.exceptions import RedisError, ResponseError

        if not most:
            return []
        if pause_s := self._outage.pause_s():
            self._closed.wait(min(pause_s, timeout_s))
            return []
        try:
            self._prepare()
            received = self._claim_abandoned(most) or self._read(most, timeout_s)
        except ResponseError as error:
            self._ready = False  # NOGROUP: the server was wiped, or restarted without its data
            if not str(error).startswith("NOGROUP"):
                self._outage.failed(error)
            return []
        except RedisError as error:
            self._ready = False
            self._outage.failed(error)
            return []
        self._outage.worked()
        return received

    def acknowledge(self, received: Sequence[Notification]) -> None:
        from redis.exceptions import RedisError

        entries = [entry for notification in received for entry in self._entries.pop(notification, [])]
        if not entries or self._outage.pause_s():
            return
        try:
            with self._client.pipeline(transaction=False) as pipeline:
                for stream, entry in entries:
                    pipeline.xack(stream, _GROUP, entry)
                    pipeline.xdel(stream, entry)  # an acknowledged entry stays in its stream otherwise
                pipeline.execute()
        except RedisError as error:
            self._outage.failed(error)

    def close(self) -> None:
        from redis.exceptions import RedisError

        self._closed.set()
        if self._outage.pause_s():
            return
        try:
            for stream in self._streams:
                if not any(name == stream for entries in self._entries.values() for name, _ in entries):
                    self._client.xgroup_delconsumer(stream, _GROUP, self._consumer)
        except RedisError:
            return  # another listener deletes the consumer later, when it was idle for long

    def _prepare(self) -> None:
        from redis.exceptions import ResponseError

        if self._ready:
            return
        for stream in self._streams:
            try:
                self._client.xgroup_create(stream, _GROUP, id="0", mkstream=True)
            except ResponseError as error:
                if not str(error).startswith("BUSYGROUP"):
                    raise
            consumers: Any = self._client.xinfo_consumers(stream, _GROUP)
            for consumer in consumers:
                if not consumer["pending"] and consumer["idle"] > _FORGOTTEN_S * 1000:
                    self._client.xgroup_delconsumer(stream, _GROUP, consumer["name"])
        self._ready = True

    def _claim_abandoned(self, most: int) -> list[Notification]:
        """Take over the notifications of listeners that died before they leased a job."""
        if time.monotonic() < self._claim_abandoned_at:
            return []
        received: list[Notification] = []
        for stream in self._streams:
            found: Any = self._client.xautoclaim(
                stream, _GROUP, self._consumer, min_idle_time=int(self._idle_s * 1000), count=most
            )
            received += self._notifications(stream, found[1])
        if not received:  # where some were found, more may be left
            self._claim_abandoned_at = time.monotonic() + self._idle_s / 3
        return received

    def _read(self, most: int, timeout_s: float) -> list[Notification]:
        found: Any = self._client.xreadgroup(
            _GROUP,
            self._consumer,
            dict.fromkeys(self._streams, ">"),
            count=max(1, most // len(self._streams)),
            # A block of 0 would never end, and one beyond the socket's time limit would break the connection.
            block=int(min(timeout_s, _SOCKET_S / 2) * 1000) or None,
        )
        pairs = found.items() if isinstance(found, dict) else found or []
        return [one for stream, entries in pairs for one in self._notifications(stream, entries)]

    def _notifications(self, stream: str | bytes, entries: Any) -> list[Notification]:
        name = stream.decode() if isinstance(stream, bytes) else stream
        received = []
        for entry, fields in entries:
            value = (fields or {}).get(b"job", b"")
            # An entry that is not ours is treated alike: the worker looks for a job and acknowledges it.
            job_id = int(value) if value.isdigit() else 0
            notification = Notification(job_id, self._streams[name])
            self._entries.setdefault(notification, []).append((name, entry))
            received.append(notification)
        return received


def _open(url: str) -> Redis:
    try:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError:
        raise SettingsError(
            "wakeup_url names a Redis server, and its client is not installed",
            f"run: {install_line('redis')}",
        ) from None
    try:
        return redis.Redis.from_url(
            url,
            socket_timeout=_SOCKET_S,
            socket_connect_timeout=_CONNECT_S,
            health_check_interval=30,
            protocol=2,
            retry=Retry(NoBackoff(), 1),  # once, for a connection of the pool that the server has closed
        )
    except ValueError as error:
        raise SettingsError(f"wakeup_url: {error}", "write it like redis://host:6379/0") from None
