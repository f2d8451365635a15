"""A process that works jobs until it is killed: `LIBRARY STARTS THREADS LEASE_S BATCH [WAKEUP_URL NAME]`.

Each job writes its effect within the transaction that ends it: a job of its own making, with a key that is
never used twice, so that an effect that happens twice is seen. The first job of a batch is ended by itself,
the others together. A poison job kills the whole process.
"""

from __future__ import annotations

import math
import os
import secrets
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from twolane.jobs.wakeups.local import LocalWakeups
from twolane.jobs.wakeups.opening import open_wakeups
from twolane.jobs.worker import Worker
from twolane.store.sqlite.store import open_sqlite
from twolane.work import Job, JobCounts, NewJob

MAX_ATTEMPTS = 30
POISON_ATTEMPTS = 3


def main(
    library: Path,
    starts: Path,
    threads: int,
    lease_s: float,
    batch: int,
    wakeup_url: str = "",
    name: str = "",
) -> None:
    poison = "poison" in library.name
    attempts = POISON_ATTEMPTS if poison else MAX_ATTEMPTS
    queue = open_wakeups(wakeup_url, name=name) if wakeup_url else LocalWakeups(poll_s=0.05)
    with closing(queue), closing(open_sqlite(library, max_attempts=attempts, backoff_s=0.01)) as store:
        pause = threading.Event()

        def begin(job: Job) -> None:
            with starts.open("a") as file:  # appended in one write: what was begun, ended or not
                file.write(f"{job.key}\n")
            if job.key.startswith("poison"):
                os.kill(os.getpid(), signal.SIGKILL)
            pause.wait(0.02)

        def end(jobs: Sequence[Job]) -> None:
            with store.finishing(*jobs) as write:
                write.enqueue([NewJob("effect", f"{job.key} {secrets.token_hex(8)}", 0) for job in jobs])

        def work(jobs: Sequence[Job]) -> None:
            begin(jobs[0])
            end(jobs[:1])
            for job in jobs[1:]:
                begin(job)
            end(jobs[1:])

        worker = Worker(
            store,
            {"work": work},
            wakeups=queue,
            threads=threads,
            batch=batch,
            batch_s=math.inf,
            lease_s=lease_s,
            name=str(os.getpid()),
            poll_s=0.05,
        )
        worker.run(threading.Event(), until=lambda: work_left(store.job_counts()) == 0)


def work_left(counts: dict[str, JobCounts]) -> int:
    return counts["work"].queued + counts["work"].running if "work" in counts else 0


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        Path(sys.argv[2]),
        int(sys.argv[3]),
        float(sys.argv[4]),
        int(sys.argv[5]),
        *sys.argv[6:],
    )
