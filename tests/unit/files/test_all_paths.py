"""What the steps on files see of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from twolane.documents import FileRecord, FileSeen
from twolane.files.intake import all_paths
from twolane.store.sqlite.store import SqliteStore, open_sqlite

PATHS = [Path(f"/inbox/{number:04}.txt") for number in range(1100)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3)) as opened:
        with opened.writing() as write:
            write.see([FileSeen(path, 1, "stamp") for path in PATHS], 1)
        yield opened


def test_all_files_are_listed(store: SqliteStore) -> None:
    assert all_paths(store) == set(PATHS)


def test_a_list_during_which_files_go_is_no_list(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    listed = store.files

    def files(**asked: Any) -> list[FileRecord]:
        found = listed(**asked)
        with store.writing() as write:
            write.mark_gone([PATHS[0]])
        return found

    monkeypatch.setattr(store, "files", files)

    # when / then
    assert all_paths(store) == set()
