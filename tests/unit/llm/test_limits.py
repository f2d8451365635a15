"""The bounds that a lane's client keeps: requests under way, requests waiting, and time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelBusyError, ModelError, ModelTimeoutError
from twolane.llm.wire.limits import ConcurrencyLimit, StreamTimer, TimeLimits, timeout_error

DEADLINE_S = 30.0


def limit(
    concurrency: int = 1, max_waiting: int = 8, first_token_timeout_s: float = DEADLINE_S
) -> ConcurrencyLimit:
    return ConcurrencyLimit(
        LaneSettings(
            model="m",
            concurrency=concurrency,
            max_waiting=max_waiting,
            first_token_timeout_s=first_token_timeout_s,
        )
    )


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end
        threading.Event().wait(0.005)


def waiting(limit: ConcurrencyLimit) -> int:
    return len(limit._queue)


def test_a_place_is_handed_on_in_order() -> None:
    # given
    lane = limit()
    order: list[int] = []

    def visit(number: int) -> None:
        with lane.slot():
            order.append(number)

    # when
    with ThreadPoolExecutor(5) as pool:
        with lane.slot():
            calls = []
            for number in range(5):
                calls.append(pool.submit(visit, number))
                wait_until(lambda count=number + 1: waiting(lane) == count)  # type: ignore[misc]
        for call in calls:
            call.result()

    # then
    assert order == [0, 1, 2, 3, 4]


def test_no_more_than_allowed_are_inside() -> None:
    # given
    lane = limit(concurrency=3, max_waiting=100)
    inside, most, lock = 0, 0, threading.Lock()

    def visit(number: int) -> None:
        nonlocal inside, most
        with lane.slot():
            with lock:
                inside += 1
                most = max(most, inside)
            with lock:
                inside -= 1

    # when
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(visit, range(200)))

    # then
    assert most <= 3
    with lane.slot(), lane.slot(), lane.slot():
        pass  # all three places came back


def test_one_too_many_is_refused_at_once() -> None:
    # given
    lane = limit(max_waiting=0)

    # when / then
    with lane.slot(), pytest.raises(ModelBusyError, match="1 under way, 0 waiting"):
        lane._enter()
    with lane.slot():
        pass


def test_waiting_is_bounded_in_time() -> None:
    # given
    lane = limit(first_token_timeout_s=0.02)

    # when / then
    with lane.slot(), pytest.raises(ModelTimeoutError) as caught:
        with lane.slot():
            pass
    assert "first_token_timeout_s" in caught.value.remedy
    assert waiting(lane) == 0
    with lane.slot():
        pass


def test_an_error_inside_gives_the_place_back() -> None:
    # given
    lane = limit(max_waiting=0)

    # when
    with pytest.raises(ZeroDivisionError), lane.slot():
        raise ZeroDivisionError

    # then
    with lane.slot():
        pass


def test_closing_wakes_those_who_wait() -> None:
    # given
    lane = limit()

    def visit() -> None:
        with lane.slot():
            pass

    # when
    with ThreadPoolExecutor(1) as pool:
        with lane.slot():
            call = pool.submit(visit)
            wait_until(lambda: waiting(lane) == 1)
            lane.close()
            error = call.exception()

    # then
    assert isinstance(error, ModelError)
    with pytest.raises(ModelError, match="closed"):
        visit()


def test_a_limit_that_passes_names_its_setting() -> None:
    # given
    limits = TimeLimits(1.0, 2.0, 3.0)

    # then
    for setting, seconds in [
        ("first_token_timeout_s", "1 s"),
        ("between_tokens_timeout_s", "2 s"),
        ("total_timeout_s", "3 s"),
    ]:
        error = timeout_error(setting, limits, "m", "http://here")
        assert seconds in error.what
        assert setting in error.remedy


@pytest.mark.parametrize(
    ("limits", "tokens", "passed"),
    [
        (TimeLimits(0.02, 9, 9), 0, "first_token_timeout_s"),
        (TimeLimits(9, 0.02, 9), 1, "between_tokens_timeout_s"),
        (TimeLimits(9, 9, 0.02), 1, "total_timeout_s"),
    ],
)
def test_the_timer_cuts_what_is_too_slow(limits: TimeLimits, tokens: int, passed: str) -> None:
    # given
    cut = threading.Event()
    timer = StreamTimer(limits, time.monotonic(), cut.set)

    # when
    for _ in range(tokens):
        timer.received()
    timer.waiting()

    # then
    assert cut.wait(DEADLINE_S)
    assert timer.passed == passed
    timer.close()


def test_a_slow_reader_is_not_held_against_the_server() -> None:
    # given
    cut = threading.Event()
    timer = StreamTimer(TimeLimits(9, 0.01, 0.1), time.monotonic(), cut.set)

    # when
    timer.received()  # the reader has a piece, and asks for no other one

    # then
    assert cut.wait(DEADLINE_S)
    assert timer.passed == "total_timeout_s"
    timer.close()


def test_some_of_those_that_wait_may_do_so_at_the_server() -> None:
    # given room for one request, and for one that waits at the server
    settings = LaneSettings(model="m", concurrency=1, max_waiting=2)
    lane = ConcurrencyLimit(settings, ahead=1)

    # when
    with lane.slot(), lane.slot(), ThreadPoolExecutor(1) as pool:
        third = pool.submit(lambda: lane.slot().__enter__())
        wait_until(lambda: waiting(lane) == 1)

        # then
        with pytest.raises(ModelBusyError, match="1 under way, 2 waiting"), lane.slot():
            pass
        lane.close()
        with pytest.raises(ModelError, match="closed"):
            third.result(DEADLINE_S)


def test_nobody_waits_at_the_server_where_nobody_may_wait() -> None:
    # given
    lane = ConcurrencyLimit(LaneSettings(model="m", concurrency=1, max_waiting=0), ahead=1)

    # when / then
    with lane.slot(), pytest.raises(ModelBusyError), lane.slot():
        pass
