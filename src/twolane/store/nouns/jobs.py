"""Jobs: rows that are queued, leased, ended, tried again or parked; and the listeners that they notify."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from twolane.store.nouns.transaction import Transaction
from twolane.store.paths import root_ranges
from twolane.store.rows import counts_of, job_of, lease_lost
from twolane.store.session import Database, Row, Session
from twolane.store.values import Pending
from twolane.text.full_text import clean
from twolane.work import Claimed, FarJobs, Job, JobCounts, NewJob, Notification

MAX_BACKOFF_S = 60.0
# No delay and no lease is as long: what is further away was dated by a clock that was ahead.
_FAR = {"delay_s": 3600.0, "lease_s": 90_000.0}


class JobTable:
    """Obeys `twolane.store.base.Jobs`, but for `finishing`, and `twolane.store.base.Clock`.

    The n-th failure of a job delays it by 2^(n-1) times `backoff_s`, at most a minute, and up to half less by
    chance.
    """

    def __init__(self, database: Database, *, max_attempts: int, backoff_s: float) -> None:
        self._database = database
        self._max_attempts = max_attempts
        self._backoff_s = backoff_s
        self._notify: Callable[[Sequence[Notification]], None] = lambda _: None

    def on_queued(self, listener: Callable[[Sequence[Notification]], None]) -> None:
        self._notify = listener

    def claim(
        self, kinds: Collection[str], worker: str, lease_s: float, *, limit: int = 1, among: int = 1
    ) -> Claimed:
        values = {
            "kinds": list(kinds),
            "worker": clean(worker),
            "lease": secrets.token_hex(16),
            "lease_s": lease_s,
            "limit": limit,
            "among": among,
            "max_attempts": self._max_attempts,
        }
        with self._database.writing() as session:
            rows = session.rows("jobs.claim", values)
            used_up = [row for row in rows if row["used_up"]]
            for row in used_up:
                error = f"the worker died {row['attempts']} times while it did this ({row['kind']})"
                _park(session, row, f"{error}; before: {row['error']}" if row["error"] else error)
            if used_up and len(used_up) == len(rows):
                rows = session.rows("jobs.claim", values)  # a newer job may have waited for one of these
        jobs = [job_of(row) for row in rows if row["job_id"] is not None and not row["used_up"]]
        return Claimed(tuple(sorted(jobs, key=lambda job: job.job_id)), bool(rows[0]["more"]))

    def heartbeat(self, jobs: Sequence[Job], lease_s: float) -> None:
        self._database.run("jobs.heartbeat", _leases(jobs), lease_s=lease_s)

    def held(self, jobs: Sequence[Job]) -> list[Job]:
        held = {row["lease"] for row in self._database.rows("jobs.held", _leases(jobs))}
        return [job for job in jobs if job.lease in held]

    @contextmanager
    def ending(self, jobs: Sequence[Job]) -> Iterator[Session]:
        """Yield a session within a transaction that ends leased jobs as done."""
        with self._database.writing() as session:
            _hold(session, jobs)
            yield session
            # last: it locks the row that counts jobs done
            session.run("jobs.end", ids=[job.job_id for job in jobs])

    def fail(self, job: Job, error: str, *, retry: bool) -> bool:
        error = clean(error)

        def end(session: Session) -> bool:
            [row] = _hold(session, [job])
            again = bool(retry and row["attempts"] < self._max_attempts)
            if again:
                delay_s = self._delay_s(row["attempts"])
                _queue_again(session, row, attempts=row["attempts"], delay_s=delay_s, error=error)
            else:
                _park(session, row, error)
            return again

        return self._database.write(end)

    def release(self, job: Job, *, delay_s: float = 0.0) -> None:
        def give_back(session: Session) -> None:
            [row] = _hold(session, [job])
            run_at = None if delay_s else row["run_at"]
            _queue_again(
                session,
                row,
                attempts=row["attempts"] - 1,
                run_at=run_at,
                delay_s=delay_s,
                error=row["error"],
                suspect=row["suspect"],
            )

        self._database.write(give_back)
        if not delay_s:
            self._notify([Notification(job.job_id, job.kind)])

    def now(self) -> float:
        return float(self._database.number("jobs.now"))

    def far_jobs(self) -> FarJobs:
        return self._database.read(_far)

    def bring_near(self) -> int:
        if self.far_jobs().jobs:  # looking takes no lock, and there are seldom any
            return self._database.run("jobs.bring_near", _FAR)
        return 0

    def job_counts(self) -> dict[str, JobCounts]:
        def count(session: Session) -> dict[str, JobCounts]:
            done = {row["kind"]: row["done"] for row in session.rows("jobs.done")}
            rows = {row["kind"]: row for row in session.rows("jobs.counts")}
            now = session.number("jobs.now")
            kinds = sorted(done.keys() | rows.keys())
            return {kind: counts_of(rows.get(kind), done.get(kind, 0), now) for kind in kinds}

        return self._database.read(count, whole=True)

    def parked(self, limit: int = 100) -> list[Job]:
        return [job_of(row) for row in self._database.rows("jobs.parked", limit=limit)]

    def retry_parked(self) -> int:
        def queue_again(session: Session) -> list[Notification]:
            rows = session.rows("jobs.all_parked")
            for row in rows:
                _queue_again(session, row, attempts=0)
                session.run("jobs.wait_again", file_id=row["file_id"], key=row["key"])
            return [Notification(row["job_id"], row["kind"]) for row in rows]

        again = self._database.write(queue_again)
        self._notify(again)
        return len(again)

    def pending(self, roots: Sequence[Path] = (), *, later: Collection[str] = ()) -> Pending:
        def count(session: Session) -> Pending:
            under, where = ("_under", {"ranges": list(root_ranges(roots))}) if roots else ("", {})
            files = session.number(f"files.waiting{under}", where)
            jobs = session.row(f"jobs.pending{under}", where, later=list(later))
            assert jobs is not None
            return Pending(files, jobs["jobs"], jobs["later"])

        return self._database.read(count, whole=True)

    def _delay_s(self, attempts: int) -> float:
        whole = min(MAX_BACKOFF_S, self._backoff_s * 2.0 ** (attempts - 1))
        return whole * random.uniform(0.5, 1.0)  # noqa: S311 - it only spreads retries


class JobTableWriter(Transaction):
    """Obeys `twolane.store.base.JobWriter`; `queued` are the notifications to send after the transaction."""

    queued: tuple[Notification, ...] = ()

    def enqueue(self, jobs: Sequence[NewJob]) -> None:
        once: dict[tuple[str, str], NewJob] = {}
        for job in jobs:
            name = job.kind, clean(job.key)
            before = once.get(name)
            if before is None or before.priority < job.priority:
                once[name] = job
        rows = [
            {"kind": kind, "key": key, "file_id": job.file_id, "priority": job.priority}
            for (kind, key), job in once.items()
        ]
        # the new job replaces a parked one
        self._session.run_many("jobs.forget_parked", [{"kind": kind, "key": key} for kind, key in once])
        queued = self._session.run_many("jobs.enqueue", rows)
        self.queued += tuple(Notification(row["job_id"], row["kind"]) for row in queued)


def _far(session: Session) -> FarJobs:
    row = session.row("jobs.far", _FAR)
    assert row is not None
    return FarJobs(row["jobs"], row["ahead_s"])


def _leases(jobs: Sequence[Job]) -> dict[str, object]:
    return {"ids": [job.job_id for job in jobs], "leases": [job.lease for job in jobs]}


def _hold(session: Session, jobs: Sequence[Job]) -> Sequence[Row]:
    # locked, so that no other worker can take a job before this transaction ends
    rows = session.rows("jobs.hold", _leases(jobs))
    held = {row["lease"] for row in rows}
    for job in jobs:
        if job.lease not in held:
            raise lease_lost(job)
    return rows


def _queue_again(
    session: Session,
    row: Row,
    *,
    attempts: int,
    run_at: float | None = None,
    delay_s: float = 0.0,
    error: str = "",
    suspect: bool = False,
) -> None:
    # Deleted and inserted again: an insert, unlike an update, can give way to a newer job for the same thing,
    # even to one that is being queued at this moment.
    session.run("jobs.delete", job_id=row["job_id"])
    same = ("job_id", "kind", "key", "file_id", "priority", "queued_at")
    session.run(
        "jobs.requeue",
        {name: row[name] for name in same},
        attempts=attempts,
        run_at=run_at,
        delay_s=delay_s,
        error=error,
        suspect=suspect,
    )


def _park(session: Session, row: Row, error: str) -> None:
    session.run("jobs.forget_other_parked", job_id=row["job_id"])
    session.run("jobs.park", job_id=row["job_id"], error=error)
    session.run("jobs.quarantine", file_id=row["file_id"], key=row["key"], error=error)
