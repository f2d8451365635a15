"""Vectors for the clients of other APIs: those that search itself compares."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from standins.ollama import EMBEDS, FakeOllama
from tests.integration.api.served import DEADLINE_S, listening, settings_in

import ollama
import openai
from twolane.app import App
from twolane.config.lane_settings import EmbeddingSettings

TEXTS = ["the lease ends", "an invoice", "the lease ends"]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("vectors")
    with FakeOllama() as server:
        embedding = EmbeddingSettings(runtime="ollama", model=EMBEDS, url=server.url)
        with App(settings_in(folder).model_copy(update={"embedding": embedding})) as app:
            with listening(app) as url:
                yield url


@pytest.fixture
def official(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0, timeout=DEADLINE_S) as client:
        yield client


def test_vectors_come_in_the_order_of_the_texts_in_either_encoding(official: openai.OpenAI) -> None:
    # when: the client asks for base64 where nothing is said
    encoded = official.embeddings.create(model=EMBEDS, input=TEXTS)
    plain = official.embeddings.create(model="twolane", input=TEXTS, encoding_format="float")

    # then
    rows = [one.embedding for one in encoded.data]
    assert [one.index for one in encoded.data] == [0, 1, 2]
    assert rows[0] == rows[2] != rows[1]
    assert math.hypot(*rows[0]) == pytest.approx(1, abs=1e-4)
    assert [one.embedding for one in plain.data] == [pytest.approx(row) for row in rows]
    assert encoded.usage.prompt_tokens > 0
    assert [model.id for model in official.models.list()] == ["twolane", EMBEDS]


def test_ollamas_clients_get_the_same_vectors(url: str, official: openai.OpenAI) -> None:
    # given
    client = ollama.Client(url, trust_env=False)
    rows = [one.embedding for one in official.embeddings.create(model=EMBEDS, input=TEXTS).data]

    # when
    embedded = client.embed("embed", TEXTS)
    older = client.embeddings("embed", TEXTS[1])

    # then
    assert [list(row) for row in embedded.embeddings] == [pytest.approx(row) for row in rows]
    assert list(older.embedding) == pytest.approx(rows[1])
    assert [model.model for model in client.list().models] == ["twolane:latest", EMBEDS]
    client._client.close()


def test_what_cannot_be_embedded_is_refused(official: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="leave out dimensions"):
        official.embeddings.create(model=EMBEDS, input="a", dimensions=7)
    with pytest.raises(openai.BadRequestError, match="check_embedding_ctx_length"):
        official.embeddings.create(model=EMBEDS, input=[[1, 2]])
    with pytest.raises(openai.BadRequestError, match="256 at most"):
        official.embeddings.create(model=EMBEDS, input=["a"] * 300)
    with pytest.raises(openai.NotFoundError, match="not found"):
        official.embeddings.create(model="text-embedding-3-small", input="a")
