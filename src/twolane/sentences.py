"""The sentences of the program, each read back to its code and its values.

Why it is so: docs/why/serving.md#a-sentence-is-read-back-to-its-code.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import ClassVar

_NAME = re.compile(r"\{(\w+)\}")
_SPOKEN = frozenset({"why", "also", "what"})
# How sentences are put together to one text, each part with its own code.
_TOGETHER = {"; ": "and", " → ": "to_do"}
# Notes name files, which anybody may have named: what is too long, or has too many parts, is left as it is.
_MOST_CHARS = 2000
_MOST_PARTS = 12
_KEPT = 4096
# By so many characters of its beginning and end most forms are none of a text, without being tried.
_EDGE_CHARS = 3


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its code, and what it says of this one case; a value may be a sentence itself."""

    code: str
    values: Mapping[str, str | Sentence]


@dataclass(frozen=True, slots=True)
class Saying:
    """A value that tells in sentences of the program: in the fields that `told` names.

    `said` has those that are known by their codes; it is made of the fields, whatever a server has sent.
    """

    told: ClassVar[tuple[str, ...]] = ()
    said: Mapping[str, Sentence] = field(kw_only=True, compare=False, repr=False, default_factory=dict)

    def __init_subclass__(cls, told: tuple[str, ...] = ()) -> None:
        if told:  # a dataclass with slots is made twice, the second time without its arguments
            cls.told = told

    def __post_init__(self) -> None:
        object.__setattr__(self, "said", said(**{name: getattr(self, name) for name in self.told}))


@dataclass(frozen=True, slots=True)
class _Wording:
    """One way to write a sentence.

    `beginning` and `end` are what it has before and after all values, `longest` the longest of its own parts.
    """

    code: str
    beginning: str
    end: str
    longest: str
    pattern: re.Pattern[str]
    letters: int

    def read(self, text: str) -> Sentence | None:
        if self.longest not in text or not (text.startswith(self.beginning) and text.endswith(self.end)):
            return None
        if (found := self.pattern.fullmatch(text)) is None:
            return None
        values = {name: _value(name, value) for name, value in found.groupdict().items()}
        # without a word of its own it would be anything
        is_it = self.letters or any(isinstance(value, Sentence) for value in values.values())
        return Sentence(self.code, values) if is_it else None


def codes() -> dict[str, frozenset[str]]:
    """Return the names of the values of every sentence there is, by its code."""
    own = {code: frozenset(_NAME.findall(forms[0])) for code, forms in _written().items()}
    return own | {code: frozenset({"why", "also"}) for code in _TOGETHER.values()}


@lru_cache(_KEPT)
def sentence(text: str) -> Sentence | None:
    """Return a sentence that the program has written, None where its text is none that is known.

    Of several that it may be, it is the one with the fewest words left to its values.
    """
    if not text or len(text) > _MOST_CHARS:
        return None
    return _put_together(text) or _whole(text)


def said(**texts: str) -> dict[str, Sentence]:
    """Return the sentences among texts, by the names of the texts."""
    return {name: found for name, text in texts.items() if (found := sentence(text))}


def _whole(text: str) -> Sentence | None:
    likely = _forms(text[:_EDGE_CHARS], text[-_EDGE_CHARS:])
    return next(filter(None, (form.read(text) for form in likely)), None)


def _value(name: str, text: str) -> str | Sentence:
    return (sentence(text) or text) if name in _SPOKEN else text


def _put_together(text: str) -> Sentence | None:
    """Return sentences that stand one after another, where each of them is known."""
    for between, code in _TOGETHER.items():
        parts = text.split(between, _MOST_PARTS)
        for place in range(1, len(parts)):
            rest = between.join(parts[place:])
            if (first := _whole(between.join(parts[:place]))) and (also := sentence(rest)):
                return Sentence(code, {"why": first, "also": also})
    return None


@cache
def _written() -> dict[str, list[str]]:
    found = tomllib.loads(files("twolane").joinpath("sentences.toml").read_text("utf-8"))
    return {code: [forms] if isinstance(forms, str) else forms for code, forms in found.items()}


@lru_cache(_KEPT)
def _forms(first: str, last: str) -> tuple[_Wording, ...]:
    """Return the forms of texts that begin and end so, those with the most words of their own first."""
    return tuple(
        form
        for form in _all_forms()
        if first.startswith(form.beginning[:_EDGE_CHARS]) and last.endswith(form.end[-_EDGE_CHARS:])
    )


@cache
def _all_forms() -> tuple[_Wording, ...]:
    return tuple(sorted(_made(), key=lambda form: -form.letters))


def _made() -> Iterator[_Wording]:
    for code, forms in _written().items():
        for form in forms:
            # what stands between values comes first, third ..., the names of the values between them
            parts = _NAME.split(form)
            fixed = parts[::2]
            letters = sum(map(str.isalpha, "".join(fixed)))
            yield _Wording(code, fixed[0], fixed[-1], max(fixed, key=len), _pattern(parts), letters)


def _pattern(parts: Iterable[str]) -> re.Pattern[str]:
    made = (f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile("".join(made), re.DOTALL)
