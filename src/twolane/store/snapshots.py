"""Takes the library of the settings into a file, checks such files, and puts them back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from twolane.config.addresses import without_password
from twolane.config.places import is_postgres, sqlite_path
from twolane.config.settings import Settings
from twolane.documents import FileRecord, FileSeen, display_path
from twolane.errors import NotFoundError, StoreBusyError, StoreError
from twolane.store.kept import LibraryFacts, OnPages
from twolane.store.opening import open_store
from twolane.store.queries import migrations
from twolane.store.sqlite.connections import used_by_nobody
from twolane.store.sqlite.store import SqliteStore, open_sqlite
from twolane.store.transfer import Portable, identity_of, transfer
from twolane.store.values import FileRenamed
from twolane.system.disk import name_again, put_in_place, sync_folder

if TYPE_CHECKING:
    from twolane.store.postgres.store import PostgresStore

_LISTED_AT_ONCE = 1000
# What a library has as soon as it is opened, and of what a person would miss nothing.
_NO_CONTENT = frozenset({"memory", "category_places", "category_moves", "jobs_done"})


class LibrarySnapshots:
    """Obeys `twolane.store.kept.KeptLibraries`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._is_postgres = is_postgres(settings.store_url)
        self._file = sqlite_path(settings)

    @property
    def schema(self) -> int:
        return len(migrations())

    @property
    def folder(self) -> Path:
        return self._settings.data_dir if self._is_postgres else self._file.parent

    def identity(self) -> str:
        self._require_library()
        with closing(open_store(self._settings)) as store:
            return identity_of(store.portable())

    def take(self, path: Path, on_pages: OnPages, remedy: Callable[[], str]) -> LibraryFacts:
        self._require_library()
        with closing(open_store(self._settings, remedy)) as store:
            identity_of(store.portable())
            if isinstance(store, SqliteStore):
                store.copy_to(path, on_pages)
            else:
                self._carry(store, path, on_pages)
        return self.look(path)

    def look(self, path: Path) -> LibraryFacts:
        with closing(self._open(path)) as store:
            # what is only inconsistent is kept too: `doctor` tells of it, and a backup is no worse for it
            if faults := store.damage():
                raise StoreError(f"the library cannot be kept: {faults[0]}", "take another backup")
            portable = store.portable()
            counts = {table.name: portable.count(table) for table in portable.tables()}
            return LibraryFacts(identity_of(portable), self.schema, counts)

    def paths(self, path: Path) -> Iterator[Path]:
        with closing(self._open(path)) as store:
            for offset in range(0, store.count_files(), _LISTED_AT_ONCE):
                for record in store.files(limit=_LISTED_AT_ONCE, offset=offset):
                    yield record.path

    def move(self, path: Path, moved: Mapping[Path, FileSeen]) -> None:
        with closing(self._open(path)) as store, store.writing() as write:
            known = [store.file_at(source) for source in moved]
            write.rename([_renamed(record, moved[record.path]) for record in known if record])

    def stands(self) -> bool:
        if not self._is_postgres and not (self._file.is_file() and self._file.stat().st_size):
            return False
        try:
            with closing(open_store(self._settings)) as store:
                return _has_content(store.portable())
        except StoreBusyError:
            raise
        except StoreError:
            if self._is_postgres:
                raise
            return True  # whatever it is, it is not written over

    def require_free(self) -> None:
        if self._is_postgres:
            self._require_empty()
        elif self._file.exists() and not _is_free(self._file):
            raise StoreBusyError(
                f"the library {display_path(self._file)} is used by another twolane",
                "stop the server, workers and commands that use it, then restore again",
            )

    def put(self, path: Path, on_pages: OnPages) -> Path | None:
        if self._is_postgres:
            self._fill(path, on_pages)
            return None
        aside = self._set_aside()
        put_in_place(path, self._file)
        sync_folder(self._file.parent)
        return aside

    def _require_library(self) -> None:
        if not self._is_postgres and not self._file.is_file():
            raise NotFoundError(
                f"there is no library {display_path(self._file)}", "`twolane add FOLDER` makes one"
            )

    def _require_empty(self) -> None:
        with closing(open_store(self._settings)) as store:
            portable = store.portable()
            if any(portable.count(table) for table in portable.tables()):
                shown = without_password(self._settings.store_url)
                what = f"{shown} is not empty, and a library on a server is not set aside"
                raise StoreError(what, "name an empty database in store_url")

    def _open(self, path: Path) -> SqliteStore:
        return open_sqlite(path, max_attempts=self._settings.max_attempts)

    def _carry(self, store: PostgresStore, path: Path, on_pages: OnPages) -> None:
        names = (without_password(self._settings.store_url), "the backup")

        def copied(portable: Portable) -> None:
            path.unlink(missing_ok=True)  # of an attempt at a connection that was lost
            with closing(self._open(path)) as target:
                for step in transfer(portable, target.portable(), names):
                    on_pages(step.done, step.total)

        store.at_one_moment(copied)

    def _fill(self, path: Path, on_pages: OnPages) -> None:
        names = ("the backup", without_password(self._settings.store_url))
        with closing(self._open(path)) as source, closing(open_store(self._settings)) as target:
            for step in transfer(source.portable(), target.portable(), names):
                on_pages(step.done, step.total)

    def _set_aside(self) -> Path | None:
        """Give the library that is there a second name: the new one may then take the first at once."""
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        log, stands = Path(f"{self._file}-wal"), self._file.exists()
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        aside = self._file.with_name(f"{self._file.name}.before-{moment}")
        if stands:
            self.require_free()
            _second_name(self._file, aside)
        if log.exists():  # also where somebody has moved the file of a damaged library away, and that alone
            _second_name(log, Path(f"{aside}-wal"))
            log.unlink()  # before the new library comes: it must never read another's log
        for rest in ("-shm", "-codes"):
            Path(f"{self._file}{rest}").unlink(missing_ok=True)
        sync_folder(self._file.parent)
        return aside if stands else None


def _renamed(record: FileRecord, now: FileSeen) -> FileRenamed:
    return FileRenamed(record.file_id, now.path, now.stamp, now.identity, record.placed_by, record.path)


def _has_content(portable: Portable) -> bool:
    """Say whether a library holds more than one that was only opened."""
    counts = {table.name: portable.count(table) for table in portable.tables()}
    versions = counts.pop("taxonomies", 0)
    return versions > 1 or any(number for name, number in counts.items() if name not in _NO_CONTENT)


def _is_free(file: Path) -> bool:
    try:
        return used_by_nobody(file)
    except StoreError:
        return True  # a damaged one is set aside as it is, with its log


def _second_name(file: Path, name: Path) -> None:
    """Give a file another name beside its own; where the file system has no links, a copy has it."""
    try:
        name_again(file, name)
    except FileExistsError as error:
        raise StoreError(f"{display_path(name)} is there already", "try again in a second") from error
