"""Port 3, the store: the catalogue of files, documents and jobs, and the index of passages, by noun.

Code that needs one noun takes that port alone. Writes that belong together happen in one `Writer`, which is
one transaction. What a job produces is written in the writer that `finishing` gives, so that the effect of a
job and its end are one atomic step.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal, Protocol

from twolane.documents import (
    EVERYTHING,
    Filter,
    FoundPassage,
    Passage,
    Reading,
)
from twolane.llm.base import Vectors
from twolane.store.admitted import Admitting
from twolane.store.categorised import Categorised, TaxonomyWriter
from twolane.store.conversed import Conversing
from twolane.store.copied import CopyRows
from twolane.store.decided import Decisions, DecisionWriter
from twolane.store.known import CorrespondentWriter, Described, FieldWriter
from twolane.store.organized import Organized, PlanJournal
from twolane.store.placed import Placing
from twolane.store.scanned import Files, FileWriter
from twolane.store.session import Session
from twolane.store.taken_out import TakingOutRows, TakingOutWriter
from twolane.store.values import (
    Counts,
    DocumentRecord,
    Hit,
    PassageText,
    Pending,
    TextDocument,
)
from twolane.text.terms import QueryWord, Stems
from twolane.work import Claimed, FarJobs, Job, JobCounts, NewJob, Notification


class DocumentWriter(Protocol):
    """What was read from files."""

    def link(self, file_id: int, document: str) -> bool:
        """Make `document` the content of a file; False where the document is not known yet."""

    def save_reading(
        self, file_id: int, document: str, size_bytes: int, reading: Reading, passages: Sequence[Passage]
    ) -> None:
        """Record a document's content and make it the file's; replaces an earlier reading of the document."""


class VectorWriter(Protocol):
    """The vectors of passages, all of one model."""

    def save_vectors(self, model: str, passage_ids: Sequence[int], vectors: Vectors) -> None:
        """Record passages' vectors; unknown passage ids are ignored.

        Raises `StoreError` where the index holds vectors of another model or dimension.
        """

    def drop_vectors(self) -> None:
        """Forget every vector, so that another embedding model can fill the index."""


class MemoryWriter(Protocol):
    """Small texts that are remembered under a key."""

    def remember(self, key: str, value: str) -> None:
        """Keep a small text under a key, for `Memory.recall`; an empty text deletes the key."""


class JobWriter(Protocol):
    """Jobs that are to be done."""

    def enqueue(self, jobs: Sequence[NewJob]) -> None:
        """Queue jobs; a job with the same kind and key that is still to be done is not queued twice."""


class Writer(
    FileWriter,
    DocumentWriter,
    DecisionWriter,
    FieldWriter,
    CorrespondentWriter,
    TaxonomyWriter,
    VectorWriter,
    MemoryWriter,
    JobWriter,
    TakingOutWriter,
    Protocol,
):
    """One transaction: all of it happens, or nothing."""

    @property
    def copies(self) -> CopyRows:
        """The copies of documents, within this transaction."""

    @property
    def plans(self) -> PlanJournal:
        """The plans with their journal, within this transaction."""

    @property
    def session(self) -> Session:
        """The transaction itself, for nouns that the store does not know of."""


class Writing(Protocol):
    """Transactions on the library."""

    def writing(self, *, synced: bool = False) -> AbstractContextManager[Writer]:
        """Open a transaction that commits at the end of the block, and survives a power cut if `synced`."""


class Documents(Protocol):
    """What was read from files, and how much of it there is."""

    def has_document(self, document: str) -> bool:
        """Say whether a document has been read already, and is not marked to be read anew."""

    def document(self, document: str, *, pages: bool = False) -> DocumentRecord:
        """Return one document, with its pages if asked. Raises `NotFoundError`."""

    def text_document(self, document: str) -> DocumentRecord | None:
        """Return a document with its pages; None where it is gone by now, or no text of it was read."""

    def undrawn(self, *, after: str = "", limit: int) -> list[TextDocument]:
        """List filed documents without facts, or that no copies were sought of, by hash from `after` on."""

    def counts(self, within: Filter = EVERYTHING) -> Counts:
        """Count everything that passes a filter."""


class Memory(Protocol):
    """Small texts that are remembered under a key."""

    def recall(self, key: str) -> str:
        """Return the text last remembered under a key, or ""."""

    def recall_all(self, prefix: str) -> dict[str, str]:
        """Return the remembered texts by key, of all keys that begin so."""


# newest and oldest go by the days that documents bear
FoundOrder = Literal["relevance", "newest", "oldest", "name"]


class Search(Protocol):
    """The index of passages: only those of documents with a file that is not gone are found.

    A filter applies within the search: as many are found as if the library held nothing else.
    """

    def query_words(self, query: str) -> tuple[QueryWord, ...]:
        """Return the words of a question that are worth looking for, in its order; any text is allowed."""

    def search_words(self, words: Sequence[QueryWord], limit: int, within: Filter = EVERYTHING) -> list[Hit]:
        """Find passages that hold any of the words, best first (BM25 or its like)."""

    def stems(self, passage_ids: Sequence[int]) -> Mapping[int, Stems]:
        """Return the stems of passages, as they are kept; unknown ids are left out."""

    def search_vector(self, vector: Vectors, limit: int, within: Filter = EVERYTHING) -> list[Hit]:
        """Find passages by one vector of shape (dimensions,), best first; the score is the cosine.

        A store may level the languages: less the question's cosine with the middle of a passage's own.
        """

    def passages(self, passage_ids: Sequence[int], within: Filter = EVERYTHING) -> list[FoundPassage]:
        """Return passages in the order asked, each with its first file that passes; without one, none."""

    def page_text(self, document: str, page: int, start: int, end: int) -> str:
        """Return the characters `start` to `end` of a document's page; "" where there is no such page."""

    def telling_words(self, passage_ids: Sequence[int], most: int) -> tuple[QueryWord, ...]:
        """Return the rarest words of passages' texts that other passages may hold too, rarest first."""

    def vectors(self, passage_ids: Sequence[int]) -> Mapping[int, Vectors]:
        """Return the vectors (dimensions) of passages that have one; by these `search_vector` scores."""

    def vector_model(self) -> str:
        """Return the name of the model whose vectors the index holds, or ""."""


