"""Puts a backup back: its library, the library's own copies and, if wanted, its documents."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from twolane.backup.archive import ArchiveReader
from twolane.backup.manifest import DAMAGED
from twolane.backup.values import Member, MemberKind, OnStep, Restored
from twolane.backup.work import StepCounter, size_of
from twolane.backup.workspace import not_written, put_new, workspace
from twolane.documents import FileSeen, display_path
from twolane.errors import BackupError
from twolane.files.scan import seen
from twolane.store.kept import KeptLibraries
from twolane.system.disk import make_private, sync
from twolane.system.paths import below, path_of_named

_SPARE_BYTES = 64 << 20
_TAXONOMY = "taxonomy.toml"


@dataclass(frozen=True, slots=True)
class RestoredInto:
    """A folder that files go to, and where in it they are written before they get their names."""

    root: Path
    workspace: Path


class Restoring:
    """One backup on its way back; everything in it has been checked already."""

    def __init__(
        self, archive: ArchiveReader, libraries: KeptLibraries, data_dir: Path, on_step: OnStep
    ) -> None:
        self._archive = archive
        self._libraries = libraries
        self._data_dir = data_dir
        self._on_step = on_step
        self._manifest = archive.manifest

    def restore(self, files_to: Path | None) -> Restored:
        """Write files first, in place of nothing, and the library last: until then the old one stands."""
        documents = self._manifest.of(MemberKind.DOCUMENT)
        wanted = {MemberKind.LIBRARY, MemberKind.TAXONOMY, MemberKind.COPY}
        wanted |= {MemberKind.DOCUMENT} if files_to else set()
        members = self._manifest.of(*wanted)
        total = sum(member.size_bytes for member in members)
        counter = StepCounter("unpacking", self._on_step, total)
        try:
            with ExitStack() as places:
                place = places.enter_context(_workspace_in(self._libraries.folder))
                own = RestoredInto(self._data_dir, places.enter_context(_workspace_in(self._data_dir)))
                other = None
                if files_to is not None:
                    root = path_of_named(files_to)
                    other = RestoredInto(root, places.enter_context(_workspace_in(root)))
                self._require_room(place, own, other)
                library = place / "library.db"
                self._unpack(self._manifest.of(MemberKind.LIBRARY)[0], library, counter)
                self._check(library)
                copies = self._manifest.of(MemberKind.COPY)
                moved = dict(self._copies(copies, own, counter))
                if other is not None:
                    moved |= self._documents(documents, other, counter)
                self._libraries.move(library, moved)
                self._taxonomy(own, counter)
                carrying = StepCounter("putting the library in place", self._on_step)
                aside = self._libraries.put(library, carrying.at)
        except OSError as error:
            raise not_written(self._data_dir, error) from error
        written = len(documents) if files_to else 0
        return Restored(
            self._manifest.made_at,
            self._manifest.counts,
            len(copies),
            written,
            len(documents) - written,
            aside,
        )

    def _check(self, library: Path) -> None:
        facts = self._libraries.look(library)
        is_current = self._manifest.schema == self._libraries.schema
        if is_current and dict(facts.counts) != self._manifest.counts:
            raise BackupError("the backup's library holds something else than its manifest says", DAMAGED)

    def _require_room(self, place: Path, own: RestoredInto, other: RestoredInto | None) -> None:
        """Raise `BackupError` where a disk has no room for what goes to it and is not there already."""
        needed: Counter[int] = Counter()
        folders: dict[int, Path] = {}
        targets = [(place / "library.db", place.parent, self._manifest.of(MemberKind.LIBRARY)[0])]
        targets += [(self._own(one, own), own.root, one) for one in self._manifest.of(MemberKind.COPY)]
        if other:
            documents = self._manifest.of(MemberKind.DOCUMENT)
            targets += [(_elsewhere(one, other), other.root, one) for one in documents]
        for target, folder, member in targets:
            disk = folder.stat().st_dev
            folders.setdefault(disk, folder)
            needed[disk] += member.size_bytes * (size_of(target) != member.size_bytes)
        for disk, size_bytes in needed.items():
            free = shutil.disk_usage(folders[disk]).free
            if size_bytes + _SPARE_BYTES > free:
                what = f"the disk of {display_path(folders[disk])} has room for {free / 1e9:.2f} GB"
                raise BackupError(
                    f"{what}, and the backup needs {size_bytes / 1e9:.2f} GB there", "make room there first"
                )

    def _own(self, member: Member, place: RestoredInto) -> Path:
        return below(place.root, member.path.relative_to(self._manifest.data_dir).parts)

    def _copies(
        self, copies: tuple[Member, ...], place: RestoredInto, counter: StepCounter
    ) -> Iterator[tuple[Path, FileSeen]]:
        for member in copies:
            yield _moved(member, self._written(member, place, self._own(member, place), counter))

    def _documents(
        self, documents: tuple[Member, ...], place: RestoredInto, counter: StepCounter
    ) -> Iterator[tuple[Path, FileSeen]]:
        """Write documents below a folder, and yield those whose own place is empty now."""
        for member in documents:
            target = self._written(member, place, _elsewhere(member, place), counter)
            if not os.path.lexists(member.path):
                yield _moved(member, target)

    def _taxonomy(self, place: RestoredInto, counter: StepCounter) -> None:
        """Write the taxonomy file into the library's folder; the library itself has its categories anyway."""
        for member in self._manifest.of(MemberKind.TAXONOMY):
            self._written(member, place, place.root / _TAXONOMY, counter)

    def _written(self, member: Member, place: RestoredInto, target: Path, counter: StepCounter) -> Path:
        """Return where a member's file is from now on: under its name, or a free one like it."""
        path = _free_or_same(target, member)
        if path.exists():
            counter.add(member.size_bytes)
            return path
        fresh = place.workspace / "file"
        self._unpack(member, fresh, counter)
        os.utime(fresh, ns=(member.mtime_ns, member.mtime_ns))
        make_private(path.parent)
        put_new(fresh, path)
        fresh.unlink(missing_ok=True)
        return path

    def _unpack(self, member: Member, target: Path, counter: StepCounter) -> None:
        with open(target, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            self._archive.unpack(member, file, counter.add)
            sync(file)


def _elsewhere(member: Member, place: RestoredInto) -> Path:
    return below(place.root, member.path.parts[1:])


def _workspace_in(folder: Path) -> AbstractContextManager[Path]:
    make_private(folder)
    return workspace(folder)


def _moved(member: Member, target: Path) -> tuple[Path, FileSeen]:
    path = target.parent.resolve() / target.name
    return member.path, seen(path, path.lstat())


def _free_or_same(target: Path, member: Member) -> Path:
    """Return the path if it is free or holds the same, and else one with a number that is so."""
    path, number = target, 1
    while os.path.lexists(path) and not _is_same(path, member):
        number += 1
        path = target.with_name(f"{target.stem} ({number}){target.suffix}")
    return path


def _is_same(path: Path, member: Member) -> bool:
    if path.is_symlink() or not path.is_file() or path.stat().st_size != member.size_bytes:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == member.sha256
