"""What the jobs of a batch have made: written together, in few transactions."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from twolane.store.base import Jobs, Writer
from twolane.work import Job

# A transaction costs as much as the work on a short text; and what is not written yet is seen by nobody.
_MOST = 32
_LONGEST_S = 0.25

Result = Callable[[Writer], None]
"""Writes what a job has made, within the transaction that ends the job."""


class Turns(Protocol):
    """Who goes first on this machine: filing, or whoever is answered."""

    def wait(self) -> None:
        """Wait until filing may go on. Raises `ModelBusyError` once closed."""

    def is_paused(self) -> bool:
        """Say whether `wait` would wait."""


class BatchResults:
    """The results of jobs, saved when there are many, when the first is old, and at the end of the block.

    What was made before an error is saved as well. Raises `LeaseLostError` where a lease is no longer held,
    and then saves none of those that it would have saved together.
    """

    def __init__(self, store: Jobs) -> None:
        self._store = store
        self._made: list[tuple[Job, Result]] = []
        self._since = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.save()

    def add(self, job: Job, result: Result) -> None:
        """Add a job's result, which is saved now or later."""
        if not self._made:
            self._since = time.monotonic()
        self._made.append((job, result))
        if len(self._made) >= _MOST or time.monotonic() - self._since > _LONGEST_S:
            self.save()

    def save(self) -> None:
        """Save what there is."""
        # As files were found, which is mostly in the order of their paths. A scan locks them in that order: a
        # server with many writers would otherwise end one of two that wait for each other.
        made, self._made = sorted(self._made, key=lambda one: one[0].file_id), []
        if made:
            with self._store.finishing(*(job for job, _ in made)) as write:
                for _, result in made:
                    result(write)
