"""Segments rank as BM25 does, whatever their passages hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from twolane.store.words.ranking import best
from twolane.store.words.segments import BuiltSegment, KeptPassage, PostingsRange, Segment, build
from twolane.text.terms import QueryWord, language_numbers, passage_terms

VOCABULARY = [f"word{number}" for number in range(40)]
MEAN_LENGTH = 20.0


def made(count: int, first: int = 1) -> list[KeptPassage]:
    """Passages of words of which the first are in most and the last in few."""
    chance = np.random.default_rng(first)
    shares = 1 / np.arange(1, len(VOCABULARY) + 1)
    kept = []
    for number in range(first, first + count):
        drawn = chance.choice(VOCABULARY, size=int(chance.integers(5, 40)), p=shares / shares.sum())
        terms = passage_terms("", "", " ".join(drawn))
        kept.append(KeptPassage(number, terms.length, terms.kept))
    return kept


def word(text: str, rarity: float = 1.0) -> QueryWord:
    return QueryWord(text, language_numbers(text, ()), rarity=rarity)


def ranked(built: Sequence[BuiltSegment], words: Sequence[QueryWord], count: int) -> dict[int, float]:
    def read(places: Sequence[tuple[int, PostingsRange]]) -> list[bytes]:
        return [built[index].data[place.start : place.stop] for index, place in places]

    found = best([one.segment for one in built], words, count, read)
    return dict(zip(found.ids.tolist(), found.scores.tolist(), strict=True))


def bm25(passage: KeptPassage, words: Sequence[QueryWord]) -> float:
    """Return a passage's score (Robertson, Zaragoza 2009), with k1 = 1.2 and b = 0.75."""
    size = len(passage.stems) // 5
    numbers = np.frombuffer(passage.stems, "<u4", size).tolist()
    often = dict(zip(numbers, passage.stems[4 * size :], strict=True))
    norm = 1.2 * (0.25 + 0.75 * passage.length / MEAN_LENGTH)
    counts = [(one.rarity, often.get(next(iter(one.stems)), 0)) for one in words]
    return float(sum(rarity * 2.2 * count / (count + norm) for rarity, count in counts))


@pytest.mark.parametrize("asked", [("word0", "word1"), ("word0", "word39"), ("word30", "word38"), ("word7",)])
def test_the_best_are_those_of_bm25(asked: tuple[str, ...]) -> None:
    # given
    passages = made(500)
    words = [word(text, rarity) for rarity, text in enumerate(asked, 1)]

    # when
    built = [build(passages[:200], MEAN_LENGTH), build(passages[200:], MEAN_LENGTH)]
    found = ranked(built, words, 20)

    # then one byte is precise to half a percent of what a word can say
    scores = sorted((bm25(passage, words) for passage in passages), reverse=True)[:20]
    least = 2.2 / 255 * sum(one.rarity for one in words)
    assert list(found.values()) == pytest.approx([score for score in scores if score], abs=least)


def test_a_segment_comes_back_as_it_was_stored() -> None:
    # given
    built = build(made(300), MEAN_LENGTH)
    segment = built.segment

    # when
    back = Segment.of(segment.ids.tobytes(), segment.stems.tobytes(), segment.counts.tobytes())

    # then
    assert ranked([BuiltSegment(back, built.data)], [word("word3")], 9) == ranked([built], [word("word3")], 9)
    assert back.size_bytes == len(built.data)


def test_a_passage_in_two_segments_is_found_once() -> None:
    # given
    passages = made(50)
    built = [build(passages, MEAN_LENGTH), build(passages[:10], MEAN_LENGTH)]

    # then
    assert len(ranked(built, [word("word0")], 99)) == len(ranked(built[:1], [word("word0")], 99))


def test_nothing_is_found_in_nothing() -> None:
    assert ranked([build([], MEAN_LENGTH)], [word("word0")], 9) == {}
    assert ranked([build(made(9), MEAN_LENGTH)], [word("zebra")], 9) == {}


def test_other_forms_of_a_word_count_half() -> None:
    # given
    [number] = language_numbers("word5", ())
    built = [build(made(100), MEAN_LENGTH)]
    loose = QueryWord("x", frozenset(), loose=frozenset({number}))
    parts = QueryWord("x", frozenset(), parts=(frozenset({number}), frozenset({1})))

    # when
    exact, by_loose, by_part = (ranked(built, [one], 5) for one in (word("word5"), loose, parts))

    # then
    assert list(by_loose.values()) == pytest.approx([score / 2 for score in exact.values()])
    assert list(by_part.values()) == pytest.approx([score / 4 for score in exact.values()])
