"""The part of a document that is shown to the small model: where values stand, and little else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from twolane.documents import Reading
from twolane.text.tokens import most_tokens

# A letterhead, a subject and the first sentence; and who signs. The rest is read only where a value can be.
_HEAD_LINES, _END_LINES = 14, 4
_LINE_CHARS = 160
_BLANKS = re.compile(r"\s+")


def telling_lines(reading: Reading, can_hold: Callable[[str], bool], budget_tokens: int) -> str:
    """Return the lines of a document that can tell a value, in their order, within about so many tokens.

    These are its first and last ones, and those that `can_hold` a value, each with the line before it, where
    its label may stand. What does not fit is left out from the middle on.
    """
    lines = [line for page in reading.pages for line in _lines(page.text)]
    kept: set[int] = set()
    left = budget_tokens
    for number in _by_worth(lines, can_hold):
        tokens = most_tokens(lines[number]) + 1
        if number in kept or tokens > left:
            continue
        kept.add(number)
        left -= tokens
    return "\n".join(lines[number] for number in sorted(kept))


def _by_worth(lines: list[str], can_hold: Callable[[str], bool]) -> Iterator[int]:
    """Yield the numbers of lines, the most telling first; some more than once."""
    yield from range(min(_HEAD_LINES, len(lines)))
    holding = [number for number in range(len(lines)) if can_hold(lines[number])]
    for number in _from_both_ends(holding):
        yield number
        if number:
            yield number - 1
    yield from range(max(0, len(lines) - _END_LINES), len(lines))


def _from_both_ends(numbers: list[int]) -> Iterator[int]:
    """Yield the first, the last, the second, the last but one: numbers stand at the top, sums at the end."""
    for place in range((len(numbers) + 1) // 2):
        yield numbers[place]
        if place < len(numbers) - 1 - place:
            yield numbers[-1 - place]


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if bare := _BLANKS.sub(" ", line).strip():
            yield bare[:_LINE_CHARS]
