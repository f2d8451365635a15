"""The queue on a RabbitMQ server: a quorum queue a kind, with its client imported here alone.

Announcements are pulled one by one while there are any, and pushed while a listener waits, so that a busy
worker never keeps what an idle one could do. Each is acknowledged as soon as a row is leased: the server
ends deliveries that stay open for half an hour. One that was delivered too often goes to the dead ones.
"""

from __future__ import annotations

import contextlib
import logging
import math
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from twolane.errors import SettingsError
from twolane.jobs.base import Announcement
from twolane.jobs.outage import Outage, without_secrets

if TYPE_CHECKING:
    from pika import URLParameters
    from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection

POLL_S = 5.0
DELIVERY_LIMIT = 5
_MOST_KEPT = 100_000  # more are dropped, oldest first: whoever looks into the store finds what they stood for
_CONNECT_S = 3.0
_HEARTBEAT_S = 60
_DECLARED_S = 10.0
_MOST_DEAD = 1000
_T = TypeVar("_T")


class RabbitQueue:
    """Obeys `twolane.jobs.base.Queue`; `name` keeps libraries that share a server apart.

    Publishing has a connection of its own, used under a lock; every listener has one too.
    """

    def __init__(self, url: str, *, name: str = "twolane", poll_s: float = POLL_S) -> None:
        self._parameters = _parameters(url)
        self._name = name
        self._poll_s = poll_s
        self._lock = threading.Lock()
        self._line = _Line(self._parameters, name)
        self._closed = False
        self.outage = Outage(f"the queue {without_secrets(url)}")

    @property
    def poll_s(self) -> float:
        return self._poll_s

    def announce(self, jobs: Sequence[Announcement]) -> None:
        if not jobs or self.outage.pause_s():
            return
        with self._lock:
            if self._closed:
                return
            with self._line.noting(self.outage):
                # a connection that was idle for long may be gone without our knowing: once more
                self._line.twice(lambda channel: self._publish(channel, jobs))

    def _publish(self, channel: BlockingChannel, jobs: Sequence[Announcement]) -> None:
        for job in jobs:
            channel.basic_publish("", self._line.declare(channel, job.kind), str(job.job_id).encode())

    def listen(self, kinds: Collection[str]) -> RabbitListener:
        return RabbitListener(_Line(self._parameters, self._name), tuple(kinds), self.outage)

    def wake(self) -> None:
        """Waits are short as they are."""

    def fault(self) -> str:
        with self._lock, self._line.noting(self.outage):
            self._line.twice(lambda _: self._line.serve(0))
        return self.outage.fault

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._line.drop()


class RabbitListener:
    """Obeys `twolane.jobs.base.Listener` with a connection of its own."""

    def __init__(self, line: _Line, kinds: Sequence[str], outage: Outage) -> None:
        self._line = line
        self._kinds = kinds
        self._outage = outage
        self._consuming: list[str] = []
        self._pushed: list[tuple[Announcement, int]] = []
        self._tags: dict[Announcement, list[int]] = {}
        self._lost = threading.Event()
        self._closed = threading.Event()

    def receive(self, most: int, timeout_s: float) -> list[Announcement]:
        if pause_s := self._outage.pause_s():
            self._closed.wait(min(pause_s, timeout_s))
            return []
        heard: list[Announcement] = []
        with self._line.noting(self._outage, self._forget):
            if not most:
                self._line.serve(0)
            else:
                heard = self._line.twice(
                    lambda channel: self._receive(channel, most, timeout_s), self._forget
                )
        return heard

    def _receive(self, channel: BlockingChannel, most: int, timeout_s: float) -> list[Announcement]:
        if not self._consuming and (heard := self._pull(channel, most)):
            return heard
        if not timeout_s:
            return []
        if not self._consuming:
            channel.basic_qos(prefetch_count=1)
            channel.add_on_cancel_callback(lambda _: self._lost.set())
            for kind in self._kinds:
                name = self._line.declare(channel, kind)
                self._consuming.append(channel.basic_consume(name, self._on_push(kind)))
        if not self._pushed:
            self._line.serve(timeout_s)
        if self._lost.is_set():  # somebody deleted the queue
            self._line.drop()
            self._forget()
        if not self._pushed:
            return []
        for tag in self._consuming:  # with one open delivery each, nothing more is pushed meanwhile
            channel.basic_cancel(tag)
        pushed, self._pushed, self._consuming = self._pushed, [], []
        return [self._heard(announcement, tag) for announcement, tag in pushed]

    def _pull(self, channel: BlockingChannel, most: int) -> list[Announcement]:
        heard: list[Announcement] = []
        for kind in self._kinds:
            name = self._line.declare(channel, kind)
            while len(heard) < most:
                got, _, body = channel.basic_get(name)
                if got is None:
                    break
                heard.append(self._heard(_announcement(body, kind), got.delivery_tag))
        return heard

    def _on_push(self, kind: str) -> Callable[..., None]:
        def on_push(_channel: Any, method: Any, _properties: Any, body: bytes) -> None:
            self._pushed.append((_announcement(body, kind), method.delivery_tag))

        return on_push

    def _heard(self, announcement: Announcement, tag: int) -> Announcement:
        self._tags.setdefault(announcement, []).append(tag)
        return announcement

    def _forget(self) -> None:
        """What was delivered over a connection that is gone is delivered again, to anyone."""
        self._tags, self._consuming, self._pushed = {}, [], []
        self._lost.clear()

    def done(self, heard: Sequence[Announcement]) -> None:
        tags = [tag for announcement in heard for tag in self._tags.pop(announcement, [])]
        channel = self._line.channel
        if channel is None:
            return
        with self._line.noting(self._outage, self._forget):
            for tag in tags:
                channel.basic_ack(tag)

    def close(self) -> None:
        self._closed.set()
        self._line.drop()
        self._forget()


