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


def notifications(*numbers: int, kind: str = "a") -> list[Notification]:
    return [Notification(number, kind) for number in numbers]


def receive(listener: Listener, number: int, *, most: int = 1) -> list[Notification]:
    """Receive so many notifications, each done at once."""
    received: list[Notification] = []
    deadline = time.monotonic() + DEADLINE_S
    while len(received) < number:
        assert time.monotonic() < deadline, f"received only {received}"
        batch = listener.receive(most, 0.5)
        listener.acknowledge(batch)
        received += batch
    assert listener.receive(0, 0) == []  # busy now
    return received


def ids(received: Iterable[Notification]) -> list[int]:
    return sorted(notification.job_id for notification in received)


def test_each_notification_goes_to_one_listener(wakeups: Wakeups) -> None:
    # given
    with closing(wakeups.listen(["a"])) as one, closing(wakeups.listen(["a"])) as other:
        wakeups.notify(notifications(1, 2, 3, 4))

        # when
        received = [*receive(one, 2), *receive(other, 2)]

        # then
        assert ids(received) == [1, 2, 3, 4]
        assert one.receive(1, 0.05) == other.receive(1, 0.05) == []


def test_what_was_notified_before_anyone_listened_is_heard(line: Line) -> None:
    # given
    line.open().notify(notifications(7))

    # then
    with closing(line.open().listen(["a"])) as listener:
        assert receive(listener, 1) == notifications(7)


def test_a_listener_receives_only_its_kinds(wakeups: Wakeups) -> None:
    # given
    wakeups.notify([*notifications(1, kind="b"), *notifications(2, kind="a")])

    # then
    with closing(wakeups.listen(["a"])) as only_a, closing(wakeups.listen(["a", "b"])) as both:
        assert receive(only_a, 1) == notifications(2)
        assert receive(both, 1) == notifications(1, kind="b")


def test_no_more_is_taken_than_asked_for(wakeups: Wakeups) -> None:
    # given
    wakeups.notify(notifications(*range(10)))
    with closing(wakeups.listen(["a"])) as greedy, closing(wakeups.listen(["a"])) as other:
        # when
        kept: list[Notification] = []
        while len(kept) < 3:
            kept += greedy.receive(3 - len(kept), 0.5)
        assert greedy.receive(0, 0) == []  # busy now

        # then: what one holds open keeps nothing else from the other
        assert len(kept) == 3
        assert len(receive(other, 7)) == 7


def test_a_listener_that_waits_is_woken(line: Line) -> None:
    # given
    received: list[Notification] = []
    with closing(line.open().listen(["a"])) as listener:
        listener.receive(1, 0.01)
        waiting = threading.Thread(target=lambda: received.extend(receive(listener, 1)))
        waiting.start()

        # when
        line.open().notify(notifications(1))

        # then
        waiting.join(DEADLINE_S)
        assert received == notifications(1)


def test_doubled_notifications_are_received_twice_and_settled_once_each(wakeups: Wakeups) -> None:
    # given
    wakeups.notify([*notifications(1), *notifications(1)])
    with closing(wakeups.listen(["a"])) as listener:
        # then
        assert receive(listener, 2) == [*notifications(1), *notifications(1)]
        assert listener.receive(1, 0.05) == []


def test_what_a_listener_left_undone_goes_to_another(line: Line) -> None:
    # given
    wakeups = line.open()
    wakeups.notify(notifications(1))
    first = wakeups.listen(["a"])
    while not first.receive(1, 0.5):
        pass

    # when
    first.close()

    # then
    with closing(wakeups.listen(["a"])) as second:
        assert receive(second, 1) == notifications(1)


def test_a_busy_listener_keeps_nothing_from_others(wakeups: Wakeups) -> None:
    # given
    with closing(wakeups.listen(["a"])) as busy, closing(wakeups.listen(["a"])) as other:
        busy.receive(2, 0.05)

        # when
        assert busy.receive(0, 0) == []
        wakeups.notify(notifications(1, 2, 3))

        # then
        assert ids(receive(other, 3)) == [1, 2, 3]


def test_closed_wakeups_take_notifications_and_raise_nothing(wakeups: Wakeups) -> None:
    # when
    wakeups.close()

    # then
    wakeups.notify(notifications(1))
    wakeups.wake()


@with_a_server
def test_a_wiped_server_is_used_again(line: Line, served: Server) -> None:
    # given
    wakeups = line.open()
    with closing(wakeups.listen(["a"])) as listener:
        wakeups.notify(notifications(1))
        receive(listener, 1)

        # when
        served.wipe()

        # then: what is notified later is received
        received: list[Notification] = []

        def heard_again() -> bool:
            wakeups.notify(notifications(3))
            received.extend(batch := listener.receive(1, 0.5))
            listener.acknowledge(batch)
            return bool(received)

        wait_until(heard_again, "the listener hears again")
        assert set(ids(received)) == {3}
        assert wakeups.fault() == ""


@with_a_server
def test_a_server_that_stops_is_told_once_and_used_again_when_it_is_back(
    line: Line, served: Server, caplog: pytest.LogCaptureFixture
) -> None:
    # given
    wakeups = line.open()
    with closing(wakeups.listen(["a"])) as listener, caplog.at_level(logging.INFO, "twolane"):
        wakeups.notify(notifications(1))
        receive(listener, 1)

        # when
        served.stop()
        try:
            wakeups.notify(notifications(2))
            wait_until(lambda: "cannot be used" in wakeups.fault(), "it knows that its server is gone")
            assert listener.receive(1, 0.01) == []
            fault = wakeups.fault()
        finally:
            served.start()

        # then
        assert "cannot be used" in fault
        assert "guest:guest" not in fault
        wait_until(lambda: wakeups.fault() == "", "it knows that its server is back")
        seen: list[Notification] = []

        def heard_again() -> bool:
            wakeups.notify(notifications(3))
            seen.extend(batch := listener.receive(1, 0.5))
            listener.acknowledge(batch)
            return 3 in ids(seen)

        wait_until(heard_again, "the listener hears again")
    messages = [record.getMessage() for record in caplog.records if record.name.startswith("twolane")]
    assert len([text for text in messages if "cannot be used" in text]) == 1
    assert len([text for text in messages if text.endswith("is back")]) == 1
