"""The size of batches follows how long jobs take."""

from __future__ import annotations

from twolane.jobs.batch_size import BatchSize


def sizes(size: BatchSize, seconds_a_job: float, batches: int) -> list[int]:
    found = []
    for _ in range(batches):
        found.append(size.jobs)
        size.done(size.jobs, size.jobs * seconds_a_job)
    return found


def test_quick_jobs_soon_come_in_full_batches_and_slow_ones_alone() -> None:
    # given
    size = BatchSize(32)

    # when
    quick = sizes(size, 0.002, 20)
    slow = sizes(size, 3.0, 3)
    quick_again = sizes(size, 0.002, 25)

    # then
    assert quick[0] == 1
    assert quick[-1] == 32
    assert slow[1:] == [1, 1]
    assert quick_again[-1] == 32


def test_a_batch_is_as_long_as_half_a_second_of_work() -> None:
    # when
    found = sizes(BatchSize(32), 0.05, 30)

    # then
    assert found[-1] in {9, 10}


def test_a_step_without_batches_gets_one_job_at_a_time() -> None:
    assert set(sizes(BatchSize(1), 0.0, 5)) == {1}
