"""Ollama's official client at twolane's door, and what other clients of Ollama's send."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.integration.api.clients import LEASE_ENDS, BrokenOff, cites_twice, endless, is_closed
from tests.integration.api.served import Served, until

import ollama
from twolane.config.lane_settings import LaneSettings
from twolane.llm.base import ChatOptions, Delta
from twolane.llm.runtimes.ollama import OllamaLLM

ASKED = [{"role": "user", "content": LEASE_ENDS}]


@pytest.fixture
def official(served: Served) -> Iterator[ollama.Client]:
    client = ollama.Client(served.url, trust_env=False)
    yield client
    client._client.close()


def test_the_files_answer_with_their_sources(official: ollama.Client, served: Served) -> None:
    # when
    with served.scripted(cites_twice(served.folder)):
        answer = official.chat("twolane", ASKED)

    # then
    text, below = (answer.message.content or "").split("\n\n---\n")
    assert text == "It costs 80 euros [1]. It ends in 2027 [2] [2]. See rows[1]."
    assert below.startswith(f"- [1] [invoice.txt]({served.url}/#/files/")
    assert (answer.done, answer.done_reason, answer.model) == (True, "stop", "twolane")
    assert (answer.prompt_eval_count, answer.eval_count) == (20, 9)
    assert (answer.prompt_eval_duration, answer.eval_duration) == (500_000_000, 1_500_000_000)
    assert answer.total_duration


def test_a_stream_says_the_same_as_the_whole(official: ollama.Client) -> None:
    # given
    whole = official.generate("twolane:latest", LEASE_ENDS).response

    # when
    chatted = list(official.chat("twolane", ASKED, stream=True))
    generated = list(official.generate("twolane", LEASE_ENDS, stream=True))

    # then
    assert "".join(part.message.content or "" for part in chatted) == whole
    assert "".join(part.response or "" for part in generated) == whole
    assert [part.done for part in chatted] == [False] * (len(chatted) - 1) + [True]


def test_a_request_without_a_type_streams_lines_of_json(client: httpx.Client) -> None:
    # given curl's own type of content
    body = json.dumps({"model": "twolane", "messages": ASKED})

    # when
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.post("/api/chat", content=body, headers=form)

    # then
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert lines[-1]["done"]
    assert {line["message"]["role"] for line in lines} == {"assistant"}


def test_a_stream_that_is_closed_stops_the_model(official: ollama.Client, served: Served) -> None:
    # given
    closed = threading.Event()

    # when
    with served.scripted(endless(closed)):
        stream: Any = official.chat("twolane", ASKED, stream=True)
        next(stream)
        stream.close()

        # then
        assert is_closed(closed)
    with served.client() as client:
        until(lambda: client.get("/api/v1/status").json()["asks_under_way"] == 0)


def test_an_answer_is_no_longer_than_the_options_say(official: ollama.Client, served: Served) -> None:
    # given
    closed = threading.Event()

    # when
    with served.scripted(endless(closed)):
        answer = official.generate("twolane", LEASE_ENDS, options={"num_predict": 3, "temperature": 1.0})

    # then
    assert (answer.response, answer.done_reason) == ("and " * 3, "length")


def test_errors_come_as_ollamas(official: ollama.Client, served: Served) -> None:
    # given
    broken = BrokenOff()

    # when / then
    with served.scripted(broken.script):
        stream = official.chat("twolane", ASKED, stream=True)
        next(stream)
        broken.heard.set()
        with pytest.raises(ollama.ResponseError, match="broke off: ask again"):
            list(stream)
        with pytest.raises(ollama.ResponseError, match="broke off") as raised:
            official.chat("twolane", ASKED)
    assert raised.value.status_code == 503
    with pytest.raises(ollama.ResponseError, match="model 'nope' not found") as missing:
        official.chat("nope", ASKED)
    assert missing.value.status_code == 404


@pytest.mark.parametrize("more", [{"think": True}, {"format": "json"}])
def test_what_an_answer_from_the_files_cannot_be_is_refused(
    official: ollama.Client, more: dict[str, Any]
) -> None:
    with pytest.raises(ollama.ResponseError, match="does not support") as raised:
        official.chat("twolane", ASKED, **more)
    assert raised.value.status_code == 400


def test_a_client_learns_what_the_model_can_do(official: ollama.Client, client: httpx.Client) -> None:
    # when
    shown = official.show("twolane")
    loaded = official.generate("twolane", "")

    # then
    assert [model.model for model in official.list().models] == ["twolane:latest"]
    assert [model.model for model in official.ps().models] == ["twolane:latest"]
    assert shown.capabilities == ["completion"]
    assert (shown.modelinfo or {})["twolane.context_length"] > 0
    assert loaded.done_reason == "load"
    assert client.get("/api/version").json()["version"].startswith("0.")
    assert client.head("/").status_code == 200
    with pytest.raises(ollama.ResponseError, match="model 'nope' not found"):
        official.show("nope")


@pytest.mark.parametrize(
    ("keep_alive", "reason"), [(0, "unload"), ("0", "unload"), ("5m", "load"), (-1, "load"), ([], "load")]
)
def test_a_model_is_loaded_and_unloaded_as_far_as_clients_see(
    client: httpx.Client, keep_alive: object, reason: str
) -> None:
    # when
    answer = client.post("/api/generate", json={"model": "twolane", "keep_alive": keep_alive})

    # then
    assert (answer.status_code, answer.json().get("done_reason")) == (200, reason)


def test_twolane_may_be_the_model_of_another_twolane(served: Served) -> None:
    # given
    llm = OllamaLLM(LaneSettings(model="twolane", runtime="ollama", url=served.url))

    # when
    health = llm.health()
    told = list(llm.chat(LEASE_ENDS, ChatOptions()))
    llm.close()

    # then
    assert health.ready
    assert "30 June 2027" in "".join(piece.text for piece in told if isinstance(piece, Delta))
