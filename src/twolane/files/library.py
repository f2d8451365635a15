"""The library's verbs: adding files, reading what is known of them, and the work still to be done."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from twolane.config.settings import Settings
from twolane.documents import EVERYTHING, FileList, FileRecord, FileSeen, Filter, Page, Reading, display_path
from twolane.errors import FileReplacedError, JobError, NotFoundError
from twolane.files.clutter import Clutter
from twolane.files.contents import Contents
from twolane.files.handles import path_of
from twolane.files.intake import Intake
from twolane.files.uploads import UPLOADS, Upload, Uploads
from twolane.store.base import Store
from twolane.store.scanned import MovedFile
from twolane.store.taken_out import DecidedElsewhere
from twolane.store.values import Counts, FileOrder, Pending, ScanResult
from twolane.work import FarJobs, NewJob

_QUEUED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Original:
    """An open original: a path at which this process can open it and no other file, and its status."""

    path: Path
    status: os.stat_result


class Library:
    """All files of one catalogue; safe to use from several threads.

    `embed_kind` is the kind of job that gives a document its vectors, `vector_model` the name under which
    they are kept, or "" where none are made; `later` are the kinds of jobs that nobody waits for.
    `on_moved` is told of the files that a person has moved.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        contents: Contents,
        *,
        embed_kind: str,
        vector_model: str,
        later: Collection[str] = (),
        on_moved: Callable[[Sequence[MovedFile]], None] = lambda _: None,
    ) -> None:
        self._later = later
        self._vector_model = vector_model
        self._store = store
        self._contents = contents
        self._intake = Intake(settings, store, contents, on_moved)
        self._uploads = Uploads(settings, store, contents, self._intake)
        self._embed_kind = embed_kind

    # how files come in

    def add(
        self,
        paths: Sequence[Path],
        *,
        redo: bool = False,
        emptied: bool = False,
        priority: int | None = None,
        leave: Callable[[FileSeen], bool] = lambda _: False,
        named: bool = False,
        owner: str = "",
    ) -> ScanResult:
        """Queue what is new or changed at and under the paths; see `Intake.add`."""
        return self._intake.add(
            paths, redo=redo, emptied=emptied, priority=priority, leave=leave, named=named, owner=owner
        )

    def read_again(self, file_ids: Sequence[int]) -> int:
        """Queue files to be read again; return how many. Raises `NotFoundError` for unknown ones."""
        paths = [self.file(number).path for number in dict.fromkeys(file_ids)]
        there = list(filter(self._contents.is_there, paths))
        if there:
            self._intake.add(there, redo=True, emptied=True)
        return len(there)

    def expect(self, decided: Sequence[DecidedElsewhere]) -> None:
        """Keep what people decided elsewhere on contents that are still to come in."""
        for begin in range(0, len(decided), _QUEUED_AT_ONCE):
            with self._store.writing() as write:
                write.expect(decided[begin : begin + _QUEUED_AT_ONCE])

    def follow(self, paths: Sequence[Path], *, soon: bool = False) -> ScanResult:
        """Look again at files where something has happened; see `Intake.follow`."""
        return self._intake.follow(paths, soon=soon)

    def clutter(self) -> Clutter:
        """Return the names of no documents as people want them just now."""
        return self._intake.clutter()

    def keep_moved(self, paths: Sequence[Path]) -> None:
        """Let workers on other machines find files where a plan has put them; see `Intake.keep`."""
        self._intake.keep(paths)

    def save_upload(
        self,
        name: str,
        chunks: Iterable[bytes],
        *,
        within: str = UPLOADS,
        soon: bool = True,
        owner: str = "",
    ) -> Upload:
        """Keep and queue an uploaded file; see `Uploads.save`."""
        return self._uploads.save(name, chunks, within=within, soon=soon, owner=owner)

    # what is known of them

    def find(
        self,
        within: Filter = EVERYTHING,
        *,
        limit: int = 0,
        offset: int = 0,
        order: FileOrder = "path",
        reverse: bool = False,
    ) -> FileList:
        """List what passes; gone files only where the filter names that state. A limit of 0 is none."""
        files = self._store.files(within, limit=limit, offset=offset, order=order, reverse=reverse)
        return FileList(tuple(files), self._store.count_files(within) if limit or offset else len(files))

    def file(self, file_id: int) -> FileRecord:
        """Return one file. Raises `NotFoundError`."""
        return self._store.file(file_id)

    def file_at(self, path: Path) -> FileRecord | None:
        """Return the library's file at a path, or None."""
        return self._store.file_at(path)

    def file_ids(self, paths: Iterable[Path]) -> Mapping[Path, int]:
        """Return the numbers of the library's files at these paths, of those that are known."""
        return self._store.file_ids(paths)

    def reading(self, record: FileRecord) -> Reading | None:
        """Return what was read of a file, with its pages; None where it has not been read yet."""
        return self._store.document(record.document, pages=True).reading if record.document else None

    def page(self, record: FileRecord, number: int) -> Page:
        """Return one page of a file's text, counted from 1. Raises `NotFoundError` where it has no text."""
        reading = self.reading(record)
        for page in reading.pages if reading else ():
            if page.number == number:
                return page
        raise NotFoundError(
            f"{display_path(record.path.name)} has no text on a page {number}",
            record.note or f"it has {record.page_count} pages: ask for another one",
        )

    @contextmanager
    def content(self, record: FileRecord) -> Iterator[Original]:
        """Yield the original file, open until the end of the block.

        Raises `NotFoundError` where it is no longer there, and `FileReplacedError` where something else is.
        """
        with ExitStack() as opened:
            try:
                content = opened.enter_context(self._contents.open(record.path))
                file = content.file()
            except FileReplacedError:
                raise
            except (FileNotFoundError, NotADirectoryError, JobError, NotFoundError):
                raise NotFoundError(
                    f"{display_path(record.path)} is no longer there", "run: twolane add on its folder"
                ) from None
            except OSError as error:
                raise NotFoundError(
                    f"{display_path(record.path)} cannot be read: {error.strerror or error}",
                    "look at its permissions and its disk",
                ) from error
            if not content.is_as_scanned(self._store.scanned(record.file_id)):
                raise FileReplacedError(
                    f"{display_path(record.path)} has changed since it was read", "add it again"
                )
            yield Original(path_of(file), os.fstat(file.fileno()))

    def counts(self, within: Filter = EVERYTHING) -> Counts:
        """Count everything in the library that passes the filter."""
        return self._store.counts(within)

    def ping(self) -> None:
        """Read one row. Raises `StoreError` where the catalogue does not answer."""
        self._store.recall("ready")

    def faults(self) -> Iterator[str]:
        """Yield a line for each thing that is wrong in the catalogue; nothing where all is well."""
        return self._store.check()

    # what is still to be done

    def pending(self, roots: Sequence[Path] = ()) -> Pending:
        """Count what is to be done, under the roots if any are given; apart, what waits for idle hours."""
        return self._store.pending(roots, later=self._later)

    def retry_parked(self) -> int:
        """Queue the jobs that failed too often again; return their number."""
        return self._store.retry_parked()

    def far_jobs(self) -> FarJobs:
        """Count what waits for a time that only a clock which was ahead can have set."""
        return self._store.far_jobs()

    def stale_vectors(self) -> str:
        """Return the embedding model of the index where the settings name another one, or ""."""
        model = self.vector_model() if self._vector_model else ""
        return model if model != self._vector_model else ""

    def vector_model(self) -> str:
        """Return the name of the model whose vectors the index holds, or ""."""
        return self._store.vector_model()

    def reembed(self) -> int:
        """Forget every vector and queue every document to be embedded; return the number of documents."""
        with self._store.writing() as write:
            write.drop_vectors()
        documents = self._store.unembedded()
        for begin in range(0, len(documents), _QUEUED_AT_ONCE):
            some = documents[begin : begin + _QUEUED_AT_ONCE]
            with self._store.writing() as write:
                write.enqueue([NewJob(self._embed_kind, known.document, known.file_id) for known in some])
        return len(documents)
