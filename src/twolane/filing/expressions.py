"""Many regular expressions looked for at once: only where the literals that they need stand in the text."""

from __future__ import annotations

import logging
import re
import time
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from twolane.errors import TaxonomyError
from twolane.filing.literals import Literal, fold, needs

# Beyond so many places around a literal one search through the text is faster than a look at each.
_MOST_PLACES = 64
_MOST_S = 1.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Sought:
    """A literal that is looked for on behalf of one expression."""

    expression: int
    literal: Literal


class _Lines:
    """Where the lines of a text begin, found when somebody asks."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] = []

    def starts(self, within: range) -> list[int]:
        """Return the starts of lines within a range."""
        if not self._starts:
            self._starts = [0, *(end.end() for end in re.finditer("\n", self._text))]
        return self._starts[bisect_left(self._starts, within.start) : bisect_left(self._starts, within.stop)]


class _TimedExpression:
    """An expression that may take for ever on some text, and is left out of a text where it takes too long.

    The `regex` library can stop in the middle of a search, which `re` cannot.
    """

    def __init__(self, expression: str) -> None:
        import regex

        self._written = expression
        try:
            self._compiled = regex.compile(expression, regex.IGNORECASE | regex.MULTILINE)
        except regex.error as error:
            raise TaxonomyError(
                f"{expression!r} may take for ever on a text, and cannot be searched with a limit: {error}",
                "write it without a repetition within a repetition",
            ) from error

    def search(self, text: str, time_s: float) -> re.Match[str] | None:
        """Return the first match, None where there is none or the time was over."""
        try:
            found: re.Match[str] | None = self._compiled.search(text, timeout=max(time_s, 0), concurrent=True)
        except TimeoutError:
            _log.warning("left out, because it takes too long on a text: the expression %r", self._written)
            return None
        return found


class Expressions:
    """Regular expressions that ignore case, with ^ and $ at each line; safe to use from several threads.

    Finds what `re.search` finds with each of them. One automaton (Aho and Corasick, 1975) finds all literals
    that their matches need, and an expression is tried only where one of its own stands. Those that may
    take for ever share a second a text, and are the `regex` library's, whose matches seldom differ.
    See docs/why/filing.md#hints-are-looked-for-where-their-literals-stand
    """

    def __init__(self, expressions: Sequence[str]) -> None:
        needed = [needs(expression) for expression in expressions]
        self._written = tuple(expressions)
        self._compiled: dict[int, re.Pattern[str]] = {}  # when first tried: most are never met in a language
        self._timed = {
            number: _TimedExpression(expressions[number]) for number, need in enumerate(needed) if need.time
        }
        self._at_start = frozenset(number for number, need in enumerate(needed) if need.at_start)
        self._always = [number for number, need in enumerate(needed) if not need.literals]
        hits: dict[str, list[_Sought]] = {}
        for number, need in enumerate(needed):
            for literal in need.literals:
                hits.setdefault(literal.text, []).append(_Sought(number, literal))
        self._automaton = _automaton(hits)

    def search(self, text: str) -> list[re.Match[str] | None]:
        """Return the first match of each expression, in their order."""
        found: list[re.Match[str] | None] = [None] * len(self._written)
        until = time.monotonic() + _MOST_S
        for number, places in self._places(fold(text)).items():
            if number in self._timed:
                found[number] = self._timed[number].search(text, until - time.monotonic())
            else:
                found[number] = self._first(number, text, places)
        return found

    def _places(self, folded: str) -> dict[int, set[int] | None]:
        """Return where each expression that may match could begin; None is anywhere."""
        places: dict[int, set[int] | None] = dict.fromkeys(self._always)
        lines = _Lines(folded)
        for last, all_sought in self._automaton.iter(folded) if self._automaton else ():
            for sought in all_sought:
                literal = sought.literal
                start = last + 1 - len(literal.text)
                around = range(max(start - literal.most, 0), start - literal.least + 1)
                known = places.setdefault(sought.expression, set())
                if known is None:
                    continue
                if literal.at_line:
                    known.update(lines.starts(around))
                elif len(around) <= _MOST_PLACES:
                    known.update(around)
                else:
                    places[sought.expression] = None
        return places

    def _first(self, number: int, text: str, places: set[int] | None) -> re.Match[str] | None:
        expression = self._compiled.get(number)
        if expression is None:
            expression = re.compile(self._written[number], re.IGNORECASE | re.MULTILINE)
            self._compiled[number] = expression
        if number in self._at_start:
            return expression.match(text)
        if places is None:
            return expression.search(text)
        return next((match for place in sorted(places) if (match := expression.match(text, place))), None)


class GroupedExpressions:
    """The expressions of several groups, such as categories, looked for at once."""

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        self._sizes = [len(group) for group in groups]
        self._all = Expressions([expression for group in groups for expression in group])

    def search(self, text: str) -> tuple[tuple[str, ...], ...]:
        """Return for each group what each of its expressions that matches found."""
        matches = iter(self._all.search(text))
        return tuple(
            tuple(match[0] for match in islice(matches, size) if match is not None) for size in self._sizes
        )


def _automaton(hits: dict[str, list[_Sought]]) -> Any:
    """Return what finds all places of all texts at once; None where there are none."""
    if not hits:
        return None
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for text, each in hits.items():
        automaton.add_word(text, tuple(each))
    automaton.make_automaton()
    return automaton
