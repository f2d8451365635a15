"""Words by what they mean: without inflections, by the stemmer of the language that a text is in."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import Stemmer

from twolane.text.languages import UNKNOWN, Language, digits_of, language_of
from twolane.text.words import SPACELESS_RUN, pairs, raw_words

# A passage of a few lines has at least so many different stop words of its language; a table may have none.
_TELLING = 3
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_lock = threading.Lock()  # a stemmer must not be used by two threads at once


@dataclass(frozen=True, slots=True)
class Words:
    """The stems of one text, made by the stemmer of its language."""

    language: Language
    stems: frozenset[str]

    @classmethod
    def of(cls, text: str, otherwise: Language = UNKNOWN) -> Words:
        """Return the words of a text; `otherwise` is its language where its words do not show it."""
        words = frozenset(raw_words(text.casefold()))
        language = language_of(words, otherwise, least=_TELLING)
        if text.isascii():  # worth a fast path: most are, and every question has sixty
            return cls(
                language, frozenset([stem(word, language.algorithm) for word in words - language.stop_words])
            )
        return cls.of_words(words, language)

    @classmethod
    def of_words(cls, words: Iterable[str], language: Language) -> Words:
        """Return words, without case, of a language that is known."""
        return cls(language, frozenset(_stemmed(words, language)))

    def holds(self, word: str) -> bool:
        """Say whether the text has a word in any inflection of the text's own language."""
        return stem(word, self.language.algorithm) in self.stems


def question_language(text: str) -> Language:
    """Return the language of a short text, by a single stop word where there are no more."""
    return language_of(raw_words(text.casefold()))


def meaningful(text: str, language: Language | None = None) -> dict[str, str]:
    """Return a text's words that carry meaning, by their stems in its language, in order.

    Runs without spaces count as their pairs. Words are without case.
    """
    words = raw_words(text.casefold())
    return _stemmed(words, language_of(words) if language is None else language)


def search_words(question: str) -> list[str]:
    """Return the words to look for: the meaningful ones, their parts, and neighbours written as one.

    FY2019 is also looked for as 2019, and "Best Buy" also as bestbuy, as file names have it.
    """
    every = raw_words(question.casefold())
    stop = stop_words_in(every)
    words = [word for word in every if word not in stop] or every
    parts = [part for word in words for part in _parts(word)]
    joined = [a + b for a, b in pairwise(every) if a.isalpha() and b.isalnum() and not {a, b} & stop]
    return list(dict.fromkeys([*words, *parts, *joined]))


def stop_words_in(words: Sequence[str]) -> frozenset[str]:
    """Return which of a question's words, without case and in order, carry no meaning.

    Where only the last word is in the list, none counts: "Iraq war" ends in German "war" (was).
    """
    found = language_of(words).stop_words.intersection(words)
    return frozenset() if not words or found == {words[-1]} else found


@lru_cache(maxsize=65_536)
def stem(word: str, algorithm: str) -> str:
    """Return the common form of a word's inflections by a Snowball algorithm: without case, accents, ending.

    Numbers lose their separators, so that 5,409 and 5.409,00 are the same, and seven is 7 where the language
    is known. Of an unknown language only case and accents go.
    """
    folded = unicodedata.normalize("NFKC", word).casefold()
    folded = digits_of(algorithm).get(folded, folded)
    if _NUMBER.fullmatch(folded):
        return _number(folded)
    if algorithm:
        with _lock:
            folded = _stemmer(algorithm).stemWord(folded)
    bare = unicodedata.normalize("NFKD", folded)
    return "".join(char for char in bare if not unicodedata.combining(char)) or word


def _stemmed(words: Iterable[str], language: Language) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        if not word.isascii() and SPACELESS_RUN.match(word):
            found.update({stem(pair, ""): pair for pair in pairs(word) or [word]})
        elif word not in language.stop_words:
            found.setdefault(stem(word, language.algorithm), word)
    return found


def _number(written: str) -> str:
    """Drop separators of thousands and needless zeros; three digits after a mark are thousands."""
    last = max(written.rfind("."), written.rfind(","))
    whole, rest = (written[:last], written[last + 1 :]) if last >= 0 else (written, "")
    is_decimal = len(rest) != 3 or whole == "0"
    if last >= 0 and is_decimal and written[last] not in whole:
        rest = rest.rstrip("0")
    else:
        whole, rest = whole + rest, ""
    whole = whole.replace(".", "").replace(",", "")
    return f"{whole}.{rest}" if rest else whole


def _parts(word: str) -> list[str]:
    parts = re.findall(r"\d+|[^\W\d]+", word)
    return [part for part in parts if len(part) > 1] if len(parts) > 1 and not word[0].isdigit() else []


@cache
def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(algorithm)
