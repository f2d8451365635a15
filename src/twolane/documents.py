"""The values that every part of twolane shares: frozen, and made of the standard library alone."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Literal

from twolane.facts import Correspondent, FieldCondition, Stated
from twolane.sentences import Saying

LaneName = Literal["filing", "chat"]

_CUT = re.compile(r"limit of (\d[\d.e+]*) s( of processor time)? was reached")

# what a person says of a document that belongs to no category of the taxonomy
NO_CATEGORY = ""


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
    """A numbered part of a document; `number` counts from 1, `label` names a sheet, slide or chapter.

    `is_numbered` says whether a person who opens the file finds the page under this number: text and mail
    have no pages, and the pages of an attached file count within it. `hidden` is text of the page that nobody
    sees: it is kept for whoever asks what was left out, and no model and no index is given it.
    """

    number: int
    text: str
    label: str = ""
    ocr: bool = False
    is_numbered: bool = True
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of one document's content, as extracted.

    `page_count` counts the pages of the source, read or not; `seen` is the share of it that was read,
    0 to 1; `note` tells the user what was not read and why. `dated_at` is the date written in the document,
    None where it is not known, and `language` the ISO 639 code of its language, "" where it is not known.
    `stated` is what the file says of itself outside its text.
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
    stated: tuple[Stated, ...] = ()

    @property
    def text(self) -> str:
        return "\n\n".join(page.text for page in self.pages)


def cut_note(cpu_s: float) -> str:
    """Return the note of a reading that ended at its limit of processor time."""
    return f"the limit of {cpu_s:g} s of processor time was reached"


def is_cut_below(note: str, cpu_s: float) -> bool:
    """Say whether a reading's note tells that it ended at a smaller limit of time than this one.

    Earlier versions went by the clock, under which a busy machine had no time for anything.
    """
    found = _CUT.search(note)
    return found is not None and cpu_s > 0 and (not found[2] or float(found[1]) < cpu_s)


@dataclass(frozen=True, slots=True)
class FileSeen:
    """A regular file as a scan found it; `stamp` changes when its content may have changed.

    `owner` is the owner of a new file, "" for everybody; a file that is known already keeps its owner.
    `identity` is what it keeps under any name of its disk, "" where that is not known.
    """

    path: Path
    size_bytes: int
    stamp: str
    owner: str = ""
    identity: str = ""


@dataclass(frozen=True, slots=True)
class FileSkipped:
    """Something under a scanned folder that is not read, and why.

    With `is_closed`, it is a folder that the scan could not open: the files under it do not count as gone.
    With `is_clutter`, it has a name of what is no document.
    """

    path: Path
    reason: str
    is_closed: bool = False
    is_clutter: bool = False


class FileState(StrEnum):
    """The state of a file in the library."""

    WAITING = "waiting"  # a job for it is queued or running
    FILED = "filed"
    REVIEW = "review"  # a person decides: see the cause of its classification
    UNREAD = "unread"  # no text could be read: see the document's read status and note
    SKIPPED = "skipped"  # not a kind of file that is read: see the note
    QUARANTINED = "quarantined"  # its job failed too often: see the note
    GONE = "gone"  # no longer at its path


class Tier(StrEnum):
    """What decided a classification, cheapest first."""

    HISTORY = "history"  # a person's decision on an earlier version
    RULES = "rules"
    SIMILARITY = "similarity"
    SMALL_MODEL = "small_model"
    LARGE_MODEL = "large_model"
    PERSON = "person"

    @property
    def words(self) -> str:
        """The tier as people read it."""
        return self.value.replace("_", " ")


class ReviewCause(StrEnum):
    """Why a classification waits for a person."""

    UNSURE = "unsure"  # it is less certain than what may be accepted
    INCOMPLETE = "incomplete"  # unsure, and a tier that could have helped was left out
    CONTRADICTED = "contradicted"  # a rule claims the category, and the other evidence speaks against it
    UNLIKE = "unlike"  # the document is unlike every category
    SAMPLED = "sampled"  # it would have been accepted: it was drawn to see how often that is right

    @property
    def words(self) -> str:
        """The cause as people read it."""
        return _CAUSES[self]


_CAUSES = {
    ReviewCause.UNSURE: "it is not sure enough",
    ReviewCause.INCOMPLETE: "it is not sure enough, and something that could have helped did not answer",
    ReviewCause.CONTRADICTED: "a rule or an earlier decision says otherwise",
    ReviewCause.UNLIKE: "it is unlike every category",
    ReviewCause.SAMPLED: "it is sure, and was drawn to see how often that is right",
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A tier that was to say something of a document and failed, with the reason."""

    tier: Tier
    why: str


@dataclass(frozen=True, slots=True)
class Score:
    """A category and its probability, 0 to 1."""

    category: str
    probability: float


