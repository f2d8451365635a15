"""What matches of a regular expression must hold: literals, and how far after the start each may stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby, product
from typing import Any

from twolane.filing.runaway import may_run_away

# What `re`, ignoring case, calls equal to another character than its own small letter: dotless i, long s, the
# micro sign, symbols of Greek letters, Cyrillic letters of old print, a ligature.
_ODD = (
    "\u0131\u017f\u00b5\u03c2\u0345\u1fbe\u1fd3\u1fe3\u03d0\u03d1\u03d5\u03d6\u03f0\u03f1\u03f5"
    "\u1c80\u1c81\u1c82\u1c83\u1c84\u1c85\u1c86\u1c87\u1c88\u1e9b\ufb06"
)
_EVEN = (
    "is\u03bc\u03c3\u03b9\u03b9\u0390\u03b0\u03b2\u03b8\u03c6\u03c0\u03ba\u03c1\u03b5"
    "\u0432\u0434\u043e\u0441\u0442\u0442\u044a\u0463\ua64b\u1e61\ufb05"
)
_FOLDED = tuple(zip(_ODD, _EVEN, strict=True))

# As far as it is of interest how far something may be: any further is anywhere.
_FAR = 1_000_000
_MOST_TEXTS = 64
_LONGEST = 24


@dataclass(frozen=True, slots=True)
class Literal:
    """A folded text that stands `least` to `most` characters after the start of a match.

    With `at_line` the match starts at the beginning of a line.
    """

    text: str
    least: int = 0
    most: int = 0
    at_line: bool = False


@dataclass(frozen=True, slots=True)
class Needs:
    """What every match has: one of the literals, where there are any, and perhaps the start of the text.

    With `time`, looking for matches may take for ever on some text.
    """

    literals: tuple[Literal, ...] = ()
    at_start: bool = False
    time: bool = False


def fold(text: str) -> str:
    """Return a text of the same length, in which all that `re` calls equal, ignoring case, is equal."""
    folded = text.replace("\u0130", "i").lower()  # the one character whose small letter is two
    for odd, even in _FOLDED:
        if odd in folded:
            folded = folded.replace(odd, even)
    return folded


def needs(expression: str) -> Needs:
    """Return what each match of a regular expression has, ignoring case; nothing where that is not known.

    After the prefilter of RE2 (https://swtch.com/~rsc/regexp/regexp4.html), with the places added. It reads
    the tree of `re`'s own parser, which is private, but the only one that knows all of `re`'s language: where
    a Python has it no more, or something new is in it, nothing is known, and the expression is only slower.
    """
    parser: Any = getattr(re, "_parser", None)
    if parser is None:
        return Needs()
    tree = parser.parse(expression, re.IGNORECASE | re.MULTILINE)
    at_start = _is_edge(tree, "AT_BEGINNING_STRING")
    return Needs(_of_sequence(tree).literals_or_texts(), at_start, may_run_away(tree))


@dataclass(frozen=True, slots=True)
class _Fragment:
    """A fragment of an expression: all the texts that it matches where they are few, or what they hold."""

    shortest: int
    longest: int
    literals: tuple[Literal, ...] = ()
    texts: frozenset[str] | None = None

    def literals_or_texts(self) -> tuple[Literal, ...]:
        if self.texts is None:
            return self.literals
        return () if "" in self.texts else tuple(Literal(text[:_LONGEST]) for text in sorted(self.texts))


_NOTHING = frozenset({""})


def _exactly(texts: Iterable[str]) -> _Fragment:
    known = frozenset(texts)
    lengths = [len(text) for text in known]
    return _Fragment(min(lengths), max(lengths), texts=known)


class _Sequence:
    """Parts one after the other: neighbours with few texts are put together, and the best literals kept."""

    def __init__(self, *, at_line: bool) -> None:
        self._at_line = at_line
        self._run = _NOTHING
        self._shortest = self._longest = 0
        self._best: tuple[Literal, ...] = ()
        self._exact = True

    def add(self, part: _Fragment) -> None:
        if part.texts is not None and len(self._run) * len(part.texts) <= _MOST_TEXTS:
            self._run = _joined(self._run, part.texts)
            return
        self._end_run()
        if part.texts is not None and len(part.texts) <= _MOST_TEXTS:
            self._run = part.texts
        else:
            self._pass(part)

    def whole(self) -> _Fragment:
        if self._exact:
            return _exactly(self._run)
        self._end_run()
        return _Fragment(self._shortest, self._longest, self._best)

    def _end_run(self) -> None:
        self._exact = False
        self._pass(_exactly(self._run))
        self._run = _NOTHING

    def _pass(self, part: _Fragment) -> None:
        here = tuple(
            Literal(
                each.text,
                each.least + self._shortest,
                min(each.most + self._longest, _FAR),
                self._at_line or (each.at_line and not self._longest),
            )
            for each in part.literals_or_texts()
        )
        if here and (not self._best or _cost(here) < _cost(self._best)):
            self._best = here
        self._shortest = min(self._shortest + part.shortest, _FAR)
        self._longest = min(self._longest + part.longest, _FAR)


def _cost(literals: Sequence[Literal]) -> float:
    """Return about how many places of a text would have to be looked at: long and near literals have few."""
    return sum((min(each.most - each.least, 300) + 1) / 8.0 ** len(each.text) for each in literals)


def _of_sequence(tree: Iterable[Any]) -> _Fragment:
    parts = list(tree)
    sequence = _Sequence(at_line=_is_edge(parts, "AT_BEGINNING"))
    for is_literal, several in groupby(parts, lambda part: str(part[0]) == "LITERAL"):
        if is_literal:
            sequence.add(_exactly([fold("".join(chr(code) for _, code in several))]))
            continue
        for operation, argument in several:
            sequence.add(_of(str(operation), argument))
    return sequence.whole()


def _is_edge(parts: Sequence[Any], edge: str) -> bool:
    """Say whether a sequence begins at an edge, such as the start of a line."""
    return bool(parts) and str(parts[0][0]) == "AT" and str(parts[0][1]) == edge


def _of(operation: str, argument: Any) -> _Fragment:  # noqa: PLR0911 (one for each kind of part)
    match operation:
        case "AT" | "ASSERT" | "ASSERT_NOT":
            return _exactly(_NOTHING)
        case "ANY" | "NOT_LITERAL":
            return _Fragment(1, 1)
        case "IN":
            return _of_set(argument)
        case "SUBPATTERN":
            return _of_sequence(argument[-1])
        case "ATOMIC_GROUP":
            return _of_sequence(argument)
        case "BRANCH":
            return _of_branches([_of_sequence(branch) for branch in argument[1]])
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return _repeated(int(argument[0]), int(argument[1]), _of_sequence(argument[2]))
        case _:
            return _Fragment(0, _FAR)


def _of_set(members: Sequence[Any]) -> _Fragment:
    found: set[str] = set()
    for operation, argument in members:
        if str(operation) == "LITERAL":
            found.add(fold(chr(argument)))
        elif str(operation) == "RANGE" and argument[1] - argument[0] < 10:
            found |= {fold(chr(code)) for code in range(argument[0], argument[1] + 1)}
        else:
            return _Fragment(1, 1)
    return _exactly(found)


def _of_branches(branches: Sequence[_Fragment]) -> _Fragment:
    exact = [branch.texts for branch in branches if branch.texts is not None]
    if len(exact) == len(branches):
        return _exactly(frozenset().union(*exact))
    literals = [branch.literals_or_texts() for branch in branches]
    return _Fragment(
        min(branch.shortest for branch in branches),
        max(branch.longest for branch in branches),
        tuple(literal for each in literals for literal in each) if all(literals) else (),
    )


def _repeated(least: int, most: int, part: _Fragment) -> _Fragment:
    shortest, longest = min(least * part.shortest, _FAR), min(most * part.longest, _FAR)
    if part.texts is None:
        return _Fragment(shortest, longest, part.literals if least else ())
    if most <= 3 and len(part.texts) ** most <= _MOST_TEXTS:
        return _exactly(text for times in range(least, most + 1) for text in _times(part.texts, times))
    certain = _times(part.texts, min(least, _LONGEST)) if len(part.texts) == 1 else part.texts
    return _Fragment(shortest, longest, _exactly(certain).literals_or_texts() if least else ())


def _times(texts: frozenset[str], times: int) -> frozenset[str]:
    return reduce(_joined, [texts] * times, _NOTHING)


def _joined(left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
    return frozenset(first + second for first, second in product(left, right))
