"""A library that its reader may not write, as another user's or on a disk that is mounted so."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from standins.models import embedding_model
from standins.program import Program

LEASE = "The lease of the flat in Berlin ends on 31 May 2027."


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """Give a program without root's powers over a library that it may only read."""
    embedding_model()
    home = tmp_path_factory.mktemp("only-read")
    scripted = {"filing.runtime": "scripted", "chat.runtime": "scripted", "embedding.runtime": "off"}
    writer = Program(home, {**scripted, "filing.model": "twin", "chat.model": "twin"})
    (home / "lease.txt").write_text(LEASE, "utf-8")
    writer.ok("add", home / "lease.txt")
    prefix: tuple[str, ...] = ()
    if os.getuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root reads and writes everything, and there is no setpriv")
        prefix = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
    (writer.data_dir / "library.db").chmod(0o400)
    writer.data_dir.chmod(0o500)
    yield replace(writer, prefix=prefix)
    writer.data_dir.chmod(0o700)


@pytest.mark.parametrize(
    ("command", "found"),
    [
        (("files",), "lease.txt"),
        (("search", "lease"), "lease.txt"),
        (("ask", "When does the lease end?"), "31 May 2027"),
        (("status",), "documents: 1"),
    ],
    ids=lambda given: given[0] if isinstance(given, tuple) else "",
)
def test_it_can_be_read(program: Program, command: tuple[str, ...], found: str) -> None:
    # when
    ran = program.ok(*command)

    # then
    assert found in ran.out
    assert ran.err == ""
    assert os.listdir(program.data_dir) == ["library.db"]  # noqa: PTH208


@pytest.mark.parametrize(
    "command", [("correct", "lease.txt", "letter"), ("worker",), ("serve", "--port", "0")], ids=lambda c: c[0]
)
def test_what_would_change_it_says_so_in_one_line(program: Program, command: tuple[str, ...]) -> None:
    # when
    ran = program.run(*command, stdin="", timeout_s=60)

    # then
    assert ran.code == 1
    first, remedy = [line for line in ran.err.splitlines() if line.strip()]
    assert "is read-only here: nothing in it can be changed" in first
    assert "permissions" in remedy


def test_one_of_another_version_is_not_brought_up_to_date(program: Program, tmp_path: Path) -> None:
    # given
    copy = replace(program, home=tmp_path)
    copy.data_dir.mkdir()
    shutil.copy(program.data_dir / "library.db", copy.data_dir)
    library = copy.data_dir / "library.db"
    library.chmod(0o600)
    with sqlite3.connect(library) as connection:
        connection.execute("PRAGMA user_version = 3")
    connection.close()
    for left in copy.data_dir.glob("library.db-*"):
        left.unlink()
    library.chmod(0o400)
    copy.data_dir.chmod(0o500)

    # when
    ran = copy.run("files")
    copy.data_dir.chmod(0o700)

    # then
    assert ran.code == 1
    assert "read-only here, and of another version" in ran.err


def test_settings_that_may_not_be_looked_for_are_told_in_one_line(program: Program, tmp_path: Path) -> None:
    # given
    home = tmp_path / ".config"
    home.mkdir()
    home.chmod(0)
    barred = replace(program, env={"HOME": str(tmp_path)})

    # when
    ran = barred.run("files")
    home.chmod(0o700)

    # then
    assert ran.code == 2
    assert "cannot be looked into for settings: Permission denied" in ran.err
    assert "Traceback" not in ran.err
