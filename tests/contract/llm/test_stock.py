"""Where models are kept: an Ollama over HTTP, an OpenAI-compatible server, twolane's own folder."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from standins.model_server import Reply
from standins.ollama import GENERATES, FakeOllama
from standins.openai import FakeOpenAI

from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelAnswerError, ModelError, ModelMissingError, ModelUnreachableError
from twolane.llm.base import PullProgress
from twolane.llm.catalogue import models
from twolane.llm.catalogue.models import ModelEntry, ModelFile
from twolane.llm.stock.ollama import OllamaStock
from twolane.llm.stock.opening import open_stock

CONTENT = b"the weights of a model"


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    with FakeOllama() as server:
        yield server


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def stock(server: FakeOllama, pauses: list[float]) -> Iterator[OllamaStock]:
    with closing(OllamaStock(LaneSettings(runtime="ollama", url=server.url), pauses.append)) as stock:
        yield stock


def test_ollamas_models_are_listed_with_what_is_in_memory_and_until_when(
    server: FakeOllama, stock: OllamaStock
) -> None:
    # given
    server.run(GENERATES, context_tokens=2048)

    # when
    found = {info.name: info for info in stock.models()}

    # then
    here = found[GENERATES]
    assert (here.loaded, here.context_tokens, here.memory_bytes) == (True, 2048, 3000)
    assert math.isinf(here.loaded_until)
    assert (here.parameters, here.quantisation) == ("1B", "Q4_0")
    assert not found["embed:latest"].loaded


def test_a_pull_counts_all_parts_of_a_model(
    server: FakeOllama, stock: OllamaStock, pauses: list[float]
) -> None:
    # when
    steps = list(stock.pull("fresh:3b"))

    # then
    assert PullProgress("pulling", 110, 110) in steps
    assert steps[-1] == PullProgress("success", 110, 110)
    assert "fresh:3b" in server.models


def test_a_pull_that_breaks_off_goes_on_where_it_was(
    server: FakeOllama, stock: OllamaStock, pauses: list[float]
) -> None:
    # given
    server.tricks.append("cut mid-stream")

    # when
    steps = list(stock.pull("fresh:3b"))

    # then
    assert len(pauses) == 1
    assert PullProgress("it broke off: trying again", 50, 100) in steps
    after = [
        step.done_bytes for step in steps[steps.index(PullProgress("it broke off: trying again", 50, 100)) :]
    ]
    assert 50 in after[1:]
    assert steps[-1].step == "success"


def test_a_server_that_stays_away_ends_a_pull_after_some_tries(
    server: FakeOllama, stock: OllamaStock, pauses: list[float]
) -> None:
    # given
    server.tricks.extend(["cut mid-stream"] + ["drop"] * 9)

    # when / then
    with pytest.raises(ModelAnswerError, match="closed the connection"):
        list(stock.pull("fresh:3b"))
    assert pauses == sorted(pauses)
    assert len(pauses) < 9


def test_a_pull_that_cannot_begin_is_not_tried_again(
    server: FakeOllama, stock: OllamaStock, pauses: list[float]
) -> None:
    # when / then
    with pytest.raises(ModelMissingError, match="no model nope:1b to pull"):
        list(stock.pull("nope:1b"))
    lane = LaneSettings(runtime="ollama", url="http://127.0.0.1:9")
    with closing(OllamaStock(lane, pauses.append)) as nobody, pytest.raises(ModelUnreachableError):
        list(nobody.pull("fresh:3b"))
    assert not pauses


def test_a_refusal_of_the_registry_is_told_in_its_own_words(
    server: FakeOllama, stock: OllamaStock, pauses: list[float]
) -> None:
    # given
    line = '{"status": "pulling manifest"}\n'
    line += '{"error": "pull model manifest: dial tcp: lookup registry: no such host"}\n'
    server.tricks.append(Reply(200, line, "application/x-ndjson"))

    # when / then
    with pytest.raises(ModelError, match="no such host"):
        list(stock.pull("fresh:3b"))
    assert not pauses  # nothing had come yet: it cannot work


def test_ollamas_model_is_shown_and_deleted_by_its_name(
    server: FakeOllama, stock: OllamaStock, pauses: list[float]
) -> None:
    # when
    card = stock.show("embed")
    stock.remove("embed")

    # then
    assert card.name == "embed:latest"
    assert card.facts["can"] == "embedding"
    assert card.facts["longest context"] == "8,192 tokens"
    assert "embed:latest" not in server.models
    with pytest.raises(ModelMissingError, match="embed is not at"):
        stock.remove("embed")
    with pytest.raises(ModelMissingError):
        stock.show("embed")


def test_a_server_without_such_an_api_says_so_in_a_line() -> None:
    with FakeOpenAI() as server:
        stock = open_stock(LaneSettings(runtime="openai", url=f"{server.url}/v1"), Path())
        name = stock.models()[0].name
        assert stock.show(name).name == stock.show(f"{name}:latest").name == name
        with pytest.raises(ModelError, match="cannot fetch other:1b on request"):
            list(stock.pull("other:1b"))
        with pytest.raises(ModelError, match=f"cannot delete {name} on request"):
            stock.remove(name)
        stock.close()


def test_a_model_of_our_own_is_deleted_with_its_stamp_and_a_users_file_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    file = ModelFile("tiny.gguf", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(models, "known_models", lambda: (ModelEntry("tiny:1m", "chat", (file,)),))
    own, users = tmp_path / "models", tmp_path / "mine.gguf"
    own.mkdir()
    for path in (own / "tiny.gguf", users):
        path.write_bytes(CONTENT)
    models.verify("tiny:1m", own)
    stock = open_stock(LaneSettings(runtime="embedded"), own)

    # when
    stock.remove("tiny:1m")

    # then
    assert not [path for path in own.rglob("*") if path.is_file()]
    with pytest.raises(ModelMissingError, match="is not here"):
        stock.remove("tiny:1m")
    with pytest.raises(ModelError, match="a file of yours"):
        stock.remove(str(users))
    assert users.exists()