@dataclass(frozen=True, slots=True)
class Classification:
    """The category of one document, with the tier that decided and why.

    `confidence` is the probability that the category is right; `review_cause` says why a person is asked, and
    is None where the category was accepted; `scores` holds every category, best first; `taxonomy` is the
    digest of the taxonomy used; `left_out` are the tiers that should have said something and could not.
    """

    category: str
    confidence: float
    tier: Tier
    reason: str
    review_cause: ReviewCause | None = None
    scores: tuple[Score, ...] = ()
    seconds: float = 0.0
    taxonomy: str = ""
    left_out: tuple[LeftOut, ...] = ()

    @property
    def review(self) -> bool:
        """Whether it waits for a person."""
        return self.review_cause is not None


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What a model answered about a document, before the correction of its bias.

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
    seconds since the epoch, 0 where it is not known; `undone_at` is when a person took it back, 0 where none
    did. `uncalibrated` is the probability that the tiers gave the category, of which its confidence was made.
    """

    classification: Classification
    by: str = ""
    at: float = 0.0
    answers: tuple[ModelAnswer, ...] = ()
    undone_at: float = 0.0
    uncalibrated: float = 0.0


@dataclass(frozen=True, slots=True)
class Needed:
    """How many more decisions without an error prove that at most `error` of what is accepted is wrong."""

    error: float
    decisions: int


@dataclass(frozen=True, slots=True)
class FilingProof:
    """What people's decisions say of the machine's.

    `threshold` is the confidence from which on a category is accepted, and `proven` says whether at most
    `max_error` of that is wrong, at 95 %. `decided` counts the decisions that were compared, `right` those
    where the machine was; `at_threshold` and `wrong_at_threshold` count those from the threshold on. `ece` is
    the expected calibration error in ten bins, None without decisions.
    """

    max_error: float
    threshold: float
    proven: bool
    decided: int = 0
    right: int = 0
    at_threshold: int = 0
    wrong_at_threshold: int = 0
    ece: float | None = None
    needed: tuple[Needed, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """What is retrieved and cited: characters `start` to `end` of one page's text.

    `place` says where that is in words that people find: "page 3", "section § 4 Term", "paragraph 12",
    "budget.pdf, p. 2"; "" where the document is short.
    """

    ordinal: int
    page: int
    start: int
    end: int
    text: str
    heading: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage of the index with its place in the files; `score` is the retriever's, higher is better.

    Its text is characters `start` to `end` of its page's text, and it is the document's passage number
    `ordinal`, from 0. `dated_at` is the date of the document, None where it is not known, and `language`
    the ISO 639 code of its language, "" where that is not known. `place` is that of `Passage`.
    """

    passage_id: int
    document: str
    path: Path
    title: str
    page: int
    text: str
    heading: str = ""
    score: float = 0.0
    ocr: bool = False
    ordinal: int = 0
    start: int = 0
    end: int = 0
    dated_at: date | None = None
    language: str = ""
    place: str = ""

    @property
    def named_place(self) -> str:
        """What people call the place: the file's name, and where in it."""
        return ", ".join(filter(None, (display_path(self.path.name), self.place)))


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as the catalogue knows it, with its document and classification where there are any.

    `title`, `dated_at`, `language` and `correspondent` are the standing values of its document's fields;
    `correspondent_id` is 0 where it is not known whom the document is from. `copies` counts the other files
    with the same content, nearly the same, or another version of it. `placed_by` is "person" where a person
    has moved it to where it is, "plan" where a plan has, and "" where it lies where it came in. `owner` is ""
    where it is everybody's.
    """

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
    dated_at: date | None = None
    language: str = ""
    correspondent: str = ""
    correspondent_id: int = 0
    tags: tuple[str, ...] = ()
    copies: int = 0
    placed_by: str = ""
    owner: str = ""

    @property
    def sender(self) -> Correspondent | None:
        """Whom its document is from, by number and name, where that is known."""
        return Correspondent(self.correspondent_id, self.correspondent) if self.correspondent_id else None


@dataclass(frozen=True, slots=True)
class Filter:
    """A part of a library: a file passes where, for every field that is set, one of its values matches.

    State, folder, owner and name are a file's, the rest are its document's. A document passes where one of
    its files does that is neither gone nor skipped. A document without a date passes no filter by date.

    `documents` are hashes; `categories` hold what lies within them too, `only_categories` do not;
    `dated_from` and `dated_to` are the first and the last day; `folders` hold what is at or under them;
    `kinds` are media types, or families of them such as "image/*"; `languages` are ISO 639 codes; "" among
    `owners` means the files without an owner; `name` is searched in paths, titles and the names of
    correspondents. `fields` are conditions that must all be met; `with_copies` are those that other files
    are the same as or versions of.
    """

    documents: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    only_categories: tuple[str, ...] = ()
    states: tuple[FileState, ...] = ()
    dated_from: date | None = None
    dated_to: date | None = None
    folders: tuple[Path, ...] = ()
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    name: str = ""
    correspondents: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    fields: tuple[FieldCondition, ...] = ()
    with_copies: bool = False


EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class FileList:
    """One page of a list of files; `total` counts the whole list."""

    files: tuple[FileRecord, ...]
    total: int


class FolderWatch(StrEnum):
    """By what a folder is watched, or why it is not just now."""

    STARTING = "starting"
    EVENTS = "events"
    POLLING = "polling"
    AWAY = "away"  # it is not there, or it lacks all its files: its disk may be
    ELSEWHERE = "elsewhere"  # another process of this machine watches it


@dataclass(frozen=True, slots=True)
class FolderStanding(Saying, told=("fault", "remedy")):
    """How a watched folder stands, as the process that watches it last said.

    `waiting` counts files that somebody may still be writing, `taken` those that came in since it was begun,
    `found` those that were there already, or that only a look at the whole folder has found.
    Times are in seconds since the epoch, 0 where there is none; `since` is that of the present `watch`.
    `fault` says what is wrong and `remedy` what to do about it.
    """

    path: Path
    machine: str
    watch: FolderWatch = FolderWatch.STARTING
    since: float = 0.0
    waiting: int = 0
    taken: int = 0
    found: int = 0
    last_change_at: float = 0.0
    apply: bool = False
    fault: str = ""
    remedy: str = ""
    seen_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that came into a watched folder, `seconds` after which nothing more was to be done on it."""

    file: FileRecord
    seconds: float


def display_path(path: Path | str) -> str:
    """Return a path as printable text; bytes that are no valid text are shown as escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
