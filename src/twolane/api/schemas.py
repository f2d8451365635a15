"""What goes over the wire: typed requests and responses, each built from the app's own values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from twolane.documents import (
    Classification,
    DoneEvent,
    FileRecord,
    FileState,
    ReadStatus,
    Source,
    Tier,
    Turn,
    display_path,
)

if TYPE_CHECKING:
    from twolane.app import LaneStatus, Status
    from twolane.llm.base import Health

LaneName = Literal["filing", "chat"]
QUESTION_LIMIT_CHARS = 8_000
TEXT_LIMIT_CHARS = 500_000

Question = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=QUESTION_LIMIT_CHARS)
]


class _Schema(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ErrorOut(_Schema):
    """What went wrong, to what, and what to do now: the one shape of every error."""

    error: str = Field(examples=["there is no file 999"])
    remedy: str = Field("", examples=["list the files with GET /api/v1/files"])


# asking


class TurnIn(_Schema):
    """An earlier question of the conversation, with the answer it got."""

    question: str = Field(max_length=QUESTION_LIMIT_CHARS, examples=["What does the rent cost?"])
    answer: str = Field(max_length=100_000, examples=["The rent is 950 euros a month [1]."])

    def turn(self) -> Turn:
        return Turn(self.question, self.answer)


class AskIn(_Schema):
    """A question about the files, with the turns of the conversation before it, oldest first."""

    question: Question = Field(examples=["When does the lease end?"])
    history: list[TurnIn] = Field(default_factory=list, max_length=50)


class SourceOut(_Schema):
    """A passage that the answer may cite as [number]."""

    number: int = Field(examples=[1])
    file_id: int | None = Field(description="null where the file is no longer at its path", examples=[12])
    name: str = Field(examples=["lease.pdf"])
    path: str = Field(examples=["/home/ada/Documents/lease.pdf"])
    title: str = Field(examples=["Lease agreement"])
    page: int = Field(description="counts from 1", examples=[3])
    heading: str = Field(examples=["§ 4 Term"])
    text: str = Field(description="the passage as it was shown to the model")
    ocr: bool = Field(description="the text was read from a picture and may hold reading errors")

    @classmethod
    def of(cls, source: Source, file_id: int | None) -> SourceOut:
        found = source.passage
        return cls(
            number=source.number,
            file_id=file_id,
            name=display_path(found.path.name),
            path=display_path(found.path),
            title=found.title,
            page=found.page,
            heading=found.heading,
            text=found.text,
            ocr=found.ocr,
        )


class SourcesOut(_Schema):
    """Event `sources`: the passages that the answer may cite, before its first word."""

    sources: list[SourceOut]


class TextOut(_Schema):
    """Event `text`: the next piece of the answer."""

    text: str = Field(examples=["The lease ends on "])


class CitationOut(_Schema):
    """Event `citation`: the answer has just cited source [number]."""

    number: int = Field(examples=[1])


class RefusalOut(_Schema):
    """Event `refusal`: the files do not answer the question."""

    reason: str = Field(examples=["None of your files says anything about this."])


class DoneOut(_Schema):
    """Event `done`: the whole answer and what it cost; the last event."""

    text: str
    cited: list[int] = Field(examples=[[1, 3]])
    refused: bool
    first_token_s: float
    seconds: float
    prompt_tokens: int
    completion_tokens: int

    @classmethod
    def of(cls, done: DoneEvent) -> DoneOut:
        return cls(
            text=done.text,
            cited=list(done.cited),
            refused=done.refused,
            first_token_s=done.first_token_s,
            seconds=done.seconds,
            prompt_tokens=done.prompt_tokens,
            completion_tokens=done.completion_tokens,
        )


class AnswerOut(DoneOut):
    """A whole answer, where `Accept: application/json` asked for one."""

    sources: list[SourceOut]
    reason: str = Field("", description="why the question was refused, where it was")


# files


class ScoreOut(_Schema):
    """A category and its probability, 0 to 1."""

    category: str = Field(examples=["contracts"])
    probability: float = Field(ge=0, le=1, examples=[0.91])


class ClassificationOut(_Schema):
    """The category of a document, with the tier that decided and why."""

    category: str = Field(examples=["contracts"])
    confidence: float = Field(description="the probability that the category is right", examples=[0.91])
    tier: Tier = Field(examples=[Tier.SMALL_MODEL])
    reason: str = Field(examples=["the small model finds it the likeliest label"])
    review: bool = Field(description="below the threshold: a person decides")
    seconds: float = Field(examples=[0.4])

    @classmethod
    def of(cls, classification: Classification) -> ClassificationOut:
        return cls(
            category=classification.category,
            confidence=classification.confidence,
            tier=classification.tier,
            reason=classification.reason,
            review=classification.review,
            seconds=classification.seconds,
        )


class ScoredOut(ClassificationOut):
    """A classification with the scores of all categories, best first."""

    scores: list[ScoreOut]

    @classmethod
    def of(cls, classification: Classification) -> ScoredOut:
        short = ClassificationOut.of(classification)
        scores = [ScoreOut(category=s.category, probability=s.probability) for s in classification.scores]
        return cls(**short.model_dump(), scores=scores)


class FileOut(_Schema):
    """A file as the catalogue knows it."""

    file_id: int = Field(examples=[12])
    name: str = Field(examples=["lease.pdf"])
    path: str = Field(examples=["/home/ada/Documents/lease.pdf"])
    size_bytes: int = Field(examples=[48_213])
    state: FileState = Field(examples=[FileState.FILED])
    note: str = Field(description="what a person should know, such as why it was not read")
    title: str = Field(examples=["Lease agreement"])
    media_type: str = Field(examples=["application/pdf"])
    page_count: int = Field(description="pages of the source, read or not", examples=[6])
    read_status: ReadStatus | None = Field(description="null until it was read", examples=[ReadStatus.TEXT])
    seen: float = Field(description="the share of the content that was read, 0 to 1", examples=[1.0])
    added_at: datetime
    classification: ClassificationOut | None

    @classmethod
    def of(cls, record: FileRecord) -> FileOut:
        classification = record.classification
        return cls(
            file_id=record.file_id,
            name=display_path(record.path.name),
            path=display_path(record.path),
            size_bytes=record.size_bytes,
            state=record.state,
            note=record.note,
            title=record.title,
            media_type=record.media_type,
            page_count=record.page_count,
            read_status=record.read_status,
            seen=record.seen,
            added_at=datetime.fromtimestamp(record.added_at, UTC),
            classification=ClassificationOut.of(classification) if classification else None,
        )


class FileDetailOut(FileOut):
    """One file, with the scores of all categories."""

    classification: ScoredOut | None

    @classmethod
    def of(cls, record: FileRecord) -> FileDetailOut:
        fields = FileOut.of(record).model_dump(exclude={"classification"})
        scored = ScoredOut.of(record.classification) if record.classification else None
        return cls(**fields, classification=scored)


class FilesOut(_Schema):
    """A part of the list of files; `total` counts all that match."""

    files: list[FileOut]
    total: int = Field(examples=[431])
    offset: int = Field(examples=[0])
    limit: int = Field(examples=[50])


class PageOut(_Schema):
    """The text of one page of a file."""

    file_id: int
    name: str = Field(examples=["lease.pdf"])
    number: int = Field(description="counts from 1", examples=[3])
    page_count: int = Field(examples=[6])
    label: str = Field(description="the sheet, slide or chapter", examples=[""])
    text: str
    ocr: bool


class CategoryIn(_Schema):
    """A person's decision."""

    category: str = Field(min_length=1, max_length=200, examples=["contracts"])


