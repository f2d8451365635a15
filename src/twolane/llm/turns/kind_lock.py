"""A lock that several of one kind hold together, and never two kinds."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

Kind = Literal["model", "embedder"]


class KindLock:
    """Keeps filing's model and its embedder apart where each has all of the machine's cores.

    llama.cpp's threads spin while they wait for each other, so that one core taken from them costs all of
    them. Whoever waits goes before newcomers of the other kind, and the kinds come in turn.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._kind: Kind = "model"  # whoever is inside, else who is due
        self._waiting: Counter[Kind] = Counter()

    @contextmanager
    def held(self, kind: Kind) -> Iterator[None]:
        """Compute together with others of one's kind."""
        with self._changed:
            self._waiting[kind] += 1
            try:
                self._changed.wait_for(lambda: self._may_enter(kind))
            finally:
                self._waiting[kind] -= 1
            self._kind = kind
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                if not self._inside and self._other_waits(kind):
                    self._kind = _other(kind)
                self._changed.notify_all()

    def _may_enter(self, kind: Kind) -> bool:
        if self._inside:
            return kind == self._kind and not self._other_waits(kind)
        return kind == self._kind or not self._waiting[self._kind]

    def _other_waits(self, kind: Kind) -> bool:
        return self._waiting[_other(kind)] > 0


def _other(kind: Kind) -> Kind:
    return "embedder" if kind == "model" else "model"
