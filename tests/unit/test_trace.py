"""The id that follows a request."""

from __future__ import annotations

import threading

import pytest

from twolane.trace import Trace, carried, current, new_request_id, sane_request_id, working_for


def test_a_block_works_for_its_request_alone() -> None:
    # when
    with working_for(Trace("one")):
        with working_for(Trace("two", job_id=7)):
            inner = current()
        outer = current()

    # then
    assert (inner.request_id, inner.job_id, outer.request_id) == ("two", 7, "one")
    assert current() == Trace()


def test_a_thread_goes_on_with_a_request_only_where_it_is_carried() -> None:
    # given
    seen: list[str] = []

    def look() -> None:
        seen.append(current().request_id)

    # when
    with working_for(Trace("one")):
        threads = [threading.Thread(target=target) for target in (carried(look), look)]
    for thread in threads:
        thread.start()
        thread.join()

    # then
    assert seen == ["one", ""]


@pytest.mark.parametrize(
    "given", ["abc-1", "0af7651916cd43dd8448eb211c80319c", "web/7:3=4@host.example", "a" * 128]
)
def test_a_sane_id_is_taken(given: str) -> None:
    assert sane_request_id(given) == given


@pytest.mark.parametrize("given", ["", " ", "a b", "a\nb", "a\r\nX: 1", '"', "é", "a" * 129, "-a", "<b>"])
def test_an_id_that_could_break_a_header_or_a_log_is_not(given: str) -> None:
    assert sane_request_id(given) == ""


def test_a_new_id_is_sane_and_new() -> None:
    # when
    one, other = new_request_id(), new_request_id()

    # then
    assert one != other
    assert sane_request_id(one) == one
