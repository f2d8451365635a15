"""Passages of all languages, moved nearer to each other."""

from __future__ import annotations

import numpy as np
import pytest

from twolane.llm.base import Vectors
from twolane.llm.catalogue.embedding import embedding_form
from twolane.llm.catalogue.language_means import LanguageMeans, read_means

MEANS = LanguageMeans(("de", "en"), np.array([[0.8, 0.6, 0.0], [0.6, 0.8, 0.0]], dtype=np.float32))


def _texts(mean: int, meaning: float) -> Vectors:
    vectors = MEANS.means[mean] + np.array([[0, 0, meaning]], dtype=np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def test_texts_of_two_languages_that_mean_the_same_are_nearer_to_each_other() -> None:
    # given
    german, english = _texts(0, 0.1), _texts(1, 0.1)

    # when
    moved = MEANS.levelled(np.concatenate([german, english]), ["de", "en"])

    # then
    assert moved[0] @ moved[1] > (german @ english.T).item()
    assert np.allclose(np.linalg.norm(moved, axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("code", ["", "sw"])
def test_a_text_in_no_known_language_stays_where_it_is(code: str) -> None:
    # given
    english = _texts(1, 0.1)

    # then
    assert np.allclose(MEANS.levelled(english, [code]), english)


def test_the_kept_means_are_of_the_default_model() -> None:
    # when
    form = embedding_form("multilingual-e5-small")
    kept = read_means(form.language_means)

    # then
    assert kept.means.shape == (len(kept.codes), form.dimensions)
    assert {"ar", "de", "en", "es", "fr", "it", "pl", "ru", "zh"} <= set(kept.codes)
