"""What a store takes and returns, as values: scans, hits, documents, counts, and what filing learns from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from twolane.documents import Classification, FileRecord, FileState, ModelAnswer, Reading, ReviewCause, Tier
from twolane.facts import SenderMark

# of a list of files: by date and by when they were added, the newest come first; what has none of it, last
FileOrder = Literal["path", "name", "date", "added", "correspondent", "category", "state"]

# of what is counted: "newest" and "oldest" go by documents' dates, the rest by the value of a field; "valued"
# are those that have one, the newest first, and then those that have none; "first" and "last" are for dates
CountedOrder = Literal["newest", "oldest", "valued", "largest", "smallest", "first", "last"]

Halves = NDArray[np.float16]
Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan, or a batch of one, changed in the catalogue: numbers of files.

    Those that were `moved`, known under another path now, are among the others; so are those tried `again`
    after they were given up. Of the skipped, `excluded` were left out since a person has excluded them, and
    `clutter` since their names are those of no documents; a folder counts once.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: int = 0
    gone: int = 0
    moved: int = 0
    excluded: int = 0
    clutter: int = 0
    again: int = 0

    def __add__(self, other: ScanResult) -> ScanResult:
        return ScanResult(*(one + more for one, more in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class FileRenamed:
    """A file that lies under another path of its disk now, with its stamp and identity there.

    `placed_by` is "person", "plan", or "" where it lies where it came in. Where `source` is given, a file
    that the catalogue has at another path than that one by now is left alone.
    """

    file_id: int
    path: Path
    stamp: str
    identity: str
    placed_by: str = ""
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found; the score's scale belongs to the search, higher is better."""

    passage_id: int
    score: float


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as the catalogue knows it; `reading` is without its pages where they were not asked for.

    `earlier` is the category that a person gave to what one of its files held before, "" where there is none.
    """

    document: str
    size_bytes: int
    reading: Reading
    classification: Classification | None
    paths: tuple[Path, ...]
    earlier: str = ""


@dataclass(frozen=True, slots=True)
class PassageText:
    """The text to embed of a passage (its heading and its text), and whether it has a vector already."""

    passage_id: int
    text: str
    embedded: bool


@dataclass(frozen=True, slots=True)
class TextDocument:
    """A document with passages, and one of its files."""

    document: str
    file_id: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of everything the store holds.

    `tiers` counts files by what decided, `causes` those that wait for a person by why they do, and
    `languages` by the ISO 639 code of what they are written in, where it is known; `correspondents` by the
    name of whom they are from, and `tags` by each of their tags.
    """

    files: dict[FileState, int]
    documents: int
    passages: int
    vectors: int
    categories: dict[str, int]
    tiers: dict[str, int] = field(default_factory=dict)
    causes: dict[ReviewCause, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    correspondents: dict[str, int] = field(default_factory=dict)
    tags: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pending:
    """What is still to be done: files that wait to be filed, and jobs queued or running.

    `later` counts jobs that are not among `jobs`: they are for when nothing else is to do.
    """

    files: int
    jobs: int
    later: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """How far decisions, documents' vectors and dropped documents were read; only stores look inside."""

    settled: tuple[int, ...] = (0, 0, 0)
    read: frozenset[tuple[str, int]] = frozenset()
    reached: tuple[int, ...] = ()
    settled_from: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """The documents that have changed since a mark, and the mark for the next call."""

    document_ids: tuple[int, ...]
    mark: Mark


@dataclass(frozen=True, eq=False, slots=True)
class FiledVector:
    """A document that no person has put into a category, with its vector (dimensions), of length 1.

    `category` is "" where a person said that it belongs to none; `review_cause` says why it waits for a
    person, and is None where it does not.
    """

    document_id: int
    document: str
    category: str
    review_cause: ReviewCause | None
    vector: Halves


@dataclass(frozen=True, slots=True)
class Guess:
    """A decision of the machine; `probability` is that of the tiers, before calibration."""

    category: str
    tier: Tier
    probability: float
    review_cause: ReviewCause | None


@dataclass(frozen=True, eq=False, slots=True)
class Lesson:
    """What can be learned from one document: its standing decision and what models answered last.

    It is `labelled` where a person decided, and `has_vector` where it has a vector of the embedding model
    that was asked for. `answers` were given under the taxonomy whose digest is `answer_taxonomy`. `guess` is
    what the machine had decided before a person did.
    """

    document_id: int
    category: str
    labelled: bool
    has_vector: bool
    answers: tuple[ModelAnswer, ...]
    answer_taxonomy: str
    guess: Guess | None = None


class CopyKind(StrEnum):
    """How much two files, or two documents, are the same."""

    SAME_BYTES = "same_bytes"  # files with one document
    SAME_TEXT = "same_text"  # another scan, or a PDF of a DOCX
    NEARLY_SAME = "nearly_same"  # an edit, or a text that was misread here and there
    VERSION = "version"  # another version of one paper, or what came of it: a reminder of an invoice

    @property
    def words(self) -> str:
        """The kind as people read it."""
        return {"same_bytes": "same content"}.get(self.value, self.value.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a document's copies are found by.

    `form` says how it was made: only those of one form are compared. `digest` is that of its words alone,
    `bands` are the numbers of which copies share some, `numbers` whatever has a digit in it, by spaces. A
    document that says too little has a sketch without them. `terms` counts its words and numbers.
    """

    form: str
    digest: str
    bands: tuple[int, ...]
    numbers: str
    terms: int


@dataclass(frozen=True, slots=True)
class SketchedDocument:
    """A document whose copies are sought, or that may be one: what is known of it without its text.

    `number` and `correspondent_id` are "" and 0 where they are not known, and `day` is its date, "" without
    one, which it has in its `day_words`. `ocr` says that a page of it was read so. `stems` are the names of
    its files without their endings.
    """

    document_id: int
    digest: str
    numbers: frozenset[str]
    day: str = ""
    day_words: str = ""
    number: str = ""
    correspondent_id: int = 0
    ocr: bool = False
    stems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CopyPair:
    """Two documents that are copies or versions of each other, and why; `likeness` is from 0 to 1."""

    document_id: int
    other_id: int
    kind: CopyKind
    likeness: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RelatedDocuments:
    """Two documents, by their hashes, that are copies or versions of each other."""

    newer: str
    older: str
    kind: CopyKind


@dataclass(frozen=True, slots=True)
class FileCopy:
    """A file that is a copy or a version of another one, and why; `likeness` is from 0 to 1.

    `changed_at` is when the file was written last, in seconds since the epoch; 0 where that is not known.
    """

    file: FileRecord
    kind: CopyKind
    likeness: float = 1.0
    reason: str = ""
    changed_at: float = 0.0


class ChangeKind(StrEnum):
    """What was changed about correspondents."""

    MERGE = "merge"
    PART = "part"
    RENAME = "rename"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class MarkBearer:
    """How many of the newest papers with a mark are from a correspondent; 0 stands for those of unknown ones.

    Of `decided` ones a person said so, and of `drawn` ones they do themselves; `sure` are those of the latter
    that do so with little doubt. Of the rest it was concluded from their marks.
    """

    mark: SenderMark
    correspondent_id: int
    documents: int
    decided: int = 0
    sure: int = 0
    drawn: int = 0


@dataclass(frozen=True, slots=True)
class SpellingUse:
    """A spelling of a correspondent's name, and how many documents have it.

    Of those `scanned` were read off pictures, and of `decided` ones a person said whom they are from.
    """

    name: str
    correspondent_id: int
    documents: int
    scanned: int = 0
    decided: int = 0


@dataclass(frozen=True, slots=True)
class CorrespondentChange:
    """A change of correspondents, kept for ever; `undone_at` is when it was taken back, 0 where it stands.

    `correspondent_id` was merged into, parted from or renamed; `other_id` was merged, or made of the spelling
    `name_id` that was parted; `name` is how the former is shown since, "" where that stayed; of a merge
    `name_id` is that spelling. `by_evidence`
    are the merges that no person asked for.
    """

    change_id: int
    kind: ChangeKind
    correspondent_id: int
    other_id: int = 0
    name_id: int = 0
    name: str = ""
    reason: str = ""
    by_evidence: bool = False
    by: str = ""
    at: float = 0.0
    undone_at: float = 0.0


@dataclass(frozen=True, slots=True)
class TaxonomyVersion:
    """A version of the taxonomy as a library keeps it.

    `categories` is all that is said of each, in their order, as JSON; `moves` says of each category that is
    no more where its documents went. `origin` says who made it, `source` is the digest of the file that the
    library was in step with last, and `what` is the change in words. `refiled` are the categories whose
    documents it has filed again, and `undoes` is the number of the version that it takes back, 0 where none.
    """

    categories: str
    moves: Mapping[str, str]
    places: tuple[tuple[str, str], ...]
    origin: str
    source: str
    what: str
    refiled: tuple[str, ...] = ()
    undoes: int = 0
    by: str = ""
    version: int = 0
    at: float = 0.0
    last_decision: int = 0


@dataclass(frozen=True, slots=True)
class CategoryUse:
    """How many documents stand in a category, and how many of them a person has put there."""

    category: str
    documents: int
    people: int


@dataclass(frozen=True, slots=True)
class MachineFiled:
    """A document that a machine has filed, with one of its files, None where all are gone."""

    document: str
    file_id: int | None
    category: str
    review_cause: ReviewCause | None


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """Files that are copies or versions of each other, the newest first.

    The kind of each says what it is to the newest, or to another of them where it is nothing to that.
    """

    files: tuple[FileCopy, ...]

    @property
    def newest(self) -> FileRecord:
        return self.files[0].file


@dataclass(frozen=True, slots=True)
class CopyGroups:
    """A part of all groups; `total` counts all."""

    groups: tuple[CopyGroup, ...]
    total: int


@dataclass(frozen=True, slots=True)
class CurrencySum:
    """What the amounts of one currency add up to, exactly; the currency is "" where none is known."""

    currency: str
    total: Decimal
    documents: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many documents pass a filter, each with its copies and earlier versions once.

    `copies` counts the files that were left out so. `reviewed` documents wait for a person, `dated` have a
    date, and `valued` have a value of the field asked for: `sums` adds those up, the most frequent currency
    first.
    """

    documents: int
    copies: int = 0
    reviewed: int = 0
    dated: int = 0
    valued: int = 0
    sums: tuple[CurrencySum, ...] = ()


@dataclass(frozen=True, slots=True)
class CountedFile:
    """A file of a document that counts, with the value of the field asked for and the page it stands on.

    They are "" and 0 where it has none; `is_numbered` says whether people find the page under its number.
    """

    file: FileRecord
    value: str = ""
    page: int = 0
    is_numbered: bool = True
