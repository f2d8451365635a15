"""Measuring leaves Ollama as it found it, over HTTP, however it ends."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from standins.ollama import EMBEDS, GENERATES, THINKS, FakeOllama

from twolane.app import open_model
from twolane.config.lane_settings import LaneSettings
from twolane.config.loading import load_settings
from twolane.config.settings import Settings
from twolane.llm.base import ModelInfo
from twolane.llm.stock.opening import open_stock
from twolane.measure.as_found import as_found


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    with FakeOllama() as server:
        yield server


@pytest.fixture
def settings(server: FakeOllama, tmp_path: Path) -> Settings:
    lanes = {"filing.model": GENERATES, "filing.context_tokens": "2048", "chat.model": THINKS}
    lanes |= {"data_dir": str(tmp_path), "ollama_host": server.url, "embedding.runtime": "off"}
    return load_settings(env={}, flags=lanes)


def lane_of(server: FakeOllama, model: str, **more: object) -> LaneSettings:
    return LaneSettings.model_validate({"runtime": "ollama", "url": server.url, "model": model, **more})


def loaded(server: FakeOllama) -> dict[str, ModelInfo]:
    with closing(open_stock(lane_of(server, GENERATES), Path())) as stock:
        return {info.name: info for info in stock.models() if info.loaded}


def measure(settings: Settings, lane: LaneSettings) -> None:
    with closing(open_model(settings, lane)) as llm:
        llm.load()


@pytest.mark.parametrize("ends", [None, KeyboardInterrupt, ValueError])
def test_what_was_in_memory_is_there_again_however_it_ends_and_what_was_not_is_not(
    server: FakeOllama, settings: Settings, ends: type[BaseException] | None
) -> None:
    # given a lane's model, and somebody else's that makes vectors
    measure(settings, lane_of(server, GENERATES, context_tokens=2048))
    server.run(EMBEDS, context_tokens=512)
    said: list[str] = []

    # when both are thrown out for a model that is measured
    def block() -> None:
        with as_found(settings, said.append, [lane_of(server, THINKS)]):
            server.put_out(GENERATES)
            server.put_out(EMBEDS)
            measure(settings, lane_of(server, THINKS))
            if ends:
                raise ends

    if ends:
        with pytest.raises(ends):
            block()
    else:
        block()

    # then
    assert {name: info.context_tokens for name, info in loaded(server).items()} == {
        GENERATES: 2048,
        EMBEDS: 512,
    }
    assert server.kept == {GENERATES: -1.0, EMBEDS: -1.0, THINKS: 0.0}
    assert said == [
        f"{name} was in memory at {server.url}: it is loaded again" for name in (GENERATES, EMBEDS)
    ]


def test_a_model_that_had_some_time_left_has_it_again(server: FakeOllama, settings: Settings) -> None:
    # given
    server.run(GENERATES, context_tokens=2048, expires_at="2030-01-02T03:04:05Z")
    left_s = loaded(server)[GENERATES].loaded_until

    # when it is measured with another context
    with as_found(settings, lambda _: None, [lane_of(server, GENERATES)]):
        measure(settings, lane_of(server, GENERATES, context_tokens=4096))

    # then
    kept = server.kept[GENERATES]
    assert loaded(server)[GENERATES].context_tokens == 2048
    assert isinstance(kept, float)
    assert 0 < kept < left_s


def test_a_server_that_has_gone_meanwhile_is_told_of(settings: Settings) -> None:
    # given
    said: list[str] = []
    with ExitStack() as until_then:
        gone = until_then.enter_context(FakeOllama())
        gone.run(GENERATES, context_tokens=2048)

        # when
        with as_found(settings, said.append, [lane_of(gone, GENERATES)]):
            until_then.close()

    # then
    assert said == [f"{gone.url} does not answer: what was in memory there could not be put back"]


def test_nothing_is_loaded_where_nothing_has_changed_and_a_dead_server_is_left_alone(
    server: FakeOllama, settings: Settings
) -> None:
    # given
    measure(settings, lane_of(server, GENERATES, context_tokens=2048))
    before = list(server.loads)

    # when
    nobody = lane_of(server, GENERATES).model_copy(update={"url": "http://127.0.0.1:9"})
    with as_found(settings, pytest.fail, [lane_of(server, GENERATES), nobody]):
        pass

    # then
    assert server.loads == before
    assert math.isinf(loaded(server)[GENERATES].loaded_until)
