"""The verbs of backups: make one, list and check them, put one back, and say how they stand."""

from __future__ import annotations

import math
import os
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from twolane.backup.archive import ArchiveReader, read_archive
from twolane.backup.manifest import OWN_FOLDERS
from twolane.backup.memory import Remembered, remember, remembered
from twolane.backup.names import name_of, names_in, superfluous
from twolane.backup.packing import Packing
from twolane.backup.restoring import Restoring
from twolane.backup.schedule import BackupSchedule
from twolane.backup.values import (
    BackupFile,
    BackupState,
    Manifest,
    MemberKind,
    OnStep,
    Restored,
    silent,
)
from twolane.backup.work import StepCounter, is_file, is_folder, size_of, verify
from twolane.backup.workspace import not_written, put_new, workspace
from twolane.config.settings import Settings
from twolane.documents import display_path
from twolane.errors import BackupError, ConflictError, SettingsError, TwolaneError
from twolane.store.kept import KeptLibraries

PACKED = "backup.zip"
LOOK_S = 60.0  # between two looks at whether one is due
_LOCK = ".twolane-backup.lock"
_AGAIN_S = 3600.0  # after one that failed, unless they are more frequent anyway


class Backups:
    """Backups of one library; safe to use from several threads and processes."""

    def __init__(self, settings: Settings, libraries: KeptLibraries, *, version: str) -> None:
        self._settings = settings
        self._libraries = libraries
        self._version = version
        self._data_dir = settings.data_dir.resolve()

    # making them

    def make(self, target: Path, *, with_files: bool = False, on_step: OnStep = silent) -> BackupFile:
        """Make a backup as a new file, or in a folder under a name of its own, and read it back.

        The library may be used meanwhile: the backup has one moment of it. `with_files` packs the documents
        too. What `on_step` raises ends it, and leaves nothing behind. Raises `BackupError`, `NotFoundError`
        and `StoreError`.
        """
        within = is_folder(target)
        folder = (target if within else target.parent).resolve()
        if any(folder.is_relative_to(self._data_dir / own) for own in OWN_FOLDERS):
            what = f"a backup in {display_path(folder)} would have to hold itself"
            raise BackupError(what, "name another folder, best on another disk")
        if not within and os.path.lexists(target):
            what = f"{display_path(target)} is there already, and is not written over"
            raise BackupError(what, "name another file, or a folder")
        made_at = time.time()
        try:
            with workspace(folder) as place:
                packing = Packing(
                    self._settings,
                    self._libraries,
                    version=self._version,
                    on_step=on_step,
                    remedy=self.remedy,
                )
                manifest = packing.write(place / PACKED, made_at, with_files=with_files)
                path = folder / (name_of(manifest.library, made_at) if within else target.name)
                put_new(place / PACKED, path)
        except OSError as error:
            raise not_written(folder, error) from error
        self._remember(Remembered(path, made_at, manifest.library))
        return _file_of(path, manifest)

    def make_planned(
        self, *, only_due: bool = False, with_files: bool = False, on_step: OnStep = silent
    ) -> BackupFile | None:
        """Make one in the folder of the settings, and remove those that are superfluous by then.

        `only_due` makes none before its time, and returns None. Raises `ConflictError` where another is being
        made there, and `SettingsError` without such a folder; what else goes wrong is remembered.
        """
        folder = self._folder()
        try:
            library = remembered(self._data_dir).library or self._libraries.identity()
            if only_due and self._due_at(library) > time.time():
                return None
            with _alone(folder):
                if only_due and self._due_at(library) > time.time():  # another server has been faster
                    return None
                made = self.make(folder, with_files=with_files, on_step=on_step)
                self._clear(folder, made.library)
                return made
        except ConflictError:
            raise
        except TwolaneError as error:
            known = remembered(self._data_dir)
            self._remember(known.failed(time.time(), error.what, error.remedy))
            raise

    def by_plan(self, *, look_s: float = LOOK_S) -> BackupSchedule:
        """Return what makes the planned ones within its block; it does nothing where none are planned."""

        def make_if_due(on_step: OnStep) -> BackupFile | None:
            return self.make_planned(only_due=True, on_step=on_step)

        is_planned = bool(self._settings.backup.folder)
        return BackupSchedule(make_if_due, is_planned=is_planned, look_s=look_s)

    def _due_at(self, library: str) -> float:
        """Return when the next planned one of a library is due, in seconds since the epoch."""
        known, every_s, now = remembered(self._data_dir), self._settings.backup.every_s, time.time()
        # what a clock that was wrong has dated far into the future says nothing
        newest = _newest_in(self._folder(), library, before=now + every_s)
        if 0 < known.failed_at <= now:
            return known.failed_at + min(every_s, _AGAIN_S)
        return newest.made_at + every_s if newest else 0.0

    # looking at them

    def found(self, folder: Path | None = None) -> list[BackupFile]:
        """List the backups in a folder, that of the settings where none is named, newest first.

        Each is what its manifest says; whether its bytes are whole is for `verify`. Raises `BackupError`.
        """
        folder = folder or self._folder()
        try:
            return [_look(name.path, name.made_at) for name in reversed(names_in(folder))]
        except OSError as error:
            what = f"the folder {display_path(folder)} cannot be read: {error.strerror or error}"
            raise BackupError(what, "mount its disk, or name another folder") from error

    def verify(self, path: Path, *, on_step: OnStep = silent) -> BackupFile:
        """Read a backup whole and compare it with what it says of itself. Raises `BackupError`."""
        with _opened(path, on_step) as archive:
            verify(archive, on_step)
            self._must_know(archive.manifest)
            return _file_of(path, archive.manifest)

    def verified(self, known: BackupFile, *, on_step: OnStep = silent) -> BackupFile:
        """Return a backup that was found, with its fault where it is not whole."""
        try:
            return self.verify(known.path, on_step=on_step)
        except BackupError as error:
            return replace(known, fault=error.what)

    def state(self) -> BackupState:
        """Return how the backups of this library stand; reads no library."""
        known, folder = remembered(self._data_dir), self._settings.backup.folder
        newest = _known_file(known)
        other = _newest_in(self._folder(), known.library) if folder else None
        if other and (newest is None or other.made_at >= newest.made_at):
            newest = other
        return BackupState(
            newest,
            known.failed_at,
            known.failure,
            known.remedy,
            self._folder() if folder else None,
            self._due_at(known.library) if folder else None,
        )

    def fault(self) -> str:
        """Return why the last planned backup was not made, or ""."""
        return remembered(self._data_dir).failure

    def remedy(self) -> str:
        """Return what to do about a damaged library: how the newest backup is put back, or ""."""
        newest = self.state().newest
        if newest is None or newest.fault:
            return ""
        moment = time.strftime("%Y-%m-%d %H:%M", time.localtime(newest.made_at))
        path = shlex.quote(display_path(newest.path))
        return f"put back the backup of {moment}: `twolane restore --replace {path}`"

    # putting one back

    def restore(
        self,
        path: Path,
        *,
        set_aside: bool = False,
        files_to: Path | None = None,
        on_step: OnStep = silent,
    ) -> Restored:
        """Make the library of a backup that of the settings, once all of the backup has been checked.

        A library that is there is set aside where that is wanted, or else left alone. Documents in the
        backup are written under `files_to`, in place of nothing. Raises `BackupError`, `ConflictError`,
        `StoreBusyError` where the library is in use, and `StoreError`.
        """
        if self._libraries.stands() and not set_aside:
            raise ConflictError(
                f"there is a library in {display_path(self._data_dir)} already",
                "name an empty place with --to, or set that library aside with --replace",
            )
        self._libraries.require_free()
        with _opened(path, on_step) as archive:
            verify(archive, on_step)
            self._must_know(archive.manifest)
            restored = Restoring(archive, self._libraries, self._data_dir, on_step).restore(files_to)
        self._remember(Remembered(path.resolve(), restored.made_at, archive.manifest.library))
        return restored

    # its parts

    def _must_know(self, manifest: Manifest) -> None:
        if manifest.schema > self._libraries.schema:
            what = f"the backup was made by a newer twolane ({manifest.twolane})"
            raise BackupError(what, "update twolane, then restore it")

    def _clear(self, folder: Path, library: str) -> None:
        settings = self._settings.backup
        with suppress(OSError):  # the next one tries again
            for name in superfluous(names_in(folder, library), settings.keep, settings.keep_weeks):
                with suppress(OSError):
                    name.path.unlink()

    def _folder(self) -> Path:
        if not self._settings.backup.folder:
            raise SettingsError("no folder for backups is set", "set backup.folder, or name a file or folder")
        return Path(self._settings.backup.folder).expanduser().absolute()

    def _remember(self, known: Remembered) -> None:
        with suppress(OSError):  # what was made is there all the same
            remember(self._data_dir, known)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep every other process from making backups in a folder. Raises `ConflictError` where one does."""
    if not is_folder(folder):  # nor is it made: its disk may only not be mounted
        what = f"the folder for backups is not there: {display_path(folder)}"
        raise BackupError(what, "mount its disk, or make the folder")
    try:
        lock = FileLock(folder / _LOCK, timeout=0, thread_local=False)
        lock.acquire()
    except Timeout as error:
        what = f"a backup is being made in {display_path(folder)} just now"
        raise ConflictError(what, "wait until it is done") from error
    except OSError as error:
        raise not_written(folder, error) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _opened(path: Path, on_step: OnStep) -> Iterator[ArchiveReader]:
    """Open a backup whose seal is whole. Raises `BackupError`."""
    counter = StepCounter("reading the seal", on_step, size_of(path))
    try:
        with read_archive(path, counter.add) as archive:
            yield archive
    except OSError as error:
        what = f"{display_path(path)} cannot be read: {error.strerror or error}"
        raise BackupError(what, "check its name and its disk") from error


def _file_of(path: Path, manifest: Manifest) -> BackupFile:
    return BackupFile(
        path,
        size_of(path),
        manifest.made_at,
        manifest.library,
        len(manifest.of(MemberKind.DOCUMENT)),
        len(manifest.of(MemberKind.COPY)),
        manifest.left,
    )


def _look(path: Path, made_at: float) -> BackupFile:
    try:
        with read_archive(path, sealed=False) as archive:
            return _file_of(path, archive.manifest)
    except (OSError, BackupError) as error:
        return BackupFile(path, size_of(path), made_at, fault=getattr(error, "what", str(error)))


def _newest_in(folder: Path, library: str, before: float = math.inf) -> BackupFile | None:
    with suppress(OSError):
        if names := [name for name in names_in(folder, library) if name.made_at < before]:
            return BackupFile(names[-1].path, size_of(names[-1].path), names[-1].made_at, library)
    return None


def _known_file(known: Remembered) -> BackupFile | None:
    if known.path is None:
        return None
    fault = "" if is_file(known.path) else "it is not there now"
    return BackupFile(known.path, size_of(known.path), known.made_at, known.library, fault=fault)
