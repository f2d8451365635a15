"""Rows of a store as the values that all parts share."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from twolane.documents import (
    Classification,
    FileRecord,
    FileState,
    FoundPassage,
    LeftOut,
    Page,
    Reading,
    ReadStatus,
    ReviewCause,
    Score,
    Tier,
)
from twolane.errors import LeaseLostError, StoreError
from twolane.facts import Stated
from twolane.llm.base import Vectors
from twolane.store.session import Row
from twolane.text.full_text import clean
from twolane.work import Job, JobCounts, JobState


def path_of(path: bytes) -> Path:
    """Return a path from its bytes."""
    return Path(os.fsdecode(path))


def file_of(row: Row) -> FileRecord:
    """Return a row of `file_records`."""
    return FileRecord(
        file_id=row["file_id"],
        path=path_of(row["path"]),
        size_bytes=row["size_bytes"],
        state=FileState(row["state"]),
        note=row["note"],
        document=row["document"],
        media_type=row["media_type"],
        title=row["title"],
        page_count=row["page_count"],
        read_status=ReadStatus(row["status"]) if row["status"] is not None else None,
        seen=row["seen"],
        classification=classification_of(row),
        added_at=row["added_at"],
        dated_at=_day(row["dated_at"]),
        language=row["language"],
        correspondent=row["correspondent"],
        correspondent_id=row["correspondent_id"],
        tags=tuple(json.loads(row["tags"])),
        copies=row["copies"],
        placed_by=row["placed_by"],
        owner=row["owner"],
    )


def classification_of(row: Row) -> Classification | None:
    """Return the classification within a row, if it has one."""
    if row["category"] is None:
        return None
    return Classification(
        category=row["category"],
        confidence=row["confidence"],
        tier=Tier(row["tier"]),
        reason=row["reason"],
        review_cause=ReviewCause(row["review_cause"]) if row["review_cause"] else None,
        scores=tuple(Score(category, probability) for category, probability in json.loads(row["scores"])),
        seconds=row["seconds"],
        taxonomy=row["taxonomy"],
        left_out=tuple(LeftOut(Tier(tier), why) for tier, why in json.loads(row["left_out"])),
    )


def _page(row: Row) -> Page:
    numbered = bool(row["is_numbered"])
    return Page(row["number"], row["text"], row["label"], bool(row["ocr"]), numbered, row["hidden"])


def reading_of(row: Row, pages: Sequence[Row]) -> Reading:
    """Return a document's reading with the given pages, whatever stands in its fields since."""
    return Reading(
        status=ReadStatus(row["status"]),
        media_type=row["media_type"],
        pages=tuple(map(_page, pages)),
        title=row["read_title"],
        page_count=row["page_count"],
        seen=row["seen"],
        note=row["note"],
        dated_at=_day(row["read_dated_at"]),
        language=row["read_language"],
        stated=stated_of(row["stated"]),
    )


def stated_text(stated: Sequence[Stated]) -> str:
    """Return what a file says of itself as the column that keeps it."""
    return json.dumps([(clean(one.field), clean(one.value), clean(one.origin)) for one in stated])


def stated_of(text: str) -> tuple[Stated, ...]:
    """Return what that column keeps."""
    return tuple(Stated(field, value, origin) for field, value, origin in json.loads(text))


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value is not None else None


def passage_of(row: Row) -> FoundPassage:
    """Return a passage with its place in the files."""
    return FoundPassage(
        passage_id=row["passage_id"],
        document=row["hash"],
        path=path_of(row["path"]),
        title=row["title"],
        page=row["page"],
        text=row["text"],
        heading=row["heading"],
        place=f"page {row['page']}" if row["place"] is None else row["place"],
        ocr=bool(row["ocr"]),
        ordinal=row["ordinal"],
        start=row["start_char"],
        end=row["end_char"],
        dated_at=_day(row["dated_at"]),
        language=row["language"],
    )


def lease_lost(job: Job) -> LeaseLostError:
    """Return the error for a lease that is no longer held."""
    return LeaseLostError(
        f"the lease of job {job.job_id} ({job.kind} {job.key}) is not held any more",
        "drop the result: another worker does the job",
    )


def job_of(row: Row) -> Job:
    """Return a row of `jobs`."""
    return Job(
        job_id=row["job_id"],
        kind=row["kind"],
        key=row["key"],
        file_id=row["file_id"],
        priority=row["priority"],
        attempt=row["attempts"],
        lease=row["lease"],
        state=JobState(row["state"]),
        error=row["error"],
        suspect=bool(row["suspect"]),
    )


def counts_of(row: Row | None, done: int, now: float) -> JobCounts:
    """Return one kind's counts; `now` is in seconds since the epoch."""
    if row is None:
        return JobCounts(done=done)
    oldest_s = 0.0 if row["oldest_at"] is None else max(0.0, now - row["oldest_at"])
    return JobCounts(row["queued"], row["running"], done, row["parked"], oldest_s)


def embedded_text(row: Row) -> str:
    """Return what is embedded of a passage: its heading and its text."""
    return f"{row['heading']}\n{row['text']}" if row["heading"] else str(row["text"])


def check_dimensions(vector: Vectors, library: Row) -> None:
    """Raise `StoreError` where a question's vector has another length than those of the index."""
    if vector.shape != (library["vector_dimensions"],):
        raise StoreError(
            f"the question's vector has the shape {vector.shape}; the index holds vectors of "
            f"{library['vector_model']} with {library['vector_dimensions']} dimensions",
            "set that embedding model again, or run `twolane models reembed`",
        )
