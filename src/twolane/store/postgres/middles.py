"""The middles of a PostgreSQL library's languages, read anew as it grows."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from twolane.store.centres import SAMPLE, Centres, LanguageMiddle, centres_from, language_number
from twolane.store.postgres.index import vector_of
from twolane.store.postgres.session import PostgresSession

_GROWTH = 1.1  # read anew where the last passage's number is so many times as high


@dataclass(frozen=True, slots=True)
class Middles:
    """The middles of the languages of which there are enough passages, as of one last passage.

    `languages` are their codes; in `centres` they stand by `language_number`.
    """

    model: str = ""
    last: int = -1
    languages: tuple[str, ...] = ()
    centres: Centres = field(default_factory=Centres)

    def is_of(self, model: str, last: int) -> bool:
        """Say whether these are about those of a library with this model and this last passage."""
        return self.model == model and self.last <= last <= self.last * _GROWTH


class MiddlesKept:
    """The middles that were read last; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._middles = Middles()

    def current(self, session: PostgresSession, library: Mapping[str, Any] | None) -> Middles:
        """Return the middles of a library, by its row that names the model of its vectors."""
        model = str(library["vector_model"]) if library else ""
        last = int(session.number("search.last_vector") or 0)
        with self._lock:
            middles = self._middles
        if not middles.is_of(model, last):
            middles = _read(session, model, last)
            with self._lock:
                self._middles = middles
        return middles


def _read(session: PostgresSession, model: str, last: int) -> Middles:
    rows = session.rows("search.middles", sample=SAMPLE)
    if not rows:
        return Middles(model, last)
    found = [vector_of(row["middle"]) for row in rows]
    whole = np.average(found, axis=0, weights=[row["passages"] for row in rows]).astype(np.float32)
    middles = {
        language_number(row["language"]): LanguageMiddle(middle, row["documents"])
        for row, middle in zip(rows, found, strict=True)
    }
    centres = centres_from(whole, middles, -(-len(whole) // 64))
    own = {row["language"] for row in rows if language_number(row["language"]) in centres.languages}
    return Middles(model, last, tuple(sorted(own)), centres)