class _Line:
    """One connection with one channel, made when it is first needed and again after it broke."""

    def __init__(self, parameters: URLParameters, name: str) -> None:
        self._parameters = parameters
        self._name = name
        self._connection: BlockingConnection | None = None
        self._declared: dict[str, float] = {}
        self.channel: BlockingChannel | None = None

    def declare(self, channel: BlockingChannel, kind: str) -> str:
        """Make a kind's queue, where this was not done just now; return its name.

        What is published to a queue that somebody deleted is dropped without a word, hence now and then.
        """
        name = f"{self._name}.{kind}"
        if self._declared.get(kind, -math.inf) + _DECLARED_S > time.monotonic():
            return name
        dead = f"{self._name}.dead"
        quorum = {"x-queue-type": "quorum"}
        channel.exchange_declare(dead, "fanout", durable=True)
        channel.queue_declare(dead, durable=True, arguments={**quorum, "x-max-length": _MOST_DEAD})
        channel.queue_bind(dead, dead)
        limits = {"x-delivery-limit": DELIVERY_LIMIT, "x-max-length": _MOST_KEPT}
        channel.queue_declare(
            name, durable=True, arguments={**quorum, **limits, "x-dead-letter-exchange": dead}
        )
        self._declared[kind] = time.monotonic()
        return name

    def twice(self, do: Callable[[BlockingChannel], _T], forget: Callable[[], None] = lambda: None) -> _T:
        """Do something over the line; where one that was open turns out broken, once more over a new one."""
        from pika.exceptions import AMQPError

        if self.channel is not None:
            try:
                return do(self.channel)
            except (AMQPError, OSError):
                self.drop()
                forget()
        return do(self._open())

    def serve(self, time_s: float) -> None:
        """Let the connection do what is due, heartbeats among it, and wait for pushes."""
        if self._connection is not None:
            self._connection.process_data_events(time_limit=time_s)

    @contextlib.contextmanager
    def noting(self, outage: Outage, forget: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Tell the outage whether what is done within worked; a failure ends here."""
        from pika.exceptions import AMQPError

        try:
            yield
        except (AMQPError, OSError) as error:
            self.drop()
            forget()
            outage.failed(error)
        else:
            outage.worked()

    def drop(self) -> None:
        """Close the connection, whatever its state."""
        from pika.exceptions import AMQPError

        connection, self._connection, self.channel = self._connection, None, None
        self._declared.clear()
        if connection is not None and connection.is_open:
            with contextlib.suppress(AMQPError, OSError):
                connection.close()

    def _open(self) -> BlockingChannel:
        from pika import BlockingConnection

        self._connection = BlockingConnection(self._parameters)
        self.channel = self._connection.channel()
        return self.channel


def _announcement(body: bytes | None, kind: str) -> Announcement:
    # what is none of ours still calls for a look, and is taken off like any other
    return Announcement(int(body) if body and body.isdigit() else 0, kind)


def _parameters(url: str) -> URLParameters:
    try:
        from pika import URLParameters
    except ImportError:
        raise SettingsError(
            "queue_url names a RabbitMQ server, and its client is not installed",
            "pip install 'twolane[rabbitmq]'",
        ) from None
    # it logs every refused connection as an error with a traceback; what matters is told by Outage
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    try:
        parameters = URLParameters(url)
    except (ValueError, TypeError) as error:
        raise SettingsError(f"queue_url: {error}", "write it like amqp://user:password@host:5672/") from None
    parameters.heartbeat = _HEARTBEAT_S
    parameters.socket_timeout = _CONNECT_S
    parameters.stack_timeout = 2 * _CONNECT_S
    parameters.blocked_connection_timeout = 2 * _CONNECT_S
    return parameters
