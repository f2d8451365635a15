"""The files of a library: what scans find, where each lies, and its state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from twolane.answers import UnreadFiles
from twolane.documents import EVERYTHING, FileRecord, FileSeen, FileSkipped, FileState, Filter
from twolane.store.values import FileOrder, FileRenamed, ScanResult


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as the catalogue has it, by which a scan knows it again; `document` is "" before it was read."""

    file_id: int
    path: Path
    identity: str
    state: FileState
    document: str
    placed_by: str


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A file and its path."""

    file_id: int
    path: Path


@dataclass(frozen=True, slots=True)
class PlannedPlace:
    """A path at which a plan has put a file, or to which it has brought it back.

    `placed_by` is what is noted of a file that lies there.
    """

    file_id: int
    path: Path
    placed_by: str


@dataclass(frozen=True, slots=True)
class MovedFile:
    """A file that a person has moved; `alone` says that it was moved by itself, and not with its folder."""

    file_id: int
    source: Path
    path: Path
    alone: bool


class FileWriter(Protocol):
    """What scans find, and the states of files."""

    def see(
        self,
        files: Sequence[FileSeen | FileSkipped],
        scan: int,
        *,
        redo: bool = False,
        priority: int = 0,
        cut_below_s: float = 0.0,
    ) -> ScanResult:
        """Record what a scan found: a new or changed file gets a `read` job, an unchanged one nothing.

        A file is unchanged where path, size and stamp are as recorded (and it was not quarantined or gone);
        `redo` treats every file as changed and marks its document to be read again; so it is with files whose
        reading ended at a limit of less processor time than `cut_below_s`. A skipped file is
        recorded with its reason. `priority` is that of the jobs.
        """

    def spare(self, folders: Sequence[Path], scan: int) -> None:
        """Count the files under folders that a scan could not open as found: they are not gone."""

    def end_scan(self, roots: Sequence[Path], scan: int) -> int:
        """Mark files at or under the roots that this scan did not find as gone; return their number."""

    def rename(self, moves: Sequence[FileRenamed]) -> int:
        """Record that files lie under other paths, all at once, and return how many.

        They may take each other's paths. Nothing else about them changes, and no job is queued. A record of
        something gone or skipped at a new path gives way, with its document where no other file has it: what
        people decided on that is kept for when its content comes back. A record that was not read yet, or has
        the same content, gives way too: that is the file itself, met by a scan.
        Raises `ConflictError` where another file lies at a new path.
        """

    def mark_gone(self, paths: Sequence[Path]) -> None:
        """Mark files as gone: searches no longer find their passages."""

    def set_owner(self, file_ids: Sequence[int], owner: str) -> None:
        """Make files somebody's, "" for everybody's."""

    def set_state(self, file_id: int, state: FileState, note: str = "") -> None:
        """Set a file's state and note."""


class Files(Protocol):
    """The catalogue of files."""

    def next_scan(self) -> int:
        """Return a new scan number."""

    def file(self, file_id: int) -> FileRecord:
        """Return one file. Raises `NotFoundError`."""

    def read_file(self, file_id: int, document: str = "") -> FileRecord:
        """Return a file that has been read, and still holds the document that is named.

        Raises `NotFoundError` for an unknown file, `ConflictError` for one that was not read yet, and
        `FileReplacedError` where it holds another document by now: what a person decided on it is not on
        what it holds.
        """

    def only_by(self, *documents: str) -> str | None:
        """Return whose words alone this thread may take back: where one of the documents has a hidden file.

        None is everybody's. Of somebody without a name it is a name that nobody bears.
        """

    def scanned(self, file_id: int) -> FileSeen:
        """Return a file as the last scan found it. Raises `NotFoundError`."""

    def file_at(self, path: Path) -> FileRecord | None:
        """Return the file at a path."""

    def file_ids(self, paths: Iterable[Path]) -> Mapping[Path, int]:
        """Return the numbers of the files at these paths, of those that are known."""

    def known_at(self, paths: Iterable[Path]) -> list[KnownFile]:
        """Return the files at these paths, gone ones too, of those that are known."""

    def known_as(self, identities: Iterable[str]) -> list[KnownFile]:
        """Return the files with these identities, gone ones too, in the order of their numbers."""

    def places(self, documents: Iterable[str]) -> Mapping[str, Sequence[FilePlace]]:
        """Return the files that hold these documents and can be found, those known longest first."""

    def planned(self, file_ids: Sequence[int]) -> list[PlannedPlace]:
        """Return the places of files that plans have chosen, by their journals."""

    def files(
        self,
        within: Filter = EVERYTHING,
        *,
        limit: int = 0,
        offset: int = 0,
        order: FileOrder = "path",
        reverse: bool = False,
    ) -> list[FileRecord]:
        """List files; those that are gone only where the filter names that state.

        By date and by when they were added the newest come first, and those without what is sorted by last.
        `reverse` is the same list from its end. Categories and correspondents go by how they are written
        in the catalogue, in lower case.
        """

    def count_files(self, within: Filter = EVERYTHING) -> int:
        """Count what `files` would list without a limit."""

    def folders(self) -> list[Path]:
        """Return the folders, near and far, of the files that can be found: a look at every path."""

    def unread(self, within: Filter = EVERYTHING) -> tuple[UnreadFiles, ...]:
        """Count the files whose text is not in the index, by why; those that say nothing are none of them."""