class NotSavedOut(ErrorOut):
    """An upload that was not taken in."""

    name: str


class UploadOut(_Schema):
    """What became of an upload: the files that are queued now, and those that were not taken in."""

    files: list[FileOut]
    not_saved: list[NotSavedOut]


class CategoryOut(_Schema):
    """A place in the taxonomy."""

    id: str = Field(examples=["contracts"])
    name: str = Field(examples=["Contracts"])
    description: str = Field(examples=["Agreements, leases, terms and conditions"])
    documents: int = Field(description="how many documents are filed there", examples=[17])


class TextIn(_Schema):
    """A text to classify; it is not kept."""

    text: str = Field(min_length=1, max_length=TEXT_LIMIT_CHARS, examples=["Invoice no. 17, due in 14 days"])


# status


class HealthOut(_Schema):
    """What a runtime says of itself; `ready` means that a request would be answered now."""

    ready: bool
    reachable: bool
    loaded: bool
    detail: str = Field(examples=["loaded"])
    remedy: str = Field("", examples=["start it: ollama serve"])

    @classmethod
    def of(cls, health: Health) -> HealthOut:
        return cls(
            ready=health.ready,
            reachable=health.reachable,
            loaded=health.loaded,
            detail=health.detail,
            remedy=health.remedy,
        )


class ServerOut(_Schema):
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
        health = HealthOut.of(lane.health)
        return cls(
            **health.model_dump(),
            name=lane.name,
            model=lane.model,
            runtime=lane.runtime,
            url=lane.url,
            servers=[
                ServerOut(
                    url=server.url,
                    breaker=server.breaker,
                    in_flight=server.in_flight,
                    ready=server.ready,
                    detail=server.detail,
                    remedy=server.remedy,
                )
                for server in lane.health.servers
            ],
        )


class OverallOut(_Schema):
    """Whether all is well, and each part alone."""

    ready: bool
    lanes: list[LaneOut]
    embedder: HealthOut


class JobsOut(_Schema):
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
        jobs = {
            kind: JobsOut(
                queued=count.queued,
                running=count.running,
                done=count.done,
                parked=count.parked,
                oldest_s=count.oldest_s,
            )
            for kind, count in status.jobs.items()
        }
        lanes = [LaneOut.of_lane(lane) for lane in status.lanes]
        return cls(
            ready=all_ready(status.embedder, (lane.health for lane in status.lanes)),
            lanes=lanes,
            embedder=HealthOut.of(status.embedder),
            version=version,
            files=dict(status.counts.files),
            categories=dict(status.counts.categories),
            documents=status.counts.documents,
            passages=status.counts.passages,
            vectors=status.counts.vectors,
            jobs=jobs,
            waiting=sum(count.queued + count.running for count in jobs.values()),
            parked=sum(count.parked for count in jobs.values()),
            workers=status.workers,
            asks_under_way=asks,
            unexpected_errors=unexpected,
            upload_limit_bytes=upload_limit_bytes,
        )


class LiveOut(_Schema):
    """The server lives."""

    live: bool


class ReadyOut(_Schema):
    """Whether the server can do its work, and which lanes would answer now."""

    ready: bool
    draining: bool = Field(description="it was told to end, and does once the answers under way have ended")
    store: bool
    lanes: dict[str, bool] = Field(examples=[{"filing": True, "chat": True}])


class RetryOut(_Schema):
    """How many parked jobs were queued again."""

    queued: int = Field(examples=[3])


def all_ready(embedder: Health, lanes: Iterable[Health]) -> bool:
    """Say whether every part would answer now."""
    return embedder.ready and all(lane.ready for lane in lanes)
