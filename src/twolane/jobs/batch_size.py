"""How many jobs a batch may have, by how long jobs have taken lately."""

from __future__ import annotations

# A file that somebody waits for is claimed when a thread is free: after about so long. Where jobs are quick,
# longer batches gain nothing any more.
BATCH_S = 0.5
_NEWEST = 0.3  # the weight of the last batch in the average


class BatchSize:
    """Batches of one worker: at most `most` jobs, and no more than take about `batch_s`.

    The first job comes alone. `done` may be called from several threads: a lost update does no harm.
    """

    def __init__(self, most: int, batch_s: float = BATCH_S) -> None:
        self._most = most
        self._batch_s = batch_s
        self._seconds_a_job = BATCH_S

    @property
    def jobs(self) -> int:
        """How many jobs the next batch may have."""
        return int(max(1, min(self._most, self._batch_s / max(self._seconds_a_job, 1e-6))))

    def done(self, jobs: int, seconds: float) -> None:
        """Note how long a batch took."""
        self._seconds_a_job += _NEWEST * (seconds / jobs - self._seconds_a_job)
