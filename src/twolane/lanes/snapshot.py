"""The state of both lanes, the queue, the library and the workers at a moment: one value for every face."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from twolane.documents import FilingProof, FolderStanding, LaneName
from twolane.jobs.base import Step, WorkerRecord
from twolane.llm.base import Health
from twolane.sentences import Saying
from twolane.store.values import Counts
from twolane.work import JobCounts

WINDOW_S = 30.0


@dataclass(frozen=True, slots=True)
class LaneCalls:
    """What this process has asked of a lane's model; `first_token_s` is the median, None where none came."""

    requests: int = 0
    under_way: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    completion_tokens: int = 0
    first_token_s: float | None = None


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """The questions that this process answered, and those that wait; times are None where there were none."""

    answered: int = 0
    refused: int = 0
    error: int = 0
    cancelled: int = 0
    first_token_p50_s: float | None = None
    first_token_p95_s: float | None = None
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Activity:
    """What this process has done since it was started; `calls` are by lane."""

    calls: Mapping[str, LaneCalls] = field(default_factory=dict)
    answers: AnswerCounts = AnswerCounts()


@dataclass(frozen=True, slots=True)
class LaneSnapshot:
    """One lane: its model, what runs it and where, its health, and what this process asked of it.

    `size_bytes` is 0 where the runtime does not report it.
    """

    name: LaneName
    model: str
    runtime: str
    url: str
    health: Health
    size_bytes: int = 0
    calls: LaneCalls = LaneCalls()


@dataclass(frozen=True, slots=True)
class StepJobs:
    """The jobs of one step by state, of all workers; `oldest_s` is the age of the oldest still to be done."""

    lane: str
    queued: int = 0
    running: int = 0
    done: int = 0
    parked: int = 0
    oldest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Trouble(Saying, told=("why",)):
    """A file whose job failed for good, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Snapshot(Saying, told=("queue_fault", "backup_fault")):
    """Everything at one moment.

    `jobs` are by kind, in the order in which a file goes through them; `workers` counts the processes of all
    machines that take jobs, `working` lists them and those that end, and `pools` counts the pools of threads
    in this process; `settings` is the settings file in use, made printable; `proof` is what people's
    decisions say of filing's; `folders` are those that are watched; `backup_fault` says why the last backup
    was not made; `placements` counts what is to be asked about files that persons have moved. `calls` of the
    lanes, `answers`, `version` and `uptime_s` are those of this process.
    """

    lanes: tuple[LaneSnapshot, ...]
    embedder: Health
    counts: Counts
    jobs: dict[str, StepJobs]
    workers: int
    working: tuple[WorkerRecord, ...] = ()
    pools: int = 0
    queue_fault: str = ""
    backup_fault: str = ""
    store_answers: bool = True
    troubles: tuple[Trouble, ...] = ()
    proof: FilingProof | None = None
    placements: int = 0
    folders: tuple[FolderStanding, ...] = ()
    answers: AnswerCounts = AnswerCounts()
    settings: str | None = None
    version: str = ""
    uptime_s: float = 0.0

    @property
    def ready(self) -> bool:
        """Whether both lanes and the embedder would answer now."""
        return self.embedder.ready and all(lane.health.ready for lane in self.lanes)

    @property
    def waiting(self) -> int:
        """How many jobs are queued or running."""
        return sum(jobs.queued + jobs.running for jobs in self.jobs.values())

    @property
    def parked(self) -> int:
        """How many jobs failed too often."""
        return sum(jobs.parked for jobs in self.jobs.values())

    def for_others(self) -> Snapshot:
        """Return it for somebody who does not manage the library, of whose files it still counts all.

        Of the machine it says nothing, and of its work only what waits and runs: who counted what is done
        could tell what others add and ask.
        """
        return replace(
            self,
            lanes=tuple(replace(lane, url="", calls=LaneCalls()) for lane in self.lanes),
            jobs={kind: replace(jobs, done=0, parked=0) for kind, jobs in self.jobs.items()},
            answers=AnswerCounts(),
            working=(),
            proof=None,
            folders=(),
            backup_fault="",
            settings=None,
        )

    def lasting(self) -> Snapshot:
        """Return it without what changes all the time, so that two snapshots can be compared."""
        return replace(
            self,
            lanes=tuple(replace(lane, calls=LaneCalls()) for lane in self.lanes),
            jobs={kind: replace(jobs, oldest_s=0.0) for kind, jobs in self.jobs.items()},
            working=(),
            folders=tuple(replace(folder, seen_at=0.0) for folder in self.folders),
            answers=AnswerCounts(),
            uptime_s=0.0,
        )


def jobs_by_step(steps: Sequence[Step], counts: Mapping[str, JobCounts]) -> dict[str, StepJobs]:
    """Return the jobs of every step in the registry's order; unknown kinds come last."""
    lanes = {step.kind: step.lane for step in steps}
    kinds = [*lanes, *sorted(counts.keys() - lanes.keys())]
    return {kind: _step_jobs(lanes.get(kind, ""), counts.get(kind, JobCounts())) for kind in kinds}


def _step_jobs(lane: str, jobs: JobCounts) -> StepJobs:
    return StepJobs(lane, jobs.queued, jobs.running, jobs.done, jobs.parked, jobs.oldest_s)


class TokenMeter:
    """Computes tokens of answers a second by lane, over the last half minute, from successive snapshots."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._before: deque[tuple[float, Snapshot]] = deque()

    def add(self, snapshot: Snapshot) -> dict[str, float]:
        """Take the next snapshot, and return the rates since the earlier ones; none after the first."""
        now = self._clock()
        while len(self._before) > 1 and now - self._before[0][0] > WINDOW_S:
            self._before.popleft()
        self._before.append((now, snapshot))
        then, old = self._before[0]
        if now <= then:
            return {}
        before, passed_s = _tokens(old), now - then
        # A server that was restarted counts from 0 again.
        return {
            name: max(0, number - before.get(name, 0)) / passed_s
            for name, number in _tokens(snapshot).items()
        }


def _tokens(snapshot: Snapshot) -> dict[str, int]:
    return {lane.name: lane.calls.completion_tokens for lane in snapshot.lanes}
