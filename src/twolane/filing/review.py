"""Review: the files that wait for a person's decision, their order, and the decision itself."""

from __future__ import annotations

from dataclasses import replace

from twolane.documents import (
    EVERYTHING,
    Classification,
    Decision,
    FileList,
    FileRecord,
    FileState,
    Filter,
    Tier,
    display_path,
)
from twolane.errors import FileReplacedError, NotFoundError
from twolane.filing.taxonomy import Taxonomy
from twolane.store.base import Reviewed
from twolane.work import NewJob


class Review:
    """The files of one catalogue as a person goes through them; safe to use from several threads.

    `embed_kind` is the kind of job that gives a document its vectors.
    """

    def __init__(self, store: Reviewed, taxonomy: Taxonomy, *, embed_kind: str) -> None:
        self._store = store
        self._taxonomy = taxonomy
        self._embed_kind = embed_kind

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

    def history(self, record: FileRecord) -> list[Decision]:
        """Return every decision on a file's document, oldest first."""
        return self._store.decisions.of(record.document) if record.document else []

    def correct(self, file_id: int, category: str, *, by: str = "") -> FileRecord:
        """Add a person's decision on a file; `by` is who it is, where that is known.

        What was decided before stays in the document's history, and filing learns from it at once, in every
        process. Raises `NotFoundError` for an unknown file or category, and `FileReplacedError` where
        the file was read anew meanwhile.
        """
        known = [known.id for known in self._taxonomy.categories]
        if category not in known:
            raise NotFoundError(f"there is no category {category!r}", f"choose one of {', '.join(known)}")
        record = self._store.file(file_id)
        if not record.document:
            raise NotFoundError(
                f"{record.path} has not been read yet", "wait until it has been, or add it again"
            )
        made = Classification(category, 1.0, Tier.PERSON, "a person decided", taxonomy=self._taxonomy.digest)
        has_vector = self._store.decisions.has_vector(record.document)
        with self._store.writing() as write:
            write.decide(record.document, Decision(made, by))
            if not has_vector:  # rules had decided; similar documents are found only by its vector
                write.enqueue([NewJob(self._embed_kind, record.document, file_id)])
        found = self._store.file(file_id)
        if found.document != record.document:  # the decision is not on what the file holds now
            raise FileReplacedError(
                f"{display_path(found.path)} has changed just now", "look at it again, then decide"
            )
        return found
