"""One transaction on a library, as each noun's writer has it."""

from __future__ import annotations

import sys

from twolane.store.index import Index
from twolane.store.session import Session


class Transaction:
    """A session within a transaction, with the index of the passages.

    `most_path_bytes` is the length of the longest path that the database can hold.
    """

    def __init__(self, session: Session, index: Index, *, most_path_bytes: int = sys.maxsize) -> None:
        self._session = session
        self._index = index
        self._most_path_bytes = most_path_bytes

    @property
    def session(self) -> Session:
        """The transaction itself, for nouns that the store does not know of."""
        return self._session
