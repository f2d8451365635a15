"""Which of a document's dates, sums and numbers is the one that a field asks for, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import exp

from twolane.facts import FieldSource, FieldValue
from twolane.fields.links import LabelLink
from twolane.fields.sheet import Sheet, fold


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be the value of a field: `score` says how much speaks for it, 0 is nothing."""

    value: str
    start: int
    end: int
    score: float
    link: LabelLink | None = None
    reason: str = ""
    is_proven: bool = False  # by its check digits, or by a sum that adds up
    is_doubtful: bool = False  # it can be read otherwise: day and month may be swapped
    is_taught: bool = False  # it stands where people found it in other papers of the sender


@dataclass(frozen=True, slots=True)
class Rival:
    """One of the values between which patterns are not sure; `score` says how much speaks for it."""

    value: FieldValue
    score: float


# Fitted to what was right in documents that were labelled by hand: docs/why/fields.md#how-sure-a-pattern-is
_BIAS, _SLOPE, _MARGIN_SLOPE, _MOST_MARGIN = -3.1, 0.9, 0.55, 3.0
SUREST = 0.97
_SUREST_FROM_A_SCAN = 0.89
_SUREST_BY_PLACE = 0.9  # of what no label in the same line says outright
_SUREST_IN_DOUBT = 0.85
_OUTRIGHT = 0.85
WORTH_SAYING = 0.4  # what is less sure counts as missing too: a model may know it
_LEAST_SCORE = 1.0
_MOST_RIVALS = 8
# What a person showed in another paper outweighs every label.
_TAUGHT, _TAUGHT_VALUE = 7.0, 2.5


def best_of(
    field: str, candidates: Iterable[Candidate], sheet: Sheet, lessons: Sequence[FieldValue] = ()
) -> FieldValue | None:
    """Return the value that most speaks for, None where too little does.

    `lessons` are what people said of the sender's other papers: what stood before the values there counts.
    """
    ranked = list(candidates)
    if lessons:
        ranked = [_taught(one, sheet, lessons) for one in ranked]
    ranked.sort(key=lambda one: (-one.score, one.start))
    if not ranked or ranked[0].score < _LEAST_SCORE:
        return None
    first = ranked[0]
    rivals = [one.score for one in ranked if one.value != first.value]
    margin = min(_MOST_MARGIN, first.score - rivals[0]) if rivals else _MOST_MARGIN
    return _value(field, first, sheet, min(_most(first, sheet), confidence(first, margin)))


def rivals_of(field: str, candidates: Iterable[Candidate], sheet: Sheet) -> tuple[Rival, ...]:
    """Return the values that most speaks for, each once, the likeliest first."""
    ranked = sorted(candidates, key=lambda one: (-one.score, one.start))
    distinct = {one.value: one for one in reversed(ranked)}
    best = sorted(distinct.values(), key=lambda one: -one.score)[:_MOST_RIVALS]
    return tuple(Rival(_value(field, one, sheet, 0.0), one.score) for one in best)


def _value(field: str, one: Candidate, sheet: Sheet, confidence: float) -> FieldValue:
    return FieldValue(
        field,
        one.value,
        confidence,
        FieldSource.SENDER if one.is_taught else FieldSource.PATTERN,
        sheet.raw[one.start : one.end],
        sheet.span(one.start, one.end),
        one.reason or reason_of(one, sheet),
        before_of(sheet, one.start),
    )


def _taught(one: Candidate, sheet: Sheet, lessons: Sequence[FieldValue]) -> Candidate:
    """Return a candidate with what the sender's other papers say for it."""
    before = label_alone(before_of(sheet, one.start))
    if before and any(before == label_alone(lesson.before) for lesson in lessons):
        return replace(
            one, score=one.score + _TAUGHT, is_taught=True, reason="as in another paper of the sender"
        )
    if any(one.value == lesson.value for lesson in lessons):
        return replace(one, score=one.score + _TAUGHT_VALUE)
    return one


def label_alone(before: str) -> str:
    """Return what stands before a value without the numbers in it, which differ from paper to paper."""
    return " ".join(re.sub(r"[\d.,/-]+", " ", fold(before)).split())


def confidence(candidate: Candidate, margin: float) -> float:
    """Return the probability that a candidate is right which is ahead of all others by a margin."""
    chance = 1 / (1 + exp(-(_BIAS + _SLOPE * candidate.score + _MARGIN_SLOPE * margin)))
    return round(min(SUREST, chance), 3)


def _most(candidate: Candidate, sheet: Sheet) -> float:
    """Return how sure a candidate can be at most, whatever speaks for it."""
    if candidate.is_proven:
        return SUREST
    if candidate.is_doubtful:
        return _SUREST_IN_DOUBT
    if sheet.is_ocr:
        return _SUREST_FROM_A_SCAN
    link = candidate.link
    is_outright = (
        link and link.label.weight >= _OUTRIGHT and link.label.line == sheet.line_of(candidate.start)
    )
    return SUREST if is_outright or candidate.is_taught else _SUREST_BY_PLACE


def reason_of(candidate: Candidate, sheet: Sheet) -> str:
    """Say in a few words why a candidate was taken."""
    if candidate.link is None:
        return "by where it stands"
    label = candidate.link.label
    return f"beside “{' '.join(sheet.raw[label.start : label.end].split())}”"


def before_of(sheet: Sheet, start: int) -> str:
    """Return what stands before a value in its line: its label, by which the sender's next paper is read."""
    line = sheet.lines[sheet.line_of(start)]
    return " ".join(sheet.raw[line.start : start].split())[-80:]
