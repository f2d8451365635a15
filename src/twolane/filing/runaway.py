"""Which regular expressions may take for ever on some text, judged by their form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

# More repetitions than these are as bad as any number; fewer are tried out soon enough.
_MANY = 16
_UNBOUNDED = 1000
# So many parts that take nearly any text, one after the other, try each way to share a long line among them.
_MOST_WIDE = 2
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")


def may_run_away(tree: Iterable[Any]) -> bool:
    """Say whether an expression, as `re`'s parser reads it, may have more ways to match than there is time.

    That may be where something that repeats holds what varies too, as in (a+)+ or (a|aa)*, and where several
    wide parts follow each other. Some such expressions are harmless: this one errs to the safe side.
    """
    parts = list(tree)
    return _varies_within_a_repeat(parts, within=False) or _wide(parts) > _MOST_WIDE


def _varies_within_a_repeat(tree: Iterable[Any], *, within: bool) -> bool:
    for operation, argument in _without_literals(tree):
        kind = str(operation)
        varies = kind == "BRANCH" or (kind in _REPEATS and argument[0] != argument[1])
        if within and varies:
            return True
        inside = within or (kind in _REPEATS and argument[1] > _MANY)
        if any(_varies_within_a_repeat(inner, within=inside) for inner in _inner(kind, argument)):
            return True
    return False


def _wide(tree: Iterable[Any]) -> int:
    """Count the wide parts that follow each other, at most."""
    count = 0
    for operation, argument in _without_literals(tree):
        kind = str(operation)
        if kind in _REPEATS and argument[1] > _UNBOUNDED and _takes_nearly_all(argument[2]):
            count += 1
        else:
            count += max((_wide(inner) for inner in _inner(kind, argument)), default=0)
    return count


def _takes_nearly_all(tree: Any) -> bool:
    if len(tree) != 1:
        return False
    kind, argument = str(tree[0][0]), tree[0][1]
    if kind == "IN":
        return str(argument[0][0]) == "NEGATE" or sum(str(each[0]) == "CATEGORY" for each in argument) > 1
    return kind in {"ANY", "NOT_LITERAL"}


def _without_literals(tree: Iterable[Any]) -> list[Any]:
    return [part for part in tree if str(part[0]) != "LITERAL"]


def _inner(kind: str, argument: Any) -> Iterator[Any]:
    """Yield the sequences that a part of an expression holds."""
    match kind:
        case "SUBPATTERN":
            yield argument[-1]
        case "ATOMIC_GROUP":
            yield argument
        case "ASSERT" | "ASSERT_NOT":
            yield argument[1]
        case "BRANCH":
            yield from argument[1]
        case "GROUPREF_EXISTS":
            yield from (branch for branch in argument[1:] if branch is not None)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            yield argument[2]
