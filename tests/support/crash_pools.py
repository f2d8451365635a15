"""A process with three pools, as a worker has them, until its work is done: `LIBRARY STORY THREADS`.

The story has a line for each job that begins and each that ends. A poison job kills the whole process, when
a patient one runs beside it or after a while.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import closing
from pathlib import Path

from standins.program import until

from twolane.jobs.base import Step, one_by_one
from twolane.jobs.pools import Pools
from twolane.jobs.wakeups.local import LocalWakeups
from twolane.store.sqlite.store import open_sqlite
from twolane.work import Job

MAX_ATTEMPTS = 3
LEASE_S = 1.0
BESIDE_S = 1.0
PATIENT_S = 0.5
KINDS = ("poison", "patient", "short")


def main(library: Path, story: Path, threads: int) -> None:
    patient = threading.Event()

    def tell(word: str, job: Job) -> None:
        with story.open("a") as file:  # appended in one write
            file.write(f"{os.getpid()} {word} {job.kind} {job.key} {job.attempt}\n")

    def work(job: Job) -> None:
        tell("begin", job)
        if job.kind == "poison":
            patient.wait(60 if job.attempt == 1 else BESIDE_S)
            os._exit(1)
        if job.kind == "patient":
            patient.set()
            threading.Event().wait(BESIDE_S * 2 if job.attempt == 1 else PATIENT_S)
        tell("end", job)

    queue = LocalWakeups(poll_s=0.05)
    with closing(queue), closing(open_sqlite(library, max_attempts=MAX_ATTEMPTS, backoff_s=0.01)) as store:
        pools = Pools(
            store,
            queue,
            [Step(kind, "filing", threads, one_by_one(work)) for kind in KINDS],
            lease_s=LEASE_S,
            grace_s=5.0,
        )
        counts = store.job_counts
        until(lambda: not any(count.queued + count.running for count in counts().values()), "all done")
        pools.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
