"""Servers that tests of several folders share: each is started once a session, when it is first needed."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings
from standins.brokers import RabbitServer, RedisServer, S3Server

# No deadline for an example: on a busy machine it would judge the machine.
settings.register_profile("twolane", deadline=None)
settings.load_profile("twolane")


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_is_heard() -> None:
    """Have what the tests start hear Ctrl-C: a shell that runs the tests in the background ignores it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def the_log_is_as_before() -> Iterator[None]:
    """Take back what a test has set up of the log, as each command run within this process does."""
    root = logging.getLogger()
    level, handlers = root.level, [*root.handlers]
    yield
    root.setLevel(level)
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.close()


@pytest.fixture(scope="session")
def rabbit_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    server = RabbitServer(tmp_path_factory.mktemp("rabbitmq"))
    server.start()
    yield server
    server.close()


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """Start a server that speaks S3: moto's, which stands in for a real one."""
    server = S3Server()
    server.start()
    yield server.url
    server.close()
