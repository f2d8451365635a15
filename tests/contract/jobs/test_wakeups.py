"""What all wake-ups do with notifications, whatever happens to listeners and servers."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from contextlib import closing

import pytest
from standins.brokers import Server, wait_until
from tests.contract.jobs.conftest import Line

from twolane.jobs.wakeups.base import Listener, Wakeups
from twolane.work import Notification

DEADLINE_S = 60.0
with_a_server = pytest.mark.parametrize("line", ["redis", "rabbitmq"], indirect=True)


def told(*numbers: int, kind: str = "a") -> list[Notification]:
    return [Notification(number, kind) for number in numbers]


def hear(listener: Listener, number: int, *, most: int = 1) -> list[Notification]:
    """Receive so many notifications, each done at once."""
    heard: list[Notification] = []
    deadline = time.monotonic() + DEADLINE_S
    while len(heard) < number:
        assert time.monotonic() < deadline, f"heard only {heard}"
        batch = listener.receive(most, 0.5)
        listener.acknowledge(batch)
        heard += batch
    assert listener.receive(0, 0) == []  # busy now
    return heard


def ids(heard: Iterable[Notification]) -> list[int]:
    return sorted(notification.job_id for notification in heard)


def test_each_announcement_goes_to_one_listener(queue: Wakeups) -> None:
    # given
    with closing(queue.listen(["a"])) as one, closing(queue.listen(["a"])) as other:
        queue.notify(told(1, 2, 3, 4))

        # when
        heard = [*hear(one, 2), *hear(other, 2)]

        # then
        assert ids(heard) == [1, 2, 3, 4]
        assert one.receive(1, 0.05) == other.receive(1, 0.05) == []


def test_what_was_notified_before_anyone_listened_is_heard(line: Line) -> None:
    # given
    line.open().notify(told(7))

    # then
    with closing(line.open().listen(["a"])) as listener:
        assert hear(listener, 1) == told(7)


def test_a_listener_hears_only_its_kinds(queue: Wakeups) -> None:
    # given
    queue.notify([*told(1, kind="b"), *told(2, kind="a")])

    # then
    with closing(queue.listen(["a"])) as only_a, closing(queue.listen(["a", "b"])) as both:
        assert hear(only_a, 1) == told(2)
        assert hear(both, 1) == told(1, kind="b")


def test_no_more_is_taken_than_asked_for(queue: Wakeups) -> None:
    # given
    queue.notify(told(*range(10)))
    with closing(queue.listen(["a"])) as greedy, closing(queue.listen(["a"])) as other:
        # when
        kept: list[Notification] = []
        while len(kept) < 3:
            kept += greedy.receive(3 - len(kept), 0.5)
        assert greedy.receive(0, 0) == []  # busy now

        # then: what one holds open keeps nothing else from the other
        assert len(kept) == 3
        assert len(hear(other, 7)) == 7


def test_a_listener_that_waits_is_woken(line: Line) -> None:
    # given
    heard: list[Notification] = []
    with closing(line.open().listen(["a"])) as listener:
        listener.receive(1, 0.01)
        waiting = threading.Thread(target=lambda: heard.extend(hear(listener, 1)))
        waiting.start()

        # when
        line.open().notify(told(1))

        # then
        waiting.join(DEADLINE_S)
        assert heard == told(1)


def test_doubled_notifications_are_heard_twice_and_done_once_each(queue: Wakeups) -> None:
    # given
    queue.notify([*told(1), *told(1)])
    with closing(queue.listen(["a"])) as listener:
        # then
        assert hear(listener, 2) == [*told(1), *told(1)]
        assert listener.receive(1, 0.05) == []


def test_what_a_listener_left_undone_goes_to_another(line: Line) -> None:
    # given
    queue = line.open()
    queue.notify(told(1))
    first = queue.listen(["a"])
    while not first.receive(1, 0.5):
        pass

    # when
    first.close()

    # then
    with closing(queue.listen(["a"])) as second:
        assert hear(second, 1) == told(1)


def test_a_busy_listener_keeps_nothing_from_others(queue: Wakeups) -> None:
    # given
    with closing(queue.listen(["a"])) as busy, closing(queue.listen(["a"])) as other:
        busy.receive(2, 0.05)

        # when
        assert busy.receive(0, 0) == []
        queue.notify(told(1, 2, 3))

        # then
        assert ids(hear(other, 3)) == [1, 2, 3]


def test_closed_wakeups_take_notifications_without_a_word(queue: Wakeups) -> None:
    # when
    queue.close()

    # then
    queue.notify(told(1))
    queue.wake()


@with_a_server
def test_a_wiped_server_is_used_again(line: Line, served: Server) -> None:
    # given
    queue = line.open()
    with closing(queue.listen(["a"])) as listener:
        queue.notify(told(1))
        hear(listener, 1)

        # when
        served.wipe()

        # then: what is notified later is received
        heard: list[Notification] = []

        def heard_again() -> bool:
            queue.notify(told(3))
            heard.extend(batch := listener.receive(1, 0.5))
            listener.acknowledge(batch)
            return bool(heard)

        wait_until(heard_again, "the listener hears again")
        assert set(ids(heard)) == {3}
        assert queue.fault() == ""


@with_a_server
def test_a_server_that_stops_is_told_once_and_used_again_when_it_is_back(
    line: Line, served: Server, caplog: pytest.LogCaptureFixture
) -> None:
    # given
    queue = line.open()
    with closing(queue.listen(["a"])) as listener, caplog.at_level(logging.INFO, "twolane"):
        queue.notify(told(1))
        hear(listener, 1)

        # when
        served.stop()
        try:
            queue.notify(told(2))
            wait_until(lambda: "cannot be used" in queue.fault(), "the queue knows that its server is gone")
            assert listener.receive(1, 0.01) == []
            fault = queue.fault()
        finally:
            served.start()

        # then
        assert "cannot be used" in fault
        assert "guest:guest" not in fault
        wait_until(lambda: queue.fault() == "", "the queue knows that its server is back")
        seen: list[Notification] = []

        def heard_again() -> bool:
            queue.notify(told(3))
            seen.extend(batch := listener.receive(1, 0.5))
            listener.acknowledge(batch)
            return 3 in ids(seen)

        wait_until(heard_again, "the listener hears again")
    messages = [record.getMessage() for record in caplog.records if record.name.startswith("twolane")]
    assert len([text for text in messages if "cannot be used" in text]) == 1
    assert len([text for text in messages if text.endswith("is back")]) == 1
