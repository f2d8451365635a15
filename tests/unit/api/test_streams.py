"""Feeds: what a thread gives comes whole and in order, and all that is ready at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from twolane import cancel
from twolane.api.streams import End, Feed, Slots


def test_what_is_ready_comes_at_once_and_in_order() -> None:
    async def read() -> tuple[list[object], list[object]]:
        go_on, given = threading.Event(), threading.Event()

        # given
        def items() -> Iterator[int]:
            yield 1
            go_on.wait(30)
            yield from range(2, 6)
            given.set()

        feed: Feed[int] = Feed(items, Slots(1, "questions"))
        first: list[object] = list(await feed.next(30))

        # when: the others come while nobody looks
        go_on.set()
        given.wait(30)
        rest: list[object] = []
        while not any(isinstance(item, End) for item in rest):
            rest += await feed.next(30)
        return first, rest

    # then
    first, rest = asyncio.run(read())
    assert first == [1]
    assert rest == [2, 3, 4, 5, End()]


def test_where_nothing_comes_in_time_nothing_is_returned() -> None:
    async def read() -> list[object]:
        go_on = threading.Event()

        def items() -> Iterator[int]:
            go_on.wait(30)
            yield 1

        feed: Feed[int] = Feed(items, Slots(1, "questions"))
        try:
            return list(await feed.next(0.01))
        finally:
            go_on.set()

    assert asyncio.run(read()) == []


@pytest.mark.parametrize("count", [0, 1, 5_000])
def test_nothing_is_lost_between_the_thread_and_the_loop(count: int) -> None:
    async def read() -> list[object]:
        feed: Feed[int] = Feed(lambda: iter(range(count)), Slots(1, "questions"))
        came: list[object] = []
        while not (came and isinstance(came[-1], End)):
            came += await feed.next(30)
        return came

    assert asyncio.run(read()) == [*range(count), End()]


def test_a_feed_that_is_closed_frees_its_slot_at_once_and_ends_what_its_iterator_waits_for() -> None:
    slots = Slots(1, "questions")
    ended = threading.Event()

    async def read() -> int:
        # given: an iterator that would wait for ten minutes
        def items() -> Iterator[int]:
            yield 1
            try:
                cancel.pause(600)
            finally:
                ended.set()

        feed: Feed[int] = Feed(items, slots)
        assert await feed.next(30) == [1]

        # when
        feed.close()
        feed.close()
        return slots.taken

    # then
    assert asyncio.run(read()) == 0
    assert ended.wait(30)


def test_a_step_that_cannot_be_cancelled_holds_no_slot() -> None:
    slots = Slots(1, "questions")
    go_on, closed = threading.Event(), threading.Event()

    async def read() -> tuple[int, list[object]]:
        # given
        def items() -> Iterator[int]:
            try:
                go_on.wait(30)
                yield 1
                yield 2
            finally:
                closed.set()

        feed: Feed[int] = Feed(items, slots)

        # when
        feed.close()
        freed = slots.taken
        go_on.set()
        return freed, list(await feed.next(30))

    # then: nobody hears of its end
    assert asyncio.run(read()) == (0, [End()])
    assert closed.wait(30)
    assert slots.taken == 0
