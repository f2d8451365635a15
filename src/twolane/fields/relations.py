"""How two names of senders relate: the same but for its form, shortened, misread, or one within the other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

_MOST_NAMES = 20_000
_AND = frozenset("&+")
_AFTER_GREEK = "\u0400"  # before it: Latin and Greek letters
_FIRST_POINT, _LAST_POINT = "\u0591", "\u0670"  # of Hebrew and Arabic
_AND_CHARS = 3  # of the longest word that "&" may stand for
_MISREAD_CHARS = 6  # of the shortest word in which one letter may have been misread
_SPELLED_OUT_CHARS = 7  # of the shortest legal form that others shorten: "company"; but an S.A. is no SARL
_CONTAINED_CHARS = 5  # of the shortest word that may stand for a longer name

# What cleanco does not know: legal forms that stand in front, or are written without blanks.
_FORMS = frozenset(
    {"ооо", "оао", "зао", "пао", "нао", "тоо", "ао", "ип", "ag", "eg", "ev", "gbr", "kg", "ohg", "sau"}
)
_JOINED_FORMS = (
    *("股份有限公司", "有限责任公司", "有限公司", "株式会社", "有限会社", "合同会社", "주식회사"),
    *("ش.م.م", "ذ.م.م", "ش.م.ع"),
)


class NameRelation(StrEnum):
    """What one name is to another."""

    SAME = "is written otherwise"
    FORM = "differs in its legal form alone"
    ORDER = "has the same words in another order"
    MISREAD = "differs in one letter"
    SHORT = "is shortened"
    INITIALS = "is written as its initials"
    PART = "is part of the other"
    OTHER = "is another name"


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name as it is compared: its words without the legal form, and that form, "" where it has none."""

    words: tuple[str, ...]
    form: str

    @property
    def key(self) -> str:
        """What names that are the same have in common."""
        return "".join(self.words)


@lru_cache(maxsize=_MOST_NAMES)
def parts_of(name: str) -> NameParts:
    """Return a name as it is compared."""
    text = unicodedata.normalize("NFKC", name).casefold()
    joined = next((form for form in _JOINED_FORMS if form in text), "")
    text = text.replace(joined, " ") if joined else text
    words = _words(_without_form(text))
    words, form = _taken_off(words)
    whole = _words(text)
    if len(whole) > len(words) + bool(form):
        form = "".join(word for word in whole if word not in words) or form
    if not words:  # the name is nothing but a legal form
        return NameParts(whole, joined)
    return NameParts(words, joined or form)


def relation_of(one: str, other: str) -> NameRelation:
    """Return what one name is to another, in either direction."""
    a, b = parts_of(one), parts_of(other)
    if not a.words or not b.words:  # nothing but signs
        return NameRelation.SAME if one.split() == other.split() else NameRelation.OTHER
    if _are_same(a.words, b.words):
        return NameRelation.SAME if a.form == b.form else NameRelation.FORM
    short, long = sorted((a.words, b.words), key=lambda words: (len(words), len("".join(words))))
    closest: dict[NameRelation, Callable[[], bool]] = {
        NameRelation.ORDER: lambda: sorted(short) == sorted(long),
        NameRelation.MISREAD: lambda: _is_misread(short, long),
        NameRelation.INITIALS: lambda: _is_initials(short, long),
        NameRelation.SHORT: lambda: _is_short(short, long) or _is_short(long, short),
        NameRelation.PART: lambda: _is_part(short, long),
    }
    found = (relation for relation, holds in closest.items() if holds())
    return next(found, NameRelation.OTHER)


def are_other_firms(one: str, other: str) -> bool:
    """Say whether two names have legal forms of which neither is short for the other: a GmbH is no AG."""
    a, b = parts_of(one).form, parts_of(other).form
    if not a or not b or a == b:
        return False
    short, long = sorted((a, b), key=len)
    return len(long) < _SPELLED_OUT_CHARS or not _AND.isdisjoint(long) or not _shortens(short, long)


