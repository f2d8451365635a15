"""A lane at an Ollama, over HTTP: what it does to the server's models, and what it says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from standins.ollama import EMBEDS, GENERATES, FakeOllama
from standins.openai import MODEL, FakeOpenAI

from twolane.config.lane_settings import EmbeddingSettings, LaneSettings
from twolane.config.settings import Settings
from twolane.errors import ModelAnswerError
from twolane.llm.base import ChatOptions, Delta, Finished, Message
from twolane.llm.opening import open_embedder
from twolane.llm.pool.balanced import BalancedLLM
from twolane.llm.runtimes import ollama
from twolane.llm.runtimes.ollama import OllamaLLM
from twolane.llm.runtimes.openai import OpenAILLM
from twolane.llm.turns.admission import Admission
from twolane.llm.turns.admitted import AdmittedModel
from twolane.llm.wire.loads import LoadCounter

TEXT = "Please pay by Friday. Category:"
LABELS = ("invoice", "tax letter")
DEADLINE_S = 20.0


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    with FakeOllama() as server:
        yield server


@pytest.fixture
def open_lane(server: FakeOllama) -> Iterator[Callable[..., BalancedLLM]]:
    with ExitStack() as opened:

        def open_lane(**settings: Any) -> BalancedLLM:
            lane = LaneSettings(**{"url": server.url, "model": GENERATES, "context_tokens": 1024, **settings})
            llm = BalancedLLM(lane, lambda url: OllamaLLM(lane.model_copy(update={"url": url})))
            opened.callback(llm.close)
            return llm

        yield open_lane


@pytest.fixture
def slow_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let time pass as it would if the server's loads took as long as it says."""
    seconds = count(1000)
    counter = partial(LoadCounter, clock=lambda: float(next(seconds)))
    monkeypatch.setattr(ollama, "LoadCounter", counter)


def test_filings_call_is_cut_where_an_answer_begins_and_made_again_after_it(
    server: FakeOllama, open_lane: Callable[..., BalancedLLM], tmp_path: Path
) -> None:
    # given a call that the server holds
    filing, chat = Admission(tmp_path), Admission(tmp_path)
    llm = AdmittedModel(open_lane(), filing, is_cut=True)
    with ThreadPoolExecutor() as pool:
        server.stage.close()
        choosing = pool.submit(llm.choose, TEXT, LABELS)
        server.stage.wait_for(inside=1)

        # when
        with chat.answering():
            server.stage.wait_for(inside=0)
            server.stage.open()

        # then
        assert choosing.result(DEADLINE_S).labels == LABELS
    filing.close()
    assert len(server.asked("/api/generate")) >= 2


@pytest.mark.parametrize("keep_alive", ["-1", "30m"])
def test_a_model_stays_as_long_as_the_lane_says_also_after_a_restart_of_its_server(
    server: FakeOllama, open_lane: Callable[..., BalancedLLM], keep_alive: str
) -> None:
    # given
    llm = open_lane(keep_alive=keep_alive)
    llm.load()

    # when
    server.restart()
    list(llm.chat(TEXT, ChatOptions()))

    # then
    (model,) = httpx.get(f"{server.url}/api/ps", trust_env=False).json()["models"]
    left_s = (datetime.fromisoformat(model["expires_at"]) - datetime.now(UTC)).total_seconds()
    assert left_s > (86_400 if keep_alive == "-1" else 1_700)


def test_models_that_push_each_other_out_are_told_of_with_the_remedy(
    server: FakeOllama,
    open_lane: Callable[..., BalancedLLM],
    caplog: pytest.LogCaptureFixture,
    slow_clock: None,
) -> None:
    # given a server that holds one model, of the two that are wanted
    server.most_loaded = 1
    server.models["large:8b"] = ["completion"]
    filing, chat = open_lane(), open_lane(model="large:8b")

    # when
    for _ in range(4):
        filing.choose(TEXT, LABELS)
        list(chat.chat(TEXT, ChatOptions()))

    # then
    for lane in (filing, chat):
        health = lane.health()
        assert "loaded anew 3 times" in health.detail
        assert "OLLAMA_MAX_LOADED_MODELS" in health.remedy
        assert health.ready
        assert health.pushed_out
    assert len([each for each in caplog.records if "loaded anew" in each.getMessage()]) == 2
    # and no request locks the other model out any more
    assert "keep_alive" in server.asked("/api/chat", "/api/generate")[0].body
    filing.choose(TEXT, LABELS)
    assert "keep_alive" not in server.asked("/api/chat", "/api/generate")[-1].body


