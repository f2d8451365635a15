"""Whoever waits for a PostgreSQL server goes on trying to reach it, however long that takes."""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from standins.postgres import PostgresServer, postgres_server

from twolane.store.postgres.store import open_postgres

# more than one attempt to connect of the pool, with all its repetitions
TRIES = 8


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    postgres_server()  # skips where there is none
    server = PostgresServer()
    yield server
    server.close()


def turn_away(port: int, times: int) -> None:
    """Stand in the place of a server that is down, and let so many try in vain."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        listener.settimeout(20)
        for _ in range(times):
            listener.accept()[0].close()


def test_those_who_wait_already_are_served_when_the_server_is_back(
    server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "twolane")
    with (
        server.library() as url,
        closing(open_postgres(url, max_attempts=2, wait_s=60)) as store,
        ThreadPoolExecutor(1) as threads,
    ):
        # given: somebody asks while the server is away, and nobody else does
        with store.writing() as write:
            write.remember("greeting", "hello")
        server.stop()
        answer = threads.submit(store.recall, "greeting")

        # when
        with contextlib.ExitStack() as back:
            back.callback(server.start)
            turn_away(server.port, TRIES)

        # then
        assert answer.result(timeout=60) == "hello"
        # the log tells it once, and once that it is over
        assert [record.getMessage().rsplit("Cpublic ", 1)[-1] for record in caplog.records] == [
            "cannot be reached: trying again and again",
            "answers again",
        ]
