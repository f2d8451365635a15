"""Retrieval fuses words and vectors, and never shows what is no longer there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.support.passage_index import add_text, embed_all, embed_next, library_of

from twolane.chat.index import embed_document, title_of
from twolane.chat.retrieve import Retriever
from twolane.config.lane_settings import ChatSettings
from twolane.documents import Filter, Reading, ReadStatus
from twolane.errors import ModelUnreachableError
from twolane.llm.base import EmbeddingUse, Vectors
from twolane.llm.runtimes.scripted import ScriptedLLM
from twolane.store.base import Store
from twolane.store.values import CopyKind, RelatedDocuments

_TEXTS = {
    "lease_berlin.txt": "The rent of the flat is 850 euros a month.",
    "lease_hamburg.txt": "The rent of the flat is 990 euros a month.",
    "recipe.txt": "Stir the flour into the milk and bake the cake for an hour.",
    "BESTBUY_2019_10K.txt": "Merchandise inventories 5,409 5,209",
}


class _Embedder(ScriptedLLM):
    """The scripted model's vectors, countable and breakable."""

    broken = False

    def embed(self, texts: Sequence[str], use: EmbeddingUse) -> Vectors:
        if self.broken:
            raise ModelUnreachableError("The embedder is away")
        return super().embed(texts, use)


@pytest.fixture
def embedder() -> _Embedder:
    return _Embedder(ChatSettings(model="words", runtime="scripted"))


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Store]:
    with library_of(tmp_path, _TEXTS) as store:
        yield store


def test_words_and_vectors_agree_on_the_best(index: Store, embedder: _Embedder) -> None:
    # given
    embed_all(index, embedder)

    # when
    found = Retriever(index, embedder).search("How long is the cake in the oven to bake?", 2)

    # then
    assert found.passages[0].path.name == "recipe.txt"
    assert found.nearness is not None
    assert len(found.passages) == 2


def test_nothing_is_found_outside_of_what_is_meant(index: Store, embedder: _Embedder, tmp_path: Path) -> None:
    # given
    embed_all(index, embedder)
    within = Filter(folders=(tmp_path / "recipe.txt",))

    # when
    found = Retriever(index, embedder).find("How much is the rent of the flat?", 3, within)

    # then
    assert [passage.path.name for passage in found] == ["recipe.txt"]


@pytest.mark.parametrize("question", ["What is the rent in Hamburg?", "rent lease_hamburg", "RENT HAMBURG"])
def test_a_file_that_is_named_comes_first(index: Store, question: str) -> None:
    # when
    found = Retriever(index, None).find(question, 1)

    # then
    assert found[0].path.name == "lease_hamburg.txt"


def test_names_written_as_one_word_and_years_are_found(index: Store) -> None:
    # when
    found = Retriever(index, None).find("What are the inventories of Best Buy in FY2019?", 1)

    # then
    assert found[0].path.name == "BESTBUY_2019_10K.txt"


def test_full_text_serves_while_there_are_no_vectors(index: Store, embedder: _Embedder) -> None:
    # when
    found = Retriever(index, embedder).search("bake the cake", 1)

    # then
    assert found.nearness is None
    assert found.passages[0].path.name == "recipe.txt"


