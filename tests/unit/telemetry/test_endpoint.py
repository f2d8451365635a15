"""The endpoint of a process that serves nothing else."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack, suppress

import httpx
import pytest

from twolane.errors import SettingsError, StoreBusyError
from twolane.telemetry.endpoint import open_endpoint


def test_it_says_whether_the_process_lives_and_is_ready() -> None:
    # given
    reasons = iter(["", "draining"])

    def ready() -> str:
        if (reason := next(reasons, None)) is None:
            raise StoreBusyError("the library /home/ada/library.db is held")
        return reason

    with open_endpoint("127.0.0.1", 0, ready, lambda: b"up 1\n") as endpoint:
        with httpx.Client(base_url=f"http://127.0.0.1:{endpoint.port}", trust_env=False) as client:
            # when
            answers = [client.get("/readyz") for _ in range(3)]
            live, metrics, head, nothing = (
                client.get("/livez?full=1"),
                client.get("/metrics"),
                client.head("/livez"),
                client.get("/"),
            )

    # then
    assert [(answer.status_code, answer.text) for answer in answers] == [
        (200, "ready\n"),
        (503, "draining\n"),
        (503, "the catalogue does not answer\n"),
    ]
    assert (live.status_code, live.text) == (200, "live\n")
    assert metrics.text == "up 1\n"
    assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert (head.status_code, head.content) == (200, b"")
    assert nothing.status_code == 404


def test_it_says_whether_one_lane_would_answer() -> None:
    # given
    reasons = iter(["", "", "draining"])
    lanes = {"filing": lambda: "its model does not answer", "chat": lambda: ""}
    with open_endpoint("127.0.0.1", 0, lambda: next(reasons), lambda: b"", lanes=lanes) as endpoint:
        with httpx.Client(base_url=f"http://127.0.0.1:{endpoint.port}", trust_env=False) as client:
            # when
            answers = [client.get(f"/readyz?lane={name}") for name in ("filing", "chat", "chat")]

    # then
    assert [(answer.status_code, answer.text) for answer in answers] == [
        (503, "its model does not answer\n"),
        (200, "ready\n"),
        (503, "draining\n"),
    ]


def test_a_port_that_is_taken_is_told() -> None:
    with open_endpoint("127.0.0.1", 0, lambda: "", lambda: b"") as endpoint:
        with pytest.raises(SettingsError, match="cannot listen"):
            open_endpoint("127.0.0.1", endpoint.port, lambda: "", lambda: b"")


def test_connections_that_do_nothing_keep_nobody_from_being_answered() -> None:
    # given
    with open_endpoint("127.0.0.1", 0, lambda: "", lambda: b"up 1\n") as endpoint, ExitStack() as stack:
        before = threading.active_count()

        # when
        for _ in range(200):
            idle = stack.enter_context(socket.create_connection(("127.0.0.1", endpoint.port)))
            with suppress(OSError):
                idle.sendall(b"GET /livez HT")
        answer = httpx.get(f"http://127.0.0.1:{endpoint.port}/livez", trust_env=False)
        most = threading.active_count()

    # then
    assert answer.status_code == 200
    assert most - before < 100
