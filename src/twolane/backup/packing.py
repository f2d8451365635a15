"""Packs a library with what belongs to it into the file of a backup."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from twolane.backup.archive import ArchiveWriter, read_archive
from twolane.backup.manifest import FORMAT, OWN_FOLDERS
from twolane.backup.values import Manifest, MemberKind, OnStep
from twolane.backup.work import StepCounter, size_of, verify
from twolane.config.settings import Settings
from twolane.errors import TwolaneError
from twolane.files.contents.shared import SharedContents
from twolane.files.handles import open_file
from twolane.store.kept import KeptLibraries, LibraryFacts


class Packing:
    """One backup while it is written; `remedy` says what to do where the library is damaged."""

    def __init__(
        self,
        settings: Settings,
        libraries: KeptLibraries,
        *,
        version: str,
        on_step: OnStep,
        remedy: Callable[[], str],
    ) -> None:
        self._settings = settings
        self._libraries = libraries
        self._version = version
        self._on_step = on_step
        self._remedy = remedy
        self._data_dir = settings.data_dir.resolve()
        # where this machine has files that were added on another one
        self._here = SharedContents({one.recorded: one.here for one in settings.shared_path}).here

    def write(self, file: Path, made_at: float, *, with_files: bool) -> Manifest:
        """Write a backup into a new file of a private folder, and read it back.

        Raises `BackupError`, `StoreError` and `OSError`.
        """
        library = file.with_name("library.db")
        counter = StepCounter("copying the library", self._on_step)
        facts = self._libraries.take(library, counter.at, self._remedy)
        writer = ArchiveWriter(file)
        try:
            left = self._pack(writer, library, with_files)
            manifest = self._manifest(writer, facts, made_at, left)
            writer.seal(manifest)
        finally:
            writer.close()
        library.unlink()
        with read_archive(file) as archive:
            verify(archive, self._on_step)
        return manifest

    def _pack(self, writer: ArchiveWriter, library: Path, with_files: bool) -> int:
        """Pack everything, and return how many documents could not be read."""
        copies = list(_copies(self._data_dir))
        documents = self._documents(library) if with_files else []
        total = sum(size_of(path) for path in (library, *copies, *documents))
        counter = StepCounter("packing", self._on_step, total)
        with library.open("rb") as file:
            writer.add(MemberKind.LIBRARY, "library.db", file, library, counter.add)
        if (taxonomy := self._settings.filing.taxonomy) and Path(taxonomy).is_file():
            with Path(taxonomy).open("rb") as file:
                writer.add(MemberKind.TAXONOMY, "taxonomy.toml", file, Path(taxonomy).absolute(), counter.add)
        left = 0
        for kind, paths in ((MemberKind.COPY, copies), (MemberKind.DOCUMENT, documents)):
            folder = "copies" if kind is MemberKind.COPY else "documents"
            for number, path in enumerate(paths, 1):
                left += not self._packed(writer, kind, f"{folder}/{number:06}", path, counter)
        return left

    def _packed(
        self, writer: ArchiveWriter, kind: MemberKind, name: str, path: Path, counter: StepCounter
    ) -> bool:
        try:
            file = open_file(self._here(path))
        except (OSError, TwolaneError):  # gone, locked, or a link by now: the others are no less worth
            return False
        with file:
            writer.add(kind, name, file, path, counter.add)
        return True

    def _documents(self, library: Path) -> list[Path]:
        own = set(_copies(self._data_dir))
        return [path for path in self._libraries.paths(library) if path not in own]

    def _manifest(self, writer: ArchiveWriter, facts: LibraryFacts, made_at: float, left: int) -> Manifest:
        return Manifest(
            FORMAT,
            self._version,
            facts.schema,
            facts.identity,
            made_at,
            self._data_dir,
            dict(facts.counts),
            tuple(writer.members),
            left,
        )


def _copies(data_dir: Path) -> Iterator[Path]:
    """Yield the files that the library alone has: what came by other ways than a folder of the user's."""
    for own in OWN_FOLDERS:
        for folder, folders, files in os.walk(data_dir / own):
            folders.sort()
            for name in sorted(files):
                path = Path(folder, name)
                if path.is_file() and not path.is_symlink():
                    yield path