def test_what_is_indexed_anew_meanwhile_breaks_no_search(
    index: Store, embedder: _Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: passages that are gone between the search and what is read of them
    embed_all(index, embedder)
    monkeypatch.setattr(index, "vectors", lambda ids: {})
    monkeypatch.setattr(index, "stems", lambda ids: {})

    # when
    found = Retriever(index, embedder).search("bake the cake", 1)

    # then
    assert found.passages[0].path.name == "recipe.txt"


def test_full_text_serves_while_the_embedder_is_away(index: Store, embedder: _Embedder) -> None:
    # given
    embed_all(index, embedder)
    embedder.broken = True

    # when
    found = Retriever(index, embedder).find("bake the cake", 1)

    # then
    assert found[0].path.name == "recipe.txt"


def test_a_deleted_file_is_left_out_and_reported(index: Store, tmp_path: Path) -> None:
    # given
    gone = tmp_path / "lease_hamburg.txt"
    gone.unlink()
    reported: list[Path] = []

    # when
    retriever = Retriever(index, None, reported.extend, Path.exists)
    found = retriever.find("What is the rent of the flat in Hamburg?", 3)

    # then
    assert found[0].path.name == "lease_berlin.txt"
    assert gone not in {passage.path for passage in found}
    assert reported == [gone]


def test_the_same_text_in_two_files_is_shown_once(index: Store, tmp_path: Path) -> None:
    # given
    copy = tmp_path / "copy of recipe.txt"
    copy.write_text(_TEXTS["recipe.txt"])
    add_text(index, copy, copy.read_text())

    # when
    found = Retriever(index, None).find("flour milk cake", 5)

    # then
    assert len([passage for passage in found if "flour" in passage.text]) == 1


def test_of_two_versions_of_a_paper_the_newer_is_the_witness(index: Store, tmp_path: Path) -> None:
    # given
    longer = _TEXTS["recipe.txt"] + " The cake is cut when it is cold."
    (tmp_path / "newer.txt").write_text(longer)
    add_text(index, tmp_path / "newer.txt", longer)
    pair = RelatedDocuments("newer.txt", "recipe.txt", CopyKind.NEARLY_SAME)

    # when
    apart = Retriever(index, None).find("flour milk cake", 5)
    joined = Retriever(index, None, related=lambda _: [pair]).find("flour milk cake", 5)
    gone = Retriever(index, None, None, lambda path: path.name != "newer.txt", lambda _: [pair])

    # then
    assert {one.path.name for one in apart if "flour" in one.text} == {"recipe.txt", "newer.txt"}
    assert {one.path.name for one in joined if "flour" in one.text} == {"newer.txt"}
    assert joined[0].path.name == "newer.txt"
    assert {one.path.name for one in gone.find("flour milk cake", 5) if "flour" in one.text} == {"recipe.txt"}


def test_relevance_is_high_for_what_is_there_and_low_for_what_is_not(index: Store) -> None:
    # given
    retriever = Retriever(index, None)

    # when
    there = retriever.search("How much is the rent of the flat?", 3).relevance
    absent = retriever.search("Who painted the ceiling of the Sistine Chapel?", 3).relevance

    # then
    assert there > 0.6
    assert absent < 0.2


@pytest.mark.parametrize("question", ["", "?", "日本", '"; DROP TABLE words; --', "a" * 5000])
def test_any_question_may_be_asked(index: Store, question: str) -> None:
    # when / then
    assert Retriever(index, None).find(question, 3) == []


def test_a_document_is_embedded_only_once(index: Store, embedder: _Embedder) -> None:
    # when
    new = embed_document(index, embedder, "recipe.txt")
    with index.writing() as write:
        new.save(write)
    again = embed_document(index, embedder, "recipe.txt")

    # then
    assert new.model == "words"
    assert new.vectors.shape[0] == len(new.passage_ids) == 1
    assert again.passage_ids == ()
    assert again.complete


@pytest.fixture
def long_index(index: Store) -> Store:
    text = "\n\n".join(f"Chapter {number} tells of {number} ships. " * 12 for number in range(900))
    path = Path("long.txt")
    add_text(index, path, text)
    return index


@pytest.mark.parametrize("how", ["stopped", "broken"])
def test_what_was_embedded_before_an_end_is_kept(long_index: Store, embedder: _Embedder, how: str) -> None:
    # given
    whole = len(long_index.passages_without_vectors("long.txt"))

    def stopping() -> bool:
        embedder.broken = how == "broken"
        return how == "stopped"

    # when
    part = embed_document(long_index, embedder, "long.txt", stopping)

    # then
    assert 0 < len(part.passage_ids) == len(part.vectors) < whole
    assert not part.complete


def test_nothing_is_made_of_a_document_where_the_embedder_is_away(
    long_index: Store, embedder: _Embedder
) -> None:
    # given
    embedder.broken = True

    # when / then
    with pytest.raises(ModelUnreachableError):
        embed_document(long_index, embedder, "long.txt")


def test_a_long_document_is_embedded_in_several_goes(long_index: Store, embedder: _Embedder) -> None:
    # when
    goes = [embed_next(long_index, embedder, "long.txt")]
    while long_index.passages_without_vectors("long.txt"):
        goes.append(embed_next(long_index, embedder, "long.txt"))

    # then
    assert len(goes) > 1
    assert all(goes)


@pytest.mark.parametrize(
    ("name", "title", "expected"),
    [
        ("BESTBUY_2019_10K.pdf", "0000764478-19-000009", "BESTBUY 2019 10 K"),
        ("scan0001.pdf", "Lease of the flat", "scan 0001, Lease of the flat"),
        ("annualReport-2020.final.docx", "Annual report", "annual Report 2020 final"),
    ],
)
def test_a_document_is_named_by_its_file_and_title(name: str, title: str, expected: str) -> None:
    # when / then
    assert title_of(Reading(ReadStatus.TEXT, title=title), Path(name)) == expected


class _Knowing(_Embedder):
    """An embedder that knows what a question in another language means."""

    def embed(self, texts: Sequence[str], use: EmbeddingUse) -> Vectors:
        meant = {"What does the household insurance cost a year?": "Hausratversicherung Jahresbeitrag Euro"}
        return super().embed([meant.get(text, text) for text in texts], use)


def test_an_answer_in_another_language_is_not_pushed_back_by_everyday_words(tmp_path: Path) -> None:
    # given an answer in German, and English texts that share everyday words with the question
    texts = {
        "police.txt": "Hausratversicherung: Der Jahresbeitrag ist 146,90 Euro.",
        "gym.txt": "The gym is open for all of the year.",
        "school.txt": "The school year begins in August.",
        "garden.txt": "In a dry year the garden waits.",
        "road.txt": "The road was mended last year.",
    }
    embedder = _Knowing(ChatSettings(model="words", runtime="scripted"))
    with library_of(tmp_path, texts) as store:
        embed_all(store, embedder)

        # when
        found = Retriever(store, embedder).find("What does the household insurance cost a year?", 3)

    # then
    assert found[0].path.name == "police.txt"


def test_passages_are_still_found_while_their_files_are_there_pass_and_hold_them(index: Store) -> None:
    # given
    retriever = Retriever(index, None)
    found = retriever.search("What is the rent of the flat?", 3).passages
    path = found[0].path
    away = Retriever(index, None, is_there=lambda one: one != path)

    # when / then
    assert retriever.still_found(found, Filter())
    assert not away.still_found(found, Filter())
    assert not retriever.still_found(found, Filter(folders=(Path("/elsewhere"),)))

    # when
    with index.writing() as write:
        write.mark_gone([path])

    # then
    assert not retriever.still_found(found, Filter())
