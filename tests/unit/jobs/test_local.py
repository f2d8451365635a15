"""The doorbell of one process: rings are heard by every waiter, and no wait is for ever."""

from __future__ import annotations

import threading

from twolane.jobs.local import LocalDoorbell


def test_a_ring_wakes_everyone_who_waits() -> None:
    # given
    doorbell = LocalDoorbell(poll_s=60)
    threads = [threading.Thread(target=doorbell.wait, args=(60,)) for _ in range(3)]
    for thread in threads:
        thread.start()

    # when
    doorbell.ring()

    # then
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)


def test_a_ring_between_two_waits_is_heard_by_the_next() -> None:
    # given
    doorbell = LocalDoorbell(poll_s=60)
    doorbell.ring()
    doorbell.wait(60)

    # when
    doorbell.ring()
    doorbell.ring()

    # then: this would take a minute if it were missed
    doorbell.wait(60)


def test_no_wait_is_longer_than_the_poll() -> None:
    # given
    doorbell = LocalDoorbell(poll_s=0.001)

    # then
    doorbell.wait(3600)
    doorbell.close()