def has_form(name: str) -> bool:
    """Say whether a name has a legal form, which no person's has."""
    return bool(parts_of(name).form)


def _words(text: str) -> tuple[str, ...]:
    # dots within an abbreviation are no ends of words: "S.A.", "e.V."
    joined = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", text)
    # marks are letters in scripts that write vowels so, such as Hindi
    spaced = "".join(char if _is_part_of_word(char) or char in _AND else " " for char in joined)
    words = map(_plain, re.sub(r"([&+])", r" \1 ", spaced).split())
    return tuple(word for word in words if word)


def _is_part_of_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM"


def _plain(word: str) -> str:
    """Return a word without the marks that it may also be written without: accents, umlauts, vowel points.

    Those of other scripts stay: a Japanese ga is no ka.
    """
    if word.isascii():
        return word
    kept: list[str] = []
    base = ""
    for char in unicodedata.normalize("NFD", word):
        if not unicodedata.combining(char):
            base = char
        elif base < _AFTER_GREEK or base == "е" or _FIRST_POINT <= char <= _LAST_POINT:
            continue
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


def _without_form(text: str) -> str:
    from cleanco.clean import custom_basename

    stripped: str = custom_basename(text, _terms(), prefix=True, suffix=True)
    return stripped or text


@cache
def _terms() -> list[tuple[int, list[str]]]:
    from cleanco.clean import prepare_default_terms

    terms: list[tuple[int, list[str]]] = prepare_default_terms()
    return terms


def _taken_off(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    if len(words) > 1 and words[0] in _FORMS:
        return words[1:], words[0]
    if len(words) > 1 and words[-1] in _FORMS:
        return words[:-1], words[-1]
    return words, ""


def _are_same(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    if "".join(a) == "".join(b) or _spelled_out(a) == _spelled_out(b):
        return True
    return len(a) == len(b) and all(
        x == y or ((x in _AND or y in _AND) and max(len(x), len(y)) <= _AND_CHARS)
        for x, y in zip(a, b, strict=True)
    )


def _spelled_out(words: Sequence[str]) -> str:
    # Mueller is Müller, whose umlaut is gone here; that both lose an e matters to no comparison of two names
    return re.sub(r"(?<=[aou])e", "", "".join(words))


def _is_misread(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    from rapidfuzz.distance import OSA

    if len(a) != len(b):
        return False
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return len(pairs) == 1 and min(map(len, pairs[0])) >= _MISREAD_CHARS and OSA.distance(*pairs[0]) == 1


def _is_initials(short: Sequence[str], long: Sequence[str]) -> bool:
    return len(short) == 1 and len(long) > 1 and short[0] == "".join(word[0] for word in long)


def _is_short(short: Sequence[str], long: Sequence[str]) -> bool:
    """Say whether each word of `short` is one of `long` in its place, or shortens one or several of them.

    One at least is the same in both. Each pair of places is looked at once: names of a hundred like words
    would otherwise be compared for ever.
    """

    @cache
    def fits(at: int, to: int, has_equal: bool) -> bool:
        if at == len(short) or to == len(long):
            return at == len(short) and to == len(long) and has_equal
        word, other = short[at], long[to]
        if word == other and fits(at + 1, to + 1, True):
            return True
        if len(word) > 1 and _shortens(word, other) and fits(at + 1, to + 1, has_equal):
            return True
        together = len(word)
        return (
            1 < together <= len(long) - to
            and word == "".join(one[0] for one in long[to : to + together])
            and fits(at + 1, to + together, has_equal)
        )

    return fits(0, 0, False)


def _shortens(short: str, long: str) -> bool:
    """Say whether a word's letters are some of a longer one's, in their order from its first."""
    if len(short) * 3 > len(long) * 2 or short[0] != long[0] or not short.isalpha():
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _is_part(short: Sequence[str], long: Sequence[str]) -> bool:
    if len(short) == 1 and len(short[0]) < _CONTAINED_CHARS:
        return False
    size = len(short)
    return any(tuple(long[at : at + size]) == tuple(short) for at in range(len(long) - size + 1))
