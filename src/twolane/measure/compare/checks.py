"""Whether an answer keeps to the form that was asked for: the rules behind the shipped checks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from twolane.measure.data import read_data
from twolane.text.languages import language_of
from twolane.text.words import raw_words

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?]+[\"'”’)]*(?=\s|$)")
_LANGUAGES = {"de": "german", "fr": "french", "en": "english"}

Rule = Callable[[str, Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Check:
    """One instruction, and the rule that an answer to it must meet with its arguments."""

    name: str
    ask: str
    rule: str
    arguments: Mapping[str, Any]

    def passes(self, answer: str) -> bool:
        """Say whether an answer does what was asked; white space around it does not count."""
        return _RULES[self.rule](answer.strip(), self.arguments)


def shipped_checks() -> tuple[Check, ...]:
    """Return the checks that ship with twolane."""
    rows = read_data("compare/instructions")["check"]
    return tuple(Check(row.pop("name"), row.pop("ask"), row.pop("rule"), row) for row in rows)


def _json_object(answer: str, wanted: Mapping[str, Any]) -> bool:
    found = _json(answer)
    return isinstance(found, dict) and set(found) == set(wanted["keys"])


def _json_array(answer: str, wanted: Mapping[str, Any]) -> bool:
    found = _json(answer)
    if not isinstance(found, list) or len(found) != wanted["count"]:
        return False
    return all(isinstance(item, str) and item.strip() for item in found)


def _json(answer: str) -> Any:
    try:
        return json.loads(answer)
    except ValueError:
        return None


def _one_of(answer: str, wanted: Mapping[str, Any]) -> bool:
    return answer.strip(" .!\"'").casefold() in wanted["words"]


def _matches(answer: str, wanted: Mapping[str, Any]) -> bool:
    return re.fullmatch(wanted["pattern"], answer) is not None


def _words(answer: str, wanted: Mapping[str, Any]) -> bool:
    return bool(wanted["least"] <= len(_WORD.findall(answer)) <= wanted["most"])


def _sentences(answer: str, wanted: Mapping[str, Any]) -> bool:
    ends = len(_SENTENCE_END.findall(answer))
    return ends == wanted["count"] and _SENTENCE_END.search(answer[-3:]) is not None


def _lower(answer: str, _: Mapping[str, Any]) -> bool:
    return len(_WORD.findall(answer)) > 2 and answer == answer.lower()


def _lines(answer: str, wanted: Mapping[str, Any]) -> bool:
    lines = [line for line in answer.splitlines() if line.strip()]
    whole = all(line.startswith(wanted["prefix"]) and _WORD.search(line) for line in lines)
    return len(lines) == wanted["count"] and whole


def _numbered(answer: str, wanted: Mapping[str, Any]) -> bool:
    lines = [line for line in answer.splitlines() if line.strip()]
    whole = all(re.match(rf"{number}\. ?\S", line) for number, line in enumerate(lines, 1))
    return len(lines) == wanted["count"] and whole


def _language(answer: str, wanted: Mapping[str, Any]) -> bool:
    return language_of(raw_words(answer.casefold())).algorithm == _LANGUAGES[wanted["language"]]


def _without(answer: str, wanted: Mapping[str, Any]) -> bool:
    words = {word.casefold() for word in _WORD.findall(answer)}
    return len(words) > 2 and not words & set(wanted["words"])


def _ends(answer: str, wanted: Mapping[str, Any]) -> bool:
    return answer.rstrip(" .!\"'").endswith(wanted["text"]) and len(_WORD.findall(answer)) > 3


_RULES: dict[str, Rule] = {
    rule.__name__.removeprefix("_"): rule
    for rule in (
        *(_json_object, _json_array, _one_of, _matches, _words, _sentences),
        *(_lower, _lines, _numbered, _language, _without, _ends),
    )
}
