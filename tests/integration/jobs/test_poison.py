"""A job that kills the process is parked alone, though jobs of other pools run in the same process."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.support import crash_pools

from twolane.store.sqlite.store import open_sqlite
from twolane.work import JobCounts, JobState, NewJob

ROOT = Path(__file__).parents[3]
DEADLINE_S = 120


def generations(story: Path) -> list[list[list[str]]]:
    """Return what each process told, as lists of begin or end, kind, key and attempt."""
    told: dict[str, list[list[str]]] = {}
    for line in story.read_text().splitlines():
        pid, *words = line.split()
        told.setdefault(pid, []).append(words)
    return list(told.values())


@pytest.mark.parametrize("threads", [1, 3])
def test_poison_in_one_pool_parks_nobody_in_the_others(tmp_path: Path, threads: int) -> None:
    # given
    library, story = tmp_path / "library.db", tmp_path / "story"
    patient, short = [f"patient-{n}" for n in range(2)], [f"short-{n}" for n in range(20)]
    with (
        closing(open_sqlite(library, max_attempts=crash_pools.MAX_ATTEMPTS)) as store,
        store.writing() as write,
    ):
        write.enqueue([NewJob(key.split("-")[0], key, 0) for key in ("poison-0", *patient, *short)])

    # when: a supervisor starts the process again as often as it dies
    command = [sys.executable, "-m", "tests.support.crash_pools", str(library), str(story), str(threads)]
    deaths = 0
    while subprocess.run(command, cwd=ROOT, timeout=DEADLINE_S).returncode != 0:
        deaths += 1
        assert deaths < 10

    # then
    assert deaths == crash_pools.MAX_ATTEMPTS
    first, *later = generations(story)
    assert ["begin", "patient", "patient-0", "1"] in first, "nobody innocent was hit"
    for told in later[:-1]:
        assert told[-1][:3] == ["begin", "poison", "poison-0"], "something began beside the poison"
        ended = [words[1:] for words in told if words[0] == "end"]
        assert all(words[1:] in ended for words in told[:-1] if words[0] == "begin")
    with closing(open_sqlite(library, max_attempts=crash_pools.MAX_ATTEMPTS)) as store:
        assert [(job.key, job.state) for job in store.parked()] == [("poison-0", JobState.PARKED)]
        counts = store.job_counts()
    assert counts["patient"] == JobCounts(done=len(patient))
    assert counts["short"] == JobCounts(done=len(short))
