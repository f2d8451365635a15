"""Drawing the fields of a document out of its text and of what its file says, without a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from twolane.documents import Reading
from twolane.facts import (
    CORRESPONDENT,
    Correspondent,
    FieldSource,
    FieldSpec,
    FieldType,
    FieldValue,
    SenderMark,
)
from twolane.fields.choose import SUREST, WORTH_SAYING, Rival, rivals_of
from twolane.fields.findings import Findings
from twolane.fields.marks import sender_marks
from twolane.fields.organisations import squashed, without_form
from twolane.fields.relations import NameRelation, relation_of
from twolane.fields.searches import value_of
from twolane.fields.stated import values_of

_SAYS_SO = 0.85  # confidence in a paper's own word on whom it is from
_BY_MARKS = 0.93  # of papers that bear a sender's own account or address


@dataclass(frozen=True, slots=True)
class Taught:
    """What is known of a document's sender, and what people said of its other papers, newest first."""

    sender: Correspondent | None = None
    values: Sequence[FieldValue] = ()


NOTHING_TAUGHT = Taught()


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn out of a document; `missing` was asked for and not found, or not well enough."""

    values: tuple[FieldValue, ...]
    marks: tuple[SenderMark, ...]
    missing: tuple[FieldSpec, ...]


class Drawing:
    """One document on its way to its fields: its marks are known before it is asked who sent it."""

    def __init__(self, reading: Reading, path: Path, specs: Sequence[FieldSpec]) -> None:
        self._specs = tuple(specs)
        self._findings = Findings(reading, path, self._specs)
        self._stated = {value.field: value for value in values_of(reading.stated, self._specs)}
        self._found: dict[str, FieldValue | None] = {}
        self.marks = sender_marks(self._findings.sender_marks)

    def drawn(self, taught: Taught = NOTHING_TAUGHT) -> Drawn:
        """Return the values of the fields that were asked for, each at most once."""
        lessons = _lessons(taught)
        values = [value for spec in self._specs if (value := self._value(spec, taught, lessons))]
        sure = {value.field for value in values if value.confidence >= WORTH_SAYING}
        return Drawn(tuple(values), self.marks, tuple(spec for spec in self._specs if spec.id not in sure))

    def rivals(self, field: str) -> tuple[Rival, ...]:
        """Return the names or headings between which patterns are not sure, the likeliest first."""
        findings = self._findings
        if findings.is_data:
            return ()
        candidates = findings.senders if field == CORRESPONDENT else findings.titles()
        return rivals_of(field, candidates, findings.sheet)

    def _value(
        self, spec: FieldSpec, taught: Taught, lessons: Mapping[str, Sequence[FieldValue]]
    ) -> FieldValue | None:
        if spec.id in lessons:
            found = value_of(spec, self._findings, lessons[spec.id])
        else:
            if spec.id not in self._found:
                self._found[spec.id] = value_of(spec, self._findings)
            found = self._found[spec.id]
        value = _of_both(spec, self._stated.get(spec.id), found)
        if spec.id == CORRESPONDENT and taught.sender:
            value = _known_sender(taught.sender, value, is_told=_is_told(taught))
        return value


def draw(reading: Reading, path: Path, specs: Sequence[FieldSpec], taught: Taught = NOTHING_TAUGHT) -> Drawn:
    """Return the fields of a document, with what tells its sender and what was not found."""
    return Drawing(reading, path, specs).drawn(taught)


def _lessons(taught: Taught) -> dict[str, list[FieldValue]]:
    """Return what people said of the sender's other papers by field."""
    lessons: dict[str, list[FieldValue]] = {}
    for value in taught.values:
        if value.value and value.field != CORRESPONDENT:
            lessons.setdefault(value.field, []).append(value)
    return lessons


def _of_both(spec: FieldSpec, stated: FieldValue | None, found: FieldValue | None) -> FieldValue | None:
    """Return the surer of what the file says and what its text does: surer still where they agree."""
    if stated is None or found is None:
        return stated or found
    if _are_same(spec, stated, found):
        both = 1 - (1 - stated.confidence) * (1 - found.confidence)
        return replace(
            stated, confidence=min(SUREST, both), words=found.words, place=found.place, before=found.before
        )
    best, other = sorted((stated, found), key=lambda value: -value.confidence)
    return replace(best, confidence=round(best.confidence * (1 - 0.3 * other.confidence), 3))


def _are_same(spec: FieldSpec, stated: FieldValue, found: FieldValue) -> bool:
    if stated.value in {found.value, f"-{found.value}"}:  # a credit note's pages have no sign
        return True
    if spec.type is FieldType.AMOUNT:  # without its point it would be another one
        return False
    return squashed(without_form(stated.value)) == squashed(without_form(found.value))


def _is_told(taught: Taught) -> bool:
    """Say whether a person said of any paper that it is this sender's."""
    return any(value.field == CORRESPONDENT for value in taught.values)


def _known_sender(sender: Correspondent, value: FieldValue | None, *, is_told: bool) -> FieldValue:
    """Return the sender that a document's marks name, in the document's own words where it names it too.

    A paper that says clearly that it is another's is that one's, such as of two firms with one accountant,
    unless a person has said whose the marks are.
    """
    names = {squashed(without_form(name)) for name in (sender.name, *sender.names)}
    if value and squashed(without_form(value.value)) in names:
        return replace(value, value=sender.name, confidence=max(value.confidence, SUREST))
    if value and value.confidence >= _SAYS_SO and not is_told and _are_others(value.value, sender):
        return value
    return FieldValue(CORRESPONDENT, sender.name, _BY_MARKS, FieldSource.SENDER, reason="bears its marks")


def _are_others(name: str, sender: Correspondent) -> bool:
    """Say whether a name has nothing to do with those of a sender."""
    return all(relation_of(name, known) is NameRelation.OTHER for known in {sender.name, *sender.names})
