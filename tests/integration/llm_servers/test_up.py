"""`twolane up` with an Ollama over HTTP: from nothing to documents that are filed."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from standins.ollama import FakeOllama
from standins.program import Program, until

FILES = ("twolane.toml", "taxonomy.toml")


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    with FakeOllama() as server:
        server.models["llama3.2:1b"] = ["completion"]
        yield server


@pytest.fixture
def program(server: FakeOllama, tmp_path: Path) -> Program:
    env = {"OLLAMA_HOST": server.url, "TWOLANE_EMBEDDING_RUNTIME": "off", "TWOLANE_CHECK_FIT": "false"}
    return Program(tmp_path, env=env)


def test_up_goes_from_nothing_to_filed_documents_and_is_safe_to_run_again(
    program: Program, server: FakeOllama
) -> None:
    # given
    inbox = program.home / "inbox"
    inbox.mkdir()
    (inbox / "letter.txt").write_text("Invoice no. 17. Please pay 40 EUR by Friday.")

    # when
    with program.started("up", inbox, "--profile", "D", "--yes", "--port", "0", "--json") as process:
        assert process.stdout
        said = [json.loads(process.stdout.readline()) for _ in range(3)]
        url = said.pop()["url"]
        said_again = program.ok("up", inbox, "--json").values
        until(lambda: server.asked("/api/generate", "/api/chat"), "the model is asked about the letter")
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)

    # then
    assert said[0]["files"] == [str(program.home / ".config" / "twolane" / name) for name in FILES]
    assert said[-1]["found"]["new"] == 1
    assert said_again[-1]["url"] == url
    assert said_again[0]["found"] == said[-1]["found"] | {"new": 0, "unchanged": 1}
    assert len(server.asked("/api/pull")) == 1
    assert server.models.keys() >= {"llama3.2:1b", "llama3.1:8b"}
