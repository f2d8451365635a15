"""Many jobs, ten workers, random kill -9s: every job has its effect exactly once.

Workers are killed at random moments and started again; jobs of a killed one are done by others when its lease
has run out. The effect is written in the transaction that ends the job, under a key that is never used twice.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from bench._library import STORES, library
from bench._servers import QUEUES, WorkerProcess, broker
from bench._worker import EFFECT
from bench.queue import Bench

LEASE_S = 3.0


def crash(
    store: str, url: str, *, jobs: int, workers: int, kills: int, seed: int, batch: int
) -> dict[str, object]:
    """Run one crash test; the result counts what was lost and what was doubled."""
    chance = random.Random(seed)
    keys = [f"job-{number}" for number in range(jobs)]
    with (
        tempfile.TemporaryDirectory() as folder,
        library(store, Path(folder)) as address,
        closing(Bench(address, url, "")) as bench,
    ):

        def start() -> WorkerProcess:
            return WorkerProcess(bench.library, url, bench.name, "", LEASE_S, batch)

        running = [start() for _ in range(workers)]
        begun = time.monotonic()
        bench.put(keys)
        killed = 0
        while left := bench.store.pending().jobs:
            # spread over the whole work: as many as are due by now
            while killed < kills and killed < kills * (jobs - left) / (0.95 * jobs):
                victim = chance.randrange(workers)
                running[victim].kill()
                running[victim] = start()
                killed += 1
                time.sleep(chance.uniform(0, 0.05))
            time.sleep(0.05)
        took_s = time.monotonic() - begun
        for worker in running:
            worker.wait_ready()
            worker.stop()
        effects = Counter(key.split()[1] for key in bench.store.recall_all(EFFECT))
        counts = bench.store.job_counts()
        wrong = list(bench.store.check())
    return {
        "jobs": jobs,
        "workers": workers,
        "batch": batch,
        "kills": killed,
        "seconds": round(took_s, 1),
        "lost": sum(key not in effects for key in keys),
        "doubled": sum(number > 1 for number in effects.values()),
        "parked": sum(count.parked for count in counts.values()),
        "faults": wrong,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=STORES, default="sqlite")
    parser.add_argument("--queue", choices=QUEUES, default="redis")
    parser.add_argument("--jobs", type=int, default=2000, help="100000 for the full form")
    parser.add_argument("--workers", type=int, default=10)
    parser.add_argument("--kills", type=int, default=20, help="200 for the full form")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=16, help="jobs that a worker does together at most")
    args = parser.parse_args()
    with broker(args.queue) as url:
        result = crash(
            args.store,
            url,
            jobs=args.jobs,
            workers=args.workers,
            kills=args.kills,
            seed=args.seed,
            batch=args.batch,
        )
    print(json.dumps({"store": args.store, "queue": args.queue, **result}), flush=True)
    sys.exit(bool(result["lost"] or result["doubled"] or result["parked"] or result["faults"]))


if __name__ == "__main__":
    main()
