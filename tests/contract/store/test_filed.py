"""Contract: files by pages with what a plan needs to know of each, on both databases."""

from __future__ import annotations

from pathlib import Path

from tests.support.library import add, classification, scan, seen

from twolane.documents import Decision, FileState, Filter
from twolane.facts import FieldSource, FieldValue
from twolane.store.base import Store
from twolane.store.nouns.filed import FiledTable


def test_files_come_by_pages_in_the_order_of_their_paths(store: Store) -> None:
    # given
    for name in ("c", "a", "b/x", "ж", "e"):
        add(store, f"/d/{name}", "text")
    with store.writing() as write:
        write.mark_gone([Path("/d/e")])
    filed = FiledTable(store.session)

    # when
    pages = []
    after = None
    while page := filed.page(Filter(folders=(Path("/d"),)), after=after, limit=2):
        pages.append([file.path.as_posix() for file in page])
        after = page[-1].path

    # then
    assert pages == [["/d/a", "/d/b/x"], ["/d/c", "/d/ж"]]


def test_a_file_comes_with_its_category_and_with_values_that_are_no_guesses(store: Store) -> None:
    # given
    add(store, "/d/a", "text", document="aa")
    scan(store, seen("/d/b", stamp="7", size_bytes=3))
    with store.writing() as write:
        write.decide("aa", Decision(classification("invoice", review=True)))
        sure = FieldValue("correspondent", "Ada & Co", 0.9, FieldSource.PATTERN)
        guess = FieldValue("number", "17", 0.3, FieldSource.MODEL)
        write.save_fields("aa", [sure, guess, FieldValue("date", "2025-03-01", 0.5, FieldSource.FILE)])
        write.decide_field("aa", FieldValue("title", "", 1.0, FieldSource.PERSON))
    filed = FiledTable(store.session)

    # when
    read, waiting = filed.page(limit=10)

    # then
    assert (read.category, read.correspondent, read.document) == ("invoice", "Ada & Co", "aa")
    assert read.review_cause is not None
    assert (waiting.category, waiting.document_id, waiting.document) == (None, 0, "")
    assert (waiting.stamp, waiting.size_bytes, waiting.state) == ("7", 3, FileState.WAITING)
    assert filed.values([read.document_id, 99_999]) == {
        read.document_id: {"correspondent": "Ada & Co", "date": "2025-03-01"}
    }
    assert filed.values([]) == {}
    assert [filed.document_at(Path(path)) for path in ("/d/a", "/d/b", "/d/c")] == ["aa", "", ""]
