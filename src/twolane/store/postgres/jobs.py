"""The queue in a PostgreSQL library: rows that are leased, ended, tried again or parked."""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from twolane.jobs.base import Announcement, Job, JobCounts
from twolane.store.base import Pending
from twolane.store.paths import root_ranges
from twolane.store.postgres.connections import PostgresConnections, Session
from twolane.store.rows import counts_of, job_of, lease_lost
from twolane.text.full_text import clean

MAX_BACKOFF_S = 60.0


class PostgresJobs:
    """Obeys the part of `twolane.store.base.Store` that is about jobs.

    The n-th failure of a job delays it by 2^(n-1) times `backoff_s`, at most a minute, and up to half less by
    chance.
    """

    def __init__(self, connections: PostgresConnections, *, max_attempts: int, backoff_s: float) -> None:
        self._connections = connections
        self._max_attempts = max_attempts
        self._backoff_s = backoff_s

    def claim(self, kinds: Collection[str], worker: str, lease_s: float) -> Job | None:
        lease = secrets.token_hex(16)
        with self._connections.writing() as session:
            for row in session.rows("jobs.used_up", max_attempts=self._max_attempts):
                error = f"the worker died {row['attempts']} times while it did this ({row['kind']})"
                _park(session, row, f"{error}; before: {row['error']}" if row["error"] else error)
            claimed = session.row(
                "jobs.claim", kinds=list(kinds), lease=lease, lease_s=lease_s, worker=clean(worker)
            )
        return None if claimed is None else job_of(claimed)

    def heartbeat(self, job: Job, lease_s: float) -> None:
        def beat(session: Session) -> int:
            return session.run("jobs.heartbeat", job_id=job.job_id, lease=job.lease, lease_s=lease_s)

        if not self._connections.write(beat):
            raise lease_lost(job)

    @contextmanager
    def ending(self, job: Job) -> Iterator[Session]:
        """Lend a session within a transaction that ends a held job as done."""
        with self._connections.writing() as session:
            _hold(session, job)
            yield session
            session.run("jobs.done_with", job_id=job.job_id)  # last: the count is held for the shortest time

    def fail(self, job: Job, error: str, *, retry: bool) -> bool:
        error = clean(error)

        def end(session: Session) -> bool:
            row = _hold(session, job)
            again = bool(retry and row["attempts"] < self._max_attempts)
            if again:
                delay_s = self._delay_s(row["attempts"])
                _requeue(session, job, attempts=row["attempts"], delay_s=delay_s, error=error)
            else:
                _park(session, row, error)
            return again

        return self._connections.write(end)

    def release(self, job: Job, *, delay_s: float = 0.0) -> None:
        def give_back(session: Session) -> None:
            row = _hold(session, job)
            kept = {name: row[name] for name in ("error", "suspect")}
            run_at = None if delay_s else row["run_at"]
            _requeue(session, job, attempts=row["attempts"] - 1, run_at=run_at, delay_s=delay_s, **kept)

        self._connections.write(give_back)

    def job_counts(self) -> dict[str, JobCounts]:
        def count(session: Session) -> dict[str, JobCounts]:
            done = {row["kind"]: row["done"] for row in session.rows("jobs.done")}
            rows = {row["kind"]: row for row in session.rows("jobs.counts")}
            now = session.number("jobs.now")
            kinds = sorted(done.keys() | rows.keys())
            return {kind: counts_of(rows.get(kind), done.get(kind, 0), now) for kind in kinds}

        return self._connections.read(count, whole=True)

    def parked(self, limit: int = 100) -> list[Job]:
        rows = self._connections.read(lambda session: session.rows("jobs.parked", limit=limit))
        return [job_of(row) for row in rows]

    def retry_parked(self) -> list[Announcement]:
        def queue_again(session: Session) -> list[Announcement]:
            jobs = [job_of(row) for row in session.rows("jobs.lock_parked")]
            for job in jobs:
                _requeue(session, job, attempts=0)
                session.run("jobs.wait_again", file_id=job.file_id, key=job.key)
            return [Announcement(job.job_id, job.kind) for job in jobs]

        return self._connections.write(queue_again)

    def pending(self, roots: Sequence[Path] = ()) -> Pending:
        under = "_under" if roots else ""
        ranges = ranges_of(roots)

        def count(session: Session) -> Pending:
            files = session.number(f"files.waiting{under}", ranges)
            return Pending(files, session.number(f"jobs.pending{under}", ranges))

        return self._connections.read(count, whole=True)

    def _delay_s(self, attempts: int) -> float:
        whole = min(MAX_BACKOFF_S, self._backoff_s * 2.0 ** (attempts - 1))
        return whole * random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, guards nothing


def ranges_of(roots: Sequence[Path]) -> dict[str, object]:
    """Return the ranges of paths at or under the roots as statements take them."""
    ranges = list(root_ranges(roots))
    return {"lows": [low for low, _ in ranges], "highs": [high for _, high in ranges]}


def _hold(session: Session, job: Job) -> dict[str, Any]:
    # locked: nobody can take the lease before this transaction ends
    row = session.row("jobs.held", job_id=job.job_id, lease=job.lease)
    if row is None:
        raise lease_lost(job)
    return row


def _requeue(
    session: Session,
    job: Job,
    *,
    attempts: int,
    run_at: float | None = None,
    delay_s: float = 0.0,
    error: str = "",
    suspect: bool = False,
) -> None:
    if not session.attempt(
        "jobs.requeue",
        job_id=job.job_id,
        attempts=attempts,
        run_at=run_at,
        delay_s=delay_s,
        error=error,
        suspect=suspect,
    ):
        session.run("jobs.delete", job_id=job.job_id)


def _park(session: Session, row: Mapping[str, Any], error: str) -> None:
    session.run("jobs.forget_other_parked", job_id=row["job_id"])
    session.run("jobs.park", job_id=row["job_id"], error=error)
    session.run("jobs.quarantine", file_id=row["file_id"], key=row["key"], error=error)
