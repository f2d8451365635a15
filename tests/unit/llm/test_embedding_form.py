"""What an embedding model wants its texts to look like, and the name under which its vectors are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from twolane.llm.catalogue.embedding import embedding_form


@pytest.mark.parametrize(
    ("model", "question", "passage"),
    [
        ("all-minilm-l6-v2", "rent", "rent"),
        ("bge-small-en-v1.5", "Represent this sentence for searching relevant passages: rent", "rent"),
        ("multilingual-e5-small", "query: rent", "passage: rent"),
        ("intfloat/multilingual-e5-small", "query: rent", "passage: rent"),
        ("hf.co/someone/Multilingual_E5_small-GGUF:Q8_0", "query: rent", "passage: rent"),
        ("nomic-embed-text:latest", "search_query: rent", "search_document: rent"),
        ("text-embedding-nomic-embed-text-v1.5", "search_query: rent", "search_document: rent"),
        ("snowflake-arctic-embed2", "query: rent", "rent"),
        ("nobody-knows-it", "rent", "rent"),
    ],
)
def test_each_model_gets_questions_and_passages_as_it_was_taught(
    model: str, question: str, passage: str
) -> None:
    # when
    form = embedding_form(model)

    # then
    assert form.prefixed(["rent"], "question") == [question]
    assert form.prefixed(["rent"], "passage") == [passage]


def test_vectors_of_another_form_are_kept_under_another_name(tmp_path: Path) -> None:
    # given a folder of a model whose vectors are not the mean
    folder = tmp_path / "bge-small-en-v1.5"
    folder.mkdir()

    # then vectors that were always made so keep their name
    assert embedding_form("all-minilm-l6-v2").vector_model == "all-minilm-l6-v2"
    assert embedding_form("bge-m3").vector_model == "bge-m3"

    # and others get a new one
    assert embedding_form("nomic-embed-text").vector_model == "nomic-embed-text search_document:"
    assert embedding_form(str(folder)).vector_model == f"{folder} cls"
    assert embedding_form("multilingual-e5-small").vector_model == "multilingual-e5-small levelled passage:"


@pytest.mark.parametrize("model", ["multilingual-e5-small", "bge-small-en-v1.5", "all-minilm"])
def test_nearness_means_the_same_for_every_model(model: str) -> None:
    # given
    form = embedding_form(model)
    middle = (form.unrelated_cosine + form.answer_cosine) / 2

    # then
    assert form.nearness(form.unrelated_cosine - 0.1) < 0.0  # how far below tells the gate something too
    assert form.nearness(form.unrelated_cosine) == pytest.approx(0.0)
    assert form.nearness(middle) == pytest.approx(0.5)
    assert form.nearness(form.answer_cosine) == pytest.approx(1.0)


def test_whatever_a_model_finds_that_nobody_has_measured_counts_as_near() -> None:
    assert embedding_form("unknown").nearness(0.01) == 1.0


def test_a_name_that_only_begins_like_a_known_one_is_another_model() -> None:
    assert embedding_form("bge-small-enormous").question_prefix == ""
