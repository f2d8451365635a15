"""What the days and numbers that two documents bear say of them, held against both texts: drawing may err."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto

from twolane.copies.papers import ComparedText, as_found
from twolane.store.values import SketchedDocument


class Days(Enum):
    """What the days of two documents are to each other."""

    UNKNOWN = auto()  # one bears none
    SAME = auto()
    BOTH = auto()  # each text has both, and which one was taken is chance
    QUOTED = auto()  # one text has the other's day: a reminder that names its invoice
    DIFFER = auto()


def days_of(
    one: SketchedDocument, other: SketchedDocument, first: ComparedText, second: ComparedText
) -> Days:
    """Return what the days of two documents are to each other."""
    if not one.day or not other.day:
        return Days.UNKNOWN
    if one.day == other.day:
        return Days.SAME
    here = any(form in second.stream for form in _forms(one))
    there = any(form in first.stream for form in _forms(other))
    if here and there:
        return Days.BOTH
    return Days.QUOTED if here or there else Days.DIFFER


def numbers_differ(
    one: SketchedDocument, other: SketchedDocument, first: ComparedText, second: ComparedText
) -> bool:
    """Say whether two documents bear different numbers; they do not where each text has both."""
    numbers = as_found(one.number), as_found(other.number)
    if not all(numbers) or numbers[0] == numbers[1]:
        return False
    return not all(number in text.stream for number in numbers for text in (first, second))


def share_number(one: SketchedDocument, other: SketchedDocument) -> bool:
    """Say whether two documents bear one number of one sender."""
    number = as_found(one.number)
    same = bool(number) and number == as_found(other.number)
    return same and one.correspondent_id == other.correspondent_id != 0


def _forms(document: SketchedDocument) -> Iterator[str]:
    """Yield how a document's day may stand in a text: in its own words, or in digits."""
    if words := as_found(document.day_words):
        yield words
    year, month, day = document.day.split("-")
    short = f"{int(day)}{int(month)}"
    for form in (
        year + month + day,
        day + month + year,
        month + day + year,
        short + year,
        day + month + year[2:],
    ):
        yield as_found(form)
