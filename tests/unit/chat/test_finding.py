"""Files are found by their words, by their names and by their meaning, each once, with what is marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.passage_index import embed_all, library_of

from twolane.chat.finding import Finder, FoundFile
from twolane.config.lane_settings import ChatSettings
from twolane.documents import FileState, Filter
from twolane.llm.base import EmbeddingForm
from twolane.llm.runtimes.scripted import ScriptedLLM
from twolane.store.base import Store

_TEXTS = {
    "lease_berlin.txt": "The rent of the flat is 850 euros a month. It is paid by the tenant.",
    "lease_hamburg.txt": "The rents of the flats are 990 euros a month.",
    "recipe.txt": "Stir the flour into the milk and bake the cake for an hour.",
    "BESTBUY_2019_10K.txt": "Merchandise inventories 5,409 5,209",
}


class _Measured(ScriptedLLM):
    """The scripted model's vectors, with known cosines of what does and does not belong together."""

    @property
    def form(self) -> EmbeddingForm:
        return replace(super().form, unrelated_cosine=0.1, answer_cosine=0.6)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with library_of(tmp_path_factory.mktemp("found"), _TEXTS) as store:
        yield store


def names(found: tuple[FoundFile, ...]) -> list[str]:
    return [one.file.path.name for one in found]


def test_files_that_hold_the_words_are_found_with_the_words_marked(index: Store) -> None:
    # when
    found = Finder(index, None).find("rent of the flat", order="name")

    # then
    assert names(found.files) == ["lease_berlin.txt", "lease_hamburg.txt"]
    assert found.total == 2
    [place] = found.files[1].places
    text = place.passage.text
    assert [text[one.start : one.end] for one in place.marks] == ["rents", "flats"]


def test_a_file_is_found_by_a_part_of_its_name(index: Store) -> None:
    # when
    [one] = Finder(index, None).find("bestb").files

    # then
    assert one.file.path.name == "BESTBUY_2019_10K.txt"
    assert [(mark.start, mark.end) for mark in one.name_marks] == [(0, 5)]
    assert one.places == ()


def test_a_named_file_comes_before_one_that_only_speaks_of_it(index: Store) -> None:
    # then
    assert names(Finder(index, None).find("lease_hamburg").files)[0] == "lease_hamburg.txt"


def test_orders_and_parts_of_the_list(index: Store) -> None:
    # given
    finder = Finder(index, None)

    # then
    assert names(finder.find("rent", order="name").files) == ["lease_berlin.txt", "lease_hamburg.txt"]
    part = finder.find("rent", order="name", limit=1, offset=1)
    assert (names(part.files), part.total) == (["lease_hamburg.txt"], 2)
    assert finder.find("rent", order="newest").total == 2


def test_the_filter_holds_for_words_and_for_names(index: Store, tmp_path: Path) -> None:
    # given
    finder = Finder(index, None)

    # then
    for within in (Filter(folders=(tmp_path,)), Filter(states=(FileState.GONE,)), Filter(kinds=("image/*",))):
        assert finder.find("rent", within).total == 0
        assert finder.find("lease", within).total == 0


def test_where_no_file_holds_all_words_those_are_found_that_hold_most(index: Store) -> None:
    # then
    assert names(Finder(index, None).find("cake harpsichord", order="name").files) == ["recipe.txt"]
    assert Finder(index, None).find("merchandise cake", order="name").total == 2


def test_nothing_is_found_where_nothing_speaks_of_it(index: Store) -> None:
    # then
    for query in ("harpsichord", "?!", "  ", "the rainfall of Kyoto in spring"):
        assert Finder(index, None).find(query).files == ()


def test_what_is_near_is_found_without_its_words_and_what_is_far_is_not(index: Store) -> None:
    # given
    embedder = _Measured(ChatSettings(model="words", runtime="scripted"))
    embed_all(index, embedder)

    # then
    assert (
        names(Finder(index, embedder).find("Stir flour into milk and bake the cake an hour").files)[0]
        == "recipe.txt"
    )
    assert Finder(index, embedder).find("harpsichord").total == 0
