"""Filing's model and its embedder never compute at once, and neither keeps the other out for good."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from twolane.llm.turns.kind_lock import Kind, KindLock

DEADLINE_S = 30.0


class Inside:
    """Threads that hold the lock until they are let out."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.lock = KindLock()
        self.order: list[str] = []
        self._pool = pool

    def enter(self, kind: Kind, name: str) -> tuple[threading.Event, Future[None]]:
        leave = threading.Event()

        def hold() -> None:
            with self.lock.held(kind):
                self.order.append(name)
                assert leave.wait(DEADLINE_S)

        return leave, self._pool.submit(hold)

    def wait_for(self, *names: str) -> None:
        until(lambda: self.order == list(names))


def until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(int(DEADLINE_S / 0.01)):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError(f"not so within {DEADLINE_S} s")


def test_one_kind_computes_together_and_the_other_waits() -> None:
    # given
    with ThreadPoolExecutor(3) as pool:
        inside = Inside(pool)
        first, _ = inside.enter("model", "one")
        inside.wait_for("one")
        second, _ = inside.enter("model", "two")
        inside.wait_for("one", "two")

        # when
        third, _ = inside.enter("embedder", "three")
        first.set()
        until(lambda: inside.lock._waiting["embedder"] == 1)
        waited = inside.order == ["one", "two"]
        second.set()

        # then
        inside.wait_for("one", "two", "three")
        third.set()
        assert waited


def test_newcomers_wait_for_the_other_kind_that_came_before_them() -> None:
    # given
    with ThreadPoolExecutor(3) as pool:
        inside = Inside(pool)
        first, _ = inside.enter("model", "model")
        inside.wait_for("model")
        second, _ = inside.enter("embedder", "embedder")
        until(lambda: inside.lock._waiting["embedder"] == 1)

        # when
        third, _ = inside.enter("model", "next model")
        until(lambda: inside.lock._waiting["model"] == 1)
        first.set()

        # then
        inside.wait_for("model", "embedder")
        second.set()
        inside.wait_for("model", "embedder", "next model")
        third.set()


def test_the_kind_whose_turn_it_is_does_not_keep_the_other_out() -> None:
    # given
    lock = KindLock()

    # when nobody else is there
    with lock.held("embedder"):
        pass
    with lock.held("model"):
        pass
    with lock.held("embedder"):
        pass

    # then
    assert lock._inside == 0
