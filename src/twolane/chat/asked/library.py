"""What a library holds that questions may name, as it is by now, and questions read by it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from twolane.answers import Turn
from twolane.chat.asked.base import Asked
from twolane.chat.asked.names import KnownCategory, KnownNames
from twolane.chat.asked.read import read
from twolane.principal import current_access
from twolane.store.known import Described


class NamedLibrary(Described, Protocol):
    """What is needed of the store."""

    def folders(self) -> list[Path]:
        """Return the folders of its files, near and far."""


class LibraryNames:
    """Gives what questions to a library may name; safe to use from several threads and processes.

    As long as neither categories, correspondents nor tags have changed, a call is three cheap looks. What
    somebody may name who does not see all is read anew each time.
    """

    def __init__(self, store: NamedLibrary, categories: Callable[[], Sequence[KnownCategory]]) -> None:
        self._store = store
        self._categories = categories
        self._last: tuple[str, KnownNames] | None = None

    def __call__(self) -> KnownNames:
        """Return it. Raises `StoreError`."""
        categories, tags = tuple(self._categories()), tuple(self._store.tags.counts())
        mark = self._store.correspondents.mark()
        last = self._last if current_access() is None else None
        if last and last[0] == mark and (last[1].categories, last[1].tags) == (categories, tags):
            return last[1]
        everyone = tuple(self._store.correspondents.everyone())
        known = KnownNames(categories, everyone, tags, self._store.folders)
        if current_access() is None:
            self._last = mark, known
        return known


class QuestionReader:
    """Reads what questions to a library ask for; `today` says which day it is where they are asked."""

    def __init__(self, names: Callable[[], KnownNames], today: Callable[[], date]) -> None:
        self._names = names
        self._today = today

    def read(self, question: str, history: Sequence[Turn] = (), without: Collection[str] = ()) -> Asked:
        """Return what a question asks for, as `read` does. Raises `StoreError`."""
        return read(question, self._names(), history, self._today(), without)
