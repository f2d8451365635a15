"""Searches in turns: no more at once than may be, and all get theirs."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from twolane.chat.retrieve import Found
from twolane.chat.turns import InTurns
from twolane.documents import EVERYTHING, Filter
from twolane.errors import StoreError


class Counting:
    """A searcher that counts who is inside, and waits there until two are."""

    def __init__(self) -> None:
        self.inside = self.most = self.done = 0
        self._changed = threading.Condition()

    def search(self, query: str, limit: int, within: Filter) -> Found:
        with self._changed:
            self.inside += 1
            self.most = max(self.most, self.inside)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.most == 2, 30)
            self.inside -= 1
            self.done += 1
        if query == "fails":
            raise StoreError("the library failed", "try again")
        return Found()


def test_so_many_search_at_once_and_the_others_after_them() -> None:
    # given
    searcher = Counting()
    turns = InTurns(searcher, 2)

    # when
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: turns.search("rent", 5, EVERYTHING), range(16)))

    # then
    assert (searcher.most, searcher.done) == (2, 16)
    assert found == [Found()] * 16


def test_a_search_that_fails_gives_its_turn_back() -> None:
    # given
    searcher = Counting()
    searcher.most = 2
    turns = InTurns(searcher, 1)

    # when
    with pytest.raises(StoreError):
        turns.search("fails", 5, EVERYTHING)

    # then
    assert turns.search("rent", 5, EVERYTHING) == Found()
