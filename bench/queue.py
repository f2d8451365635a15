"""How workers scale over each queue, and what the queue costs a job.

Efficiency is the least possible time (jobs x answer time / workers) over the time that it took. A stand-in
sleeps for a fixed time in the place of the model, so that ten workers make sense on a machine with few cores.
Overhead is the time from the end of one job's work to the beginning of the next in the same worker while jobs
wait: writing the effect and the end, hearing of the next one, leasing it. Latency is the time from queuing a
job to its beginning in a worker that waits. Workers are processes. With `--batch`, what ends one job ends
several; the mean of the overhead is then what a job costs.
"""

from __future__ import annotations

import argparse
import itertools
import json
import secrets
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

from bench._library import STORES, library, open_library
from bench._servers import QUEUES, WorkerProcess, broker, standing_in
from bench._worker import KIND
from twolane.jobs.wakeups.base import Wakeups
from twolane.jobs.wakeups.opening import open_wakeups
from twolane.store.base import Store
from twolane.work import NewJob

LEASE_S = 60.0


class Bench:
    """A library with a queue, and workers on it."""

    def __init__(self, address: str, url: str, model: str, batch: int = 1) -> None:
        self.library, self.url, self.model, self.batch = address, url, model, batch
        self.name = f"bench-{secrets.token_hex(6)}"
        self.store: Store = open_library(address)
        self.queue: Wakeups = open_wakeups(url, name=self.name)
        self.store.on_queued(self.queue.notify)

    def start(self, number: int) -> list[WorkerProcess]:
        workers = [
            WorkerProcess(self.library, self.url, self.name, self.model, LEASE_S, self.batch)
            for _ in range(number)
        ]
        for worker in workers:
            worker.wait_ready()
        return workers

    def put(self, keys: list[str]) -> float:
        """Queue jobs; return when that was begun."""
        begun = time.monotonic()
        with self.store.writing() as write:
            write.enqueue([NewJob(KIND, key, 0) for key in keys])
        return begun

    def wait_done(self) -> None:
        while self.store.pending().jobs:
            time.sleep(0.02)

    def close(self) -> None:
        self.queue.close()
        self.store.close()


def times(worker: WorkerProcess) -> list[tuple[str, float, float, float]]:
    """Return (key, begun, worked, ended) of each job."""
    rows = [line.split() for line in worker.lines if line.count(" ") == 3]
    return [(row[0], float(row[1]), float(row[2]), float(row[3])) for row in rows]


def scale(store: str, url: str, workers: int, answer_s: float, jobs_each: int) -> dict[str, float]:
    """Measure one number of workers."""
    jobs = workers * jobs_each
    with (
        tempfile.TemporaryDirectory() as folder,
        library(store, Path(folder)) as address,
        standing_in(answer_s) as model,
        closing(Bench(address, url, model)) as bench,
    ):
        running = bench.start(workers)
        begun = bench.put([f"job-{number}" for number in range(jobs)])
        bench.wait_done()
        for worker in running:
            worker.stop()
        ended = max(row[3] for worker in running for row in times(worker))
    took_s = ended - begun
    return {"workers": workers, "jobs": jobs, "seconds": took_s, "efficiency": jobs_each * answer_s / took_s}


def overhead(store: str, url: str, jobs: int, batch: int) -> dict[str, float]:
    """Measure what the queue costs a job, and how soon a waiting worker begins one."""
    with (
        tempfile.TemporaryDirectory() as folder,
        library(store, Path(folder)) as address,
        closing(Bench(address, url, "", batch)) as bench,
    ):
        [worker] = bench.start(1)
        bench.put([f"job-{number}" for number in range(jobs)])
        bench.wait_done()
        queued = {}
        for number in range(40):
            queued[f"single-{number}"] = bench.put([f"single-{number}"])
            bench.wait_done()
        worker.stop()
        rows = times(worker)
    gaps = [after[1] - before[2] for before, after in itertools.pairwise(rows[:jobs])]
    latencies = [row[1] - queued[row[0]] for row in rows if row[0] in queued]
    return {
        "jobs": jobs,
        "batch": batch,
        "overhead_mean_ms": statistics.fmean(gaps) * 1000,
        "overhead_p50_ms": statistics.median(gaps) * 1000,
        "overhead_p95_ms": statistics.quantiles(gaps, n=20)[-1] * 1000,
        "latency_p50_ms": statistics.median(latencies) * 1000,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=STORES, default="sqlite")
    parser.add_argument("--queues", nargs="+", choices=QUEUES, default=QUEUES)
    parser.add_argument("--workers", nargs="+", type=int, default=[1, 2, 4, 10])
    parser.add_argument("--answer-s", type=float, default=0.5, help="how long the stand-in takes to answer")
    parser.add_argument("--jobs-each", type=int, default=30, help="jobs for each worker")
    parser.add_argument("--overhead-jobs", type=int, default=500)
    parser.add_argument("--batch", type=int, default=1, help="jobs that a worker does together at most")
    args = parser.parse_args()
    for kind in args.queues:
        with broker(kind) as url:
            where = {"store": args.store, "queue": kind}
            print(json.dumps(where | overhead(args.store, url, args.overhead_jobs, args.batch)), flush=True)
            for workers in args.workers:
                row = scale(args.store, url, workers, args.answer_s, args.jobs_each)
                print(json.dumps(where | {"answer_s": args.answer_s, **row}), flush=True)


if __name__ == "__main__":
    main()
