"""The languages that can be stemmed, and which of them a text is in, by the words that every text has."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import chain
from typing import Any


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its Snowball algorithm, "" where it is not known or has none."""

    algorithm: str = ""
    stop_words: frozenset[str] = frozenset()


UNKNOWN = Language()
_PLAIN = 10


def language_of(words: Iterable[str], otherwise: Language = UNKNOWN, *, least: int = 1) -> Language:
    """Return the language of which a text has the most stop words, or `otherwise` where it has under `least`.

    Words are without case; `least` is 1 or more. Each stop word counts once, so that a column of single
    letters counts little. Of equal languages the first in the file is taken.
    """
    users = _users()
    hits = Counter(chain.from_iterable(map(users.__getitem__, users.keys() & words)))
    most = max(hits.values(), default=0)
    if most < least:
        return otherwise
    return next(language for name, language in _languages().items() if hits[name] == most)


def plain_code(words: Iterable[str]) -> str:
    """Return the ISO 639-1 code of the language that many words of a text, without case, show beyond doubt.

    There are `_PLAIN` different stop words of it at least, and at most half as many of any other language. It
    is "" for most short texts, and for languages that have neighbours of which we have no table.
    """
    users = _users()
    hits = Counter(chain.from_iterable(map(users.__getitem__, users.keys() & words)))
    (first, most), (_, second), *_ = [*hits.most_common(2), ("", 0), ("", 0)]
    if most < max(_PLAIN, 2 * second) or not _tables()[first].get("plain"):
        return ""
    return str(_tables()[first]["code"])


@cache
def language_by_code(code: str) -> Language | None:
    """Return the language with an ISO 639-1 code, None where there is no table of it."""
    return next((_languages()[name] for name, table in _tables().items() if table["code"] == code), None)


@cache
def algorithms() -> tuple[str, ...]:
    """Return the Snowball algorithms of all languages that can be stemmed."""
    return tuple(_tables())


@cache
def digits_of(algorithm: str) -> Mapping[str, str]:
    """Return the digits of the numbers from zero to twelve by their words."""
    words = _tables().get(algorithm, {}).get("numbers", "").split()
    return {word: str(number) for number, word in enumerate(words)}


def code_of(algorithm: str) -> str:
    """Return the ISO 639-1 code of the language that an algorithm stems, "" where there is none."""
    return str(_tables().get(algorithm, {}).get("code", ""))


@cache
def _languages() -> dict[str, Language]:
    return {name: Language(name, frozenset(table["stop"].split())) for name, table in _tables().items()}


@cache
def _users() -> dict[str, tuple[str, ...]]:
    users: dict[str, tuple[str, ...]] = {}
    for name, language in _languages().items():
        for word in language.stop_words:
            users[word] = (*users.get(word, ()), name)
    return users


@cache
def _tables() -> dict[str, dict[str, Any]]:
    text = resources.files("twolane.text").joinpath("languages.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
