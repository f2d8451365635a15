"""A lane at an Ollama, over HTTP: what it does to the server's models, and what it says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from standins.ollama import GENERATES, FakeOllama

from twolane.config.lane_settings import LaneSettings
from twolane.llm.pool.balanced import BalancedLLM
from twolane.llm.runtimes.ollama import OllamaLLM
from twolane.llm.turns.admission import Admission
from twolane.llm.turns.admitted import AdmittedModel

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
