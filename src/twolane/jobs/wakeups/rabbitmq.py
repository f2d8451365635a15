"""The queue on a RabbitMQ server: a quorum queue a kind, with its client imported here alone.

The server pushes as many announcements as the worker has room for, and none to a busy one. Each is
acknowledged when its row has been leased: the server ends deliveries that stay open for half an hour. What
was delivered too often goes to the dead ones.
"""

from __future__ import annotations

import contextlib
import logging
import math
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from twolane.config.addresses import without_password
from twolane.errors import SettingsError
from twolane.jobs.base import Announcement
from twolane.jobs.wakeups.announcer import MOST_KEPT, Announcer
from twolane.jobs.wakeups.outage import Outage

if TYPE_CHECKING:
    from pika import URLParameters
    from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection

POLL_S = 5.0
DELIVERY_LIMIT = 5
_CONNECT_S = 3.0
_HEARTBEAT_S = 60
_DECLARED_S = 10.0
_MOST_DEAD = 1000
_SERVE_S = 1.0
_ROUND_TRIP_S = 0.02
_T = TypeVar("_T")


class RabbitQueue:
    """Obeys `twolane.jobs.base.Queue`; `name` keeps libraries that share a server apart.

    Publishing has a connection and a thread of its own, and so has every listener: the client's connections
    belong to one thread each, and a frozen server must not freeze whoever works or queues.
    """

    def __init__(self, url: str, *, name: str = "twolane", poll_s: float = POLL_S) -> None:
        self._parameters = _parameters(url)
        self._name = name
        self._poll_s = poll_s
        self._lock = threading.Lock()
        self._line = _Line(self._parameters, name)
        self._announcer = Announcer(self._send, name="announcer")
        self.outage = Outage(f"the queue {without_password(url)}")

    @property
    def poll_s(self) -> float:
        return self._poll_s

    def announce(self, jobs: Sequence[Announcement]) -> None:
        self._announcer.announce(jobs)

    def _send(self, jobs: Sequence[Announcement]) -> None:
        if self.outage.pause_s():
            return
        with self._lock, self._line.noting(self.outage):
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
        return self.outage.probe(self._ask)

    def _ask(self) -> None:
        line = _Line(self._parameters, self._name)
        with line.noting(self.outage):
            line.twice(lambda _: line.serve(0))
            line.drop()

    def close(self) -> None:
        self._announcer.close()
        if self._lock.acquire(timeout=1):  # or the thread is stuck in a frozen server, and ends with us
            self._line.drop()
            self._lock.release()


class RabbitListener:
    """Obeys `twolane.jobs.base.Listener`; a thread talks to the server, and the worker to the thread."""

    def __init__(self, line: _Line, kinds: Sequence[str], outage: Outage) -> None:
        self._line = line
        self._kinds = kinds
        self._outage = outage
        self._changed = threading.Condition()
        # under the condition: what the worker asks of the thread, and what the thread has for it
        self._wanted = 0
        self._inbox: list[tuple[Announcement, int]] = []
        self._open: dict[Announcement, list[int]] = {}
        self._settle: list[tuple[int, bool]] = []
        self._closed = False
        # the thread's own
        self._consuming: list[str] = []
        self._room = 0
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    # the worker's side

    def receive(self, most: int, timeout_s: float) -> list[Announcement]:
        with self._changed:
            if not most:  # others may have what came meanwhile
                self._settle += [(tag, False) for _, tag in self._inbox]
                self._inbox = []
            if most != self._wanted or self._settle:
                self._wanted = most
                self._poke()
            if most and not self._inbox:
                # in pieces: a worker that is to stop hears it between two of them
                wait_s = min(max(timeout_s, _ROUND_TRIP_S), _SERVE_S)
                self._changed.wait_for(lambda: self._inbox or self._closed, wait_s)
            heard, self._inbox = self._inbox[:most], self._inbox[most:]
            for announcement, tag in heard:
                self._open.setdefault(announcement, []).append(tag)
        return [announcement for announcement, _ in heard]

    def done(self, heard: Sequence[Announcement]) -> None:
        with self._changed:
            for announcement in heard:
                if tags := self._open.pop(announcement, []):
                    self._settle.append((tags.pop(0), True))
                    if tags:
                        self._open[announcement] = tags
            # Told with the next `receive`, which is not far: one that says that the worker is busy ends the
            # pushes before the room is given free, or every job would bring one that has to go back.

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._poke()
        self._thread.join(_CONNECT_S)

    def _poke(self) -> None:
        self._changed.notify_all()
        self._line.interrupt()

    # the thread's side

    def _run(self) -> None:
        while not self._closed:
            if pause_s := self._outage.pause_s():
                with self._changed:
                    self._changed.wait_for(lambda: self._closed, pause_s)
            else:
                with self._line.noting(self._outage, self._forget):
                    self._line.twice(self._turn, self._forget)
        with self._line.noting(self._outage, self._forget):
            if self._line.channel is not None:
                for tag in [tag for tag, done in self._settle if done]:
                    self._line.channel.basic_ack(tag)
            self._line.drop()

    def _turn(self, channel: BlockingChannel) -> None:
        if (wanted := self._wanted) != self._room:
            self._consume(channel, wanted)
        with self._changed:
            settle, self._settle = self._settle, []
        for tag, done in settle:
            channel.basic_ack(tag) if done else channel.basic_nack(tag, requeue=True)
        self._line.serve(_SERVE_S)  # until a push or a poke
        if self._line.lost:  # somebody deleted the queue
            self._line.drop()
            self._forget()

    def _consume(self, channel: BlockingChannel, room: int) -> None:
        """Be pushed as many announcements at a time as there is room for, or none."""
        for consumer in self._consuming:
            channel.basic_cancel(consumer)
        self._consuming, self._room = [], room
        if room:
            channel.basic_qos(prefetch_count=room)
            for kind in self._kinds:
                name = self._line.declare(channel, kind)
                self._consuming.append(channel.basic_consume(name, self._on_push(kind)))
        else:  # pushed before the end of the consumer was known
            with self._changed:
                self._settle += [(tag, False) for _, tag in self._inbox]
                self._inbox = []

    def _on_push(self, kind: str) -> Callable[..., None]:
        def on_push(_channel: Any, method: Any, _properties: Any, body: bytes) -> None:
            with self._changed:
                self._inbox.append((_announcement(body, kind), method.delivery_tag))
                self._changed.notify_all()

        return on_push

    def _forget(self) -> None:
        """What was delivered over a connection that is gone is delivered again, to anyone."""
        self._consuming, self._room = [], 0
        with self._changed:
            self._inbox, self._settle = [], []
            self._open.clear()


