"""Parts that are opened once and closed together."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from twolane.errors import TwolaneError
from twolane.parts import Parts


def test_a_part_is_opened_once_by_however_many_threads() -> None:
    # given
    parts, opened = Parts(), list[object]()
    together = threading.Barrier(8)

    def open_part() -> object:
        opened.append(object())
        return opened[-1]

    def get(_: int) -> object:
        together.wait(60)
        return parts.get("model", open_part)

    # when
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(get, range(8)))

    # then
    assert len(opened) == 1
    assert len(set(map(id, found))) == 1


def test_parts_are_closed_in_reverse_and_none_is_opened_afterwards() -> None:
    # given a part that opens another one first
    parts, closed = Parts(), list[str]()

    def outer() -> str:
        return parts.get("inner", lambda: "inner", closed.append) + " in outer"

    parts.get("outer", outer, closed.append)

    # when
    parts.close()
    parts.close()

    # then
    assert closed == ["inner in outer", "inner"]
    with pytest.raises(TwolaneError, match="closed"):
        parts.get("late", lambda: "late")
