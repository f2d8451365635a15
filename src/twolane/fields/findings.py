"""What a document holds of every type of value: found when it is first needed, and once."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from twolane.documents import Reading
from twolane.facts import CORRESPONDENT, FieldSpec, FieldType, FieldValue, MarkKind
from twolane.fields.amounts import FoundAmount, find_amounts, main_currency
from twolane.fields.blocks import LineValue, align
from twolane.fields.choose import Candidate, before_of, best_of, label_alone
from twolane.fields.dates import FoundDate, FoundPeriod, find_dates, find_periods
from twolane.fields.labels import Label, labels_for, language_of_labels
from twolane.fields.links import LabelLink, Links, Spot
from twolane.fields.marks import FoundMark, find_marks
from twolane.fields.recipients import recipient_lines
from twolane.fields.senders import find_senders
from twolane.fields.sheet import Line, Sheet
from twolane.fields.sums import Sums, Triple, sums_of
from twolane.fields.titles import find_titles

S = TypeVar("S", bound=Spot)
_Linked = list[tuple[S, dict[str, LabelLink]]]
_NUMBER = re.compile(
    r"(?<![\w/.-])(?:(?:\d+(?: \d{2,}(?![\w.,/:-]))+(?: \d(?![\w.,/:-]))?)"
    r"|(?:[A-Z]{1,5}[ -]{1,2}(?=\d))?(?:\d{1,2}:(?=\d\d-)|(?:[^\W\d_]{1,8}[./-])+)?\w*\d[\w./_-]*"
    r"(?: ?/ ?[\w.-]*\d[\w.-]*)*)"
)
_ALONE = re.compile(r"(?:[A-Z]{1,5} )?[\w./_-]*\d[\w./_-]*")
_DATA = re.compile(
    r"text/(?:csv|calendar|vcard|x-|javascript)|application/(?:json|vnd.ms-excel|vnd\.o\S+sheet)"
)
_LEAST_SURE = 0.14  # of a sender: any line at the top of a text is worth a little less
_OUTRIGHT = 0.85  # the weight of labels that say more than "amount"
_NAMED = 3.0  # what a label's score must be over, for an amount to be called by it


class Findings:
    """Everything in a document that may be the value of a field, with the labels that announce it."""

    def __init__(self, reading: Reading, path: Path, specs: tuple[FieldSpec, ...]) -> None:
        self.reading, self.path = reading, path
        self.sheet = Sheet(reading)
        self.known = labels_for(specs)
        self.labels: list[Label] = self.known.find(self.sheet)
        if not reading.language and (language := language_of_labels(self.labels)) not in {
            "",
            self.sheet.language,
        }:
            self.sheet.language = language
            self.labels = self.known.find(self.sheet)
        self.marks: list[FoundMark] = find_marks(self.sheet)
        self.dates: list[FoundDate] = find_dates(self.sheet)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """What the labels of the document announce."""
        return frozenset(label.kind for label in self.labels)

    @cached_property
    def links(self) -> Links:
        by_line: dict[int, list[Label]] = defaultdict(list)
        for label in self.labels:
            by_line[label.line].append(label)
        return Links(self.sheet, self.labels, align(self.sheet, by_line, self.known.types, self._value_in))

    @cached_property
    def amounts(self) -> list[FoundAmount]:
        taken = [(one.start, one.end) for one in self.dates if one.has_day]
        taken += [(one.start, one.end) for one in self.marks]
        return find_amounts(self.sheet, taken)

    @cached_property
    def sums(self) -> Sums:
        return sums_of(self.sheet, self.amounts)

    @cached_property
    def shown(self) -> dict[tuple[str, Decimal], float]:
        """How surely amounts are net, tax or total by what adds up, by part and amount."""
        named: dict[str, set[Decimal]] = defaultdict(set)
        for one, linked in self.linked_amounts:
            for part in Triple._fields:
                if (link := linked.get(part)) and link.score > _NAMED and link.label.weight > _OUTRIGHT:
                    named[part].add(one.amount)
        return self.sums.shown(named)

    @cached_property
    def currency(self) -> str:
        """The currency of amounts that have none beside them."""
        return main_currency(self.sheet, self.amounts)

    @cached_property
    def linked_dates(self) -> _Linked[FoundDate]:
        return self._linked([one for one in self.dates if one.has_day], FieldType.DATE)

    @cached_property
    def linked_amounts(self) -> _Linked[FoundAmount]:
        return self._linked(self.amounts, FieldType.AMOUNT)

    @cached_property
    def linked_numbers(self) -> _Linked[Candidate]:
        """What has digits in it and a label that announces a number."""
        sheet = self.sheet
        marks = [(one.start, one.end) for one in self.marks if one.kind is not MarkKind.PHONE]
        near = self.links.lines_near(self._kinds_of(FieldType.NUMBER))
        spots = [
            one
            for one in self._numbers()
            if sheet.line_of(one.start) in near and not any(a < one.end and one.start < b for a, b in marks)
        ]
        spots = [self._behind_labels(one) for one in spots]
        return [(one, linked) for one, linked in self._linked(spots, FieldType.NUMBER) if linked]

    def numbers_after(self, befores: Collection[str]) -> list[Candidate]:
        """Return what has digits in it and stands behind some words, as `label_alone` has them."""
        return [one for one in self._numbers() if label_alone(before_of(self.sheet, one.start)) in befores]

    def _behind_labels(self, one: Candidate) -> Candidate:
        """Return a number without the end of a label that was taken for its letters."""
        at = bisect_right(self.labels, one.start, key=lambda label: label.end)
        if (
            at < len(self.labels)
            and self.labels[at].start <= one.start < self.labels[at].end < one.end
            and self.sheet.text[self.labels[at].end] == " "
        ):
            start = self.labels[at].end
            start += len(self.sheet.text[start : one.end]) - len(
                self.sheet.text[start : one.end].lstrip(" -")
            )
            if any(map(str.isdigit, self.sheet.text[start : one.end])):
                return Candidate(
                    " ".join(self.sheet.text[start : one.end].split()), start, one.end, one.score
                )
        return one

    def _numbers(self) -> Iterable[Candidate]:
        text = self.sheet.text
        for match in _NUMBER.finditer(text):
            start, end = match.span()
            while end > start and text[end - 1] in "./-_":
                end -= 1
            yield Candidate(" ".join(text[start:end].split()), start, end, 0.0)

    @cached_property
    def linked_periods(self) -> _Linked[FoundPeriod]:
        return self._linked(find_periods(self.sheet, self.dates), FieldType.PERIOD)

    @property
    def is_data(self) -> bool:
        """Whether it is a table or code, which seldom names who made it."""
        return _DATA.match(self.reading.media_type) is not None

    @cached_property
    def senders(self) -> list[Candidate]:
        """Whom it may be from."""
        return find_senders(
            self.sheet, self.labels, self.sender_marks, self._no_names(), is_data=self.is_data
        )

    @cached_property
    def sender(self) -> FieldValue | None:
        """Who it is from, None where too little speaks for anybody."""
        best = best_of(CORRESPONDENT, self.senders, self.sheet)
        return best if best and best.confidence >= _LEAST_SURE else None

    def titles(self) -> list[Candidate]:
        return find_titles(self.sheet, self.known, self.labels, self.sender, self._no_names())

    @cached_property
    def sender_marks(self) -> list[FoundMark]:
        """The marks that are not those of whom the document is for."""
        if not self.marks:
            return []
        dates = [(one.start, one.end) for one in self.dates]
        by_line: dict[int, list[Label]] = defaultdict(list)
        for label in self.labels:
            by_line[label.line].append(label)
        theirs = recipient_lines(self.sheet, by_line)
        kept = []
        for mark in self.marks:
            if mark.kind is MarkKind.PHONE and any(a < mark.end and mark.start < b for a, b in dates):
                continue
            if self.sheet.line_of(mark.start) not in theirs:
                kept.append(mark)
        return kept

    def _linked(self, spots: Sequence[S], type_: FieldType) -> _Linked[S]:
        return list(zip(spots, self.links.of(spots, self._kinds_of(type_)), strict=True))

    def _kinds_of(self, type_: FieldType) -> frozenset[str]:
        return frozenset(kind for kind, one in self.known.types.items() if one == type_.value)

    def _no_names(self) -> list[tuple[int, int]]:
        """Return where dates and marks stand: no names."""
        dates = [(one.start, one.end) for one in self.dates if one.has_day]
        return dates + [(one.start, one.end) for one in self.marks]

    def _value_in(self, index: int) -> LineValue:
        """Return the one value that a line holds."""
        line = self.sheet.lines[index]
        text = self.sheet.text[line.start : line.end].strip()
        day = _first_in(self.dates, line)
        if day and _fills(day, line) and not text.isdigit():
            return LineValue("date")
        amount = _first_in(self.amounts, line)
        if amount and _fills(amount, line) and (amount.currency or amount.has_cents):
            return LineValue("amount", amount.amount)
        return LineValue("number" if _ALONE.fullmatch(text) else "")


Searcher = Callable[[FieldSpec, Findings], list[Candidate]]


def _first_in(spots: Sequence[S], line: Line) -> S | None:
    at = bisect_left(spots, line.start, key=lambda one: one.start)
    return spots[at] if at < len(spots) and spots[at].start < line.end else None


def _fills(spot: Spot, line: Line) -> bool:
    return spot.start - line.start <= 6 and line.end - spot.end <= 12


def standing(
    field: str, linked: dict[str, LabelLink], also: Sequence[str] = ()
) -> tuple[float, LabelLink | None]:
    """Return what labels say for a field: its own best, less what another field's says."""
    ours = [link for kind, link in linked.items() if kind == field or kind in also]
    own = max(ours, key=lambda link: link.score, default=None)
    place = (
        own.label.start if own else -1
    )  # a label may announce two fields: the day that is due, and the last
    others = [
        link.score
        for kind, link in linked.items()
        if kind != field and kind not in also and link.label.start != place
    ]
    other = max(others, default=0.0)
    if own is None:
        return -0.7 * other, None
    return own.score - 0.8 * max(0.0, other - 1.0) * (other > own.score - 1.0), own
