"""Review: the files that wait for a person's decision, their order, and the decision itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from twolane.documents import (
    EVERYTHING,
    NO_CATEGORY,
    Classification,
    Decision,
    FileList,
    FileRecord,
    FileState,
    FilingProof,
    Filter,
    Tier,
    display_path,
)
from twolane.errors import AccessError, NotFoundError
from twolane.filing.changes import no_category
from twolane.filing.confidence import Confidence
from twolane.filing.learn import compared
from twolane.filing.taxonomy import Taxonomy
from twolane.principal import hidden_categories, seeing
from twolane.store.base import Reviewed
from twolane.store.decided import DecisionWriter
from twolane.work import NewJob


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A file on which a job failed too often: the kind of that job, and why."""

    file: FileRecord
    kind: str
    reason: str


class Review:
    """The files of one catalogue as a person goes through them; safe to use from several threads.

    `embed_kind` is the kind of job that gives a document its vectors, `fields_kind` the one that draws the
    facts which its category asks for, if any does; `max_error` is the share of what is accepted that may be
    wrong.
    """

    def __init__(
        self,
        store: Reviewed,
        taxonomy: Callable[[], Taxonomy],
        *,
        embed_kind: str,
        fields_kind: str = "",
        max_error: float = 0.05,
    ) -> None:
        self._store = store
        self._taxonomy = taxonomy
        self._embed_kind = embed_kind
        self._fields_kind = fields_kind
        self._max_error = max_error

    def find(self, within: Filter = EVERYTHING, *, limit: int, offset: int = 0) -> FileList:
        """List files as `Library.find` does, but those that wait for a person first, each part by path."""
        states = set(within.states or set(FileState) - {FileState.GONE})
        waiting = states & {FileState.REVIEW}
        total, files = 0, list[FileRecord]()
        for part in filter(None, (waiting, states - waiting)):
            skip, room = max(0, offset - total), limit - len(files)
            these = replace(within, states=tuple(part))
            if room:
                files += self._store.files(these, limit=room, offset=skip)
            total += self._store.count_files(these)
        return FileList(tuple(files), total)

    def given_up(self, limit: int) -> list[GivenUp]:
        """Return the files whose jobs failed too often, the last first, with the reason of each."""
        found = []
        for job in self._store.parked(limit):
            with suppress(NotFoundError):  # its file has just left the library, or is not seen
                found.append(GivenUp(self._store.file(job.file_id), job.kind, job.error))
        return found

    def history(self, record: FileRecord) -> list[Decision]:
        """Return every decision on a file's document, oldest first."""
        return self._store.decisions.of(record.document) if record.document else []

    def proof(self) -> FilingProof:
        """Return what people's decisions prove of the machine's by now. Raises `StoreError`."""
        decisions = self._store.decisions
        taxonomy, lessons = self._taxonomy(), decisions.lessons(decisions.labelled(), "")
        pairs = [pair for lesson in lessons if (pair := compared(lesson, taxonomy))]
        return Confidence(pairs, self._max_error).proof

    def correct(self, file_id: int, category: str, *, by: str = "", document: str = "") -> FileRecord:
        """Add a person's decision on a file; `by` is who it is, where that is known.

        With a `document` it is on this content alone: what the person has seen. With the category
        `NO_CATEGORY` it says that the file belongs to none of them. What was decided before stays in the
        document's history, and filing learns from it at once, in every process. Raises `NotFoundError` for an
        unknown file or category, `FileReplacedError` where the file was read anew meanwhile, and
        `AccessError` where others would see more or less of a file that the person does not see.
        """
        self._with(category)
        record = self._store.read_file(file_id, document)
        # where rules had decided, it has no vector, by which alone similar documents are found
        has_vector = self._store.decisions.has_vector(record.document)
        kinds = [self._fields_kind, "" if has_vector else self._embed_kind]
        reason = "a person decided" if category else "a person said: none of these"
        only_by = self._store.only_by(record.document)
        with self._store.writing() as write:
            write.lock_taxonomy()  # or it may go while this is written, and nobody knows where to
            digest = self._with(category).digest
            made = Classification(category, 1.0, Tier.PERSON, reason, taxonomy=digest)
            with _same_audience(write, record, only_by):
                write.decide(record.document, Decision(made, by))
            write.enqueue([NewJob(kind, record.document, file_id) for kind in kinds if kind])
        return self._decided(record)

    def undo(self, file_id: int, *, by: str = "", document: str = "") -> FileRecord:
        """Take back the last decision of a person on a file: what stood before it stands again.

        Filing forgets it in every process. Raises `NotFoundError` for an unknown file, and where no person's
        decision stands on it; `FileReplacedError` and `AccessError` as `correct` does.
        """
        record = self._store.read_file(file_id, document)
        only_by = self._store.only_by(record.document)
        with self._store.writing() as write:
            with _same_audience(write, record, only_by):
                undone = write.undo(record.document, by, only_by)
            if undone and self._fields_kind:
                write.enqueue([NewJob(self._fields_kind, record.document, file_id)])
        if not undone:
            raise NotFoundError(
                f"no person has decided on {display_path(record.path)}", "there is nothing to take back"
            )
        return self._decided(record)

    def _decided(self, seen: FileRecord) -> FileRecord:
        """Return a file as it is by now: whoever has just filed it may see it there no more."""
        try:
            return self._store.read_file(seen.file_id, seen.document)
        except NotFoundError:
            with seeing(None):
                now = self._store.read_file(seen.file_id, seen.document)
            return replace(seen, state=now.state, classification=now.classification)

    def _with(self, category: str) -> Taxonomy:
        """Return the taxonomy, which has a category. Raises `NotFoundError`."""
        taxonomy = self._taxonomy()
        known = [known.id for known in taxonomy.categories if known.id not in hidden_categories()]
        if category not in (NO_CATEGORY, *known):
            raise no_category(taxonomy, category)
        return taxonomy


@contextmanager
def _same_audience(write: DecisionWriter, record: FileRecord, only_by: str | None) -> Iterator[None]:
    """Decide in the block, where that changes nothing of who sees a copy that is hidden from who decides.

    `only_by` is None where there is none. Why it is so:
    docs/why/access.md#a-copy-tells-nothing-of-the-file-that-is-not-seen.
    """
    before = None if only_by is None else _audiences(write, record.document)
    yield
    if before is not None and _audiences(write, record.document) != before:
        raise AccessError(
            f"{display_path(record.path)} cannot be put there: the same paper lies where you do not see it, "
            "and others would see it by that, or see it no more",
            "ask whoever manages the library to do it",
        )


def _audiences(write: DecisionWriter, document: str) -> set[frozenset[str]]:
    return {share.audience for share in write.shares_about(document)}