class Unembedded(Protocol):
    """What has no vectors yet."""

    def first_passages(self, document: str, count: int) -> list[PassageText]:
        """List the first so many passages of a document, with a vector or without one."""

    def passages_without_vectors(self, document: str, limit: int = 0) -> list[tuple[int, str]]:
        """List (passage id, text to embed: heading and text) of a document that have no vector yet.

        A limit of 0 means no limit.
        """

    def unembedded(self) -> list[TextDocument]:
        """List the documents with passages that have no vector yet, of files that are not gone."""


class Jobs(Protocol):
    """The jobs on files: rows that are leased, ended, tried again or parked."""

    def on_queued(self, listener: Callable[[Sequence[Notification]], None]) -> None:
        """Call a listener after each transaction of this process that has queued jobs or given one back.

        It is called in the thread of the transaction, and must not raise.
        """

    def claim(
        self, kinds: Collection[str], worker: str, lease_s: float, *, limit: int = 1, among: int = 1
    ) -> Claimed:
        """Lease the next due job of these kinds, highest priority first; count the attempt before it starts.

        With a limit, others of its kind and priority that are due come along: of what is due, at most the
        share of one of `among` threads, rounded up. Each has a lease of its own. A job whose lease has run
        out is claimed again, and alone; or parked where its attempts are used up: its file is then
        quarantined with the reason.
        """

    def heartbeat(self, jobs: Sequence[Job], lease_s: float) -> None:
        """Extend the leases of jobs, where they are held."""

    def held(self, jobs: Sequence[Job]) -> list[Job]:
        """Return those of the jobs whose leases are held: they have neither ended nor been taken over."""

    def finishing(self, *jobs: Job) -> AbstractContextManager[Writer]:
        """Open a transaction that ends the jobs as done at the end of the block.

        Raises `LeaseLostError`, and writes nothing, where the lease of one is no longer held.
        """

    def fail(self, job: Job, error: str, *, retry: bool) -> bool:
        """End an attempt in failure: queue the job again with backoff, or park it and quarantine its file.

        Returns True where it will be tried again. Raises `LeaseLostError`.
        """

    def release(self, job: Job, *, delay_s: float = 0.0) -> None:
        """Give a job back without counting the attempt: it was not started, or failed for an outside cause.

        With a delay it is not claimed before that has passed, and others go first.
        """

    def far_jobs(self) -> FarJobs:
        """Count the jobs that wait for a time that no delay and no lease reaches: a clock was ahead."""

    def bring_near(self) -> int:
        """Make due at once what waits for such a time, and end such leases; return how many there were.

        A worker that lives holds its lease by its next heartbeat, or finds that another has it.
        """

    def job_counts(self) -> dict[str, JobCounts]:
        """Count jobs by kind."""

    def parked(self, limit: int = 100) -> list[Job]:
        """List jobs that failed too often, newest first."""

    def retry_parked(self) -> int:
        """Queue parked jobs again with fresh attempts; return their number."""

    def pending(self, roots: Sequence[Path] = (), *, later: Collection[str] = ()) -> Pending:
        """Count what is still to be done, of files at or under the roots if any are given.

        Jobs of the kinds `later` are counted apart: they are done once nothing else is to do.
        """


class Catalogue(Files, Writing, Protocol):
    """The catalogue of files, and transactions on it."""


class Decided(Protocol):
    """A library in which decisions are kept."""

    @property
    def decisions(self) -> Decisions:
        """All decisions on documents."""


class Reviewed(Catalogue, Jobs, Decided, Protocol):
    """The catalogue of files, with the jobs and the decisions on them."""


class Teaching(Memory, Writing, Decided, Protocol):
    """What filing learns from, and where it saves answers that are asked for only once."""


class Copied(Writing, Protocol):
    """A library in which copies are found."""

    @property
    def copies(self) -> CopyRows:
        """The copies of documents."""


class Clock(Protocol):
    """The one clock by which a library's leases and heartbeats are judged."""

    def now(self) -> float:
        """Return seconds since the epoch, by the database server's clock or, on SQLite, this machine's."""


class Registry(Memory, Writing, Clock, Protocol):
    """Small texts and transactions on them: worker processes register themselves there."""


class Store(
    Admitting,
    Categorised,
    Conversing,
    Copied,
    Files,
    Documents,
    Decided,
    Described,
    Memory,
    Organized,
    Placing,
    Search,
    Unembedded,
    Jobs,
    Clock,
    TakingOutRows,
    Protocol,
):
    """The whole library; safe to use from several threads and processes."""

    @property
    def session(self) -> Session:
        """The library itself, for nouns that the store does not know of: each verb is a transaction."""

    def require_writable(self) -> None:
        """Raise `StoreError` where the library can be read here and never written."""

    def check(self) -> Iterator[str]:
        """Yield a line for each thing that is wrong in the store; nothing where all is well."""

    def close(self) -> None:
        """Close connections; safe to call twice."""
