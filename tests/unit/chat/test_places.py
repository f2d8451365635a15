"""The sources of kept answers are shown where their documents lie now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.library import add, scan, seen, work

from twolane.answers import (
    CatalogueEvent,
    CatalogueRow,
    ContradictionEvent,
    Conversation,
    KeptTurn,
    Source,
    StatedValue,
)
from twolane.chat.places import where_they_lie
from twolane.documents import FoundPassage
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite
from twolane.store.values import FileRenamed


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3)) as opened:
        yield opened


def passage(document: str, path: str) -> FoundPassage:
    return FoundPassage(1, document, Path(path), "", 1, "the rent is 950 euros")


def of(*turns: KeptTurn) -> Conversation:
    return Conversation("c", "The lease", 1.0, 2.0, len(turns), turns)


def source_paths(store: Store, document: str, path: str) -> list[str]:
    whole = where_they_lie(of(KeptTurn(1, "rent?", sources=(Source(1, passage(document, path)),))), store)
    return [str(source.passage.path) for turn in whole.turns for source in turn.sources]


def test_all_that_an_answer_names_follows_a_file(store: Store) -> None:
    # given
    number = add(store, "/d/lease.pdf", "the rent", document="d")
    row = CatalogueRow(number, Path("/d/lease.pdf"), "", "contract", None, "", document="d")
    turn = KeptTurn(
        1,
        "rent?",
        sources=(Source(1, passage("d", "/d/lease.pdf")),),
        contradictions=(ContradictionEvent((StatedValue("950", passage("d", "/d/lease.pdf")),)),),
        catalogue=CatalogueEvent("list", (row,), 1),
    )

    # when
    with store.writing() as write:
        write.rename([FileRenamed(number, Path("/Verträge/1.pdf"), "2", "")])
    [shown] = where_they_lie(of(turn), store).turns

    # then
    assert shown.catalogue
    paths = [shown.sources[0].passage.path, shown.contradictions[0].values[0].passage.path]
    assert [*paths, shown.catalogue.rows[0].path] == [Path("/Verträge/1.pdf")] * 3
    assert shown.catalogue.rows[0].file_id == number


def test_a_source_stays_where_its_document_still_is_or_was_last(store: Store) -> None:
    # given: a file and its copy, and one that is gone
    add(store, "/d/a", "the rent", document="d")
    scan(store, seen("/d/b"))
    job = work(store)
    with store.finishing(job) as write:
        write.link(job.file_id, "d")
    add(store, "/d/gone", "the rest", document="e")
    with store.writing() as write:
        write.mark_gone([Path("/d/gone")])

    # then
    assert source_paths(store, "d", "/d/b") == ["/d/b"]
    assert source_paths(store, "d", "/elsewhere") == ["/d/a"]
    assert source_paths(store, "e", "/d/gone") == ["/d/gone"]
    assert source_paths(store, "unknown", "/d/never") == ["/d/never"]
