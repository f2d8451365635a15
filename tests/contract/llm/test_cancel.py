"""What nobody awaits any more ends at once, wherever it waits, and the next has its place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from tests.contract.llm.conftest import Bench
from tests.contract.llm.test_contract import LABELS, TEXT, answer, asking

from twolane.cancel import Cancel, Cancelled, working_for
from twolane.llm.base import ChatOptions, Delta

DEADLINE_S = 20.0  # far below the limits of a lane, which would end each of these waits too


def awaited(work: Cancel, ask: Callable[[], object]) -> Callable[[], object]:
    """Return a request that somebody awaits who may go away."""

    def call() -> object:
        with working_for(work):
            return ask()

    return call


def is_cancelled(call: Future[Any]) -> bool:
    with pytest.raises(Cancelled):
        call.result(DEADLINE_S)
    return True


@pytest.mark.parametrize("ask", ["choose", "chat", "fill"])
def test_a_request_leaves_a_silent_server_as_soon_as_nobody_awaits_it(bench: Bench, ask: str) -> None:
    if not bench.can_be_cut:
        pytest.skip("is held in a function of the test")
    # given
    llm = bench.open(concurrency=1)
    work = Cancel()

    # when: the server says nothing for as long as it is held
    with bench.hold() as stage, ThreadPoolExecutor(2) as pool:
        call = pool.submit(awaited(work, asking(llm, ask, TEXT)))
        stage.wait_for(inside=1)
        work.cancel()

        # then: nothing of it is left there, and another takes its place
        assert is_cancelled(call)
        stage.wait_for(inside=0)
        following = pool.submit(answer, llm)
        stage.wait_for(inside=1)
        stage.open()
        assert following.result(DEADLINE_S)[1].reason == "stop"


def test_a_request_leaves_the_line_as_soon_as_nobody_awaits_it(bench: Bench) -> None:
    # given
    llm = bench.open(concurrency=1, max_waiting=1)
    work = Cancel()

    # when
    with bench.hold() as stage, ThreadPoolExecutor(bench.servers + 2) as pool:
        first = [pool.submit(answer, llm) for _ in range(bench.servers)]
        stage.wait_for(inside=bench.servers)
        waits = pool.submit(awaited(work, asking(llm, "choose", TEXT)))
        work.cancel()
        assert is_cancelled(waits)
        following = pool.submit(llm.choose, TEXT, LABELS)  # it would be refused, were the place still taken
        stage.open()

    # then
    assert [call.result()[1].reason for call in first] == ["stop"] * bench.servers
    assert len(following.result().logprobs) == len(LABELS)


def test_an_answer_that_halts_in_the_middle_ends_as_soon_as_nobody_awaits_it(bench: Bench) -> None:
    if not bench.can_be_cut:
        pytest.skip("is held in a function of the test")
    # given
    llm = bench.stalled(after_first_token=True, limit_s=300.0)
    work, begun = Cancel(), threading.Event()

    def read() -> None:
        for event in llm.chat(TEXT, ChatOptions()):
            assert isinstance(event, Delta)
            begun.set()

    # when
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(awaited(work, read))
        assert begun.wait(DEADLINE_S)
        work.cancel()

        # then
        assert is_cancelled(call)
    assert answer(llm)[1].reason == "stop"


def test_what_is_cancelled_before_it_begins_asks_nobody(bench: Bench) -> None:
    if not bench.can_be_cut:
        pytest.skip("is held in a function of the test")
    # given
    llm = bench.open()
    work = Cancel()
    work.cancel()

    # when / then
    with bench.hold() as stage, working_for(work):
        with pytest.raises(Cancelled):
            answer(llm)
        assert (stage.inside, stage.most) == (0, 0)
