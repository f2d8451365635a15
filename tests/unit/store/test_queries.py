"""Statements by name: a dialect's own before the common one, and parameters as each driver writes them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from twolane.store import queries as module
from twolane.store.queries import for_psycopg, sql

SQL = Path(module.__file__).parent / "sql"


@pytest.mark.parametrize(
    ("written", "for_the_driver"),
    [
        ("SELECT :a, :b_2", "SELECT %(a)s, %(b_2)s"),
        ("SELECT :a::bigint[]", "SELECT %(a)s::bigint[]"),
        ("SELECT x::text, 'ten:past', '::' || :a", "SELECT x::text, 'ten:past', '::' || %(a)s"),
        ("SELECT 'it''s :a' || :a", "SELECT 'it''s :a' || %(a)s"),
        ('SELECT ":a" FROM t', 'SELECT ":a" FROM t'),
        ('SELECT \'{"key": ":a"}\'::jsonb -> :a', 'SELECT \'{"key": ":a"}\'::jsonb -> %(a)s'),
        ("SELECT 1 -- as :a 100 %\n, :a", "SELECT 1 -- as :a 100 %%\n, %(a)s"),
        ("SELECT /* :a\n */ :a", "SELECT /* :a\n */ %(a)s"),
        ("SELECT n % 2 FROM t WHERE w LIKE '%' || :a", "SELECT n %% 2 FROM t WHERE w LIKE '%%' || %(a)s"),
        ("SELECT numbers[1:2]", "SELECT numbers[1:2]"),
        ("DO $body$ SELECT ':a' $body$", "DO $body$ SELECT ':a' $body$"),
    ],
)
def test_parameters_become_those_of_the_driver_and_nothing_else_does(
    written: str, for_the_driver: str
) -> None:
    assert for_psycopg(written) == for_the_driver


def test_a_dialects_own_statement_goes_before_the_common_one() -> None:
    # given
    common = (SQL / "common" / "documents.sql").read_text("utf-8")

    # then
    assert "-- name: lock\n" in common
    assert sql("documents.lock", "sqlite").endswith("WHERE hash = :hash;")
    assert sql("documents.lock", "postgres").endswith("WHERE hash = %(hash)s FOR UPDATE;")


def test_what_both_dialects_say_alike_is_written_once() -> None:
    # given
    written = {folder: statements_of(folder) for folder in ("common", "sqlite", "postgres")}

    # when
    twice = [
        name
        for one, other in (("sqlite", "common"), ("postgres", "common"), ("sqlite", "postgres"))
        for name, statement in written[one].items()
        if written[other].get(name) == statement
    ]

    # then
    assert len(written["common"]) > 40
    assert not twice, twice


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_no_statement_is_written_as_one_driver_takes_it(dialect: str) -> None:
    # when
    marked = [path.name for path in (SQL / dialect).glob("*.sql") if "%(" in path.read_text("utf-8")]

    # then
    assert not marked, marked


def test_every_statement_has_a_caller() -> None:
    # given
    written = {name for folder in ("common", "sqlite", "postgres") for name in statements_of(folder)}
    said = [strings_of(ast.parse(path.read_text("utf-8"))) for path in SQL.parents[1].rglob("*.py")]
    words = {word for strings in said for one in strings if isinstance(one, str) for word in one.split()}
    conditions = words | set(re.findall(r"\{(\w+)", " ".join(statements_of("common").values())))

    def is_called(name: str) -> bool:
        file, _, statement = name.partition(".")
        if file == "check":  # all of them are run, whatever they are called
            return file in words
        if file in {"filter", "seen"}:  # are put into others
            return statement in conditions or is_made_up(statement, said, words)
        return name in words or is_made_up(name, said, words)

    # when
    silent = {name for name in written if not is_called(name)}

    # then
    assert silent == set()


def is_made_up(name: str, modules: list[list[str | tuple[str, ...]]], words: set[str]) -> bool:
    """Say whether a module makes a name up, as by `jobs.pending{under}`, of what stands in one."""
    for parts in (one for strings in modules for one in strings):
        if not isinstance(parts, tuple) or not parts[0]:
            continue
        found = re.fullmatch("(.*?)".join(map(re.escape, parts)), name)
        if found and (found[1] in words or not parts[0].endswith(".")):
            return True
    return False


def strings_of(tree: ast.Module) -> list[str | tuple[str, ...]]:
    """Return the texts of a module; those with gaps, which f-strings fill, as what stands around these."""
    strings: list[str | tuple[str, ...]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            strings.append(node.value)
        elif isinstance(node, ast.JoinedStr):
            plain = "".join(str(one.value) if isinstance(one, ast.Constant) else "\0" for one in node.values)
            strings.append(tuple(plain.partition(" where ")[0].split("\0")))
    return strings


def statements_of(folder: str) -> dict[str, str]:
    """Return the statements of a folder by file and name, without comments, in one line each."""
    found = {}
    for path in (SQL / folder).glob("*.sql"):
        _, *parts = re.split(r"^-- name: (.+)$", path.read_text("utf-8"), flags=re.MULTILINE)
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            plain = " ".join(re.sub(r"^--.*$", "", text, flags=re.MULTILINE).split())
            found[f"{path.stem}.{name}"] = plain
    return found
