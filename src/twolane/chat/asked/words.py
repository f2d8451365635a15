"""The phrases of `words.toml` and `kinds.toml`, by language, as they are looked for in questions."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from twolane.chat.asked.tokens import Meaning, PhraseBook, folded, phrase_of
from twolane.text.languages import digits_of, language_by_code

ONE, MANY = "one", "many"
CONCEPT, KIND, FILES = "concept", "kind", "files"
AMOUNT = "amount"
MONEY = frozenset({"sum", "total", "much", "average", "largest", "smallest"})  # what is asked of amounts
UNITS = frozenset({"year", "quarter", "month", "week", "day"})  # of time
# nouns of these say nothing of number, or stand in the singular behind numerals
_NUMBERLESS = frozenset({"tr", "ar", "zh", "ja", "ko"})
_HAN_NUMBERS = {char: value for value, char in enumerate("一二三四五六七八九十", 1)} | {"两": 2, "兩": 2}


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """What the questions of one language are made of.

    `things` finds what is asked for, `amounts` which amount of it, `words` all else; `stops` are words
    without case and accents that say nothing, and `numbers` what numerals stand for.
    """

    code: str
    things: PhraseBook
    amounts: PhraseBook
    words: PhraseBook
    stops: frozenset[str]
    numbers: Mapping[str, int]
    currencies: Mapping[tuple[str, ...], str]
    ordinals: tuple[tuple[str, ...], ...]
    algorithm: str
    senders: frozenset[str]  # the words that stand before a sender and nothing else


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of the languages whose questions are read."""
    return tuple(_words())


@cache
def question_words(code: str) -> QuestionWords:
    """Return the words of the questions of one language."""
    table, language = _words()[code], language_by_code(code)
    algorithm = language.algorithm if language else ""
    numerals = {folded(word): int(number) for word, number in digits_of(algorithm).items()}
    return QuestionWords(
        code=code,
        things=PhraseBook(_things(code)),
        amounts=PhraseBook(
            (phrase, Meaning(AMOUNT, amount))
            for amount, table in _kinds()[AMOUNT].items()
            for phrase in _phrases(table[code])
        ),
        words=PhraseBook(
            (phrase, Meaning(role))
            for role, text in table.items()
            if role not in {FILES, "currency", "ordinals"}
            for phrase in _phrases(text)
        ),
        stops=frozenset(map(folded, language.stop_words)) if language else frozenset(),
        numbers={**_HAN_NUMBERS, **numerals} if code in {"zh", "ja"} else numerals,
        currencies=dict(_currencies(table["currency"])),
        ordinals=tuple(_phrases(table["ordinals"])),
        algorithm=algorithm,
        senders=frozenset({table["from"].partition(";")[0].strip()}),
    )


@lru_cache(maxsize=4096)
def concepts_of(name: str) -> frozenset[str]:
    """Return the ids of the entries of `kinds.toml` one of whose names, in any language, is this."""
    exact, beginnings = _concept_names()
    words = phrase_of(name)
    others = (concept for phrase, concept in beginnings if same_words(phrase, words))
    return exact.get(words, frozenset()).union(others)


def kind_name(kind: str) -> str:
    """Return what people call a media type that `kinds.toml` has, else the type itself."""
    table = _kinds()["kind"].get(kind)
    return table["name"] if table else kind


def _things(code: str) -> Iterator[tuple[tuple[str, ...], Meaning]]:
    kinds = _kinds()
    yield from _numbered(_words()[code][FILES], Meaning(FILES), code)
    for concept, table in kinds["category"].items():
        yield from _numbered(table[code], Meaning(CONCEPT, concept), code)
    for kind, table in kinds["kind"].items():
        yield from _numbered(table["all"], Meaning(KIND, kind), code)


def _numbered(text: str, meaning: Meaning, code: str) -> Iterator[tuple[tuple[str, ...], Meaning]]:
    one, parted, many = text.partition("/")
    singular, plural = set(_phrases(one)), set(_phrases(many))
    for phrase in singular | plural:
        says = parted and code not in _NUMBERLESS and (phrase in singular) != (phrase in plural)
        number = (ONE if phrase in singular else MANY) if says else ""
        yield phrase, Meaning(meaning.role, meaning.value, number)


def _phrases(text: str) -> Iterator[tuple[str, ...]]:
    return (phrase for part in text.split(";") if (phrase := phrase_of(part)))


def _currencies(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    for pair in text.split(";"):
        words, _, code = pair.strip().partition("=")
        yield phrase_of(words), code


@cache
def _concept_names() -> tuple[
    Mapping[tuple[str, ...], frozenset[str]], Sequence[tuple[tuple[str, ...], str]]
]:
    """Return what is called by each phrase, and the phrases that only begin a name."""
    named = [
        (phrase, concept)
        for concept, table in _kinds()["category"].items()
        for text in table.values()
        for part in text.split("/")
        for phrase in _phrases(part)
    ]
    exact: dict[tuple[str, ...], frozenset[str]] = {}
    for phrase, concept in named:
        exact[phrase] = exact.get(phrase, frozenset()) | {concept}
    return exact, [one for one in named if any(word.endswith("*") for word in one[0])]


def same_words(phrase: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Say whether words are a phrase's own."""
    return len(phrase) == len(words) and all(
        word.startswith(given[:-1]) if given.endswith("*") else word == given
        for given, word in zip(phrase, words, strict=True)
    )


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(_text("words.toml"))


@cache
def _kinds() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(_text("kinds.toml"))


def _text(name: str) -> str:
    return resources.files("twolane.chat.asked").joinpath(name).read_text(encoding="utf-8")
