"""A worker's notifications, where it has claimed jobs before these came."""

from __future__ import annotations

import threading

from twolane.jobs.calls import Calls
from twolane.jobs.wakeups.local import LocalWakeups
from twolane.work import Job, Notification


class Notified:
    """Calls of one worker, with notifications of the jobs 1, 2, 3 ... as they were queued."""

    def __init__(self) -> None:
        self.wakeups = LocalWakeups(poll_s=0.01)
        self.stale = 0
        self.calls = Calls(self.wakeups.listen(["a"]), self.count)

    def count(self) -> None:
        self.stale += 1

    def notify(self, *numbers: int) -> None:
        self.wakeups.notify([Notification(number, "a") for number in numbers])

    def claim(self, *numbers: int, call: Notification | None = None) -> None:
        self.calls.claimed([Job(number, "a", str(number), 0, 0, 1, str(number)) for number in numbers], call)

    def receive(self, most: int = 1) -> list[int]:
        return [call.job_id for call in self.calls.receive(most, 0.01)]

    def left(self) -> list[int]:
        """Return what another listener would still receive."""
        self.calls.close()
        return [call.job_id for call in self.wakeups.listen(["a"]).receive(100, 0)]


def test_what_was_claimed_before_its_notification_came_makes_no_claim() -> None:
    # given: three jobs that one notification has led to
    told = Notified()
    told.notify(1, 2, 3, 4)
    [call] = told.calls.receive(1, 0.01)
    told.claim(1, 2, 3, call=call)
    told.calls.acknowledge([call])

    # when
    received = told.receive()

    # then: the others' are settled, and the worker looks before long all the same
    assert received == [4]
    assert told.stale == 1
    assert told.left() == [4]


def test_a_worker_that_is_ahead_of_nothing_takes_no_more_than_it_asks_for() -> None:
    # given
    told = Notified()
    told.notify(1, 2, 3)

    # when
    received = told.receive(2)

    # then
    assert received == [1, 2]
    assert told.stale == 0
    assert sorted(told.left()) == [1, 2, 3]


def test_what_came_in_place_of_the_stale_is_settled_and_looked_for() -> None:
    # given: two jobs whose notifications another worker has received
    told = Notified()
    told.claim(1, 2)
    told.notify(3, 4, 5, 6)

    # when
    received = told.receive()

    # then
    assert received == [3]
    assert told.stale == 1
    assert sorted(told.left()) == [3, 6]


def test_a_drain_says_whether_anything_else_was_there() -> None:
    # given
    told, stop = Notified(), threading.Event()
    told.claim(1, 2, 3)
    told.notify(1, 2)

    # when
    own = told.calls.drain(stop)
    told.notify(3, 4)
    others = told.calls.drain(stop)

    # then
    assert (own, others) == (False, True)
    assert told.left() == []
