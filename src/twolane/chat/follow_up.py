"""Full questions: what a follow-up asks, as it would be asked without the conversation before it.

Why it is done so: docs/why/chat.md#a-follow-up-is-searched-for-as-a-full-question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from twolane.answers import Turn
from twolane.chat import phrases
from twolane.chat.claims import CAPITAL_NOUNS, PlacedValue, PlacedWord, Statement, ValueKind, read
from twolane.chat.conversation import borrowed, leans_back
from twolane.text.languages import UNKNOWN, Language, language_of
from twolane.text.stems import meaningful, question_language
from twolane.text.words import SPACELESS_RUN, raw_words, script

Rewrite = Callable[[str, Sequence[Turn]], str | None]

# In German a name is told from another noun by the word before it alone: in Jena, bei der Bank.
_BEFORE_NAMES = frozenset(["aus", "bei", "für", "in", "mit", "nach", "von", "zu"])
_YEARS = range(1900, 2101)
_WITHIN_NAME = re.compile(r"[\s.'’&-]*")
_MOST_CHARS = 300
_NAME = "name"


@dataclass(frozen=True, slots=True)
class FullQuestion:
    """A follow-up as a question of its own; where that is certain, it stands for the follow-up altogether."""

    text: str
    certain: bool = False


@dataclass(frozen=True, slots=True)
class _TurnedPart:
    """A value or a name at a place of a question, of which kind it is, and the word before it."""

    start: int
    end: int
    kind: str
    before: str = ""


def turned(question: str, history: Sequence[Turn]) -> str | None:
    """Return the last question with the one thing in it changed that a follow-up names anew, if that is all.

    "What was the premium in 2022?", "And in 2023?": one value or name of the same kind stands in both, and
    nothing else in the follow-up. It is certain then, in any language.
    """
    if not history or not leans_back(question):
        return None
    *before, last = history
    base = turned(last.question, before) or last.question
    language = question_language(base)
    if language_of(raw_words(question.casefold())) not in {UNKNOWN, language}:
        return None
    new = _only_part(question, base, language)
    old = new and _counterpart(new, _parts(base, language), language)
    if not new or not old:
        return None
    full = base[: old.start] + question[new.start : new.end] + base[old.end :]
    return None if full == base else full


def resolved(history: Sequence[Turn]) -> Sequence[Turn]:
    """Return the turns from the last one on whose full question is certain, with that in place of its own."""
    for number in reversed(range(len(history))):
        if full := turned(history[number].question, history[:number]):
            return [replace(history[number], question=full), *history[number + 1 :]]
    return history


def _counterpart(new: _TurnedPart, parts: Sequence[_TurnedPart], language: Language) -> _TurnedPart | None:
    """Return the one part of its kind, or of several the one behind the same word."""
    alike = [part for part in parts if part.kind == new.kind]
    if new.kind == _NAME and language.algorithm in CAPITAL_NOUNS:
        alike = [part for part in alike if part.before in _BEFORE_NAMES and part.before == new.before]
    if len(alike) > 1 and new.before:
        alike = [part for part in alike if part.before == new.before]
    return alike[0] if len(alike) == 1 else None


def joined(question: str, history: Sequence[Turn]) -> str:
    """Return a follow-up with the words that it is searched for with: those of the conversation's subject."""
    written = {word.casefold(): word for text in _said(history) for word in raw_words(text)}
    words = [written[word.casefold()] for word in borrowed(question, history) if word.casefold() in written]
    return f"{question.strip()} ({', '.join(dict.fromkeys(words))})" if words else question.strip()


def adds_nothing(full: str, question: str, history: Sequence[Turn]) -> bool:
    """Say whether a full question adds what the conversation says to a follow-up, and nothing else.

    It is in the follow-up's script, and in its language where both show theirs. Half of the follow-up's
    words must stand in it: of a language whose stop words are not known, pronouns are among them.
    """
    said = _said(history)
    if full.casefold() in {turn.question.strip().casefold() for turn in history}:
        return False
    if len(full) > _MOST_CHARS or "\n" in full or _script(full) != _script(question, *said):
        return False
    language, own = question_language(full), question_language(question)
    if UNKNOWN not in (own, language) and own != language:
        return False
    asked, held = _stems(question, language), _stems(full, language)
    taken = held - asked
    return bool(taken) and taken <= _stems(" ".join(said), language) and 2 * len(asked & held) >= len(asked)


def _stems(text: str, language: Language) -> set[str]:
    """Return a text's words that carry meaning; of runs without spaces, the characters."""
    runs = SPACELESS_RUN.findall(text)
    return {*meaningful(SPACELESS_RUN.sub(" ", text), language), *"".join(runs)}


def _said(history: Sequence[Turn]) -> list[str]:
    return [text for turn in history for text in (turn.question, turn.answer)]


def _script(*texts: str) -> str:
    """Return the script of the first letter of the first text that has one."""
    return next((script(char) for text in texts for char in text if char.isalpha()), "")


def _only_part(question: str, base: str, language: Language) -> _TurnedPart | None:
    """Return the one value or name of a follow-up, where it says nothing else that its base does not."""
    statement = read(question, language)
    values = _values(question, statement)
    known = frozenset(raw_words(base.casefold())) | phrases.turning_words()
    rest = [word for word in statement.words if not _is_known(word.text, known)]
    if not rest:
        return values[0] if len(values) == 1 else None
    start, end = rest[0].start, rest[-1].end
    written = raw_words(question[start:end])
    is_name = not values and len(written) == len(rest) and all(word[0].isupper() for word in written)
    is_name = is_name and {word.text for word in rest}.isdisjoint(language.stop_words | phrases.bare_words())
    return _part(question, start, end, _NAME) if is_name else None


def _is_known(word: str, known: frozenset[str]) -> bool:
    if SPACELESS_RUN.fullmatch(word):
        return set(word) <= set("".join(one for one in known if SPACELESS_RUN.fullmatch(one)))
    return word in known


def _parts(base: str, language: Language) -> list[_TurnedPart]:
    statement = read(base, language)
    return [*_values(base, statement), *_names(base, statement.words, language)]


def _values(text: str, statement: Statement) -> list[_TurnedPart]:
    return [_part(text, one.start, one.end, _kind(one)) for one in statement.values if not one.spelled]


def _kind(value: PlacedValue) -> str:
    if value.kind is ValueKind.DATE:
        known = (sum(piece is not None for piece in key) for key in value.keys if isinstance(key, tuple))
        return f"date {max(known)}"
    years = any(isinstance(key, Decimal) and key in _YEARS for key in value.keys)
    return "year" if years and value.kind is ValueKind.NUMBER else value.kind.name


def _names(text: str, words: Sequence[PlacedWord], language: Language) -> list[_TurnedPart]:
    """Return the runs of words that are written as names."""
    is_capital = language.algorithm in CAPITAL_NOUNS
    found: list[_TurnedPart] = []
    for word in words:
        if not (word.is_name or (is_capital and word.start and text[word.start].isupper())):
            continue
        if found and _WITHIN_NAME.fullmatch(text, found[-1].end, word.start):
            found[-1] = replace(found[-1], end=word.end)
        else:
            found.append(_part(text, word.start, word.end, _NAME))
    return found


def _part(text: str, start: int, end: int, kind: str) -> _TurnedPart:
    before = raw_words(text[:start].casefold())
    return _TurnedPart(start, end, kind, before[-1] if before else "")
