"""What commands do is in the audit of a library with users: who, what and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from twolane.access.audit import AuditAct
from twolane.cli.audited import CHANGING, machine_user
from twolane.cli.main import cli
from twolane.store.admitted import AuditEvent, AuditFilter
from twolane.store.sqlite.store import open_sqlite

# What changes nothing of a library that its users know, or opens none.
READING = {
    *("init", "up", "trust", "status", "files", "search", "tags", "placements list", "plans list"),
    *("plans show", "history", "ask", "chat", "conversations list", "conversations show", "compare", "serve"),
    *("open", "worker", "mcp", "models list", "models ps", "models show", "models rm", "models verify"),
    *("models pull", "models add", "runtime show", "runtime build", "runtime remove", "taxonomy list"),
    *("taxonomy show", "taxonomy export", "taxonomy history", "taxonomy check", "taxonomy suggest"),
    *("correspondents list", "correspondents changes", "correspondents suggest", "fields list", "users list"),
    *("users sessions", "groups list", "shares", "tokens list", "audit", "mail status", "mail check", "top"),
    *("doctor", "hardware", "prove", "backups"),
}


def names(command: Any, before: str = "") -> Iterator[str]:
    """Yield the names of all commands that do something by themselves."""
    for name, one in command.commands.items():
        if isinstance(one, TyperGroup):
            yield from names(one, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def test_of_each_command_it_is_said_whether_it_changes_something() -> None:
    # when
    known = set(names(get_command(cli)))

    # then
    assert known == READING | set(CHANGING)
    assert not READING & set(CHANGING)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOGNAME", "kim")
    return tmp_path / "library"


def run(library: Path, *words: str) -> None:
    CliRunner().invoke(cli, ["--data-dir", str(library), *words], prog_name="twolane", standalone_mode=False)


def written(library: Path) -> list[AuditEvent]:
    """Return what is in a library's audit, the oldest first."""
    store = open_sqlite(library / "library.db", max_attempts=3, backoff_s=1.0)
    try:
        return store.audit.newest(AuditFilter(), limit=100)[::-1]
    finally:
        store.close()


def test_who_sits_at_the_machine_is_in_the_audit_once_there_are_users(library: Path) -> None:
    # given
    run(library, "tokens", "make", "before")

    # when
    run(library, "users", "add", "ada", "--no-password")
    run(library, "users", "list")
    run(library, "tokens", "make", "scanner")
    run(library, "users", "disable", "nobody")
    run(library, "exclude")

    # then
    told = [(one.user, one.means, one.act, one.target, one.detail) for one in written(library)]
    assert machine_user() == "kim"
    who = ("kim", "this machine", AuditAct.MANAGED)
    assert told == [
        (*who, "ada --no-password", "twolane users add"),
        (*who, "scanner", "twolane tokens make"),
        (*who, "nobody", "twolane users disable"),
    ]
    assert [one.outcome for one in written(library)] == ["", "", "failed: there is no user 'nobody'"]


def test_what_a_command_was_given_is_told_without_passwords(library: Path, tmp_path: Path) -> None:
    # given
    run(library, "users", "add", "ada", "--no-password")

    # when
    run(library, "share", "/papers", "--with", "ada", "--json")
    run(library, "backup", str(tmp_path / "kept"))
    run(library, "restore", str(tmp_path / "kept"), "--verify")
    run(library, "restore", str(tmp_path / "kept"), "--replace")
    run(library, "migrate-store", f"sqlite:///{library}/library.db", f"sqlite:///{tmp_path}/to:hush@x.db")

    # then
    told = [(one.act, one.detail, one.target) for one in written(library)]
    assert (AuditAct.MANAGED, "twolane share", "/papers --with ada") in told
    assert told[-1] == (AuditAct.MANAGED, "twolane restore", f"{tmp_path}/kept --replace")
    assert "hush" not in str(told)


def test_a_backup_and_a_library_that_has_moved_are_told(library: Path, tmp_path: Path) -> None:
    # given
    run(library, "users", "add", "ada", "--no-password")
    there = tmp_path / "there"
    there.mkdir()

    # when
    run(library, "backup", str(tmp_path / "kept"))
    run(library, "migrate-store", f"sqlite:///{library}/library.db", f"sqlite:///{there}/library.db")

    # then
    assert [one.detail for one in written(library)][1:] == ["twolane backup"]
    assert [one.detail for one in written(there)][1:] == ["twolane backup", "twolane migrate-store"]
