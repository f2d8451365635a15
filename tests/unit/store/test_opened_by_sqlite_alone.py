"""A SQLite library is opened by SQLite alone: a process that closes its file otherwise loses its locks."""

from __future__ import annotations

import ast
from pathlib import Path

from twolane.config.places import own_places
from twolane.config.settings import Settings
from twolane.documents import FileSeen
from twolane.files.scan import scan

SOURCE = Path(__file__).parents[3] / "src" / "twolane"
OPENS = {"open", "fdopen", "read_bytes", "read_text", "write_bytes", "write_text", "touch", "truncate"}
OPENS |= {"copy", "copy2", "copyfile", "copyfileobj"}
# What files of store/ open that are no library: the program's own texts, and the codes beside it.
ALLOWED = {"store/queries.py": {"read_text"}, "store/sqlite/codes_file.py": {"open", "fdopen"}}
# Who knows where the library lies: each only looks at it, or hands it to SQLite.
KNOWING = {"config/places.py", "store/opening.py", "store/snapshots.py"}


def calls(path: Path) -> set[str]:
    """Return the names of all that is called in a file."""
    nodes = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    return {node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "") for node in nodes}


def test_the_store_opens_no_file_itself() -> None:
    # when
    found = {}
    for path in sorted((SOURCE / "store").rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if wrong := (calls(path) & OPENS) - ALLOWED.get(name, set()):
            found[name] = wrong

    # then
    assert not found, found


def test_few_know_where_the_library_lies() -> None:
    # when
    texts = {path.relative_to(SOURCE).as_posix(): path.read_text("utf-8") for path in SOURCE.rglob("*.py")}
    found = {name for name, text in texts.items() if "sqlite_path" in text}

    # then
    assert found == KNOWING


def test_no_scan_takes_in_a_library_that_lies_among_documents(tmp_path: Path) -> None:
    # given
    papers = tmp_path / "papers"
    papers.mkdir()
    for name in ("letter.txt", "mine.db", "mine.db-wal", "mine.db-shm"):
        (papers / name).write_text("Dear Ida")
    settings = Settings(data_dir=tmp_path / "data", store_url=f"sqlite:///{papers}/mine.db")

    # when
    found = [*scan([papers], own_places(settings)), *scan([papers / "mine.db"], own_places(settings))]

    # then
    assert [one.path.name for one in found if isinstance(one, FileSeen)] == ["letter.txt"]
