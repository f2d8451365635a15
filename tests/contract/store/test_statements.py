"""Every statement that reads names only tables of which it is said what somebody may see."""

from __future__ import annotations

import re
from collections import defaultdict
from contextlib import closing
from importlib import resources
from pathlib import Path

import psycopg
import pytest
from standins.postgres import postgres_server

from twolane.errors import StoreError
from twolane.store.narrowing import NARROWED, NOBODYS, WHOLE, narrowed
from twolane.store.postgres.session import PostgresSession
from twolane.store.postgres.store import open_postgres
from twolane.store.queries import queries, sql
from twolane.store.seen import Rule, Shape
from twolane.store.sqlite.session import SqliteSession
from twolane.store.sqlite.store import open_sqlite

SHAPE = Shape((Rule.NONE, Rule.OPEN, Rule.SHUT), has_user=True, has_open=True, has_shut=True)
# These are made of the database's catalogue, or run without a name where all is read.
UNNAMED = {"check", "filter", "seen", "transfer"}
DIALECTS = ("sqlite", "postgres")
_TABLE = re.compile(r"\b(?:FROM|JOIN)\s+([a-z_]+)\b(?!\s*\()", re.IGNORECASE)
_OWN_TABLE = re.compile(
    r"\b([a-z_]+)\s+AS(?:\s+NOT)?(?:\s+MATERIALIZED)?\s*\(\s*(?:SELECT|DELETE)", re.IGNORECASE
)
_OF_THE_SYSTEM = re.compile("pg_|temp|sqlite_|json_each|unnest|lateral", re.IGNORECASE)


def files(dialect: str) -> set[str]:
    folders = [resources.files("twolane.store").joinpath("sql", name) for name in ("common", dialect)]
    return {
        entry.name[:-4] for folder in folders for entry in folder.iterdir() if entry.name.endswith(".sql")
    }


def reading(dialect: str) -> dict[str, str]:
    """Return the statements that only read, by their names."""
    found = {}
    for file in files(dialect) - UNNAMED:
        for name, text in queries(file, dialect).items():
            plain = re.sub(r"--[^\n]*", "", text).strip()
            if re.match("SELECT|WITH", plain, re.IGNORECASE) and not re.search(
                "INSERT|UPDATE |DELETE", plain
            ):
                found[f"{file}.{name}"] = plain
    return found


@pytest.mark.parametrize("dialect", DIALECTS)
def test_of_every_table_that_is_read_it_is_said_who_sees_what(dialect: str) -> None:
    # given
    said = NARROWED.keys() | NOBODYS.keys()

    # when
    named = {
        (name, table)
        for name, text in reading(dialect).items()
        for table in set(_TABLE.findall(text)) - set(_OWN_TABLE.findall(text))
        if not _OF_THE_SYSTEM.match(table)
    }

    # then
    assert {table for _, table in named} >= {"files", "documents", "plans", "users"}
    assert not {(name, table) for name, table in named if table not in said and len(table) > 1}
    assert not NARROWED.keys() & NOBODYS.keys()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_statement_hides_what_is_seen_behind_a_table_of_its_own(dialect: str) -> None:
    own = {(name, table) for name, text in reading(dialect).items() for table in _OWN_TABLE.findall(text)}
    assert not {(name, table) for name, table in own if table in NARROWED}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_table_is_narrowed_unless_a_reason_stands_against_it(dialect: str) -> None:
    for name, text in reading(dialect).items():
        # when
        made = narrowed(_filled(name, text), dialect, "own.", SHAPE)

        # then
        tables = (set(_TABLE.findall(text)) & NARROWED.keys()) - WHOLE.get(name, (frozenset(), ""))[0]
        assert {table for table in tables if f"{table} AS NOT MATERIALIZED" not in made} == set(), name


def test_what_may_be_read_whole_is_in_a_statement() -> None:
    everything = reading("sqlite") | reading("postgres")
    for name, (tables, _) in WHOLE.items():
        text = everything[name] + (reading("sqlite").get(name) or "")
        assert not {table for table in tables if not re.search(rf"\b{table}\b", text)}, name


def test_what_changes_a_library_cannot_be_run_where_it_is_only_read() -> None:
    with pytest.raises(StoreError, match=r"files\.set_state"):
        narrowed("files.set_state", "sqlite", "main.", SHAPE)


def test_the_servers_clock_counts_in_every_statement_of_postgres() -> None:
    # given no time, where no test has a clock
    statements = {
        f"{file}.{name}": text
        for file in files("postgres")
        for name, text in queries(file, "postgres").items()
    }

    # when
    without = [name for name, text in statements.items() if re.search(r"(?<!moment\()%\(now\)s", text)]

    # then
    assert not without


def test_sqlite_understands_every_narrowed_statement(tmp_path: Path) -> None:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3)) as store:

        def explain(session: SqliteSession) -> None:
            for name, text in reading("sqlite").items():
                made = narrowed(_filled(name, text), "sqlite", "main.", SHAPE)
                session.connection.execute(f"EXPLAIN {made}", defaultdict[str, object](lambda: None))

        store.session.read(explain)  # type: ignore[arg-type] # it is the session of that dialect


def test_postgres_understands_every_narrowed_statement() -> None:
    # given
    with postgres_server().library() as url, closing(open_postgres(url, max_attempts=3)) as store:

        def understands(session: PostgresSession, text: str) -> bool:
            names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", text)))
            numbered = re.sub(r"%\((\w+)\)s", lambda found: f"${names.index(found[1]) + 1}", text)
            try:
                session.statement(f"PREPARE it AS {numbered.replace('{dimensions}', '3').replace('%%', '%')}")
            except psycopg.Error:
                return False
            session.statement("DEALLOCATE it")
            return True

        # when
        def explain(session: PostgresSession) -> set[str]:
            schema = session.number("library.schema")
            return {
                name
                for name, text in reading("postgres").items()
                if understands(session, sql(_filled(name, text), "postgres"))
                and not understands(session, narrowed(_filled(name, text), "postgres", f'"{schema}".', SHAPE))
            }

        # then
        assert store.session.read(explain) == set()  # type: ignore[arg-type] # as above


def _filled(name: str, text: str) -> str:
    """Return the name of a statement with all conditions of a filter, where it takes them."""
    return f"{name} where {' '.join(queries('filter', 'sqlite'))}" if "{passes}" in text else name
