"""What scans and readings do to the catalogue of files and documents."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.library import (
    OpenStore,
    add,
    classification,
    found_by_words,
    passages,
    reading,
    scan,
    seen,
    texts_of,
    work,
)

from twolane.answers import UnreadCause, UnreadFiles
from twolane.documents import (
    EVERYTHING,
    Decision,
    FileSeen,
    FileSkipped,
    FileState,
    Filter,
    Page,
    Passage,
    Reading,
    ReadStatus,
    ReviewCause,
    Score,
    Tier,
)
from twolane.errors import NotFoundError, StoreError
from twolane.store.base import Store
from twolane.store.values import Pending, ScanResult


def state_of(store: Store, path: str) -> FileState:
    record = store.file_at(Path(path))
    assert record is not None
    return record.state


def test_a_scan_queues_what_is_new_or_changed_and_nothing_else(store: Store) -> None:
    # given
    first = scan(store, seen("/d/a"), seen("/d/b"))
    for _ in range(2):
        job = work(store)
        with store.finishing(job):
            pass

    # when
    again = scan(store, seen("/d/a"), seen("/d/b", stamp="2"), seen("/d/c"))

    # then
    assert first == ScanResult(new=2)
    assert again == ScanResult(new=1, changed=1, unchanged=1)
    assert store.pending().jobs == 2


def test_a_file_met_twice_in_a_batch_counts_once(store: Store) -> None:
    # when
    result = scan(store, seen("/d/a"), seen("/d/a"))

    # then
    assert result == ScanResult(new=1)
    assert store.pending() == Pending(files=1, jobs=1)


def test_a_skipped_file_is_recorded_with_its_reason_and_leaves_the_answers(store: Store) -> None:
    # given
    add(store, "/d/a", "about herrings")

    # when
    number = store.next_scan()
    with store.writing() as write:
        result = write.see(
            [FileSkipped(Path("/d/a"), "not permitted"), FileSkipped(Path("/d/b"), "a pipe")], number
        )

    # then
    assert result == ScanResult(skipped=2)
    assert texts_of(store, "herrings") == []
    skipped = store.files(Filter(states=(FileState.SKIPPED,)))
    assert [(file.path.name, file.note) for file in skipped] == [("a", "not permitted"), ("b", "a pipe")]


def test_a_skipped_file_that_can_be_read_again_is_changed(store: Store) -> None:
    # given
    with store.writing() as write:
        write.see([FileSkipped(Path("/d/a"), "not permitted")], 1)

    # when
    result = scan(store, FileSeen(Path("/d/a"), 0, ""))

    # then
    assert result == ScanResult(changed=1)
    assert state_of(store, "/d/a") is FileState.WAITING


def test_what_a_scan_no_longer_meets_is_gone_from_the_answers_at_once(store: Store) -> None:
    # given
    add(store, "/d/a", "about herrings")
    add(store, "/d2/a", "about herrings too")

    # when
    number = store.next_scan()
    with store.writing() as write:
        gone = write.end_scan([Path("/d")], number)

    # then
    assert gone == 1
    assert state_of(store, "/d/a") is FileState.GONE
    assert texts_of(store, "herrings") == ["about herrings too"]
    assert [file.path for file in store.files()] == [Path("/d2/a")]


def test_what_a_scan_could_not_look_into_is_not_gone(store: Store) -> None:
    # given
    for path in ("/d/a", "/d/away/b", "/d/away too/c"):
        add(store, path, "about herrings", document=path)

    # when
    number = store.next_scan()
    with store.writing() as write:
        write.spare([Path("/d/away"), Path("/d/nothing")], number)
        gone = write.end_scan([Path("/d")], number)

    # then
    assert gone == 2
    assert [file.path for file in store.files()] == [Path("/d/away/b")]


def test_an_older_scan_does_not_bury_what_a_newer_one_has_met(store: Store) -> None:
    # given
    older, newer = store.next_scan(), store.next_scan()
    with store.writing() as write:
        write.see([seen("/d/a")], newer)
        write.see([seen("/d/a")], older)

    # when
    with store.writing() as write:
        gone = write.end_scan([Path("/d")], newer)

    # then
    assert gone == 0


def test_a_file_that_comes_back_keeps_its_passages(store: Store) -> None:
    # given
    file_id = add(store, "/d/a", "about herrings", document="h")
    with store.writing() as write:
        write.mark_gone([Path("/d/a")])

    # when
    result = scan(store, seen("/d/a"))
    job = work(store)
    with store.finishing(job) as write:
        linked = write.link(file_id, "h")

    # then
    assert (result, linked) == (ScanResult(changed=1), True)
    assert texts_of(store, "herrings") == ["about herrings"]


def test_a_folder_marked_gone_takes_its_files_along_and_no_neighbour(store: Store) -> None:
    # given
    for path in ("/d/a", "/d/sub/b", "/d2/c", "/d.txt"):
        add(store, path, "about herrings")

    # when
    with store.writing() as write:
        write.mark_gone([Path("/d")])

    # then
    assert [str(file.path) for file in store.files()] == ["/d.txt", "/d2/c"]


def test_a_moved_file_keeps_passages_and_classification_and_is_found_by_its_new_name(store: Store) -> None:
    # given
    add(store, "/d/scan0001.txt", "about herrings", document="h")
    with store.writing() as write:
        write.decide("h", Decision(classification("fish")))
        write.mark_gone([Path("/d/scan0001.txt")])

    # when
    scan(store, seen("/d/mackerel.txt"))
    job = work(store)
    with store.finishing(job) as write:
        assert write.link(job.file_id, "h")

    # then
    assert store.file(job.file_id).state is FileState.FILED
    assert texts_of(store, "mackerel") == ["about herrings"]
    assert texts_of(store, "scan0001") == []
    [hit] = found_by_words(store, "herrings", 5)
    assert store.passages([hit.passage_id])[0].path == Path("/d/mackerel.txt")


def test_a_changed_file_leaves_nothing_of_its_old_content(store: Store) -> None:
    # given
    add(store, "/d/a", "about herrings", document="old")

    # when
    scan(store, seen("/d/a", stamp="2"))
    job = work(store)
    with store.finishing(job) as write:
        write.save_reading(job.file_id, "new", 10, reading("about whales"), [Passage(0, 1, 0, 5, "whales")])

    # then
    assert not store.has_document("old")
    assert texts_of(store, "herrings") == []
    assert texts_of(store, "whales") == ["whales"]
    assert store.counts().documents == 1
    with pytest.raises(NotFoundError):
        store.document("old")


def test_a_document_stays_while_another_file_has_it(store: Store) -> None:
    # given
    first = add(store, "/d/a", "about herrings", document="h")
    scan(store, seen("/d/copy"))
    job = work(store)
    with store.finishing(job) as write:
        write.link(job.file_id, "h")

    # when
    with store.writing() as write:
        write.save_reading(first, "other", 10, reading("about whales"), [])

    # then
    assert texts_of(store, "herrings") == ["about herrings"]
    assert store.document("h").paths == (Path("/d/copy"),)


def test_a_reading_comes_back_as_it_was_saved(store: Store) -> None:
    # given
    made = Reading(
        ReadStatus.TEXT,
        "application/pdf",
        (Page(1, "one\0\ud800", "Sheet A"), Page(2, "zwei", ocr=True), Page(2, "more of page two")),
        "A title",
        7,
        0.4,
        "pages 3 to 7 were not read",
    )
    scan(store, seen("/d/a"))
    job = work(store)

    # when
    with store.finishing(job) as write:
        write.save_reading(job.file_id, "h", 123, made, [Passage(0, 2, 0, 4, "zwei", "Top")])

    # then
    record = store.document("h", pages=True)
    assert record.reading.pages == (Page(1, "one ?", "Sheet A"), *made.pages[1:])
    assert (record.reading.title, record.reading.page_count, record.reading.seen) == ("A title", 7, 0.4)
    assert record.size_bytes == 123
    assert store.document("h").reading.pages == ()
    assert store.file(job.file_id).note == "pages 3 to 7 were not read"
    [found] = store.passages([hit.passage_id for hit in found_by_words(store, "zwei", 5)])
    assert (found.page, found.heading, found.title, found.ocr) == (2, "Top", "A title", True)


def test_reading_a_document_again_replaces_it_and_keeps_its_classification(store: Store) -> None:
    # given
    file_id = add(store, "/d/a", "about herrings", document="h")
    with store.writing() as write:
        write.decide("h", Decision(classification("fish", tier=Tier.PERSON)))
    scan(store, seen("/d/a"), redo=True)
    known_before = store.has_document("h")

    # when
    job = work(store)
    with store.finishing(job) as write:
        write.save_reading(file_id, "h", 10, reading("about whales"), [Passage(0, 1, 0, 5, "whales")])

    # then
    assert not known_before
    assert store.has_document("h")
    assert (texts_of(store, "herrings"), texts_of(store, "whales")) == ([], ["whales"])
    kept = store.file(file_id).classification
    assert kept is not None
    assert kept.category == "fish"


def test_a_file_without_text_is_unread_with_the_reason(store: Store) -> None:
    # given
    scan(store, seen("/d/a"))
    job = work(store)

    # when
    with store.finishing(job) as write:
        write.save_reading(
            job.file_id, "h", 1, reading(status=ReadStatus.ENCRYPTED, note="needs a password"), []
        )

    # then
    record = store.file(job.file_id)
    assert (record.state, record.note) == (FileState.UNREAD, "needs a password")
    assert record.read_status is ReadStatus.ENCRYPTED


def test_late_work_does_not_bring_a_gone_file_back(store: Store) -> None:
    # given
    scan(store, seen("/d/a"))
    job = work(store)
    with store.writing() as write:
        write.mark_gone([Path("/d/a")])

    # when
    with store.finishing(job) as write:
        write.save_reading(job.file_id, "h", 1, reading("herrings"), [Passage(0, 1, 0, 8, "herrings")])
        write.decide("h", Decision(classification()))

    # then
    assert store.file(job.file_id).state is FileState.GONE
    assert texts_of(store, "herrings") == []


def test_a_classification_sets_the_state_of_every_copy(store: Store) -> None:
    # given
    add(store, "/d/a", "text", document="h")
    scan(store, seen("/d/b"))
    job = work(store)
    with store.finishing(job) as write:
        write.link(job.file_id, "h")
    scores = (Score("fish", 0.4), Score("fowl", 0.3))

    # when
    with store.writing() as write:
        write.decide("h", Decision(classification("fish", review=True, scores=scores)))

    # then
    assert {file.state for file in store.files()} == {FileState.REVIEW}
    kept = store.file(job.file_id).classification
    assert kept is not None
    assert (kept.category, kept.tier, kept.review, kept.scores) == ("fish", Tier.RULES, True, scores)


def test_a_persons_decision_is_never_replaced_but_by_a_person(store: Store) -> None:
    # given
    file_id = add(store, "/d/a", "text", document="h")
    with store.writing() as write:
        write.decide("h", Decision(classification("mine", tier=Tier.PERSON)))

    # when
    with store.writing() as write:
        write.decide("h", Decision(classification("theirs", tier=Tier.SMALL_MODEL, review=True)))
    kept = store.file(file_id)
    with store.writing() as write:
        write.decide("h", Decision(classification("mine again", tier=Tier.PERSON)))

    # then
    assert kept.classification is not None
    assert (kept.classification.category, kept.state) == ("mine", FileState.FILED)
    changed = store.file(file_id).classification
    assert changed is not None
    assert changed.category == "mine again"


def test_a_classification_of_a_document_that_is_no_more_is_dropped(store: Store) -> None:
    # when
    with store.writing() as write:
        write.decide("nobody's", Decision(classification()))

    # then
    assert store.counts().categories == {}


def test_files_are_listed_by_state_category_folder_and_text(store: Store) -> None:
    # given
    for path, title in (("/d/Änderung.txt", ""), ("/d/b_%.txt", "Große Reise"), ("/dd/c.txt", "")):
        add(store, path, "text", title=title, document=title or path)
    with store.writing() as write:
        write.decide("Große Reise", Decision(classification("fish")))

    def names(within: Filter, limit: int = 0, offset: int = 0) -> list[str]:
        found = [file.path.name for file in store.files(within, limit=limit, offset=offset)]
        assert limit or store.count_files(within) == len(found)
        return found

    # then
    roots = Path("/d"), Path("/d/b_%.txt"), Path("/dd")
    assert names(Filter(folders=roots[:1])) == ["b_%.txt", "Änderung.txt"]
    assert names(Filter(folders=roots)) == ["b_%.txt", "Änderung.txt", "c.txt"]
    assert names(Filter(folders=(Path("/"),))) == ["b_%.txt", "Änderung.txt", "c.txt"]
    assert names(Filter(name="äNDER")) == ["Änderung.txt"]
    assert names(Filter(name="GROSSE")) == ["b_%.txt"]
    assert names(Filter(name="_%")) == ["b_%.txt"]
    assert names(Filter(categories=("fish",))) == ["b_%.txt"]
    assert names(Filter(states=(FileState.WAITING,))) == ["Änderung.txt", "c.txt"]
    assert names(Filter(states=(FileState.FILED,), categories=("none",))) == []
    assert names(EVERYTHING, limit=1, offset=1) == ["Änderung.txt"]


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_names_that_are_no_text_are_kept_byte_by_byte(store: Store) -> None:
    # given
    path = Path(os.fsdecode(b"/d/\xff\xfe caf\xe9.txt"))

    # when
    file_id = add(store, path, "about herrings")

    # then
    assert store.file(file_id).path == path
    assert store.file_at(path) == store.file(file_id)
    assert [file.path for file in store.files(Filter(name="caf"))] == [path]
    assert [file.path for file in store.files(Filter(folders=(path,)))] == [path]
    assert texts_of(store, "caf") == ["about herrings"]


def test_many_roots_are_taken(store: Store) -> None:
    # given
    paths = [f"/d/{number}" for number in range(3000)]
    scan(store, *(seen(path) for path in paths))

    # when
    roots = [Path(path) for path in paths]

    # then
    assert len(store.files(Filter(folders=tuple(roots)))) == 3000
    assert store.pending([*roots, Path("/d")]) == Pending(files=3000, jobs=3000)


def test_counts_count_what_can_be_found(store: Store) -> None:
    # given
    add(store, "/d/a", "one", "two", document="a")
    add(store, "/d/b", "three", document="b")
    with store.writing() as write:
        write.decide("a", Decision(classification("fish")))
        write.decide("b", Decision(classification("fish")))
        write.mark_gone([Path("/d/b")])

    # when
    counts = store.counts()

    # then
    assert (counts.documents, counts.passages, counts.vectors) == (1, 2, 0)
    assert counts.categories == {"fish": 1}
    assert sum(counts.tiers.values()) == 1
    assert counts.files[FileState.FILED] == counts.files[FileState.GONE] == 1
    assert set(counts.files) == set(FileState)
    assert counts.causes == {}
    with store.writing() as write:
        write.decide("a", Decision(classification("fish", review=True)))
    assert store.counts().causes == {ReviewCause.UNSURE: 1}


def test_files_whose_text_is_in_no_index_are_counted_by_why(store: Store) -> None:
    # given
    add(store, "/d/read", "a text that waits for its category", document="read")
    endings = {
        "/d/scan 1": ReadStatus.NEEDS_OCR,
        "/d/scan 2": ReadStatus.NEEDS_OCR,
        "/d/locked": ReadStatus.ENCRYPTED,
        "/d/empty": ReadStatus.EMPTY,
        "/d/unknown": ReadStatus.UNSUPPORTED,
    }
    for path, status in endings.items():
        scan(store, seen(path))
        job = work(store)
        with store.finishing(job) as write:
            write.save_reading(job.file_id, path, 10, reading(status=status), ())
    scan(store, seen("/d/given up"), seen("/other/new"), seen("/other/gone"))
    given_up = store.file_at(Path("/d/given up"))
    assert given_up is not None
    with store.writing() as write:
        write.set_state(given_up.file_id, FileState.QUARANTINED)
        write.mark_gone([Path("/other/gone")])

    # when
    everywhere, there = store.unread(), store.unread(Filter(folders=(Path("/d"),)))

    # then
    assert there == (
        UnreadFiles(UnreadCause.SCAN, 2),
        UnreadFiles(UnreadCause.ENCRYPTED, 1),
        UnreadFiles(UnreadCause.FAILED, 1),
    )
    assert everywhere == (*there, UnreadFiles(UnreadCause.WAITING, 1))


def test_what_is_remembered_is_recalled(store: Store) -> None:
    # given
    before = store.recall("bias")

    # when
    for value in ("one", "two"):
        with store.writing() as write:
            write.remember("bias", value)

    # then
    assert (before, store.recall("bias")) == ("", "two")


def test_unknown_things_are_not_found(store: Store) -> None:
    # when
    with store.writing() as write:
        linked = write.link(1, "nobody's")

    # then
    assert not linked
    assert store.file_at(Path("/nowhere")) is None
    for number in (4711, 0, -1, 1 << 63):
        with pytest.raises(NotFoundError):
            store.file(number)
    with pytest.raises(NotFoundError), store.writing() as write:
        write.save_reading(4711, "h", 1, reading("text"), [])
    assert not store.has_document("h")


def test_a_transaction_is_all_or_nothing(store: Store) -> None:
    # when
    with contextlib.suppress(ZeroDivisionError), store.writing() as write:
        write.see([seen("/d/a")], 1)
        raise ZeroDivisionError

    # then
    assert store.files() == []
    assert store.pending() == Pending(0, 0)


def test_a_transaction_within_a_transaction_is_refused(store: Store) -> None:
    # then
    with pytest.raises(StoreError, match="within a transaction"), store.writing(), store.writing():
        pass
    with store.writing() as write:
        write.remember("still", "works")
    assert store.recall("still") == "works"


def test_a_writer_reads_what_it_has_written(store: Store) -> None:
    # when
    with store.writing() as write:
        write.see([seen("/d/a")], 1)
        inside = store.file_at(Path("/d/a"))

    # then
    assert inside is not None


def test_closing_twice_is_harmless_and_using_a_closed_store_is_an_error(open_store: OpenStore) -> None:
    # given
    store = open_store()
    store.close()

    # when
    store.close()

    # then
    with pytest.raises(StoreError, match="closed"):
        store.counts()


def test_a_file_is_known_as_its_last_scan_met_it(store: Store) -> None:
    # given
    file_id = add(store, "/d/a", "about herrings")

    # when
    scan(store, seen("/d/a", stamp="2", size_bytes=77))

    # then
    assert store.scanned(file_id) == seen("/d/a", stamp="2", size_bytes=77)
    with pytest.raises(NotFoundError):
        store.scanned(file_id + 99)


def test_numbers_of_files_are_told_by_their_paths(store: Store) -> None:
    # given
    first, second = add(store, "/d/a", "one"), add(store, os.fsdecode(b"/d/\xff"), "two")

    # then
    paths = [Path("/d/a"), Path(os.fsdecode(b"/d/\xff")), Path("/nowhere"), Path("/d/a")]
    assert store.file_ids(paths) == {paths[0]: first, paths[1]: second}
    assert store.file_ids([]) == {}


def test_folders_are_those_of_the_files_that_can_be_found(store: Store) -> None:
    # given
    add(store, "/d/taxes/2024/a", "one")
    add(store, "/d/taxes/b", "two")
    add(store, "/gone/c", "three")

    # when
    with store.writing() as write:
        write.mark_gone([Path("/gone/c")])

    # then
    assert store.folders() == [Path("/"), Path("/d"), Path("/d/taxes"), Path("/d/taxes/2024")]


@pytest.mark.parametrize(
    ("note", "limit_s", "is_tried"),
    [
        ("first 32 % read: the limit of 60 s of processor time was reached", 60.0, False),
        ("first 32 % read: the limit of 60 s of processor time was reached", 90.0, True),
        ("first 32 % read: the time limit of 60 s was reached", 60.0, True),
        ("no text in it", 90.0, False),
    ],
)
def test_a_file_that_was_cut_short_is_read_again_where_it_may_take_more(
    store: Store, note: str, limit_s: float, is_tried: bool
) -> None:
    # given
    file_id = add(store, "/d/a", "the beginning", document="a")
    cut = replace(reading("the beginning"), note=note, seen=0.3)
    with store.writing() as write:
        write.save_reading(file_id, "a", 10, cut, passages("the beginning"))

    # when
    with store.writing() as write:
        by_watching = write.see([seen("/d/a")], 2)
        by_person = write.see([seen("/d/a")], 3, cut_below_s=limit_s)

    # then
    assert by_watching.again == 0
    assert by_person.again == by_person.changed == int(is_tried)
    assert store.has_document("a") is not is_tried
