"""The queue against a model of it: any order of claims, ends, crashes and waits."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule
from standins.postgres import postgres_server
from tests.support.library import Clock, claim

from twolane.errors import LeaseLostError
from twolane.store.base import Store
from twolane.store.postgres.store import open_postgres
from twolane.store.sqlite.store import open_sqlite
from twolane.work import Job, JobCounts, NewJob

MAX_ATTEMPTS = 3
LEASE_S = 10.0
KEYS = st.sampled_from("abc")


class JobMachine(RuleBasedStateMachine):
    """Keeps, for each key, how often it was asked for since its last effect, and who truly holds it."""

    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.closing = ExitStack()
        self.store = self.open_store()
        self.holders: dict[str, tuple[Job, float]] = {}
        self.wanted: set[str] = set()  # a finish or a parking after the last request is still owed

    def open_store(self) -> Store:
        folder = Path(self.closing.enter_context(tempfile.TemporaryDirectory()))
        store = open_sqlite(folder / "library.db", max_attempts=MAX_ATTEMPTS, clock=self.clock)
        self.closing.callback(store.close)
        return store

    def teardown(self) -> None:
        self.clock.advance(3600)
        for _ in range(100):  # whatever happened, a worker that works ends it
            if (job := claim(self.store, ["k"], "w", LEASE_S)) is None:
                break
            with self.store.finishing(job):
                pass
        assert self.store.pending().jobs == 0
        assert list(self.store.check()) == []
        self.closing.close()

    @rule(key=KEYS, priority=st.integers(0, 2))
    def enqueue(self, key: str, priority: int) -> None:
        with self.store.writing() as write:
            write.enqueue([NewJob("k", key, 1, priority)])
        self.wanted.add(key)

    @rule(target=held, limit=st.integers(1, 3), among=st.integers(1, 2))
    def claim(self, limit: int, among: int) -> object:
        jobs = self.store.claim(["k"], "w", LEASE_S, limit=limit, among=among).jobs
        assert len(jobs) <= limit
        assert len(jobs) < 2 or not any(job.suspect for job in jobs), "a suspect beside others"
        for job in jobs:
            holder = self.holders.get(job.key)
            assert holder is None or holder[1] < self.clock.now, "two workers hold one key"
            assert 1 <= job.attempt <= MAX_ATTEMPTS
            self.holders[job.key] = (job, self.clock.now + LEASE_S)
            self.wanted.discard(job.key)
        return multiple(*jobs)

    @rule(first=consumes(held), second=consumes(held))
    def end_together(self, first: Job, second: Job) -> None:
        mine = [job for job in (first, second) if self.is_mine(job)]
        try:
            with self.store.finishing(first, second):
                pass
        except LeaseLostError:
            assert len(mine) < 2, "held leases were lost"
            for job in mine:
                self.store.release(job)
        else:
            assert len(mine) == 2, "a lost lease was honoured"
        for job in mine:
            del self.holders[job.key]

    @rule(job=consumes(held), end=st.sampled_from(["finish", "retry", "damage", "release"]))
    def end(self, job: Job, end: str) -> None:
        mine = self.is_mine(job)
        try:
            if end == "finish":
                with self.store.finishing(job):
                    pass
            elif end == "release":
                self.store.release(job)
            else:
                self.store.fail(job, "no", retry=end == "retry")
        except LeaseLostError:
            assert not mine, "a held lease was lost"
        else:
            assert mine, "a lost lease was honoured"
            del self.holders[job.key]

    @rule(job=held)
    def heartbeat(self, job: Job) -> None:
        mine = self.is_mine(job)
        self.store.heartbeat([job], LEASE_S)
        assert self.store.held([job]) == ([job] if mine else [])
        if mine:
            self.holders[job.key] = (job, self.clock.now + LEASE_S)

    @rule(seconds=st.sampled_from([0.3, 5.0, 11.0]))
    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule()
    def retry_parked(self) -> None:
        parked = {job.key for job in self.store.parked()}
        assert self.store.retry_parked() == len(parked)
        self.wanted |= parked

    @invariant()
    def nothing_that_was_asked_for_is_lost(self) -> None:
        assert self.store.job_counts().get("k", JobCounts()).queued >= len(self.wanted)

    def is_mine(self, job: Job) -> bool:
        # A claim of any kind parks what has died too often: who was parked holds nothing any more.
        if any(parked.job_id == job.job_id for parked in self.store.parked()):
            self.holders.pop(job.key, None)
        holder = self.holders.get(job.key)
        return holder is not None and holder[0].lease == job.lease


class PostgresJobMachine(JobMachine):
    """The same on PostgreSQL."""

    def open_store(self) -> Store:
        url = self.closing.enter_context(postgres_server().library())
        store = open_postgres(url, max_attempts=MAX_ATTEMPTS, clock=self.clock)
        self.closing.callback(store.close)
        return store


JobMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestJobMachine = JobMachine.TestCase
PostgresJobMachine.TestCase.settings = settings(max_examples=20, stateful_step_count=30, deadline=None)
TestPostgresJobMachine = PostgresJobMachine.TestCase
