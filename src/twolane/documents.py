"""The values that every part of twolane shares: frozen, and made of the standard library alone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Literal

LaneName = Literal["filing", "chat"]


class ReadStatus(StrEnum):
    """How the reading of a document's content ended."""

    TEXT = "text"
    EMPTY = "empty"
    NEEDS_OCR = "needs_ocr"
    ENCRYPTED = "encrypted"
    UNSUPPORTED = "unsupported"
    TOO_LARGE = "too_large"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Page:
    """A numbered part of a document; `number` counts from 1, `label` names a sheet, slide or chapter."""

    number: int
    text: str
    label: str = ""
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of one document's content, as extracted.

    `page_count` counts the pages of the source, read or not; `seen` is the share of it that was read,
    0 to 1; `note` tells the user what was not read and why. `dated_at` is the date written in the document,
    None where it is not known, and `language` the ISO 639 code of its language, "" where it is not known.
    """

    status: ReadStatus
    media_type: str = "application/octet-stream"
    pages: tuple[Page, ...] = ()
    title: str = ""
    page_count: int = 0
    seen: float = 1.0
    note: str = ""
    dated_at: date | None = None
    language: str = ""

    @property
    def text(self) -> str:
        return "\n\n".join(page.text for page in self.pages)


@dataclass(frozen=True, slots=True)
class FileSeen:
    """A regular file as a scan found it; `stamp` changes when its content may have changed.

    `owner` is the owner of a new file, "" for everybody; a file that is known already keeps its owner.
    """

    path: Path
    size_bytes: int
    stamp: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class FileSkipped:
    """Something under a scanned folder that is not read, and why.

    With `is_closed`, it is a folder that the scan could not open: the files under it do not count as gone.
    """

    path: Path
    reason: str
    is_closed: bool = False


class FileState(StrEnum):
    """The state of a file in the library."""

    WAITING = "waiting"  # a job for it is queued or running
    FILED = "filed"
    REVIEW = "review"  # classified below the threshold: a person decides
    UNREAD = "unread"  # no text could be read: see the document's read status and note
    SKIPPED = "skipped"  # not a kind of file that is read: see the note
    QUARANTINED = "quarantined"  # its job failed too often: see the note
    GONE = "gone"  # no longer at its path


class Tier(StrEnum):
    """What decided a classification, cheapest first."""

    RULES = "rules"
    SIMILARITY = "similarity"
    SMALL_MODEL = "small_model"
    PERSON = "person"

    @property
    def words(self) -> str:
        """The tier as people read it."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Score:
    """A category and its probability, 0 to 1."""

    category: str
    probability: float


@dataclass(frozen=True, slots=True)
class Classification:
    """The category of one document, with the tier that decided and why.

    `confidence` is the probability that the category is right; `review` is set where it is under the
    threshold; `scores` holds every category, best first; `taxonomy` is the digest of the taxonomy used.
    """

    category: str
    confidence: float
    tier: Tier
    reason: str
    review: bool = False
    scores: tuple[Score, ...] = ()
    seconds: float = 0.0
    taxonomy: str = ""


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What the small model answered about a document, before the correction of its bias.

    `model` is its name with the form of its prompt; `logprobs` has the log-probability of each category, and
    `shares` the probability that the other tiers gave it without the model.
    """

    model: str
    logprobs: Mapping[str, float]
    shares: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision on a document, kept for as long as the document.

    `by` is the person who decided, or the model whose answer decided; "" where rules decided. `at` is in
    seconds since the epoch, 0 where it is not known.
    """

    classification: Classification
    by: str = ""
    at: float = 0.0
    answer: ModelAnswer | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """What is retrieved and cited: characters `start` to `end` of one page's text."""

    ordinal: int
    page: int
    start: int
    end: int
    text: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage of the index with its place in the files; `score` is the retriever's, higher is better."""

    passage_id: int
    document: str
    path: Path
    title: str
    page: int
    text: str
    heading: str = ""
    score: float = 0.0
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as the catalogue knows it, with its document and classification where there are any."""

    file_id: int
    path: Path
    size_bytes: int
    state: FileState
    note: str = ""
    document: str = ""
    media_type: str = ""
    title: str = ""
    page_count: int = 0
    read_status: ReadStatus | None = None
    seen: float = 1.0
    classification: Classification | None = None
    added_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Filter:
    """A part of a library: a file passes where, for every field that is set, one of its values matches.

    State, folder, owner and name are a file's, the rest are its document's. A document passes where one of
    its files does that is neither gone nor skipped. A document without a date passes no filter by date.

    `documents` are hashes; `dated_from` and `dated_to` are the first and the last day; `folders` hold what is
    at or under them; `kinds` are media types, or families of them such as "image/*"; `languages` are ISO 639
    codes; "" among `owners` means the files without an owner; `name` is searched in paths and titles.
    """

    documents: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    states: tuple[FileState, ...] = ()
    dated_from: date | None = None
    dated_to: date | None = None
    folders: tuple[Path, ...] = ()
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    name: str = ""


EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class FileList:
    """One page of a list of files; `total` counts the whole list."""

    files: tuple[FileRecord, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that the chat model was given under the number [`number`]."""

    number: int
    passage: FoundPassage


@dataclass(frozen=True, slots=True)
class SourcesEvent:
    """The passages an answer may cite, sent before its first word."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class TextEvent:
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class CitationEvent:
    """The answer has just cited source [`number`]."""

    number: int


@dataclass(frozen=True, slots=True)
class RefusalEvent:
    """The files do not answer the question; `reason` explains it to the user."""

    reason: str


@dataclass(frozen=True, slots=True)
class ErrorEvent:
    """The answer ended in an error; what was streamed before it is incomplete."""

    what: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class DoneEvent:
    """The end of an answer: the whole text, the sources it cited, and its costs."""

    text: str
    cited: tuple[int, ...] = ()
    refused: bool = False
    first_token_s: float = 0.0
    seconds: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0


AnswerEvent = SourcesEvent | TextEvent | CitationEvent | RefusalEvent | ErrorEvent | DoneEvent


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, gathered from its events."""

    text: str
    sources: tuple[Source, ...] = ()
    cited: tuple[int, ...] = ()
    refused: bool = False
    error: str = ""
    first_token_s: float = 0.0
    seconds: float = 0.0

    def __str__(self) -> str:
        return self.text


def gather(events: Iterable[AnswerEvent]) -> Answer:
    """Read a stream of events to its end and return the whole answer."""
    sources: tuple[Source, ...] = ()
    answer = Answer("")
    for event in events:
        if isinstance(event, SourcesEvent):
            sources = event.sources
        elif isinstance(event, ErrorEvent):
            answer = replace(answer, error=event.what)
        elif isinstance(event, DoneEvent):
            answer = Answer(
                event.text,
                sources,
                event.cited,
                event.refused,
                answer.error,
                event.first_token_s,
                event.seconds,
            )
    return answer


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation and the answer it got."""

    question: str
    answer: str


def display_path(path: Path | str) -> str:
    """Return a path as printable text; bytes that are no valid text are shown as escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
