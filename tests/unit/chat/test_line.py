"""The line: in the order of arrival, with places that count down, and without those who have left."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from twolane.answers import WaitingEvent
from twolane.cancel import Cancel, Cancelled, working_for
from twolane.chat.line import LinePlace, WaitingLine
from twolane.errors import ModelBusyError

SELDOM_S = 600.0


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def has_turn(place: LinePlace) -> bool:
    """Say whether a place is waited for in vain no longer: it has its turn without a wait."""
    return not list(place.wait())


def next_place(events: Iterator[WaitingEvent]) -> int:
    return next(events).place


def test_who_came_first_is_next_and_the_others_move_up(stack: ExitStack) -> None:
    # given: three wait for one who has the turn
    line = WaitingLine(1, tell_every_s=SELDOM_S)
    first, *others = [stack.enter_context(line.joined()) for _ in range(4)]
    assert has_turn(first)
    waits = [place.wait() for place in others]
    before = [next_place(events) for events in reversed(waits)]  # whoever is ready first

    # when: the second leaves, and the first one's turn is over
    others[1].leave()
    moved = next_place(waits[2])
    first.leave()

    # then
    assert before == [3, 2, 1]
    assert moved == 2
    assert [next_place(waits[0]), next_place(waits[2])] == [0, 1]
    assert line.waiting == 1


def test_the_places_are_those_of_the_line_and_not_of_the_turn() -> None:
    # given
    line = WaitingLine(2, tell_every_s=SELDOM_S)

    # when
    with line.joined() as one, line.joined() as two, line.joined() as three, line.joined() as four:
        assert has_turn(one)
        assert has_turn(two)
        places = [next_place(three.wait()), next_place(four.wait())]

    # then
    assert places == [1, 2]
    assert line.waiting == 0


def test_one_who_is_not_ready_keeps_the_place_and_holds_up_nobody(stack: ExitStack) -> None:
    # given
    line = WaitingLine(1, tell_every_s=SELDOM_S)
    slow, quick, third = [stack.enter_context(line.joined()) for _ in range(3)]

    # when
    assert has_turn(quick)
    slow_waits, third_waits = slow.wait(), third.wait()
    assert [next_place(third_waits), next_place(slow_waits)] == [2, 1]
    quick.leave()

    # then
    assert [next_place(slow_waits), next_place(third_waits)] == [0, 1]


def test_one_who_waits_hears_of_it_now_and_then(stack: ExitStack) -> None:
    # given
    line = WaitingLine(1, tell_every_s=0.01)
    first, second = [stack.enter_context(line.joined()) for _ in range(2)]
    assert has_turn(first)

    # when
    events = second.wait()
    told = [next(events) for _ in range(3)]

    # then
    assert [event.place for event in told] == [1, 1, 1]
    assert told[0].waited_s < told[1].waited_s < told[2].waited_s


def test_no_more_wait_than_may(stack: ExitStack) -> None:
    # given
    line = WaitingLine(1, 1, SELDOM_S)
    first, second, third = [stack.enter_context(line.joined()) for _ in range(3)]
    assert has_turn(first)
    waits = second.wait()
    next(waits)

    # when / then
    with pytest.raises(ModelBusyError):
        next(third.wait())
    second.leave()
    assert next_place(third.wait()) == 1


@pytest.mark.parametrize("is_served", [False, True])
def test_who_is_awaited_by_nobody_loses_place_and_turn_at_once(is_served: bool) -> None:
    # given: a thread that has its place, or its turn, and is busy with something else
    line = WaitingLine(1, tell_every_s=SELDOM_S)
    work, joined, go_on = Cancel(), threading.Event(), threading.Event()

    def ask() -> None:
        with working_for(work), line.joined() as place:
            if is_served:
                assert has_turn(place)
            joined.set()
            go_on.wait(30)
            list(place.wait())

    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(ask)
        assert joined.wait(30)
        with line.joined() as place, line.joined() as behind:
            waits = place.wait()
            before = next_place(waits) if is_served else 0
            if not is_served:
                assert has_turn(place)
            told = next_place(behind.wait())

            # when
            work.cancel()

            # then
            if is_served:
                assert (before, next_place(waits), told) == (1, 0, 2)
            else:
                assert (told, next_place(behind.wait())) == (2, 1)
        go_on.set()
        with pytest.raises(Cancelled):
            call.result(30)


def test_one_who_waits_is_woken_where_nobody_awaits_it_any_more() -> None:
    # given
    line = WaitingLine(1, tell_every_s=SELDOM_S)
    work, waits = Cancel(), threading.Event()

    def ask() -> None:
        with working_for(work), line.joined() as place:
            for _ in place.wait():
                waits.set()

    # when
    with line.turn(), ThreadPoolExecutor(1) as pool:
        call = pool.submit(ask)
        assert waits.wait(30)
        work.cancel()

        # then
        with pytest.raises(Cancelled):
            call.result(30)
        assert line.waiting == 0
