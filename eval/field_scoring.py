"""How well fields were drawn: each value held against its label, and the tables of that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from eval.labels import NOT_SCORED, LabelledDocument, agrees
from eval.scoring import wilson
from twolane.facts import FieldSource, FieldValue

SURE = 0.9


class Outcome(StrEnum):
    """What came of a field of a document."""

    RIGHT = "right"
    WRONG = "wrong"  # it has another value
    MISSING = "missing"
    INVENTED = "invented"  # it has none
    SILENT = "silent"  # nothing was drawn where there is nothing, or may be nothing


@dataclass(frozen=True, slots=True)
class FieldJudged:
    """One field of a document: what it states, the best value first, and what was drawn."""

    set: str
    file: str
    half: str
    kind: str
    language: str
    field: str
    wanted: tuple[str, ...]
    got: str
    confidence: float
    source: str
    reason: str
    outcome: Outcome

    @property
    def is_stated(self) -> bool:
        """Whether the field counts towards the share that is right."""
        return self.outcome in {Outcome.RIGHT, Outcome.WRONG, Outcome.MISSING}

    @property
    def is_false(self) -> bool:
        """Whether a value was stated that is not so."""
        return self.outcome in {Outcome.WRONG, Outcome.INVENTED}


def judge(document: LabelledDocument, values: Sequence[FieldValue]) -> Iterator[FieldJudged]:
    """Hold what was drawn from a document against its labels; a field without a label is not scored."""
    drawn = {value.field: value for value in values}
    for field, wanted in document.values.items():
        if NOT_SCORED in wanted:
            continue
        value = drawn.get(field) or FieldValue(field, "", 0.0, FieldSource.PATTERN)
        yield FieldJudged(
            document.set,
            document.file,
            document.half,
            document.kind,
            document.language,
            field,
            wanted,
            value.value,
            value.confidence,
            value.source.words if value.value else "",
            value.reason,
            outcome_of(field, value.value, wanted),
        )


def outcome_of(field: str, got: str, wanted: Sequence[str]) -> Outcome:
    """Tell what a value is worth where these could be defended."""
    if not got:
        return Outcome.SILENT if "" in wanted else Outcome.MISSING
    if agrees(field, got, wanted):
        return Outcome.RIGHT
    return Outcome.WRONG if any(wanted) else Outcome.INVENTED


def field_table(judged: Sequence[FieldJudged]) -> str:
    """Return a row a field: how many documents state it, and what came of them."""
    lines = [
        "| field | documents that state it | right | wrong | missing | share right (95 % interval) "
        "| invented, where there is none | more than 0.9 sure | wrong of these |",
        "|" + " --- |" * 9,
    ]
    for field, group in _grouped(judged, lambda one: one.field).items():
        stated, none = _split(group)
        sure = [one for one in group if one.got and one.confidence > SURE]
        counts = [sum(one.outcome is outcome for one in stated) for outcome in _COUNTED]
        lines.append(
            f"| {field} | {len(stated)} | {counts[0]} | {counts[1]} | {counts[2]} | {_share(stated)} "
            f"| {sum(one.is_false for one in none)} of {len(none)} "
            f"| {len(sure)} | {sum(one.is_false for one in sure)} |"
        )
    return "\n".join(lines)


def group_table(judged: Sequence[FieldJudged], name: str, fields: Sequence[str]) -> str:
    """Return a row a language, kind or source: the share of these fields that is right."""
    lines = [f"| {name} | {' | '.join(fields)} |", "|" + " --- |" * (len(fields) + 1)]
    for key, group in _grouped(judged, lambda one: str(getattr(one, name)) or "none").items():
        cells = []
        for field in fields:
            stated = [one for one in group if one.field == field and one.is_stated]
            right = sum(one.outcome is Outcome.RIGHT for one in stated)
            cells.append(f"{right} of {len(stated)}" if stated else "–")
        lines.append(f"| {key} | {' | '.join(cells)} |")
    return "\n".join(lines)


def sure_line(judged: Sequence[FieldJudged]) -> str:
    """Return how many values that are stated with confidence are not so."""
    sure = [one for one in judged if one.got and one.confidence > SURE]
    false = sum(one.is_false for one in sure)
    return (
        f"more than {SURE} sure: {len(sure)} values, {false} of them wrong ({false / max(1, len(sure)):.3f})"
    )


def wrong_lines(judged: Sequence[FieldJudged]) -> Iterator[str]:
    """Yield a line for each value that is wrong, invented or missing."""
    for one in sorted(judged, key=lambda one: (one.field, one.file)):
        if one.is_false or one.outcome is Outcome.MISSING:
            wanted = one.wanted[0] or "none"
            yield (
                f"{one.field} {one.file} ({one.language} {one.kind}): {one.outcome.value} "
                f"{one.got!r} for {wanted!r}, {one.confidence:.2f} {one.source} {one.reason}"
            )


_COUNTED = (Outcome.RIGHT, Outcome.WRONG, Outcome.MISSING)


def _split(group: Sequence[FieldJudged]) -> tuple[list[FieldJudged], list[FieldJudged]]:
    stated = [one for one in group if one.is_stated]
    return stated, [one for one in group if not any(one.wanted)]


def _share(stated: Sequence[FieldJudged]) -> str:
    if not stated:
        return "–"
    right = sum(one.outcome is Outcome.RIGHT for one in stated)
    low, high = wilson(right, len(stated))
    return f"{right / len(stated):.3f} ({low:.2f} to {high:.2f})"


def _grouped(
    judged: Sequence[FieldJudged], key: Callable[[FieldJudged], str]
) -> dict[str, list[FieldJudged]]:
    groups = defaultdict[str, list[FieldJudged]](list)
    for one in judged:
        groups[key(one)].append(one)
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))
