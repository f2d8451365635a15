"""Libraries that earlier versions made: each opens, is brought up to date, and goes on working.

A folder of `released/` is a library as its version left it: a SQLite file, PostgreSQL's own dump of the
same rows, and what the version itself said of its files.
"""

from __future__ import annotations

import gzip
import json
import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from standins.postgres import PostgresServer, postgres_server
from tests.support.library import claim, found_by_words, scan, seen

from twolane.documents import FileState, Filter, Tier
from twolane.facts import CORRESPONDENT, TITLE, FieldSource, FieldValue
from twolane.ingest import queue_earlier
from twolane.store.base import Store
from twolane.store.postgres.store import open_postgres
from twolane.store.sqlite.store import open_sqlite

RELEASED = sorted((Path(__file__).parent / "released").iterdir())


@dataclass
class Released:
    """An earlier version's library, opened by this one, and what that version said of it."""

    store: Store
    expected: dict[str, Any]


@pytest.fixture(params=["sqlite", "postgres"])
def library(request: pytest.FixtureRequest, tmp_path: Path, released: Path) -> Iterator[Released]:
    expected = json.loads((released / "expected.json").read_text("utf-8"))
    if request.param == "sqlite":
        path = tmp_path / "library.db"
        path.write_bytes(gzip.decompress((released / "library.db.gz").read_bytes()))
        with closing(open_sqlite(path, max_attempts=3)) as store:
            yield Released(store, expected)
    else:
        server = postgres_server()
        name = f"released{secrets.token_hex(4)}"
        restore(server, name, gzip.decompress((released / "library.sql.gz").read_bytes()))
        with closing(open_postgres(server.url("twolane", name), max_attempts=3)) as store:
            yield Released(store, expected)


@pytest.fixture(params=RELEASED, ids=lambda folder: folder.name)
def released(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.param
    return folder


def restore(server: PostgresServer, database: str, dump: bytes) -> None:
    """Make a database of what `pg_dump` wrote."""
    with server.connect() as admin:
        admin.execute(f"CREATE DATABASE {database} ENCODING 'UTF8' TEMPLATE template0".encode())
    with psycopg.connect(server.url(database=database), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION vector")
        connection.execute(dump)


def test_every_file_is_as_it_was_left(library: Released) -> None:
    # when
    files = {str(file.path): file for file in library.store.files(Filter(states=tuple(FileState)))}

    # then
    assert files.keys() == {file["path"] for file in library.expected["files"]}
    for expected in library.expected["files"]:
        file = files[expected["path"]]
        assert (file.state, file.document) == (expected["state"], expected["document"])
        found = file.classification
        assert (found.category if found else "") == expected["category"]
        assert (found.confidence if found else 0) == pytest.approx(expected["confidence"])
        # the name of the tier had a space in it once
        assert (found.tier if found else "") == expected["tier"].replace(" ", "_")
        assert [kept.classification for kept in library.store.decisions.of(file.document)] == (
            [found] if found else []
        )


def test_nothing_is_wrong_in_it_and_everything_is_counted(library: Released) -> None:
    # when
    counts = library.store.counts()

    # then
    assert not list(library.store.check())
    for what in ("documents", "passages", "vectors"):
        assert getattr(counts, what) == library.expected[what]


def test_a_persons_decision_stands(library: Released) -> None:
    # given
    decided = {file["path"] for file in library.expected["files"] if file["tier"] == "person"}

    # when
    files = [file for file in library.store.files() if str(file.path) in decided]

    # then
    assert decided
    assert {file.classification.tier for file in files if file.classification} == {Tier.PERSON}


def test_passages_are_found_by_words_and_by_vectors(library: Released) -> None:
    # given
    store = library.store
    [best, *_] = found_by_words(store, "tenants three months' notice", 5)
    [passage] = store.passages([best.passage_id])

    # when
    vector_model = store.vector_model()

    # then
    assert passage.path.name == "tenancy-agreement-lantern-row.pdf"
    assert vector_model == "all-minilm-l6-v2"


def test_a_filter_is_obeyed_by_what_was_filed_before_there_was_one(library: Released) -> None:
    # given
    store, lease = library.store, "tenancy-agreement-lantern-row.pdf"
    [file] = store.files(Filter(name="LANTERN-ROW"))
    assert file.classification is not None
    meant = Filter(
        documents=(file.document,),
        categories=(file.classification.category,),
        folders=(file.path.parent,),
        kinds=("application/*",),
        languages=("",),
        owners=("",),
    )

    # when
    hits = found_by_words(store, "tenants three months' notice", 99, meant)

    # then
    assert {passage.path.name for passage in store.passages([hit.passage_id for hit in hits], meant)} == {
        lease
    }
    assert found_by_words(store, "tenants", 9, Filter(dated_to=date.max)) == []


def test_what_waited_is_done_and_more_can_be_added(library: Released) -> None:
    # given
    store = library.store
    waiting = [file["path"] for file in library.expected["files"] if file["state"] == "waiting"]

    # when
    job = claim(store, ["read"], "worker", 60.0)
    result = scan(store, seen("/home/ada/papers/new.txt"))

    # then
    assert job is not None
    assert [str(store.file(job.file_id).path)] == waiting
    assert result.new == 1


def test_facts_are_kept_of_what_was_read_before_there_were_any(library: Released) -> None:
    # given
    store = library.store
    [before] = store.files(Filter(name="LANTERN-ROW"))
    values = [
        FieldValue(TITLE, "A lease", 0.9, FieldSource.PATTERN),
        FieldValue(CORRESPONDENT, "Lantern Row Homes", 0.9, FieldSource.PATTERN),
    ]

    # when
    with store.writing() as write:
        write.save_fields(before.document, values)
    stated = store.file(before.file_id)
    with store.writing() as write:
        write.save_fields(before.document, [])
    after = store.file(before.file_id)

    # then
    assert before.title
    assert (stated.title, stated.correspondent) == ("A lease", "Lantern Row Homes")
    assert (after.title, after.correspondent, after.tags) == (before.title, "", ())


def test_facts_and_copies_are_drawn_by_themselves_and_queued_once(library: Released) -> None:
    # given
    store = library.store
    filed = {file.document for file in store.files() if file.classification}

    # when: it is broken off at first
    queue_earlier(store, stopping=lambda: True)
    before = store.job_counts()
    queue_earlier(store)
    queued = store.job_counts()["fields"].queued
    jobs = store.claim(["fields"], "worker", 60.0, limit=99).jobs
    with store.finishing(*jobs):
        pass
    queue_earlier(store)

    # then: each document once, though another process begins anew
    assert "fields" not in before
    assert queued == len(filed)
    assert {job.key for job in jobs} == filed
    assert all(job.priority < 0 for job in jobs)
    assert store.job_counts()["fields"].queued == 0
