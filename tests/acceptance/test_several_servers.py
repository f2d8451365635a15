"""A lane with two model servers, one of which is dead: what the commands and the API say of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from standins.model_process import ModelProcess
from standins.program import Program, until


@pytest.fixture
def servers() -> Iterator[tuple[ModelProcess, ModelProcess]]:
    with ModelProcess() as first, ModelProcess() as second:
        yield first, second


@pytest.fixture
def program(tmp_path: Path, servers: tuple[ModelProcess, ModelProcess]) -> Program:
    url = ",".join(server.url for server in servers)
    settings = {"embedding.runtime": "off"}
    for lane in ("filing", "chat"):  # one model for both, asked for in one way: it stays loaded
        settings |= {f"{lane}.model": servers[0].model, f"{lane}.url": url}
        settings |= {f"{lane}.context_tokens": "4096", f"{lane}.threads": "1"}
    return Program(tmp_path, settings)


def test_the_commands_name_the_dead_one_and_the_lane_stays_ready(
    program: Program, servers: tuple[ModelProcess, ModelProcess]
) -> None:
    # given
    servers[0].kill()

    # when
    status = program.ok("status")
    doctor = program.ok("doctor")

    # then
    assert "1 of 2 servers" in status.out
    assert f"Nothing answers at {servers[0].url}" in status.out
    assert "1 of 2 servers ready" in doctor.out
    assert "start Ollama" in doctor.out


def test_the_api_shows_each_server_and_its_breaker(
    program: Program, servers: tuple[ModelProcess, ModelProcess]
) -> None:
    # given
    letter = program.home / "letter.txt"
    letter.write_text("Dear neighbour,\n\nthe boiler is broken. The code word is zebra.\n\nYours, Ida\n")
    with program.serving() as (_, url):
        servers[0].kill()

        # when: files go to the first of two idle servers
        program.ok("add", letter, "--no-wait")

        def lane() -> dict[str, Any] | None:
            lane = httpx.get(f"{url}/api/v1/health/filing", trust_env=False, timeout=60).json()
            health = lane["health"]
            shown = {server["url"]: server for server in health["servers"]}
            dead = shown[servers[0].url]
            # what had been asked of it just before it died is told as its silence first
            told = dead["breaker"] == "open" and "Nothing answers" in str(dead["detail"])
            return shown if health["ready"] and told else None

        shown = until(lane, "the breaker is open")
        answer = httpx.post(
            f"{url}/api/v1/ask",
            json={"question": "What is the code word zebra about?"},
            headers={"accept": "application/json"},
            trust_env=False,
            timeout=60,
        )

    # then
    assert shown[servers[1].url]["breaker"] == "closed"
    assert shown[servers[0].url]["ready"] is False
    assert "Nothing answers" in str(shown[servers[0].url]["detail"])
    assert answer.status_code == 200, answer.text
    assert answer.json()["text"]
