"""How labels and values belong together by where they stand: before, above, in columns, in two blocks."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from twolane.fields.labels import Label
from twolane.fields.sheet import Sheet

# How surely a value belongs to a label, by where it stands to it: the larger the surer, 0 is chance.
BESIDE, BELOW, IN_COLUMN, IN_BLOCK, IN_ORDER, BEFORE, ABOVE = 5.0, 4.3, 4.4, 4.0, 3.4, 2.2, 1.2
_A_WORD_BETWEEN, _A_SHORT_WORD_BETWEEN, _A_LABEL_BETWEEN, _A_VALUE_BETWEEN = 0.9, 0.35, 2.6, 1.6
_LEAST = 0.3
_PREPOSITION_CHARS = 3
_WEIGHT = 3.0
_FAR_CHARS, _TOO_FAR = 90, 9.0

_LETTERS = re.compile(r"[^\W\d_]+")
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\d+(?:[.,]\d+)? ?%|\b(?:eur|usd|chf|gbp|pln|euro|rub|cny)\b")
_NO_VALUE = re.compile(r"[^\w]*\Z")


class Spot(Protocol):
    """Anything that stands at characters `start` to `end` of a sheet."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class LabelLink:
    """The label that announces a value, and how surely."""

    label: Label
    score: float


@dataclass(slots=True)
class Links:
    """The labels of a sheet by line, asked which of them announces a value."""

    sheet: Sheet
    labels: Sequence[Label]
    blocks: Mapping[int, int]  # the lines of labels to the lines of their values
    _by_line: dict[int, list[Label]] = field(default_factory=lambda: defaultdict(list))
    _sources: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for label in self.labels:
            self._by_line[label.line].append(label)
        self._sources = {target: line for line, target in self.blocks.items()}

    def of(self, spots: Sequence[Spot], kinds: Iterable[str]) -> list[dict[str, LabelLink]]:
        """Return for each value the best label of each kind; values are in their order."""
        wanted = frozenset(kinds)
        rows: dict[int, list[Spot]] = defaultdict(list)
        for spot in spots:
            rows[self.sheet.line_of(spot.start)].append(spot)
        near = self.lines_near(wanted)
        return [
            self._links(spot, rows, wanted) if self.sheet.line_of(spot.start) in near else {}
            for spot in spots
        ]

    def lines_near(self, kinds: Iterable[str]) -> set[int]:
        """Return the lines in which labels of some kinds may announce something."""
        wanted = frozenset(kinds)
        near: set[int] = set()
        for index, labels in self._by_line.items():
            if any(label.kind in wanted for label in labels):
                near |= {index - 1, index, index + 1, index + 2, self.blocks.get(index, index)}
        return near

    def _links(
        self, spot: Spot, rows: Mapping[int, Sequence[Spot]], wanted: frozenset[str]
    ) -> dict[str, LabelLink]:
        best: dict[str, LabelLink] = {}
        index = self.sheet.line_of(spot.start)
        for label, standing in self._near(spot, index, rows, wanted):
            score = standing + _WEIGHT * (label.weight - 1.0)
            if score > _LEAST and (label.kind not in best or best[label.kind].score < score):
                best[label.kind] = LabelLink(label, score)
        return best

    def _near(
        self, spot: Spot, index: int, rows: Mapping[int, Sequence[Spot]], wanted: frozenset[str]
    ) -> Iterable[tuple[Label, float]]:
        own = self._by_line.get(index, ())
        for label in own:
            if label.kind in wanted:
                yield label, self._in_line(label, spot, rows[index], own)
        for above in (index - 1, index - 2):
            labels = self._by_line.get(above, ())
            if labels and above not in self.blocks:
                yield from self._from_above(labels, above, spot, index, rows, wanted)
        for label in self._by_line.get(index + 1, ()):
            if label.kind in wanted and label.is_first and label.is_last and not own and not label.has_colon:
                yield label, ABOVE
        if (line := self._sources.get(index)) is not None:
            yield from ((label, IN_BLOCK) for label in self._by_line[line] if label.kind in wanted)

    def _in_line(self, label: Label, spot: Spot, row: Sequence[Spot], labels: Sequence[Label]) -> float:
        text = self.sheet.folded
        if spot.start >= label.end:
            if spot.start - label.end > _FAR_CHARS:  # a text in one line has hundreds of either
                return BESIDE - _TOO_FAR
            gap = text[label.end : spot.start]
            between = bisect_left(row, spot.start, key=_start) - bisect_left(row, label.end, key=_start)
            others = {
                one.start
                for one in labels
                if label.end <= one.start < spot.start and not _is_preposition(one)
            }
            return BESIDE - _distance(gap) - _A_LABEL_BETWEEN * len(others) - _A_VALUE_BETWEEN * between
        gap = text[spot.end : label.start]
        if spot.end > label.start or not _NO_VALUE.match(gap) or label.has_colon:
            return 0.0
        line = self.sheet.lines[label.line]
        is_alone = _NO_VALUE.match(text[line.start : spot.start]) and label.is_last
        return BEFORE + 0.8 if is_alone else BEFORE - 1.0

    def _from_above(
        self,
        labels: Sequence[Label],
        above: int,
        spot: Spot,
        index: int,
        rows: Mapping[int, Sequence[Spot]],
        wanted: frozenset[str],
    ) -> Iterable[tuple[Label, float]]:
        far = 1.2 * (index - above - 1) + 0.4 * self.sheet.lines[index].blank_before
        own = rows.get(above, ())
        if index - above > 1 and rows.get(index - 1):
            far += 1.0
        cell = self._cell(spot.start, index)
        columns = [one for one in labels if one.kind in wanted]
        starts = sorted({one.start for one in columns})
        place = [one.start for one in rows[index]].index(spot.start)
        heads = sorted({one.start for one in labels})
        head = len(heads)
        for label in columns:
            if _is_preposition(label) or (own and label.end <= own[-1].start):
                continue  # its value stands beside it
            if self._is_under(spot, index, label, above):
                yield label, IN_COLUMN - far
            elif cell is not None and head > 1:
                if self._cell(label.start, above) == cell:
                    yield label, IN_COLUMN - far
            elif order := self._order(label, starts, heads, place, len(rows[index]), wanted):
                yield label, order - far
            elif label.is_last and label.is_first:
                yield label, BELOW - far - self._indent(spot, index) - _A_VALUE_BETWEEN * place
            elif head > 1 and len(starts) == 1 and place == 0 and not rows.get(above):
                yield label, IN_ORDER - 0.6 - far - 0.3 * (len(rows[index]) > 1)
            elif label.is_first and place == 0 and not own and self._is_short(above) and not label.has_colon:
                yield label, IN_ORDER - 0.8 - far - self._indent(spot, index)
            elif (
                label.is_last
                and place == 0
                and not self.sheet.text[self.sheet.lines[index].start : spot.start].strip()
            ):
                yield label, BESIDE - 0.4 - far  # the sentence goes on
            elif label.is_last:
                yield label, BELOW - 1.0 - far - self._indent(spot, index) - _A_VALUE_BETWEEN * place

    def _order(
        self,
        label: Label,
        starts: Sequence[int],
        heads: Sequence[int],
        place: int,
        count: int,
        wanted: frozenset[str],
    ) -> float:
        """Return how surely a value has the place in its row that a label has in its own, or 0."""
        if len(starts) == count > 1 and starts.index(label.start) == place:
            return IN_ORDER
        # dates are among what has digits in it
        if "number" in wanted and 1 < len(heads) <= count and heads.index(label.start) == place:
            return IN_ORDER - 0.8
        return 0.0

    def _is_under(self, spot: Spot, index: int, label: Label, above: int) -> bool:
        """Say whether a value stands under a label in lines that are set in columns by spaces."""
        head, line = self.sheet.lines[above], self.sheet.lines[index]
        text = self.sheet.text
        if (
            "   " not in text[head.start : head.end].strip()
            or "  " not in text[line.start : line.end].strip()
        ):
            return False
        return (
            label.start - head.start < spot.end - line.start
            and spot.start - line.start < label.end - head.start
        )

    def _is_short(self, index: int) -> bool:
        return self.sheet.lines[index].end - self.sheet.lines[index].start < 60

    def _cell(self, at: int, index: int) -> int | None:
        """Return the column of a line's character where tabs part them, None where none do."""
        line = self.sheet.lines[index]
        text = self.sheet.text
        if "\t" not in text[line.start : line.end]:
            return None
        return text.count("\t", line.start, at)

    def _indent(self, spot: Spot, index: int) -> float:
        """Return what the words before a value in its line cost."""
        line = self.sheet.lines[index]
        return _distance(self.sheet.folded[line.start : spot.start])


def _is_preposition(label: Label) -> bool:
    """Say whether a label is a preposition within its line."""
    is_short = label.end - label.start <= _PREPOSITION_CHARS
    return is_short and not label.has_colon and not label.is_last


def _start(spot: Spot) -> int:
    return spot.start


def _distance(gap: str) -> float:
    """Return what the words between a label and its value cost."""
    if len(gap) > _FAR_CHARS:
        return _TOO_FAR
    words = _LETTERS.findall(_ASIDE.sub(" ", gap))
    cost = sum(_A_SHORT_WORD_BETWEEN if len(word) <= 3 else _A_WORD_BETWEEN for word in words)
    return cost + 0.01 * len(gap) + (1.5 if re.search(r"[.;!?] [^\W\d]", gap) else 0.0)
