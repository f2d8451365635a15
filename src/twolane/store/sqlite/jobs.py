"""The queue in a SQLite library: rows that are leased, ended, tried again or parked."""

from __future__ import annotations

import json
import random
import secrets
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from twolane.jobs.base import Announcement, Job, JobCounts
from twolane.store.base import Pending
from twolane.store.queries import sql
from twolane.store.rows import counts_of, job_of, lease_lost
from twolane.store.sqlite.connections import Connections, set_roots
from twolane.text.full_text import clean

MAX_BACKOFF_S = 60.0


class SqliteJobs:
    """Obeys the part of `twolane.store.base.Store` that is about jobs.

    The n-th failure of a job delays it by 2^(n-1) times `backoff_s`, at most a minute, and up to half less by
    chance.
    """

    def __init__(
        self, connections: Connections, *, max_attempts: int, backoff_s: float, clock: Callable[[], float]
    ) -> None:
        self._connections = connections
        self._max_attempts = max_attempts
        self._backoff_s = backoff_s
        self._clock = clock

    def claim(self, kinds: Collection[str], worker: str, lease_s: float) -> Job | None:
        with self._connections.writing() as connection:
            now = self._clock()
            used_up = {"now": now, "max_attempts": self._max_attempts}
            for row in connection.execute(sql("jobs.used_up"), used_up).fetchall():
                error = f"the worker died {row['attempts']} times while it did this ({row['kind']})"
                self._park(connection, row, f"{error}; before: {row['error']}" if row["error"] else error)
            claimed = connection.execute(
                sql("jobs.claim"),
                {
                    "kinds": json.dumps(list(kinds)),
                    "now": now,
                    "lease": secrets.token_hex(16),
                    "lease_s": lease_s,
                    "worker": clean(worker),
                },
            ).fetchone()
        return None if claimed is None else job_of(claimed)

    def heartbeat(self, job: Job, lease_s: float) -> None:
        with self._connections.writing() as connection:
            held = {"job_id": job.job_id, "lease": job.lease, "lease_s": lease_s, "now": self._clock()}
            if not connection.execute(sql("jobs.heartbeat"), held).rowcount:
                raise lease_lost(job)

    @contextmanager
    def ending(self, job: Job) -> Iterator[sqlite3.Connection]:
        """Lend the connection of a transaction that ends a held job as done."""
        with self._holding(job) as (connection, _):
            yield connection
            connection.execute(sql("jobs.delete"), {"job_id": job.job_id})
            connection.execute(sql("jobs.count_done"), {"kind": job.kind})

    def fail(self, job: Job, error: str, *, retry: bool) -> bool:
        error = clean(error)
        with self._holding(job) as (connection, row):
            again = retry and row["attempts"] < self._max_attempts
            if again:
                run_at = self._clock() + self._delay_s(row["attempts"])
                self._requeue(connection, job, attempts=row["attempts"], run_at=run_at, error=error)
            else:
                self._park(connection, row, error)
        return again

    def release(self, job: Job, *, delay_s: float = 0.0) -> None:
        with self._holding(job) as (connection, row):
            self._requeue(
                connection,
                job,
                attempts=row["attempts"] - 1,
                run_at=self._clock() + delay_s if delay_s else row["run_at"],
                error=row["error"],
                suspect=row["suspect"],
            )

    def job_counts(self) -> dict[str, JobCounts]:
        with self._connections.reading(fresh=True) as connection:
            done = {row["kind"]: row["done"] for row in connection.execute(sql("jobs.done"))}
            rows = {row["kind"]: row for row in connection.execute(sql("jobs.counts"))}
        now = self._clock()
        return {
            kind: counts_of(rows.get(kind), done.get(kind, 0), now)
            for kind in sorted(done.keys() | rows.keys())
        }

    def parked(self, limit: int = 100) -> list[Job]:
        with self._connections.reading() as connection:
            return [job_of(row) for row in connection.execute(sql("jobs.parked"), {"limit": limit})]

    def retry_parked(self) -> list[Announcement]:
        with self._connections.writing() as connection:
            jobs = [job_of(row) for row in connection.execute(sql("jobs.parked"), {"limit": -1}).fetchall()]
            for job in jobs:
                self._requeue(connection, job, attempts=0, run_at=self._clock(), error="")
                connection.execute(sql("jobs.wait_again"), {"file_id": job.file_id, "key": job.key})
        return [Announcement(job.job_id, job.kind) for job in jobs]

    def pending(self, roots: Sequence[Path] = ()) -> Pending:
        under = "_under" if roots else ""
        with self._connections.reading(fresh=True) as connection:
            set_roots(connection, roots)
            files = connection.execute(sql(f"files.waiting{under}")).fetchone()[0]
            jobs = connection.execute(sql(f"jobs.pending{under}")).fetchone()[0]
        return Pending(files, jobs)

    @contextmanager
    def _holding(self, job: Job) -> Iterator[tuple[sqlite3.Connection, sqlite3.Row]]:
        with self._connections.writing() as connection:
            # nobody can take the lease before this transaction ends: it is the one writer
            held = {"job_id": job.job_id, "lease": job.lease}
            row = connection.execute(sql("jobs.held"), held).fetchone()
            if row is None:
                raise lease_lost(job)
            yield connection, row

    def _delay_s(self, attempts: int) -> float:
        whole = min(MAX_BACKOFF_S, self._backoff_s * 2.0 ** (attempts - 1))
        return whole * random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, guards nothing

    def _requeue(
        self,
        connection: sqlite3.Connection,
        job: Job,
        *,
        attempts: int,
        run_at: float,
        error: str,
        suspect: bool = False,
    ) -> None:
        values = {
            "job_id": job.job_id,
            "attempts": attempts,
            "run_at": run_at,
            "error": error,
            "suspect": suspect,
        }
        if not connection.execute(sql("jobs.requeue"), values).rowcount:
            connection.execute(sql("jobs.delete"), {"job_id": job.job_id})

    def _park(self, connection: sqlite3.Connection, row: sqlite3.Row, error: str) -> None:
        values = {"job_id": row["job_id"], "error": error, "now": self._clock()}
        connection.execute(sql("jobs.park"), values)
        connection.execute(
            sql("jobs.quarantine"), {"file_id": row["file_id"], "key": row["key"], "error": error}
        )
