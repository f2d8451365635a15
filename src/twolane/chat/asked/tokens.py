"""The words of a question with their places, and phrases that are found among them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from twolane.text.words import SPACELESS_RUN, plain, word_places

_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ة": "ه", "ى": "ي", "ـ": None})
_ARTICLES = ("وال", "بال", "كال", "فال", "لل", "ال", "ب", "ل", "و")
_LEAST_ARABIC = 2  # letters of what an article or a preposition is written together with


@dataclass(frozen=True, slots=True)
class Token:
    """A word from `start` to `end` of a question, `word` without case and accents.

    Of a run that is written without spaces each character is one, which `is_joined`. `bare` is an Arabic word
    without what is written together with it.
    """

    word: str
    start: int
    end: int
    is_capital: bool = False
    is_joined: bool = False
    bare: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase means: its role, what it stands for, and whether it means "one" or "many", if it says."""

    role: str
    value: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class PhraseFound:
    """A phrase from token `start` to before token `end`."""

    start: int
    end: int
    meaning: Meaning


def tokens_of(text: str) -> list[Token]:
    """Return the words of a text in their order."""
    return list(_tokens(text))


@lru_cache(maxsize=65_536)
def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name: most names stay where a library gets one more."""
    return tuple(token.word for token in tokens_of(name))


def _tokens(text: str) -> Iterator[Token]:
    for match in word_places(text):
        written, start = match.group(), match.start()
        if SPACELESS_RUN.match(written):
            for place, char in enumerate(written, start):
                yield Token(folded(char), place, place + 1, is_joined=True)
        else:
            word = folded(written)
            yield Token(word, start, match.end(), written[0].isupper(), bare=_without_article(word))


@lru_cache(maxsize=16_384)
def folded(word: str) -> str:
    """Return a word as phrases are compared: without case, accents, and what Arabic letters differ by."""
    return plain(unicodedata.normalize("NFKC", word)).translate(_ARABIC)


def phrase_of(text: str) -> tuple[str, ...]:
    """Return the words of a phrase as tokens have them; a last "*" stays with its word."""
    words: list[str] = []
    for part in text.split():
        found = [token.word for token in _tokens(part.removesuffix("*"))]
        if found and part.endswith("*"):
            found[-1] += "*"
        words += found
    return tuple(words)


class PhraseBook:
    """Phrases and what they mean."""

    def __init__(self, phrases: Iterable[tuple[tuple[str, ...], Meaning]]) -> None:
        self._exact: dict[str, list[tuple[tuple[str, ...], Meaning]]] = {}
        self._open: dict[str, list[tuple[tuple[str, ...], Meaning]]] = {}
        for words, meaning in phrases:
            if words:
                books, first = (
                    (self._open, words[0][:2]) if words[0].endswith("*") else (self._exact, words[0])
                )
                books.setdefault(first, []).append((words, meaning))

    def at(self, tokens: Sequence[Token], start: int) -> list[PhraseFound]:
        """Return the phrases that begin at a token, the longest first."""
        token = tokens[start]
        tried = [
            pair
            for word in (token.word, token.bare)
            for pair in (*self._exact.get(word, ()), *self._open.get(word[:2], ()))
            if word
        ]
        found = [
            PhraseFound(start, start + len(words), meaning)
            for words, meaning in tried
            if _stand(words, tokens, start)
        ]
        return sorted(dict.fromkeys(found), key=lambda phrase: -phrase.end)


def _stand(words: Sequence[str], tokens: Sequence[Token], start: int) -> bool:
    return len(words) <= len(tokens) - start and all(
        _is(word, tokens[start + place]) for place, word in enumerate(words)
    )


def _is(word: str, token: Token) -> bool:
    if word.endswith("*"):
        return token.word.startswith(word[:-1]) or (bool(token.bare) and token.bare.startswith(word[:-1]))
    return word in {token.word, token.bare}


def _without_article(word: str) -> str:
    if word.isascii() or not "\u0600" <= word[0] <= "\u06ff":
        return ""
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= _LEAST_ARABIC:
            return word[len(article) :]
    return ""
