"""Copies of documents: what the store keeps of them, and how they are found over both databases."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from standins.postgres import postgres_server
from tests.support.library import OpenStore, passages, reading, scan, seen, work

from twolane.copies.find import CopyFinder
from twolane.copies.known import Copies
from twolane.documents import Filter
from twolane.store.base import Store
from twolane.store.postgres.store import open_postgres
from twolane.store.sqlite.store import open_sqlite
from twolane.store.transfer import transfer
from twolane.store.values import CopyKind

LETTER = """Dear Mr Doyle,
we write to you about the flat on the second floor of Tanner's Yard. The surveyor who looked at the
roof in spring has found two places where the rain comes in, above the kitchen and beside the
chimney of the neighbouring house. The roofers begin on the third of June and need about a week.
They put up a scaffold in the yard, so please take your bicycle away before that day. The stairs
stay open, and there will be some noise from eight in the morning. We shall not raise the rent for
this work, and we thank you for your patience.
Margaret Holt, Netherby"""
EDITED = LETTER.replace(
    "need about a week", "need a fortnight, or longer if the weather stays as wet as it is now"
)
OTHER = (
    "A cake of flour, milk, butter and sugar is baked for forty minutes in a hot oven and left to cool down."
)


def add(store: Store, path: str, text: str) -> str:
    """Add a file with a text; return its document."""
    scan(store, seen(path))
    job = work(store)
    with store.finishing(job) as write:
        write.save_reading(job.file_id, f"hash of {text}", len(text), reading(text), passages(text))
        CopyFinder(store).sketching(f"hash of {text}", text)(write)
    return f"hash of {text}"


def kinds(store: Store, document: str) -> dict[str, CopyKind]:
    return {str(copy.file.path): copy.kind for copy in store.copies.of(document)}


def test_an_edit_is_nearly_the_same_and_another_text_is_not(store: Store) -> None:
    # given
    letter, edited = add(store, "/a/letter.txt", LETTER), add(store, "/a/longer.txt", EDITED)
    other = add(store, "/a/cake.txt", OTHER)

    # when
    looked = CopyFinder(store).look()

    # then
    assert looked == 3
    assert kinds(store, letter) == {"/a/letter.txt": "same_bytes", "/a/longer.txt": "nearly_same"}
    assert kinds(store, edited) == {"/a/longer.txt": "same_bytes", "/a/letter.txt": "nearly_same"}
    assert kinds(store, other) == {"/a/cake.txt": "same_bytes"}
    [pair] = store.copies.among([letter, edited, other])
    files = store.copies.files_of([pair.document_id, pair.other_id])
    assert {copy.file.document for found in files.values() for copy in found} == {letter, edited}
    assert store.copies.among([letter, other]) == []
    assert CopyFinder(store).look() == 0


def test_another_layout_has_the_same_text(store: Store) -> None:
    # given
    letter = add(store, "/a/letter.txt", LETTER)
    add(store, "/a/letter.pdf", LETTER.upper().replace("\n", " ").replace("neighbouring", "neighbour-\ning"))

    # when
    CopyFinder(store).look()

    # then
    assert kinds(store, letter)["/a/letter.pdf"] == CopyKind.SAME_TEXT


def test_a_copy_that_another_process_adds_later_is_found_by_either(open_store: OpenStore) -> None:
    # given
    here, there = open_store(), open_store()
    letter = add(here, "/a/letter.txt", LETTER)
    CopyFinder(here).look()
    add(there, "/b/longer.txt", EDITED)

    # when
    CopyFinder(there).look()

    # then
    assert kinds(here, letter)["/b/longer.txt"] == CopyKind.NEARLY_SAME


def test_what_a_person_says_of_a_pair_stands_over_what_was_found_until_it_is_taken_back(store: Store) -> None:
    # given
    letter, edited = add(store, "/a/letter.txt", LETTER), add(store, "/a/longer.txt", EDITED)
    other = add(store, "/a/cake.txt", OTHER)
    CopyFinder(store).look()

    # when
    with store.writing() as write:
        write.copies.decide(edited, letter, same=False, by="ada")
        write.copies.decide(letter, other, same=True, by="ada")

    # then
    assert kinds(store, letter) == {"/a/letter.txt": "same_bytes", "/a/cake.txt": "nearly_same"}
    assert kinds(store, edited) == {"/a/longer.txt": "same_bytes"}
    assert [(pair.kind, pair.likeness) for pair in store.copies.pairs()] == [(CopyKind.NEARLY_SAME, 1.0)]

    # when it is sought again, the decision stays
    with store.writing() as write:
        write.copies.look_again(letter)
    CopyFinder(store).look()
    assert "/a/longer.txt" not in kinds(store, letter)

    # when it is taken back
    with store.writing() as write:
        undone = write.copies.undo(letter, edited, "ada"), write.copies.undo(letter, other, "ada")
        again = write.copies.undo(letter, edited, "ada")

    # then
    assert (undone, again) == ((True, True), False)
    assert kinds(store, letter) == {"/a/letter.txt": "same_bytes", "/a/longer.txt": "nearly_same"}


def test_a_file_that_is_gone_is_no_copy(store: Store) -> None:
    # given
    letter = add(store, "/a/letter.txt", LETTER)
    add(store, "/a/longer.txt", EDITED)
    CopyFinder(store).look()

    # when
    with store.writing() as write:
        write.mark_gone([Path("/a/longer.txt")])

    # then
    assert kinds(store, letter) == {"/a/letter.txt": "same_bytes"}
    assert store.copies.pairs() == []


def test_a_document_that_is_dropped_takes_its_pairs_along(store: Store) -> None:
    # given
    letter = add(store, "/a/letter.txt", LETTER)
    add(store, "/a/longer.txt", EDITED)
    CopyFinder(store).look()

    # when the file has another content
    add_again(store, "/a/longer.txt", OTHER)

    # then
    assert kinds(store, letter) == {"/a/letter.txt": "same_bytes"}


def add_again(store: Store, path: str, text: str) -> None:
    scan(store, seen(path, stamp="2"))
    job = work(store)
    with store.finishing(job) as write:
        write.save_reading(job.file_id, f"hash of {text}", len(text), reading(text), passages(text))


@pytest.mark.parametrize("text", ["", "Thank you.", "Page 1 of 1"])
def test_what_says_next_to_nothing_is_nobodys_copy(store: Store, text: str) -> None:
    # given
    one = add(store, "/a/1.txt", text)
    add(store, "/a/2.txt", text + " ")

    # when
    CopyFinder(store).look()

    # then
    assert kinds(store, one) == {"/a/1.txt": "same_bytes"}


def test_documents_of_a_library_without_sketches_catch_up(store: Store) -> None:
    # given
    add_again(store, "/a/letter.txt", LETTER)
    add_again(store, "/a/longer.txt", EDITED)
    assert CopyFinder(store).look() == 0

    # when
    done = list(CopyFinder(store).catch_up())

    # then
    assert done == [2]
    assert len(store.copies.pairs()) == 1
    assert list(CopyFinder(store).catch_up()) == []


def test_files_with_one_document_are_listed(store: Store) -> None:
    # given
    letter = add(store, "/a/letter.txt", LETTER)
    scan(store, seen("/b/letter.txt"))
    job = work(store)
    with store.finishing(job) as write:
        write.link(job.file_id, letter)

    # when
    [number] = store.copies.same_bytes()

    # then
    assert [str(copy.file.path) for copy in store.copies.files_of([number])[number]] == [
        "/a/letter.txt",
        "/b/letter.txt",
    ]


def test_copies_and_what_people_said_move_to_another_store(tmp_path: Path) -> None:
    # given
    with (
        closing(open_sqlite(tmp_path / "old.db", max_attempts=3)) as old,
        postgres_server().library() as url,
        closing(open_postgres(url, max_attempts=3)) as new,
    ):
        letter, edited = add(old, "/a/letter.txt", LETTER), add(old, "/a/longer.txt", EDITED)
        other = add(old, "/a/cake.txt", OTHER)
        CopyFinder(old).look()
        with old.writing() as write:
            write.copies.decide(letter, edited, same=False)
            write.copies.decide(letter, other, same=True)

        # when
        for _ in transfer(old.portable(), new.portable(), ("old", "new")):
            pass
        again = add(new, "/b/letter.txt", LETTER.upper())
        CopyFinder(new).look()

        # then
        assert kinds(new, letter) == {
            "/a/letter.txt": "same_bytes",
            "/a/cake.txt": "nearly_same",
            "/b/letter.txt": "same_text",
        }
        assert kinds(new, edited) == {"/a/longer.txt": "same_bytes", "/b/letter.txt": "nearly_same"}
        assert again


def test_of_very_many_with_one_text_each_keeps_its_copies_when_others_are_looked_at_again(
    store: Store,
) -> None:
    # given: more than one search goes through
    documents = [add(store, f"/a/{number}.txt", LETTER + "\n" * number) for number in range(130)]
    first, last = documents[0], documents[-1]
    finder, copies = CopyFinder(store), Copies(store)
    finder.look()

    # when
    for document in documents[-40:]:
        with store.writing() as write:
            write.copies.look_again(document)
    finder.look()

    # then
    assert all(len(kinds(store, document)) > 100 for document in (first, last, documents[20]))
    [group] = copies.groups().groups
    assert len(group.files) == 130
    assert {copy.kind for copy in group.files[1:]} == {CopyKind.SAME_TEXT}


def test_a_filter_passes_what_has_copies_alone(store: Store) -> None:
    # given
    letter = add(store, "/a/letter.txt", LETTER)
    add(store, "/a/longer.txt", EDITED)
    cake = add(store, "/a/cake.txt", OTHER)
    CopyFinder(store).look()

    def with_copies() -> list[str]:
        return [str(file.path) for file in store.files(Filter(with_copies=True))]

    # then
    assert with_copies() == ["/a/letter.txt", "/a/longer.txt"]

    # when the same bytes lie at a second place
    scan(store, seen("/b/cake.txt"))
    job = work(store)
    with store.finishing(job) as write:
        write.link(job.file_id, cake)

    # then
    assert with_copies() == ["/a/cake.txt", "/a/letter.txt", "/a/longer.txt", "/b/cake.txt"]
    assert letter in {file.document for file in store.files(Filter(with_copies=True))}
