"""Invented text of a wanted length, the same for every model."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from twolane.measure.data import read_data


@cache
def _pieces() -> Mapping[str, Sequence[str]]:
    return read_data("compare/filler")


def sentences(count: int, seed: int) -> list[str]:
    """Return so many plain sentences; another seed gives others, from the first word on."""
    chosen = random.Random(seed)  # noqa: S311 - a text, not a secret
    parts = [_pieces()[name] for name in ("who", "did", "what", "where", "when")]
    return [
        f"{' '.join(chosen.choice(part) for part in parts)}, as page {chosen.randint(10, 999)} says."
        for _ in range(count)
    ]


def text_of(count_tokens: Callable[[str], int], tokens: int, seed: int) -> list[str]:
    """Return as many sentences as have at most so many tokens together, and at least one."""
    a_sentence = count_tokens(" ".join(sentences(20, seed))) / 20
    found = sentences(max(1, round(1.05 * tokens / a_sentence)), seed)
    while len(found) > 1 and (over := count_tokens(" ".join(found)) - tokens) > 0:
        del found[len(found) - max(1, int(over / a_sentence)) :]
    return found
