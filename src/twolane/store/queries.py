"""The SQL of the stores, by name: `sql("jobs.claim", "sqlite")` is `claim` of `sql/sqlite/jobs.sql`.

What both dialects understand is written once in `sql/common`; a dialect's own statement of the same name
takes precedence. Parameters are written `:name` everywhere.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

_NAME = re.compile(r"^-- name: (.+)$", re.MULTILINE)
# Parameters, and whatever else may hold a colon or a percent sign.
_TOKENS = re.compile(
    r"""(?P<text>'(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/ | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    | (?P<cast>::) | (?P<percent>%) | :(?P<name>[a-z_]\w*)""",
    re.VERBOSE | re.DOTALL,
)


@cache
def queries(file: str, dialect: str) -> dict[str, str]:
    """Return the statements of one file by name, as the dialect's driver takes them, in their order."""
    statements: dict[str, str] = {}
    for folder in (dialect, "common"):
        source = _sql(folder, f"{file}.sql")
        if source.is_file():
            _, *parts = _NAME.split(source.read_text(encoding="utf-8"))
            named = zip(parts[::2], parts[1::2], strict=True)
            for name, text in named:
                statements.setdefault(name.strip(), text.strip())
    if dialect == "postgres":
        return {name: for_psycopg(text) for name, text in statements.items()}
    return statements


@cache
def steps(name: str) -> tuple[str, ...]:
    """Return the statements that one name stands for in SQLite, where each changes a single table."""
    return tuple(_statements(sql(name, "sqlite") + "\n"))


@cache
def sql(name: str, dialect: str) -> str:
    """Return one statement by file and name, with conditions as in "files.list where visible owners".

    The conditions, statements of `filter.sql`, replace its `{passes}`, joined by AND.
    """
    name, filtered, conditions = name.partition(" where ")
    file, _, statement = name.partition(".")
    text = queries(file, dialect)[statement]
    if not filtered:
        return text
    passes = [queries("filter", dialect)[condition] for condition in conditions.split()]
    return text.replace("{passes}", " AND ".join(passes) or "TRUE")


@cache
def for_psycopg(statement: str) -> str:
    """Return a statement with its parameters as PostgreSQL's driver writes them: `%(name)s` for `:name`."""

    def replaced(found: re.Match[str]) -> str:
        if name := found["name"]:
            return f"%({name})s"
        # the driver looks for placeholders in texts and comments too
        return found[0].replace("%", "%%")

    return _TOKENS.sub(replaced, statement)


def migration_scripts(dialect: str) -> list[str]:
    """Return each migration in its order; the first makes version 1 out of nothing."""
    entries = sorted(_sql(dialect, "migrations").iterdir(), key=lambda entry: entry.name)
    return [entry.read_text(encoding="utf-8") for entry in entries if entry.name.endswith(".sql")]


def migrations() -> list[list[str]]:
    """Return the statements of each migration of a SQLite library."""
    return [list(_statements(script)) for script in migration_scripts("sqlite")]


def _sql(*names: str) -> Traversable:
    return resources.files("twolane.store").joinpath("sql", *names)


def _statements(script: str) -> Iterator[str]:
    # `executescript` would commit before it starts; single statements stay within one transaction
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if line.split("--")[0].rstrip().endswith(";") and sqlite3.complete_statement(statement):
            yield statement
            statement = ""
