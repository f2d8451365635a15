"""Wake-ups over a RabbitMQ server: one quorum queue for each kind of job; its client is imported here alone.

The server pushes as many notifications as a worker has room for, and none to a busy worker. Each is
acknowledged once a job was leased for it, because the server closes the channel of a delivery that stays
unacknowledged for half an hour. What was delivered too often goes to the dead-letter queue.
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
from twolane.installed import install_line
from twolane.jobs.wakeups.notifier import MOST_KEPT, Notifier
from twolane.jobs.wakeups.outage import Outage
from twolane.work import Notification

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


class RabbitWakeups:
    """Obeys `twolane.jobs.wakeups.base.Wakeups`; `name` keeps libraries that share a server apart.

    Publishing has a connection and a thread of its own, and so has every listener: a connection of this
    client may be used by one thread only, and a server that hangs must not hang those who queue or do jobs.
    """

    def __init__(self, url: str, *, name: str = "twolane", poll_s: float = POLL_S) -> None:
        self._parameters = _parameters(url)
        self._name = name
        self._poll_s = poll_s
        self._lock = threading.Lock()
        self._link = _Link(self._parameters, name)
        self._notifier = Notifier(self._send, name="notifier")
        self.outage = Outage(f"the server of the wake-ups {without_password(url)}")

    @property
    def poll_s(self) -> float:
        return self._poll_s

    def notify(self, jobs: Sequence[Notification]) -> None:
        self._notifier.notify(jobs)

    def _send(self, jobs: Sequence[Notification]) -> None:
        if self.outage.pause_s():
            return
        with self._lock, self._link.noting(self.outage):
            # The server may have closed a connection that was idle for long: then it is tried once more.
            self._link.twice(lambda channel: self._publish(channel, jobs))

    def _publish(self, channel: BlockingChannel, jobs: Sequence[Notification]) -> None:
        for job in jobs:
            channel.basic_publish("", self._link.declare(channel, job.kind), str(job.job_id).encode())

    def listen(self, kinds: Collection[str]) -> RabbitListener:
        return RabbitListener(_Link(self._parameters, self._name), tuple(kinds), self.outage)

    def wake(self) -> None:
        """Waits are short in any case."""

    def fault(self) -> str:
        return self.outage.probe(self._ask)

    def _ask(self) -> None:
        link = _Link(self._parameters, self._name)
        with link.noting(self.outage):
            link.twice(lambda _: link.serve(0))
            link.drop()

    def close(self) -> None:
        self._notifier.close()
        if self._lock.acquire(timeout=1):  # else the sending thread hangs, and ends with the process
            self._link.drop()
            self._lock.release()


class RabbitListener:
    """Obeys `twolane.jobs.wakeups.base.Listener`: a thread of its own talks to the server.

    The worker and that thread exchange requests and notifications under one condition variable.
    """

    def __init__(self, link: _Link, kinds: Sequence[str], outage: Outage) -> None:
        self._link = link
        self._kinds = kinds
        self._outage = outage
        self._changed = threading.Condition()
        # Guarded by `_changed`: what the worker wants, what has arrived for it, and what is to be settled.
        self._wanted = 0
        self._inbox: list[tuple[Notification, int]] = []
        self._open: dict[Notification, list[int]] = {}
        self._settlements: list[tuple[int, bool]] = []
        self._closed = False
        # Used by the listener's thread alone.
        self._consuming: list[str] = []
        self._room = 0
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    # called by the worker

    def receive(self, most: int, timeout_s: float) -> list[Notification]:
        with self._changed:
            if not most:  # what has arrived meanwhile goes back to the server, for other workers
                self._settlements += [(tag, False) for _, tag in self._inbox]
                self._inbox = []
            if most != self._wanted or self._settlements:
                self._wanted = most
                self._interrupt()
            if most and not self._inbox:
                # Short waits: between two of them the worker sees whether it is to stop.
                wait_s = min(max(timeout_s, _ROUND_TRIP_S), _SERVE_S)
                self._changed.wait_for(lambda: self._inbox or self._closed, wait_s)
            received, self._inbox = self._inbox[:most], self._inbox[most:]
            for notification, tag in received:
                self._open.setdefault(notification, []).append(tag)
        return [notification for notification, _ in received]

    def acknowledge(self, received: Sequence[Notification]) -> None:
        with self._changed:
            for notification in received:
                if tags := self._open.pop(notification, []):
                    self._settlements.append((tags.pop(0), True))
                    if tags:
                        self._open[notification] = tags
            # The thread sends these acknowledgements at the next `receive`, which comes soon. Sending them
            # now would let the server push the next notification before a busy worker could stop the
            # pushes, and each such notification would have to go back.

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._interrupt()
        self._thread.join(_CONNECT_S)

    def _interrupt(self) -> None:
        self._changed.notify_all()
        self._link.interrupt()

    # run by the listener's thread

    def _run(self) -> None:
        while not self._closed:
            if pause_s := self._outage.pause_s():
                with self._changed:
                    self._changed.wait_for(lambda: self._closed, pause_s)
            else:
                with self._link.noting(self._outage, self._forget):
                    self._link.twice(self._turn, self._forget)
        with self._link.noting(self._outage, self._forget):
            if self._link.channel is not None:
                for tag in [tag for tag, done in self._settlements if done]:
                    self._link.channel.basic_ack(tag)
            self._link.drop()

    def _turn(self, channel: BlockingChannel) -> None:
        if (wanted := self._wanted) != self._room:
            self._consume(channel, wanted)
        with self._changed:
            settlements, self._settlements = self._settlements, []
        for tag, done in settlements:
            channel.basic_ack(tag) if done else channel.basic_nack(tag, requeue=True)
        self._link.serve(_SERVE_S)  # until a push or an interrupt
        if self._link.cancelled:  # the queue was deleted on the server
            self._link.drop()
            self._forget()

    def _consume(self, channel: BlockingChannel, room: int) -> None:
        """Let the server push as many notifications at a time as there is room for, or none."""
        for consumer in self._consuming:
            channel.basic_cancel(consumer)
        self._consuming, self._room = [], room
        if room:
            channel.basic_qos(prefetch_count=room)
            for kind in self._kinds:
                name = self._link.declare(channel, kind)
                self._consuming.append(channel.basic_consume(name, self._on_push(kind)))
        else:  # the server pushed these before it knew that the consumer was cancelled
            with self._changed:
                self._settlements += [(tag, False) for _, tag in self._inbox]
                self._inbox = []

    def _on_push(self, kind: str) -> Callable[..., None]:
        def on_push(_channel: Any, method: Any, _properties: Any, body: bytes) -> None:
            with self._changed:
                self._inbox.append((_notification(body, kind), method.delivery_tag))
                self._changed.notify_all()

        return on_push

    def _forget(self) -> None:
        """Drop what a broken connection had delivered: the server delivers it again, to any listener."""
        self._consuming, self._room = [], 0
        with self._changed:
            self._inbox, self._settlements = [], []
            self._open.clear()


class _Link:
    """One connection with one channel, made when it is first needed and again after it broke."""

    def __init__(self, parameters: URLParameters, name: str) -> None:
        self._parameters = parameters
        self._name = name
        self._connection: BlockingConnection | None = None
        self._declared: dict[str, float] = {}
        self.channel: BlockingChannel | None = None
        self.cancelled = False  # whether the server has cancelled a consumer of ours

    def declare(self, channel: BlockingChannel, kind: str) -> str:
        """Declare a kind's queue, unless that was done just now; return its name.

        It is repeated every few seconds because a server silently drops what is published to a deleted queue.
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
        """Call `do` with the channel; where an open channel turns out broken, once more with a new one."""
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
        """Let the connection handle what is due, heartbeats included, and wait for pushes."""
        if self._connection is not None:
            self._connection.process_data_events(time_limit=time_s)

    @contextlib.contextmanager
    def noting(self, outage: Outage, forget: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Report to the outage whether the block worked; a failure of the server ends here."""
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
        self.cancelled = False
        if connection is not None and connection.is_open:
            with contextlib.suppress(AMQPError, OSError):
                connection.close()

    def _open(self) -> BlockingChannel:
        from pika import BlockingConnection
        from pika.adapters.utils.connection_workflow import AMQPConnectorException
        from pika.exceptions import AMQPConnectionError

        try:
            self._connection = BlockingConnection(self._parameters)
        except AMQPConnectorException as error:  # of a server that hangs; outside the client's error tree
            raise AMQPConnectionError(str(error).partition("'")[0]) from error
        self.channel = self._connection.channel()
        self.channel.add_on_cancel_callback(self._on_cancel)
        return self.channel

    def _on_cancel(self, _frame: Any) -> None:
        self.cancelled = True


def _notification(body: bytes | None, kind: str) -> Notification:
    # A message that is not ours is handled like any other: the worker looks for a job and acknowledges it.
    return Notification(int(body) if body and body.isdigit() else 0, kind)


def _parameters(url: str) -> URLParameters:
    try:
        from pika import URLParameters
    except ImportError:
        raise SettingsError(
            "wakeup_url names a RabbitMQ server, and its client is not installed",
            f"run: {install_line('rabbitmq')}",
        ) from None
    # pika logs every refused connection as an error with a traceback; `Outage` logs what users need.
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
