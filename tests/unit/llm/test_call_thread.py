"""The calls of one request: what is under way when its caller gives up ends there and then."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any

import pytest

from twolane import cancel
from twolane.cancel import Cancel, Cancelled, working_for
from twolane.llm.wire.call_thread import CallThread


def test_a_call_that_is_under_way_is_cancelled_by_its_callers_end() -> None:
    # given
    ended, begun = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        cancel.pause(600)

    calls: list[Future[Any]] = []

    def ask() -> None:
        with CallThread() as thread:
            thread.on_exit(ended.set)
            calls.append(thread.submit(wait))
            assert begun.wait(30)
            raise KeyboardInterrupt

    # when
    with pytest.raises(KeyboardInterrupt):
        ask()

    # then: and what ends the request runs behind it
    with pytest.raises(Cancelled):
        calls[0].result(30)
    assert ended.wait(30)


def test_a_call_is_cancelled_with_the_work_that_it_is_part_of() -> None:
    # given
    work = Cancel()

    # when
    with working_for(work), CallThread() as thread:
        call = thread.submit(lambda: cancel.pause(600))
        work.cancel()

        # then
        with pytest.raises(Cancelled):
            call.result(30)


def test_a_request_that_ended_in_good_order_is_not_cancelled() -> None:
    # given
    seen: list[bool] = []

    # when
    with CallThread() as thread:
        thread.on_exit(lambda: seen.append(cancel.current().is_cancelled))
        assert thread.submit(lambda: cancel.current().is_cancelled).result(30) is False

    # then
    assert seen == [False]
