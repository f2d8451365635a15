"""How both lanes, the queue and the library stand, and whether the server lives and is ready."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from twolane.api.schemas.base import Schema
from twolane.app import LaneName
from twolane.documents import FileState

if TYPE_CHECKING:
    from twolane.app import LaneStatus, Status
    from twolane.llm.base import Health


class HealthOut(Schema):
    """What a runtime says of itself; `ready` means that a request would be answered now."""

    ready: bool
    reachable: bool
    loaded: bool
    detail: str = Field(examples=["loaded"])
    remedy: str = Field("", examples=["start it: ollama serve"])


class ServerOut(Schema):
    """One of a lane's model servers; a breaker that is not closed means that it is left alone just now."""

    url: str = Field(examples=["http://127.0.0.1:11434"])
    breaker: Literal["closed", "open", "half-open"]
    in_flight: int
    ready: bool
    detail: str
    remedy: str


class LaneOut(HealthOut):
    """One lane, with its model and what runs it."""

    name: LaneName
    model: str = Field(examples=["llama3.2:1b"])
    runtime: str = Field(examples=["ollama"])
    url: str = Field(examples=["http://127.0.0.1:11434"])
    servers: list[ServerOut] = Field(description="the lane's model servers one by one, where it has any")

    @classmethod
    def of_lane(cls, lane: LaneStatus) -> LaneOut:
        health = HealthOut.model_validate(lane.health)
        return cls(
            **dict(health),
            name=lane.name,
            model=lane.model,
            runtime=lane.runtime,
            url=lane.url,
            servers=lane.health.servers,
        )


class OverallOut(Schema):
    """Whether all is well, and each part alone."""

    ready: bool
    lanes: list[LaneOut]
    embedder: HealthOut


class JobsOut(Schema):
    """How many jobs of a kind are in each state; `oldest_s` is the age of the oldest still to be done."""

    queued: int
    running: int
    done: int
    parked: int
    oldest_s: float


class StatusOut(OverallOut):
    """Everything at a glance."""

    version: str = Field(examples=["0.1.0"])
    files: dict[FileState, int] = Field(examples=[{"filed": 420, "review": 11}])
    categories: dict[str, int] = Field(description="documents by category", examples=[{"contracts": 17}])
    documents: int
    passages: int
    vectors: int
    jobs: dict[str, JobsOut] = Field(description="by kind of job")
    waiting: int = Field(description="jobs queued or running, of all kinds")
    parked: int = Field(description="jobs that failed too often; POST /api/v1/jobs/retry tries them again")
    workers: int
    asks_under_way: int
    unexpected_errors: int = Field(description="since the server was started; the log has each one")
    upload_limit_bytes: int

    @classmethod
    def of(
        cls, status: Status, *, version: str, asks: int, unexpected: int, upload_limit_bytes: int
    ) -> StatusOut:
        return cls(
            ready=all_ready(status.embedder, (lane.health for lane in status.lanes)),
            lanes=[LaneOut.of_lane(lane) for lane in status.lanes],
            embedder=status.embedder,
            version=version,
            files=status.counts.files,
            categories=status.counts.categories,
            documents=status.counts.documents,
            passages=status.counts.passages,
            vectors=status.counts.vectors,
            jobs=status.jobs,
            waiting=sum(count.queued + count.running for count in status.jobs.values()),
            parked=sum(count.parked for count in status.jobs.values()),
            workers=status.workers,
            asks_under_way=asks,
            unexpected_errors=unexpected,
            upload_limit_bytes=upload_limit_bytes,
        )


class LiveOut(Schema):
    """The server lives."""

    live: bool


class ReadyOut(Schema):
    """Whether the server can do its work, and which lanes would answer now."""

    ready: bool
    draining: bool = Field(description="it was told to end, and does once the answers under way have ended")
    store: bool
    lanes: dict[str, bool] = Field(examples=[{"filing": True, "chat": True}])


class RetryOut(Schema):
    """How many parked jobs were queued again."""

    queued: int = Field(examples=[3])


def all_ready(embedder: Health, lanes: Iterable[Health]) -> bool:
    """Say whether every part would answer now."""
    return embedder.ready and all(lane.ready for lane in lanes)
