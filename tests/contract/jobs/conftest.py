"""The queues that the contract suite runs over, on real servers."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from tests.support.brokers import RabbitServer, Server

from twolane.jobs.base import Queue
from twolane.jobs.local import LocalQueue
from twolane.jobs.rabbitmq import RabbitQueue
from twolane.jobs.redis import RedisQueue

POLL_S = 0.2
IDLE_S = 0.3


@dataclass
class Line:
    """One queue, opened as often as wanted, as other processes would; the local one has no server."""

    open: Callable[[], Queue]
    server: Server | None
    name: str


@pytest.fixture(params=["local", "redis", "rabbitmq"])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    name = f"test-{secrets.token_hex(4)}"
    local = LocalQueue(poll_s=POLL_S)
    with ExitStack() as stack:

        def opened(queue: Queue) -> Queue:
            stack.callback(queue.close)
            return queue

        if request.param == "local":
            yield Line(lambda: local, None, name)
            return
        fixture = "redis_server" if request.param == "redis" else "rabbit_server"
        server: Server = request.getfixturevalue(fixture)
        url = server.url
        if isinstance(server, RabbitServer):
            server.names = (name,)
            yield Line(lambda: opened(RabbitQueue(url, name=name, poll_s=POLL_S)), server, name)
        else:
            yield Line(lambda: opened(RedisQueue(url, name=name, poll_s=POLL_S, idle_s=IDLE_S)), server, name)


@pytest.fixture
def queue(line: Line) -> Queue:
    return line.open()


@pytest.fixture
def served(line: Line) -> Server:
    """The server behind the queue."""
    assert line.server is not None
    return line.server
