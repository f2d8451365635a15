"""A server is stopped in the middle of an answer: when the answer may end, and when it is cut off."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from standins.model_process import ModelProcess
from standins.program import DEADLINE_S, Program, until
from standins.sse import events_of

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no SIGTERM to send"),
]

# An answer of the stand-in repeats its prompt, over a hundred words: it begins soon, and then goes on for
# minutes unless it is hurried.
BEGINS_MS, GOES_ON_MS = 50, 1000
GRACE_S = "300"  # no test waits for its end
QUESTION = {"question": "What is the code word about the boiler?"}


@pytest.fixture
def model() -> Iterator[ModelProcess]:
    with ModelProcess(token_ms=BEGINS_MS) as model:
        yield model


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Program:
    home = tmp_path_factory.mktemp("drain")
    program = Program(home, {"embedding.runtime": "off", "filing.use_model": "false"})
    letter = home / "letter.txt"
    letter.write_text("Dear neighbour,\n\nthe boiler is broken. The code word is zebra.\n\nYours, Ida\n")
    program.ok("add", letter)
    return program


@pytest.fixture
def program(filed: Program, model: ModelProcess) -> Program:
    chat = {"chat.runtime": "ollama", "chat.model": model.model, "chat.url": model.url}
    return Program(filed.home, filed.settings | chat | {"server.grace_s": GRACE_S})


@dataclass
class Asked:
    """A server in the middle of an answer, and the events of the answer that are still to come."""

    server: subprocess.Popen[str]
    client: httpx.Client
    events: Iterator[tuple[str, Any]]

    def told_to_end(self) -> None:
        """Send SIGTERM, and wait until the server has heard it."""
        self.server.send_signal(signal.SIGTERM)
        until(lambda: self.client.get("/readyz").json()["draining"], "the server drains")


@contextmanager
def asked(program: Program, model: ModelProcess) -> Iterator[Asked]:
    with program.serving() as (server, url), httpx.Client(base_url=url, trust_env=False) as client:
        client.timeout = httpx.Timeout(DEADLINE_S)
        with client.stream("POST", "/api/v1/ask", json=QUESTION) as response:
            events = events_of(response.iter_lines())
            next(event for event in events if event[0] == "text")
            model.pace(answer_ms=0, token_ms=GOES_ON_MS)
            yield Asked(server, client, events)


def test_an_answer_under_way_comes_to_its_end_and_no_other_begins(
    program: Program, model: ModelProcess
) -> None:
    # given
    with asked(program, model) as running:
        # when
        running.told_to_end()
        live, ready = running.client.get("/livez"), running.client.get("/readyz")
        refused = running.client.post("/api/v1/ask", json=QUESTION)
        model.pace(answer_ms=0, token_ms=0)
        last = list(running.events)[-1]
        code = running.server.wait(DEADLINE_S)

    # then
    assert (live.status_code, ready.status_code) == (200, 503)
    assert (ready.json()["ready"], ready.json()["store"]) == (False, True)
    assert (refused.status_code, refused.headers["connection"]) == (503, "close")
    assert int(refused.headers["retry-after"]) > 0
    assert "begins no other" in refused.json()["error"]
    assert "ask again" in refused.json()["remedy"]
    assert last[0] == "done"
    assert "zebra" in last[1]["text"]
    assert code == 0


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_cuts_the_answer_off(
    program: Program, model: ModelProcess, second: signal.Signals
) -> None:
    # given
    with asked(program, model) as running:
        running.told_to_end()

        # when
        running.server.send_signal(second)
        last = list(running.events)[-1]
        code = running.server.wait(DEADLINE_S)

    # then
    assert (last[0], last[1]["error"]) == ("error", "the server is stopping")
    assert code == 0


@pytest.mark.parametrize(
    ("grace_s", "first"), [("0", signal.SIGTERM), ("0.01", signal.SIGTERM), (GRACE_S, signal.SIGINT)]
)
def test_without_grace_the_answer_is_cut_off(
    program: Program, model: ModelProcess, grace_s: str, first: signal.Signals
) -> None:
    # given
    program.settings["server.grace_s"] = grace_s
    with asked(program, model) as running:
        # when
        running.server.send_signal(first)
        last = list(running.events)[-1]
        code = running.server.wait(DEADLINE_S)

    # then
    assert (last[0], last[1]["error"]) == ("error", "the server is stopping")
    assert code == 0
