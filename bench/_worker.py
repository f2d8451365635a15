"""A worker process of the measurements, which tells when it is ready.

It is started by `_worker STORE QUEUE NAME MODEL LEASE_S BATCH`. Its one kind of job asks a model server (or
nothing) and writes its effect within the transaction that ends the jobs of a batch, under a key that is never
used twice: an effect that happened twice would be seen. Each job's begin and end, in seconds of the monotonic
clock, go to standard output.
"""

from __future__ import annotations

import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing

import httpx

from bench._library import open_library
from twolane.jobs.wakeups.opening import open_wakeups
from twolane.jobs.worker import Worker
from twolane.work import Job

KIND, EFFECT = "bench", "effect "


def main(library: str, wakeup_url: str, name: str, model: str, lease_s: float, batch: int) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with (
        closing(open_library(library)) as store,
        closing(open_wakeups(wakeup_url, name=name)) as queue,
        httpx.Client(timeout=120, trust_env=False) as client,
    ):

        def work(jobs: Sequence[Job]) -> None:
            worked = []
            for job in jobs:
                begun = time.monotonic()
                if model:
                    client.post(model, content=b"{}").raise_for_status()
                worked.append(f"{job.key} {begun:.6f} {time.monotonic():.6f}")
            with store.finishing(*jobs) as write:
                for job in jobs:
                    write.remember(f"{EFFECT}{job.key} {secrets.token_hex(8)}", "1")
            for line in worked:
                print(f"{line} {time.monotonic():.6f}", flush=True)

        worker = Worker(
            store,
            {KIND: work},
            wakeups=queue,
            threads=1,
            lease_s=lease_s,
            name=str(os.getpid()),
            batch=batch,
        )
        print("ready", flush=True)
        worker.run(stop)


if __name__ == "__main__":
    _library, _queue, _name, _model, _lease_s, _batch = sys.argv[1:]
    main(_library, _queue, _name, _model, float(_lease_s), int(_batch))
