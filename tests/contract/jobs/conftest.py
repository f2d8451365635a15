"""The queues that the contract suite runs over, on real servers."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass

import pytest
from standins.brokers import RabbitServer, Server, wait_until

from twolane.jobs.wakeups.base import Listener, Wakeups
from twolane.jobs.wakeups.local import LocalWakeups
from twolane.jobs.wakeups.rabbitmq import RabbitWakeups
from twolane.jobs.wakeups.redis import RedisWakeups
from twolane.work import Notification

POLL_S = 0.2
IDLE_S = 0.3


@dataclass
class Line:
    """Wake-ups, opened as often as wanted, as other processes would; the local ones have no server."""

    open: Callable[[], Wakeups]
    server: Server | None
    name: str


def make_queues(url: str, name: str) -> None:
    """Declare the server's queues: a message is lost while two processes declare one at once."""
    with closing(RabbitWakeups(url, name=name)) as wakeups:
        for kind in ("a", "b", "work"):
            with closing(wakeups.listen([kind])) as listener:
                received: list[Notification] = []

                def received_something(
                    kind: str = kind, listener: Listener = listener, received: list[Notification] = received
                ) -> bool:
                    if not received:
                        wakeups.notify([Notification(0, kind)])
                    batch = listener.receive(10, 0.2)
                    listener.acknowledge(batch)
                    received += batch
                    return bool(received) and not batch

                wait_until(received_something, "the queue is there and empty")


@pytest.fixture(params=["local", "redis", "rabbitmq"])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    name = f"test-{secrets.token_hex(4)}"
    local = LocalWakeups(poll_s=POLL_S)
    with ExitStack() as stack:

        def opened(wakeups: Wakeups) -> Wakeups:
            stack.callback(wakeups.close)
            return wakeups

        if request.param == "local":
            yield Line(lambda: local, None, name)
            return
        fixture = "redis_server" if request.param == "redis" else "rabbit_server"
        server: Server = request.getfixturevalue(fixture)
        url = server.url
        if isinstance(server, RabbitServer):
            server.names = (name,)
            make_queues(url, name)
            yield Line(lambda: opened(RabbitWakeups(url, name=name, poll_s=POLL_S)), server, name)
        else:
            yield Line(
                lambda: opened(RedisWakeups(url, name=name, poll_s=POLL_S, idle_s=IDLE_S)), server, name
            )


@pytest.fixture
def wakeups(line: Line) -> Wakeups:
    return line.open()


@pytest.fixture
def served(line: Line) -> Server:
    """The server behind the wake-ups."""
    assert line.server is not None
    return line.server
