"""The SQL of the stores, by name: `sql("jobs.claim")` is the statement `claim` of `sql/sqlite/jobs.sql`."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from functools import cache
from importlib import resources

_NAME = re.compile(r"^-- name: (.+)$", re.MULTILINE)


def _read(path: str) -> str:
    return resources.files("twolane.store").joinpath("sql", *path.split("/")).read_text(encoding="utf-8")


@cache
def queries(file: str, dialect: str = "sqlite") -> dict[str, str]:
    """Return the statements of one file by name, in their order."""
    _, *parts = _NAME.split(_read(f"{dialect}/{file}.sql"))
    return {name.strip(): text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


@cache
def sql(name: str, dialect: str = "sqlite") -> str:
    """Return one statement by file and name."""
    file, _, statement = name.partition(".")
    return queries(file, dialect)[statement]


def migration_scripts(dialect: str) -> list[str]:
    """Return each migration in its order; the first makes version 1 out of nothing."""
    folder = resources.files("twolane.store").joinpath("sql", dialect, "migrations")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [_read(f"{dialect}/migrations/{name}") for name in names]


def migrations() -> list[list[str]]:
    """Return the statements of each migration of a SQLite library."""
    return [list(_statements(script)) for script in migration_scripts("sqlite")]


def _statements(script: str) -> Iterator[str]:
    # `executescript` would commit before it starts; single statements stay within one transaction
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if line.split("--")[0].rstrip().endswith(";") and sqlite3.complete_statement(statement):
            yield statement
            statement = ""
