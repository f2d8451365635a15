"""The table of an automaton that reads bytes, in little memory."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np

_STRETCH = 16


class Transitions:
    """The next states by state and byte, as one row of numbers: stretches of it that are equal are kept once.

    Of 613,000 stretches of py3langid's table 56,000 differ: 5 MiB instead of 42.
    """

    __slots__ = ("_places", "_stretches")

    def __init__(self, table: Sequence[int]) -> None:
        rows: Any = np.asarray(table, np.uint32).reshape(-1, _STRETCH)
        # Compared as bytes, which is several times as fast as by numbers.
        kept, places = np.unique(
            rows.view(np.dtype((np.void, rows.itemsize * _STRETCH))), return_inverse=True
        )
        self._stretches = array("I", kept.tobytes())
        self._places = array("I", (places.ravel() * _STRETCH).astype(np.uint32).tobytes())

    def __getitem__(self, at: int) -> int:
        return self._stretches[self._places[at // _STRETCH] + at % _STRETCH]
