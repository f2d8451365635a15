"""Where a library lies, and what else on the disk is the program's own."""

from __future__ import annotations

from pathlib import Path

from twolane.config.settings import Settings

_BESIDE = ("", "-wal", "-shm", "-journal", "-codes")


def is_postgres(url: str) -> bool:
    """Say whether an address of a store is that of a PostgreSQL server."""
    return url.startswith(("postgresql://", "postgres://"))


def sqlite_path(settings: Settings) -> Path:
    """Return the file of a SQLite library."""
    return settings.data_dir / (settings.store_url.removeprefix("sqlite:///") or "library.db")


def own_places(settings: Settings) -> tuple[Path, ...]:
    """Return what no scan takes in: the program's folders, and a SQLite library wherever it lies.

    Whoever has a library open must not open its files in another way: to close them would end its locks.
    """
    folders = (settings.data_dir, settings.models_dir)
    if is_postgres(settings.store_url):
        return folders
    file = sqlite_path(settings)
    return *folders, *(file.with_name(file.name + end) for end in _BESIDE)
