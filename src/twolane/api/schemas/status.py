"""How both lanes, the queue and the library stand, and whether the server lives and is ready."""

from __future__ import annotations

from pydantic import AliasPath, Field

from twolane.api.schemas.base import DisplayPath, SayingOut, Schema, Told
from twolane.lanes.snapshot import LaneSnapshot, Snapshot
from twolane.llm.base import Health


class OverallOut(Schema):
    """Whether all is well, and each part alone."""

    ready: bool
    lanes: list[LaneSnapshot]
    embedder: Health


class StatusOut(Schema):
    """Everything at a glance: what `twolane status --json` says, and how this server stands."""

    ready: bool = Field(description="whether both lanes and the embedder would answer now")
    waiting: int = Field(description="jobs queued or running, of all kinds")
    parked: int = Field(description="jobs that failed too often; POST /api/v1/jobs/retry tries them again")
    asks_under_way: int
    unexpected_errors: int = Field(description="since the server was started; the log has each one")
    upload_limit_bytes: int
    snapshot: Snapshot


class LiveOut(Schema):
    """The server lives."""

    live: bool
    proof: str = Field("", description="by which programs of this machine know the server of their library")


class ReadyOut(Schema):
    """Whether the server can do its work, and which lanes would answer now."""

    ready: bool
    reason: str = Field("", description="why it is not ready; it names no address and no folder")
    draining: bool = Field(description="it is to end, and does once the answers under way have ended")
    store: bool
    lanes: dict[str, bool] = Field(examples=[{"filing": True, "chat": True}])


class GivenUpOut(SayingOut):
    """A file on which a job failed too often."""

    file_id: int = Field(validation_alias=AliasPath("file", "file_id"), examples=[12])
    name: DisplayPath = Field(validation_alias=AliasPath("file", "path", "name"), examples=["lease.pdf"])
    kind: str = Field(description="which step it was", examples=["read"])
    reason: Told = Field(examples=["the reader ran out of memory"])


class RetryOut(Schema):
    """How many parked jobs were queued again."""

    queued: int = Field(examples=[3])
