"""Takes snapshots, either by asking everything now or from what was polled a moment ago."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from twolane.answers import ExtractsCause
from twolane.config.lane_settings import LaneSettings
from twolane.config.settings import Settings
from twolane.documents import FilingProof, FolderStanding, LaneName, display_path
from twolane.errors import NotFoundError, StoreError, TwolaneError
from twolane.jobs.base import Step, WorkerRecord
from twolane.lanes.languages import told_of_languages
from twolane.lanes.snapshot import (
    Activity,
    LaneCalls,
    LaneSnapshot,
    Snapshot,
    StepJobs,
    Trouble,
    jobs_by_step,
)
from twolane.lanes.told import with_told
from twolane.llm.base import Health, Runtime
from twolane.store.base import Documents, Jobs
from twolane.store.placed import Placing
from twolane.store.scanned import Files
from twolane.store.values import Counts

T = TypeVar("T")

LOOK_S = 3.0
FRESH_S = 1.0
KEEP_S = 10.0
_SIZE_S = 1.0
_MOST_TROUBLES = 5
_WITHOUT_MODEL: Mapping[LaneName, str] = {
    "filing": "rules and similarity, no model",
    "chat": "the places that fit best, no model",
}
_SILENT = Health(
    ready=False,
    reachable=False,
    loaded=False,
    detail="does not answer in time",
    remedy="see what its model server is doing, or restart it",
)


class Workforce(Protocol):
    """The workers of this process and of others, and what wakes them."""

    @property
    def alive(self) -> int:
        """How many pools run in this process."""

    def everywhere(self) -> list[WorkerRecord]:
        """List the worker processes on all machines. Raises `StoreError`."""

    def queue_fault(self) -> str:
        """Return what is wrong with the server of the wake-ups, or ""."""


class Polled(Files, Documents, Jobs, Placing, Protocol):
    """The parts of the store that a snapshot shows."""


@dataclass(frozen=True, slots=True)
class _CatalogueState:
    counts: Counts
    jobs: dict[str, StepJobs] = field(default_factory=dict)
    working: tuple[WorkerRecord, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    proof: FilingProof | None = None
    folders: tuple[FolderStanding, ...] = ()
    placements: int = 0


@dataclass(frozen=True, slots=True)
class _WakeupState:
    fault: str


_SILENT_WAKEUPS = _WakeupState("the server of the wake-ups does not answer in time")


class Poller:
    """Asks a library, both lanes, the embedder and the wake-ups for their state, from any number of threads.

    `runtime` opens what runs a lane's model, `embedding` what runs the embedder. For `recent` each of them is
    asked in a thread of its own, and one that is silent for `LOOK_S` counts as down, so that a frozen server
    does not delay the others.
    """

    def __init__(
        self,
        settings: Settings,
        lanes: Mapping[LaneName, LaneSettings],
        *,
        version: str,
        store: Polled,
        steps: Sequence[Step],
        workers: Workforce,
        runtime: Callable[[LaneName], Runtime],
        embedding: Callable[[], Runtime],
        activity: Callable[[], Activity],
        proof: Callable[[], FilingProof | None] = lambda: None,
        backup_fault: Callable[[], str] = str,
        folders: Callable[[], Sequence[FolderStanding]] = lambda: (),
    ) -> None:
        self._settings = settings
        self._lanes = lanes
        self._version = version
        self._started = time.monotonic()
        self._store = store
        self._steps = steps
        self._workers = workers
        self._runtime = runtime
        self._embedding = embedding
        self._activity = activity
        self._proof = proof
        self._backup_fault = backup_fault
        self._folders = folders
        self._sizes: dict[LaneName, int] = {}
        # Counting a large library takes a while: however often it is asked, it takes a tenth of the time.
        self._catalogue_poll = _Poll("catalogue", self._catalogue_or_none, rest=10.0)
        self._embedder_poll = _Poll("embedder", self.embedder)
        self._wakeups_poll = _Poll("wake-ups", self._wakeups)
        self._lane_polls = {name: _Poll(name, partial(self.lane, name)) for name in lanes}

    def snapshot(self) -> Snapshot:
        """Ask everything now, and wait for it. Raises `StoreError`."""
        lanes = tuple(self.told_lane(name) for name in self._lanes)
        return self._composed(lanes, self.embedder(), self._catalogue(), self._wakeups())

    def narrowed(self, snapshot: Snapshot) -> Snapshot:
        """Return a snapshot as it is for somebody who does not manage the library. Raises `StoreError`.

        Files are counted and named that this thread may see.
        """
        return replace(
            snapshot.for_others(),
            counts=self._store.counts(),
            troubles=tuple(_troubles_in(self._store)),
            placements=self._store.placements.count(),
        )

    def recent(self, limit_s: float = LOOK_S) -> Snapshot:
        """Return what was polled at most about a second ago; never waits longer than the limit."""
        deadline = time.monotonic() + limit_s
        self._catalogue_poll.start()
        self._embedder_poll.start()
        self._wakeups_poll.start()
        for poll in self._lane_polls.values():
            poll.start()
        catalogue = self._catalogue_poll.result(deadline)
        embedder = self._embedder_poll.result(deadline) or _SILENT
        wakeups = self._wakeups_poll.result(deadline) or _SILENT_WAKEUPS
        return self._composed(self._recent_lanes(deadline), embedder, catalogue, wakeups)

    def recent_lanes(self, limit_s: float = LOOK_S) -> tuple[LaneSnapshot, ...]:
        """Return the lanes as in `recent`, without asking anything else."""
        for poll in self._lane_polls.values():
            poll.start()
        return self._recent_lanes(time.monotonic() + limit_s)

    def known_health(self, name: LaneName, limit_s: float) -> Health | None:
        """Return a lane's health as in `recent`; None where it does not say it within the limit."""
        self._lane_polls[name].start()
        found = self._lane_polls[name].result(time.monotonic() + limit_s)
        return found.health if found else None

    def missing(self, name: LaneName, limit_s: float) -> ExtractsCause | None:
        """Say why a lane's model cannot begin at once, where that is known within the limit."""
        health = self.known_health(name, limit_s)
        if health is None or health.loaded:
            return None
        return ExtractsCause.LOADING if health.reachable else ExtractsCause.NOT_ANSWERING

    def lane(self, name: LaneName) -> LaneSnapshot:
        """Ask one lane for its state, and wait for it; never raises."""
        settings = self._lanes[name]
        if not settings.use_model:
            health = Health(ready=True, reachable=True, loaded=False, detail=_WITHOUT_MODEL[name])
            return LaneSnapshot(name, "", "none", "", health)
        health = _health_of(lambda: self._runtime(name))
        size_bytes = self._size_bytes(name) if health.ready else self._sizes.get(name, 0)
        return LaneSnapshot(name, settings.model, settings.runtime, settings.url, health, size_bytes)

    def told_lane(self, name: LaneName) -> LaneSnapshot:
        """Return what `lane` does, or what a process that works for the lane has just found wrong with it."""
        found = self.lane(name)
        return replace(found, health=with_told(self.notes, name, found.health))

    @property
    def notes(self) -> Path:
        """Where processes of this library leave word of what is wrong with a lane."""
        return self._settings.data_dir / "run"

    def embedder(self) -> Health:
        """Ask the embedder for its state, and wait for it; never raises."""
        if self._settings.embedding.runtime == "off":
            return Health(ready=True, reachable=True, loaded=False, detail="off: full-text search only")
        return _health_of(self._embedding)

    def _composed(
        self,
        lanes: tuple[LaneSnapshot, ...],
        embedder: Health,
        catalogue: _CatalogueState | None,
        wakeups: _WakeupState,
    ) -> Snapshot:
        activity, found = self._activity(), catalogue or _CatalogueState(Counts({}, 0, 0, 0, {}))
        return Snapshot(
            lanes=tuple(replace(lane, calls=activity.calls.get(lane.name, LaneCalls())) for lane in lanes),
            embedder=told_of_languages(embedder, self._settings.embedding, found.counts.languages),
            counts=found.counts,
            jobs=found.jobs,
            workers=sum(not record.draining for record in found.working),
            working=found.working,
            pools=self._workers.alive,
            queue_fault=wakeups.fault,
            backup_fault=self._backup_fault(),
            store_answers=catalogue is not None,
            troubles=found.troubles,
            proof=found.proof,
            folders=found.folders,
            placements=found.placements,
            answers=activity.answers,
            settings=display_path(source) if (source := self._settings.source) else None,
            version=self._version,
            uptime_s=time.monotonic() - self._started,
        )

    def _recent_lanes(self, deadline: float) -> tuple[LaneSnapshot, ...]:
        return tuple(
            poll.result(deadline) or LaneSnapshot(name, lane.model, lane.runtime, lane.url, _SILENT)
            for (name, lane), poll in zip(self._lanes.items(), self._lane_polls.values(), strict=True)
        )

    def _wakeups(self) -> _WakeupState:
        return _WakeupState(self._workers.queue_fault())

    def _catalogue(self) -> _CatalogueState:
        return _CatalogueState(
            self._store.counts(),
            jobs_by_step(self._steps, self._store.job_counts()),
            tuple(self._workers.everywhere()),
            tuple(_troubles_in(self._store)),
            self._proof(),
            # what goes over the wire is text, which a path need not be
            tuple(replace(one, path=Path(display_path(one.path))) for one in self._folders()),
            self._store.placements.count(),
        )

    def _catalogue_or_none(self) -> _CatalogueState | None:
        try:
            return self._catalogue()
        except StoreError:
            return None

    def _size_bytes(self, name: LaneName) -> int:
        """Return the size of a lane's model; asked for once, in a thread, as listing models may take long."""
        if name not in self._sizes:
            self._sizes[name] = 0
            thread = threading.Thread(target=self._look_for_size, args=(name,), daemon=True)
            thread.start()
            thread.join(_SIZE_S)
        return self._sizes[name]

    def _look_for_size(self, name: LaneName) -> None:
        model = self._lanes[name].model
        try:
            found = self._runtime(name).models()
        except TwolaneError:  # the runtime does not answer, or the library is being closed
            return
        names = {model, f"{model}:latest"}
        self._sizes[name] = next((info.size_bytes for info in found if info.name in names), 0)


