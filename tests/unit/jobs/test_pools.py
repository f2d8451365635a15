"""The pools of a process: what they say of themselves where their threads die."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from standins.program import until
from tests.support.scripted import scripted_app

from twolane.app import App, JobEvent
from twolane.jobs.base import Step, one_by_one
from twolane.jobs.pools import Pools
from twolane.jobs.wakeups.local import LocalWakeups
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite
from twolane.telemetry.endpoint import open_endpoint
from twolane.work import Claimed, Job, NewJob


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with scripted_app(tmp_path) as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3, backoff_s=0.001)) as opened:
        yield opened


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_process_whose_threads_died_is_neither_ready_nor_live(app: App, tmp_path: Path) -> None:
    # given: what no job can do, for a worker counts that as its failure
    def ends_the_thread(_: JobEvent) -> None:
        raise SystemExit

    (tmp_path / "letter.txt").write_text("Dear neighbour, the boiler makes a noise. Yours, Ida")
    with open_endpoint(
        "127.0.0.1", 0, app.workers.readiness, lambda: b"", dead=app.workers.liveness
    ) as endpoint:
        with httpx.Client(base_url=f"http://127.0.0.1:{endpoint.port}", trust_env=False) as client:
            without = client.get("/livez"), client.get("/readyz")
            app.workers.start(ends_the_thread)
            before = client.get("/livez"), client.get("/readyz")

            # when
            app.library.add([tmp_path / "letter.txt"])
            until(app.workers.liveness, "a thread has died")
            after = client.get("/livez"), client.get("/readyz")
            app.workers.stop()
            stopped = client.get("/livez"), client.get("/readyz")

    # then
    codes = [[answer.status_code for answer in pair] for pair in (without, before, after, stopped)]
    assert codes == [[200, 503], [200, 200], [503, 503], [200, 503]]
    assert "of the read worker's threads died: restart this process" in after[0].text
    assert "of the read worker's threads died: restart this process" in after[1].text


def test_a_pool_that_cannot_look_for_jobs_is_not_ready_until_it_can(store: Store) -> None:
    # given: a store that raises what none should
    faults = [KeyError("nobody foresaw that")]
    done: list[Job] = []

    class Odd:
        def claim(self, *args: Any, **more: Any) -> Claimed:
            if faults:
                raise faults[0]
            return store.claim(*args, **more)

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

    odd: Any = Odd()
    queue = LocalWakeups(poll_s=0.01)
    pools = Pools(odd, queue, [Step("a", "filing", 1, one_by_one(done.append))], lease_s=60.0, grace_s=1.0)
    try:
        # when
        fault, dead = until(pools.fault, "it is told"), pools.dead()
        faults.clear()
        with store.writing() as write:
            write.enqueue([NewJob("a", "1", 0)])
        until(lambda: done, "the job is done")
        until(lambda: not pools.fault(), "it is well again")
    finally:
        pools.stop()

    # then
    assert "nobody foresaw that" in fault
    assert dead == ""
