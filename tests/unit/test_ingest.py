"""The registry of steps: what a step that is added there gets by itself."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from standins.program import until
from tests.support.scripted import scripted_app
from tests.support.watched import parse, snapshot

from twolane.config.settings import TelemetrySettings
from twolane.jobs.base import Step, one_by_one
from twolane.jobs.heartbeat import workers
from twolane.jobs.pools import Pools
from twolane.jobs.wakeups.local import LocalWakeups
from twolane.store.sqlite.store import open_sqlite
from twolane.telemetry.instruments import Instruments
from twolane.work import Job, NewJob


def test_a_file_meets_the_steps_in_the_order_of_the_registry(tmp_path: Path) -> None:
    # when
    with scripted_app(tmp_path) as app:
        steps = app.steps

    # then
    assert [step.kind for step in steps] == ["read", "read_slowly", "classify", "embed", "fields", "picture"]
    assert {step.lane for step in steps} == {"filing"}
    assert [step.kind for step in steps if step.decides] == ["classify"]


def test_a_step_that_is_added_has_its_pool_and_its_metrics(tmp_path: Path) -> None:
    # given a step that no other module has heard of
    done: list[Job] = []
    instruments = Instruments(TelemetrySettings(), snapshot, "1")
    steps = [Step("fields", "chat", 2, one_by_one(done.append), decides=True)]
    with (
        closing(LocalWakeups(poll_s=0.01)) as queue,
        closing(open_sqlite(tmp_path / "db", max_attempts=3)) as store,
    ):
        pools = Pools(
            store,
            queue,
            [instruments.step(step) for step in steps],
            lease_s=60.0,
            grace_s=1.0,
            on_event=instruments.jobs(steps),
        )
        try:
            # when
            [record] = workers(store)
            with store.writing() as write:
                write.enqueue([NewJob("fields", "1", 0)])
            until(lambda: "twolane_jobs_total" in instruments.render().decode() and done, "the job is done")
            until(lambda: store.job_counts()["fields"].done, "its end is written")
        finally:
            pools.stop()

    # then
    samples = {(s.name, *s.labels.values()): s.value for s in parse(instruments.render().decode())}
    assert (record.lane, record.threads) == ("chat", 2)
    assert samples["twolane_jobs_total", "fields", "finished"] == 1
    assert samples["twolane_files_filed_total",] == 1


def test_steps_of_one_pool_share_its_threads_and_the_more_urgent_job_goes_first(tmp_path: Path) -> None:
    # given
    done: list[str] = []

    def note(jobs: Sequence[Job]) -> None:
        done.extend(job.kind for job in jobs)

    with (
        closing(LocalWakeups(poll_s=0.01)) as queue,
        closing(open_sqlite(tmp_path / "db", max_attempts=3)) as store,
    ):
        with store.writing() as write:
            write.enqueue([NewJob("rest", f"rest {n}", 0, -1) for n in range(3)])
            write.enqueue([NewJob("first", f"first {n}", 0) for n in range(3)])
        steps = [Step(kind, "filing", 1, note, pool="shared") for kind in ("rest", "first")]

        # when
        pools = Pools(store, queue, steps, lease_s=60.0, grace_s=1.0)
        try:
            [record] = workers(store)
            until(lambda: len(done) == 6, "all jobs are done")
        finally:
            pools.stop()

    # then
    assert (record.threads, pools.alive) == (1, 0)
    assert done == ["first"] * 3 + ["rest"] * 3
