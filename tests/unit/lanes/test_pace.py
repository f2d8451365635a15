"""How long the queue still takes, and what it waits for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.support.watched import DOWN, snapshot

from twolane.jobs.base import WorkerRecord
from twolane.lanes.pace import pace_of, waits_for
from twolane.lanes.snapshot import Snapshot, StepJobs


def works(name: str = "a", **rates: float) -> WorkerRecord:
    return WorkerRecord(name, "filing", 4, 0.0, 1.0, rates=rates)


def queue(jobs: Mapping[str, int], *working: WorkerRecord, **changes: Any) -> Snapshot:
    steps = {kind: StepJobs("filing", queued=number) for kind, number in jobs.items()}
    return snapshot(jobs=steps, working=working, workers=len(working), **changes)


def test_all_processes_count_and_the_slowest_step_with_what_comes_says_how_long_it_takes() -> None:
    # given
    waiting = {"read": 90, "read_slowly": 10, "classify": 20, "embed": 0, "picture": 50}

    # when
    pace = pace_of(
        queue(
            waiting,
            works("a", read=2.0, read_slowly=0.1, classify=1.0),
            works("b", read=1.0, classify=1.0, picture=0.5),
        )
    )

    # then
    assert pace.jobs == {"read": 3.0, "read_slowly": 0.1, "classify": 2.0, "picture": 0.5}
    assert pace.left_s == {
        "read": pytest.approx(30),
        "read_slowly": pytest.approx(100),
        "classify": pytest.approx(60),
        "picture": pytest.approx(100),
    }
    assert pace.filing_s == pytest.approx(100)


@pytest.mark.parametrize(
    ("jobs", "rates"),
    [
        ({}, {"read": 1.0}),
        ({"read": 5}, {}),
        ({"picture": 5}, {"picture": 1.0}),
        ({"read": 0}, {"read": 1.0}),
    ],
)
def test_nothing_is_said_of_files_where_none_wait_or_no_speed_is_known(
    jobs: dict[str, int], rates: dict[str, float]
) -> None:
    assert pace_of(queue(jobs, replace(works(), rates=rates))).filing_s is None


def test_it_is_said_what_jobs_wait_for() -> None:
    # given
    busy = works(read=1.0)
    filing, chat = snapshot().lanes
    down = (replace(filing, health=DOWN), chat)

    # then
    assert list(waits_for(queue({"read": 0}))) == []
    assert list(waits_for(queue({"read": 4}, busy))) == []
    assert "`twolane worker`" in " ".join(waits_for(queue({"read": 4})))
    assert list(waits_for(queue({"classify": 1}, busy, lanes=down))) == [f"the filing lane: {DOWN.detail}"]
    [why] = waits_for(queue({"read": 1}, replace(busy, waits_for="the disk is full")))
    assert why == "the disk is full"
    [later] = waits_for(queue({"read": 1, "fields": 2, "picture": 3}, busy))
    assert later.startswith("fields and picture are done when")
    assert list(waits_for(queue({"picture": 3}, busy))) == []
