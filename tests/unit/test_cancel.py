"""Who awaits nothing any more holds up nobody: what waits is woken once, and what comes later at once."""

from __future__ import annotations

import threading

import pytest

from twolane import cancel, trace
from twolane.cancel import Cancel, Cancelled, working_for


def test_what_waits_is_woken_and_what_waits_no_more_is_left_alone() -> None:
    # given
    work, woken = Cancel(), list[str]()

    # when
    with work.calling(lambda: woken.append("before")):
        pass
    with work.calling(lambda: woken.append("one")), work.calling(lambda: woken.append("two")):
        work.cancel()
        work.cancel()
    with work.calling(lambda: woken.append("after")):
        pass

    # then
    assert woken == ["one", "two", "after"]
    with pytest.raises(Cancelled):
        work.check()


def test_nothing_is_cancelled_where_nobody_may_go_away() -> None:
    # when / then
    cancel.current().check()
    cancel.pause(0)
    assert not cancel.current().is_cancelled


def test_a_pause_ends_with_the_work_that_it_is_part_of() -> None:
    # given
    work, ended = Cancel(), threading.Event()

    def wait() -> None:
        try:
            cancel.pause(600)
        except Cancelled:
            ended.set()

    # when: in a thread that continues the work of this one
    with working_for(work):
        thread = threading.Thread(target=trace.carried(wait))
        thread.start()
    work.cancel()
    thread.join(30)

    # then
    assert ended.is_set()


def test_no_handler_of_errors_holds_it_up() -> None:
    # given
    work = Cancel()
    work.cancel()

    def stubborn() -> str:
        try:
            work.check()
        except Exception:  # noqa: BLE001 - what this is about
            return "held up"
        return "not cancelled"

    # when / then
    with pytest.raises(Cancelled):
        stubborn()