def test_two_names_of_one_file_with_different_contexts_are_told_of(
    server: FakeOllama, open_lane: Callable[..., BalancedLLM], slow_clock: None
) -> None:
    # given
    server.models["large:8b"] = ["completion"]
    server.files = {"large:8b": "one.gguf", GENERATES: "one.gguf"}
    filing, chat = open_lane(), open_lane(model="large:8b", context_tokens=2048)

    # when
    for _ in range(4):
        filing.choose(TEXT, LABELS)
        list(chat.chat(TEXT, ChatOptions()))

    # then
    assert "context_tokens" in filing.health().remedy


def test_a_lane_alone_at_its_server_has_nothing_to_tell(
    server: FakeOllama, open_lane: Callable[..., BalancedLLM]
) -> None:
    # given a runner that died once, and a server that was restarted once
    llm = open_lane()
    llm.load()

    # when
    for _ in range(2):
        server.restart()
        for _ in range(3):
            llm.choose(TEXT, LABELS)

    # then
    assert "anew" not in llm.health().detail
    assert not llm.health().remedy


@pytest.mark.parametrize("trick", ["drop", "error mid-stream", "cut mid-stream"])
def test_a_runner_that_dies_again_and_again_is_not_taken_for_models_that_fight(
    server: FakeOllama, slow_clock: None, trick: str
) -> None:
    # given
    with closing(ollama.OllamaLLM(LaneSettings(url=server.url, model=GENERATES))) as llm:
        llm.load()

        # when
        for _ in range(4):
            server.tricks.append(trick)
            with pytest.raises(ModelAnswerError):
                list(llm.chat(TEXT, ChatOptions()))
            server.restart()
            list(llm.chat(TEXT, ChatOptions()))

        # then
        assert not llm.health().pushed_out


def test_a_model_of_vectors_stays_as_long_as_its_settings_say(server: FakeOllama) -> None:
    # given
    embedding = EmbeddingSettings(runtime="ollama", url=server.url, model=EMBEDS, keep_alive="10m")

    # when
    with closing(open_embedder(Settings(embedding=embedding), 1)) as llm:
        llm.embed([TEXT], "passage")

    # then
    assert server.kept == {EMBEDS: "10m"}


@pytest.mark.parametrize("echoes", [False, True], ids=["rendered", "native"])
@pytest.mark.parametrize("trick", ["error mid-stream", "cut mid-stream", "end mid-stream", "silent abort"])
def test_an_answer_goes_on_at_its_only_server_whatever_ends_it_in_the_middle(
    server: FakeOllama, open_lane: Callable[..., BalancedLLM], trick: str, echoes: bool
) -> None:
    # given a runner that dies, or a server that ends the answer without its mark
    server.echoes = echoes
    server.tricks.append(trick)
    words = "Tenants must vacate the flat by the end of May at the latest"

    # when
    *texts, end = list(open_lane().chat((Message("user", words),), ChatOptions(max_tokens=40)))

    # then a model that had said all of it by then says "ok" once more
    deltas = [event for event in texts if isinstance(event, Delta)]
    said = "".join(event.text for event in deltas).split()
    assert said[: len(words.split())] == words.split()
    assert said[len(words.split()) :] in ([], ["ok"])
    assert [event.interrupted for event in deltas if event.interrupted]
    assert isinstance(end, Finished)


@pytest.mark.parametrize("ask", ["chat", "choose"])
def test_an_ollama_asked_by_its_compatible_route_is_told_the_keep_alive_by_its_own(ask: str) -> None:
    # given
    with FakeOpenAI("ollama") as server:
        llm = OpenAILLM(LaneSettings(url=f"{server.url}/v1", model=MODEL, keep_alive="-1"))

        # when
        for _ in range(2):
            whole = list(llm.chat(TEXT, ChatOptions())) if ask == "chat" else llm.choose(TEXT, LABELS)
            assert whole

        # then, and once a minute at most
        assert server.kept.get(timeout=DEADLINE_S) == -1
        assert server.kept.empty()
        llm.close()


def test_no_other_server_is_asked_by_a_route_of_ollama_s() -> None:
    with FakeOpenAI() as server:
        llm = OpenAILLM(LaneSettings(url=f"{server.url}/v1", model=MODEL))
        assert list(llm.chat(TEXT, ChatOptions()))
        assert not server.asked("/api/generate")
        llm.close()


def test_a_model_named_without_its_tag_is_the_one_that_ollama_lists_with_it() -> None:
    with FakeOpenAI("ollama") as server:
        server.models_answer = '{"object": "list", "data": [{"id": "qj:latest"}]}'
        llm = OpenAILLM(LaneSettings(url=f"{server.url}/v1", model="qj"))
        assert llm.health().ready
        llm.close()
