"""The words of a question, each with every form under which the texts of a library may hold it."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Protocol

from twolane.text.compounds import KnownWords, compounds_with, parts_of_compound
from twolane.text.languages import language_of
from twolane.text.spelling import corrected
from twolane.text.stems import stem, stop_words_in
from twolane.text.terms import QueryWord, Stems, language_numbers, parts_of, references_in
from twolane.text.words import SPACELESS_RUN, pairs, raw_words

_MOST_CHARS = 20_000
_MOST_WORDS = 64
# A word that so few passages hold may be mistyped where its neighbour is so many times as frequent.
_HARDLY, _TIMES = 3, 50
_LEAST_STEM, _MOST_ENDING = 3, 5


class Vocabulary(KnownWords, Protocol):
    """The words of a library as its index knows them."""

    def languages(self) -> Collection[str]:
        """Return the Snowball algorithms of the languages of its texts."""

    def passages(self) -> int:
        """Return how many passages there are."""

    def counts(self, numbers: Collection[int]) -> Mapping[int, int]:
        """Return how many passages hold each stem; unknown ones may be left out."""


def query_words(question: str, vocabulary: Vocabulary) -> tuple[QueryWord, ...]:
    """Return the words of a question that are worth looking for, in its order."""
    text = unicodedata.normalize("NFKC", question[:_MOST_CHARS]).replace("\u00ad", "").casefold()
    every = raw_words(text)
    # the question's own, too: a list of names may be all that a library holds in it
    languages = tuple({*vocabulary.languages(), language_of(every).algorithm} - {""})
    stop = stop_words_in(every)
    plain = list(dict.fromkeys(word for word in every if word not in stop)) or list(dict.fromkeys(every))
    words = [QueryWord(part, language_numbers(part, languages)) for word in plain for part in _units(word)]
    derived = [part for word in plain for part in parts_of(word)] + list(references_in(text))
    words += [QueryWord(part, language_numbers(part, languages), derived=True) for part in derived]
    words = list({word.text: word for word in reversed(words)}.values())[::-1][:_MOST_WORDS]
    joined = _neighbours(every, stop)
    return tuple(_weighed([_widened(word, languages, joined, vocabulary) for word in words], vocabulary))


def telling_words(passages: Collection[Stems], most: int, vocabulary: Vocabulary) -> tuple[QueryWord, ...]:
    """Return the rarest stems of passages' texts that more than one passage of the library has."""
    counts = vocabulary.counts(frozenset().union(*(stems.in_text for stems in passages)))
    rarest = sorted((count, number) for number, count in counts.items() if count > 1)[:most]
    return tuple(
        QueryWord("", frozenset({number}), rarity=_rarity(count, vocabulary.passages()))
        for count, number in rarest
    )


def _units(word: str) -> Sequence[str]:
    return (pairs(word) or [word]) if not word.isascii() and SPACELESS_RUN.match(word) else [word]


def _neighbours(every: Sequence[str], stop: Collection[str]) -> Mapping[str, list[str]]:
    """Return what words would be if they were written as one with a neighbour: file names have bestbuy."""
    joined: dict[str, list[str]] = {}
    for one, other in pairwise(every):
        if one.isalpha() and other.isalnum() and not {one, other} & set(stop):
            for word in (one, other):
                joined.setdefault(word, []).append(one + other)
    return joined


def _widened(
    word: QueryWord, languages: Sequence[str], joined: Mapping[str, Sequence[str]], vocabulary: Vocabulary
) -> QueryWord:
    loose = {number for one in joined.get(word.text, ()) for number in language_numbers(one, languages)}
    if word.text.isdecimal() or any(map(str.isdigit, word.text)) or SPACELESS_RUN.match(word.text):
        return replace(word, loose=frozenset(loose))
    stems = _stems(word.text, languages)
    loose.update(spelling.number for spelling in compounds_with(stems, vocabulary))
    word = replace(word, stems=word.stems.union(_unstemmed(word.text, languages, vocabulary)))
    parts = parts_of_compound(word.text, vocabulary)
    count = sum(vocabulary.counts(word.stems).values())
    if count <= _HARDLY:
        near = [spelling.number for spelling in corrected(word.text, stems, vocabulary)]
        found = vocabulary.counts(near)
        loose |= {number for number in near if found.get(number, 0) > _TIMES * count}
    numbers = tuple(frozenset(language_numbers(part, languages)) for part in parts)
    return replace(word, loose=frozenset(loose - word.stems), parts=numbers)


def _unstemmed(word: str, languages: Sequence[str], vocabulary: Vocabulary) -> Iterator[int]:
    """Yield the stems of inflections that stand in texts of which nobody knew the language."""
    by_language = {algorithm: stem(word, algorithm) for algorithm in languages}
    start = min(by_language.values(), key=len, default="")
    if len(start) < _LEAST_STEM:
        return
    for found in vocabulary.beginning(start, range(len(start), len(word) + _MOST_ENDING)):
        if not found.language and any(
            stem(found.word, algorithm) == stemmed for algorithm, stemmed in by_language.items()
        ):
            yield found.number


def _weighed(words: Sequence[QueryWord], vocabulary: Vocabulary) -> Iterator[QueryWord]:
    """Yield words with their rarity; where no text has the word itself, that of what stands for it."""
    passages = vocabulary.passages()
    counts = vocabulary.counts(frozenset().union(*(word.numbers for word in words)))

    def count(numbers: Collection[int]) -> int:
        return min(passages, sum(counts.get(number, 0) for number in numbers))

    for word in words:
        part = min(map(count, word.parts), default=0)
        held = count(word.stems) or count(word.loose) or part
        yield replace(
            word,
            rarity=_rarity(held, passages),
            loose=frozenset(number for number in word.loose if number in counts),
        )


def _rarity(count: int, passages: int) -> float:
    return math.log(1 + (passages - count + 0.5) / (count + 0.5))


def _stems(word: str, languages: Sequence[str]) -> frozenset[str]:
    return frozenset(stem(word, algorithm) for algorithm in ("", *languages))
