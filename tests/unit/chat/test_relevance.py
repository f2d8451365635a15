"""The gate weighs what words can say, and never takes the want of exact words for the want of an answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.passage_index import library_of

from twolane.chat.gate import opens
from twolane.chat.relevance import coverage, relevance
from twolane.chat.retrieve import Found
from twolane.documents import FoundPassage
from twolane.store.base import Store

_TEXTS = {
    "lease.txt": "The rent of the flat in Berlin is 850 euros a month, and it was due on the first of May.",
    "tyres.txt": "A change of the tyres of the Heron costs 48 euros, and you have to wait for an hour.",
    "hausrat.txt": "Der Beitrag der Versicherung beträgt 146,90 Euro, und er ist im Januar zu zahlen.",
    "аренда.txt": "Аренда квартиры стоит 300 рублей, и она была оплачена до конца года.",
}
_UNRELATED, _NEAR = 0.0, 1.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with library_of(tmp_path, _TEXTS) as store:
        yield store


def _covered(store: Store, question: str, *names: str, by_vectors: bool = True) -> float:
    """Return how far the files of these names cover a question, as the passages found among all."""
    ids = list(range(1, len(_TEXTS) + 1))
    stems, passages = store.stems(ids), store.passages(ids)
    found = [(one.text, stems[one.passage_id]) for one in passages if one.path.name in names]
    candidates = list(stems.values()) if by_vectors else None
    return coverage(question, store.query_words(question), found, candidates)


def test_a_passage_with_all_the_words_covers_the_question_and_another_does_not(store: Store) -> None:
    question = "What does a change of tyres for the Heron cost in Berlin?"

    assert _covered(store, question, "tyres.txt") > 0.6
    assert _covered(store, question, "lease.txt") < 0.4


def test_words_that_no_file_has_tell_nothing(store: Store) -> None:
    # when
    slipped = _covered(store, "What does the tyres chnage for the Heorn cost?", "tyres.txt")

    # then
    assert slipped == 1.0
    assert relevance(slipped, _UNRELATED) > 0.1


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What does the insurance cost?", "hausrat.txt"),
        ("Wie hoch ist die Miete der Wohnung?", "аренда.txt"),
        ("租金是多少？", "lease.txt"),
    ],
)
def test_words_count_against_no_passage_in_another_language(store: Store, question: str, name: str) -> None:
    # when
    covered = _covered(store, question, name)

    # then
    assert opens(found_with(covered, _UNRELATED))
    assert not opens(found_with(covered, _UNRELATED - 1))


def test_without_vectors_words_alone_decide(store: Store) -> None:
    # given
    known, unknown = "What is the rent in Berlin?", "Which king governs Antananarivo?"

    # then
    assert opens(found_with(_covered(store, known, "lease.txt", by_vectors=False), None))
    assert not opens(found_with(_covered(store, unknown, "lease.txt", by_vectors=False), None))


def test_what_is_far_and_holds_few_of_the_known_words_is_refused() -> None:
    assert not opens(found_with(0.4, _UNRELATED))
    assert opens(found_with(0.4, _NEAR))
    assert opens(found_with(0.9, _UNRELATED))


def test_nothing_opens_where_nothing_was_found() -> None:
    assert not opens(Found((), nearness=1.0, coverage=1.0))


def found_with(coverage: float, nearness: float | None) -> Found:
    return Found((FoundPassage(1, "d", Path("d.txt"), "", 1, "text"),), nearness, coverage)
