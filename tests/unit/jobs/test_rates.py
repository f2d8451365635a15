"""How fast a process does its jobs, by their kinds."""

from __future__ import annotations

from itertools import count, pairwise

import pytest

from twolane.jobs.base import JobEvent, JobEventKind
from twolane.jobs.rates import JobRates
from twolane.work import Job


class Timed:
    """Job rates with a clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.rates = JobRates(lambda: self.now)
        self._ids = count(1)

    def do(self, kind: str, seconds: float, *, number: int = 1) -> None:
        """Do jobs of a kind together, which takes some seconds."""
        jobs = [Job(next(self._ids), kind, "k", 1, 0, 1, "lease") for _ in range(number)]
        for job in jobs:
            self.rates.add(JobEvent(JobEventKind.STARTED, job))
        self.now += seconds
        for job in jobs:
            self.rates.add(JobEvent(JobEventKind.FINISHED, job, seconds / number))


def test_time_in_which_a_kind_waits_does_not_make_it_slower() -> None:
    # given
    timed = Timed()
    for _ in range(40):
        timed.do("read", 0.5)
        timed.do("picture", 3.0)

    # when
    timed.now += 7200
    timed.do("read", 0.5)

    # then
    assert timed.rates.now() == {"read": pytest.approx(2.0), "picture": pytest.approx(1 / 3)}


def test_a_rate_is_steady_though_jobs_come_in_batches_and_follows_what_changes() -> None:
    # given
    timed, said = Timed(), []

    # when
    for _ in range(60):
        timed.do("classify", 20.0, number=40)
        said.append(timed.rates.now()["classify"])
    for _ in range(60):
        timed.do("classify", 20.0, number=4)
        said.append(timed.rates.now()["classify"])

    # then
    assert all(one == pytest.approx(2.0) for one in said[:60])
    assert all(later <= before for before, later in pairwise(said))
    assert said[-1] == pytest.approx(0.2, rel=0.05)


def test_a_long_job_that_is_not_done_yet_does_not_make_its_rate_fall() -> None:
    # given
    timed, said = Timed(), []
    job = Job(999, "read_slowly", "k", 1, 0, 1, "lease")
    for _ in range(5):
        timed.do("read_slowly", 100.0)
        timed.rates.now()

    # when: it is looked at often during the next one
    timed.rates.add(JobEvent(JobEventKind.STARTED, job))
    for _ in range(9):
        timed.now += 10.0
        said.append(timed.rates.now()["read_slowly"])

    # then
    assert said == [pytest.approx(0.01)] * 9

    # when
    timed.now += 2000.0

    # then
    assert timed.rates.now()["read_slowly"] < 0.004


def test_a_job_that_another_process_has_taken_over_is_not_in_work_for_ever() -> None:
    # given
    timed = Timed()
    timed.rates.add(JobEvent(JobEventKind.STARTED, Job(999, "read", "k", 1, 0, 1, "lease")))
    timed.now += 4000.0
    timed.rates.now()

    # when
    timed.now += 80_000.0
    for _ in range(1000):
        timed.do("read", 10.0, number=10)
        timed.rates.now()

    # then
    assert timed.rates.now()["read"] == pytest.approx(1.0, rel=0.01)
