"""Labels in one block and their values in another, as PDF and scans state two columns one after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, pairwise

from twolane.fields.labels import Label
from twolane.fields.sheet import Sheet

_LABEL_CHARS = 40
_FAR_LINES = 14
_MATCH, _MISMATCH, _A_LINE_AWAY, _ADDS_UP = 1.0, -1.2, -0.05, 1.5
_LEAST = 1.6
_ENDS_TOGETHER = 0.3  # the values that the last label has are the last of theirs
_PARTED_LINES, _PART_LESS = 8, 0.2
_TYPED = frozenset({"date", "amount", "number"})
_PERCENT = re.compile(r"[\s(]*\d+(?:[.,]\d+)? ?%[\s):]*")


@dataclass(frozen=True, slots=True)
class LineValue:
    """The one value that a line holds: its type, "" where it holds more or none, and its amount."""

    type: str = ""
    amount: Decimal | None = None


def align(
    sheet: Sheet,
    labels: Mapping[int, Sequence[Label]],
    types: Mapping[str, str],
    value_in: Callable[[int], LineValue],
) -> dict[int, int]:
    """Map lines that hold labels alone to the lines of their values."""
    found: dict[int, int] = {}
    alone = [index for index in range(len(sheet.lines)) if _is_label(sheet, index, labels)]
    for first, count in _runs(alone):
        kinds = [
            {
                one.kind: types[one.kind]
                for one in labels.get(first + offset, ())
                if types.get(one.kind) in _TYPED
            }
            for offset in range(count)
        ]
        if sum(map(bool, kinds)) < 2:
            continue
        offset, size, start = _best_part(first, kinds, len(sheet.lines), value_in)
        if size:
            found |= {first + offset + step: start + step for step in range(size)}
    left = [index for index in alone if index not in found]
    return found | _alternating(left, labels, types, value_in, len(sheet.lines))


def _alternating(
    alone: Sequence[int],
    labels: Mapping[int, Sequence[Label]],
    types: Mapping[str, str],
    value_in: Callable[[int], LineValue],
    lines: int,
) -> dict[int, int]:
    """Map lines of labels to the lines above, where label and value take turns and the values come first."""
    found: dict[int, int] = {}
    chain: list[int] = []
    for index in [*alone, -1]:
        if chain and index != chain[-1] + 2:
            wanted = [{types.get(one.kind) for one in labels.get(at, ())} & _TYPED for at in chain]
            above, below = (
                [value_in(at + step).type if 0 <= at + step < lines else "" for at in chain]
                for step in (-1, 1)
            )
            if len(chain) > 1 and _agrees(above, wanted) and not _agrees(below, wanted):
                found |= {at: at - 1 for at in chain if at > 0}
            chain = []
        chain.append(index)
    return found


def _agrees(types: Sequence[str], wanted: Sequence[AbstractSet[str | None]]) -> bool:
    """Say whether values are of the types that are wanted, two at least, and none of another."""
    fits = [type_ in some for type_, some in zip(types, wanted, strict=True) if type_ and some]
    return len(fits) > 1 and all(fits)


def _best_part(
    first: int, kinds: Sequence[Mapping[str, str]], lines: int, value_in: Callable[[int], LineValue]
) -> tuple[int, int, int]:
    """Return the part of a block of labels that has its values somewhere, its size, and where they begin.

    That is all of it, or three or more lines of it that fit much better alone; size 0 where none does.
    """
    count = len(kinds)
    best, most = (0, 0, 0), 0.0
    sizes = range(3, count) if count <= _PARTED_LINES else ()
    parts = [(0, count), *((offset, size) for size in sizes for offset in range(count - size + 1))]
    for offset, size in parts:
        start, score = _best_start(first + offset, kinds[offset : offset + size], lines, value_in)
        if start is not None and score > most + (_PART_LESS if best[1] else 0.0):
            best, most = (offset, size, start), score
    return best


def _best_start(
    first: int, kinds: Sequence[Mapping[str, str]], lines: int, value_in: Callable[[int], LineValue]
) -> tuple[int | None, float]:
    """Return the line at which the values of a block of labels begin, and how well they fit; or None."""
    count = len(kinds)
    best, most = None, _LEAST
    from_, to = max(-count + 2, first - count - _FAR_LINES), min(lines - 1, first + count + _FAR_LINES)
    for start in range(from_, to):
        if first - count < start < first + count:
            continue
        away = abs(start - first - count) if start > first else abs(first - count - start)
        values = [value_in(at) if 0 <= at < lines else LineValue() for at in range(start, start + count)]
        score = _A_LINE_AWAY * away + _ADDS_UP * _adding_up(kinds, values)
        score += sum(
            _MATCH if value.type in wanted.values() else _MISMATCH
            for wanted, value in zip(kinds, values, strict=True)
            if wanted
        )
        end = start + count
        if 0 < end <= lines and values[-1].type and (end == lines or value_in(end).type != values[-1].type):
            score += _ENDS_TOGETHER
        if score > most:
            best, most = start, score
    return best, most


def _adding_up(kinds: Sequence[Mapping[str, str]], values: Sequence[LineValue]) -> float:
    """Return 1 where net and tax would make the total, or the total and the change what was given.

    It is below 0 where they should and do not, and 0 where there is nothing to add.
    """
    amounts = {kind: value.amount for wanted, value in zip(kinds, values, strict=True) for kind in wanted}
    net, tax, total = amounts.get("net"), amounts.get("tax"), amounts.get("total_due")
    if total is None:
        return 0.0
    others = [
        value.amount
        for wanted, value in zip(kinds, values, strict=True)
        if "other_amount" in wanted and value.amount is not None
    ]
    is_changed = any(total + change == given for given, change in combinations(others, 2))
    if is_changed:
        return 1.0
    if net is None or tax is None:
        return 0.0
    return 1.0 if net + tax == total else -0.8


def _is_label(sheet: Sheet, index: int, labels: Mapping[int, Sequence[Label]]) -> bool:
    text = sheet.line_text(index).strip()
    if text.endswith(":"):
        return len(text) <= _LABEL_CHARS
    end = sheet.lines[index].end
    return any(
        label.is_first and (label.is_last or _PERCENT.fullmatch(sheet.text, label.end, end))
        for label in labels.get(index, ())
    )


def _runs(indexes: Sequence[int]) -> list[tuple[int, int]]:
    """Return first and count of each run of consecutive numbers."""
    runs: list[tuple[int, int]] = []
    start = 0
    for at, (one, other) in enumerate(pairwise([*indexes, -1]), 1):
        if other != one + 1:
            runs.append((indexes[start], at - start))
            start = at
    return runs