class _Line:
    """One connection with one channel, made when it is first needed and again after it broke."""

    def __init__(self, parameters: URLParameters, name: str) -> None:
        self._parameters = parameters
        self._name = name
        self._connection: BlockingConnection | None = None
        self._declared: dict[str, float] = {}
        self.channel: BlockingChannel | None = None
        self.lost = False  # the server has ended a consumer of ours

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
        limits = {"x-delivery-limit": DELIVERY_LIMIT, "x-max-length": MOST_KEPT}
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

    def interrupt(self) -> None:
        """End a wait in `serve` from another thread."""
        from pika.exceptions import AMQPError

        connection = self._connection
        if connection is not None:
            with contextlib.suppress(AMQPError):
                connection.add_callback_threadsafe(lambda: None)

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
        self.lost = False
        if connection is not None and connection.is_open:
            with contextlib.suppress(AMQPError, OSError):
                connection.close()

    def _open(self) -> BlockingChannel:
        from pika import BlockingConnection
        from pika.adapters.utils.connection_workflow import AMQPConnectorException
        from pika.exceptions import AMQPConnectionError

        try:
            self._connection = BlockingConnection(self._parameters)
        except AMQPConnectorException as error:  # a frozen server: the one failure outside the client's tree
            raise AMQPConnectionError(str(error).partition("'")[0]) from error
        self.channel = self._connection.channel()
        self.channel.add_on_cancel_callback(self._on_cancel)
        return self.channel

    def _on_cancel(self, _frame: Any) -> None:
        self.lost = True


def _announcement(body: bytes | None, kind: str) -> Announcement:
    # what is none of ours still calls for a look, and is taken off like any other
    return Announcement(int(body) if body and body.isdigit() else 0, kind)


def _parameters(url: str) -> URLParameters:
    try:
        from pika import URLParameters
    except ImportError:
        raise SettingsError(
            "wakeup_url names a RabbitMQ server, and its client is not installed",
            "pip install 'twolane[rabbitmq]'",
        ) from None
    # it logs every refused connection as an error with a traceback; what matters is told by Outage
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    try:
        parameters = URLParameters(url)
    except (ValueError, TypeError) as error:
        raise SettingsError(f"wakeup_url: {error}", "write it like amqp://user:password@host:5672/") from None
    parameters.heartbeat = _HEARTBEAT_S
    parameters.socket_timeout = _CONNECT_S
    parameters.stack_timeout = 2 * _CONNECT_S
    parameters.blocked_connection_timeout = 2 * _CONNECT_S
    return parameters