class _Poll(Generic[T]):
    """One question, asked once at a time: while it hangs, it is not asked again.

    After an answer it is not asked for `FRESH_S`, or for `rest` times as long as the answer took.
    """

    def __init__(self, name: str, ask: Callable[[], T | None], *, rest: float = 0.0) -> None:
        self._name = name
        self._ask = ask
        self._rest = rest
        self._changed = threading.Condition()
        self._asking = False
        self._answer: T | None = None
        self._answered_at = 0.0
        self._took_s = 0.0

    def start(self) -> None:
        """Begin to ask unless the last answer is fresh."""
        with self._changed:
            fresh_s = max(FRESH_S, self._rest * self._took_s)
            if self._asking or (self._answer and time.monotonic() - self._answered_at < fresh_s):
                return
            self._asking = True
        # A daemon: what never answers must not keep the program from ending.
        threading.Thread(target=self._run, name=f"twolane-poll {self._name}", daemon=True).start()

    def result(self, deadline: float) -> T | None:
        """Return the answer; None where there is none, or none comes in time."""
        with self._changed:
            self._changed.wait_for(lambda: not self._asking, max(0.0, deadline - time.monotonic()))
            # Where the new answer is only slow, the last one still counts; what hangs for longer is down.
            known = not self._asking or time.monotonic() - self._answered_at < KEEP_S
            return self._answer if known else None

    def _run(self) -> None:
        began, answer = time.monotonic(), None
        try:
            answer = self._ask()
        finally:
            with self._changed:
                self._asking, self._answer, self._answered_at = False, answer, time.monotonic()
                self._took_s = self._answered_at - began
                self._changed.notify_all()


def _troubles_in(store: Polled) -> Iterator[Trouble]:
    for job in store.parked(_MOST_TROUBLES):
        with suppress(NotFoundError):  # its file has just been deleted from the catalogue
            yield Trouble(display_path(store.file(job.file_id).path.name), job.error)


def _health_of(opened: Callable[[], Runtime]) -> Health:
    """Ask a runtime for its state; one that cannot be opened is not ready."""
    try:
        return opened().health()
    except TwolaneError as error:
        return Health(ready=False, reachable=False, loaded=False, detail=error.what, remedy=error.remedy)
