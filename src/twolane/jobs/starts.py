"""Giving claimed jobs to threads: together, or each alone in the process or the worker where it must be."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from twolane.jobs.failures import Failures
from twolane.jobs.gate import Gate
from twolane.jobs.leases import Leases
from twolane.jobs.threads import JobThreads
from twolane.work import Job


class Starts:
    """Starts the jobs that one worker has claimed; used by the thread that claims them."""

    def __init__(self, gate: Gate, leases: Leases, failures: Failures, threads: JobThreads) -> None:
        self._gate = gate
        self._leases = leases
        self._failures = failures
        self._threads = threads

    def suspect(self, jobs: Sequence[Job], stop: threading.Event) -> None:
        """Start a suspect, within the gate, once it is alone in the process, and wait for its end."""
        if self._gate.wait_alone(jobs[0].lease, stop):
            self._put(jobs)
            self._leases.wait_for(0, stop)
        else:
            self._leases.give_back(jobs, delay_s=0.0 if stop.is_set() else self._gate.quiet_s)

    def start(self, jobs: Sequence[Job], stop: threading.Event) -> None:
        """Start jobs together, and afterwards one by one those that must be alone in the worker."""
        alone = [job for job in jobs if job.job_id in self._failures.rerun_alone]
        self._put([job for job in jobs if job not in alone])
        while alone and self._leases.wait_for(len(alone), stop):
            self._put([alone.pop(0)])
            self._leases.wait_for(len(alone), stop)
        self._leases.give_back(alone)

    def _put(self, jobs: Sequence[Job]) -> None:
        if jobs:
            self._failures.rerun_alone.difference_update(job.job_id for job in jobs)
            self._leases.started(jobs)
            self._threads.put(jobs)
