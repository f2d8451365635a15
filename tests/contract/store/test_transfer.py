"""A library moves between stores: whole, resumed where it was stopped, and never over another one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from standins.postgres import postgres_server
from tests.support.library import (
    add,
    classification,
    embed,
    passages,
    reading,
    scan,
    seen,
    texts_of,
    unit_vectors,
    work,
)

from twolane.answers import KeptTurn, TurnState
from twolane.documents import (
    Decision,
    FileState,
    Filter,
    ModelAnswer,
    Page,
    Passage,
    Reading,
    ReadStatus,
    Score,
    Tier,
)
from twolane.errors import StoreError
from twolane.facts import (
    CORRESPONDENT,
    DATE,
    FieldCondition,
    FieldSource,
    FieldValue,
    MarkKind,
    SenderMark,
    TextSpan,
)
from twolane.store.conversed import NewTurn
from twolane.store.postgres.store import PostgresStore, open_postgres
from twolane.store.sqlite.store import SqliteStore, open_sqlite
from twolane.store.transfer import MARK, transfer
from twolane.work import NewJob

NAMES = ("the old one", "the new one")
AnyStore = SqliteStore | PostgresStore


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3)) as store:
        yield store


@pytest.fixture
def postgres() -> Iterator[PostgresStore]:
    with postgres_server().library() as url, closing(open_postgres(url, max_attempts=3)) as store:
        yield store


def fill(store: AnyStore) -> None:
    odd = Path(os.fsdecode(b"/d/\xff caf\xe9.txt")) if os.name != "nt" else Path("/d/odd.txt")
    add(store, odd, "about herrings", "about whales", document="odd", title="Große Fische")
    add(store, "/d/\u5408\u540c.txt", "\u672c\u5408\u540c\u5230\u671f\u65e5", document="zh")
    scan(store, seen("/d/scan.pdf"))
    job = work(store)
    pages = (Page(1, "one", "Sheet A"), Page(2, "zwei", ocr=True))
    made = Reading(ReadStatus.TEXT, "application/pdf", pages, "T", 7, 0.4, "note")
    with store.finishing(job) as write:
        write.save_reading(job.file_id, "pdf", 99, made, [Passage(0, 2, 0, 4, "zwei", "Top")])
        answer = ModelAnswer("m", {"fish": -1.5}, {"fish": 0.5})
        guess = classification("fish", scores=(Score("fish", 0.4),), review=True)
        write.decide("pdf", Decision(guess, "m", answers=(answer,)))
        write.decide("pdf", Decision(classification("fowl", tier=Tier.PERSON), "Ada"))
        write.save_document_vector("pdf", "tester", unit_vectors(1)[0])
        write.remember("learned", "much")
    for number, document in enumerate(("odd", "zh")):
        embed(store, document, unit_vectors(2 - number, seed=number))
    add(store, "/d/gone", "gone", document="gone")
    with store.writing() as write:
        write.mark_gone([Path("/d/gone")])
        write.enqueue([NewJob("embed", "pdf", job.file_id, priority=3), NewJob("bad", "x", 1)])
    store.fail(work(store, "bad"), "damaged", retry=False)
    scan(store, seen("/d/waiting"))
    state_facts(store)
    converse(store)


def converse(store: AnyStore) -> None:
    """Keep a conversation that a person named, with an answer and a question that is being answered."""
    store.conversations.start("c", "ada", "Fische 渔业")
    for turn, turn_id in ((KeptTurn(1, "Wo?", TurnState.DONE, "Im Meer.", seconds=1.5), "t"), (None, "u")):
        store.conversations.begin(NewTurn(turn_id, "c", "Wo?", "us"), "ada")
        if turn:
            store.conversations.save(turn_id, turn)


def state_facts(store: AnyStore) -> None:
    """Give two documents facts, whose senders are merged and parted again, and a person's word on them."""
    place, mark = TextSpan(1, 2, 5), SenderMark(MarkKind.IBAN, "DE02")
    total = FieldValue("total_due", "571.04 EUR", 0.9, FieldSource.PATTERN, "571,04", place, "why", "Total")
    with store.writing() as write:
        for document, sender in (("odd", "Fisch GmbH"), ("zh", "Fisch"), ("pdf", "渔业公司")):
            named = FieldValue(CORRESPONDENT, sender, 0.9, FieldSource.PATTERN)
            write.save_fields(document, [total, named], [mark])
        for day in ("2024-02-29", "2024-03-01"):
            write.decide_field("pdf", FieldValue(DATE, day, 1.0, FieldSource.PERSON, "1 March"), "Ada")
        write.undo_field("pdf", DATE, "Bob")
        write.tag("zh", "налог", "Ada")
        fish, other = (store.correspondents.by_name(name) for name in ("fisch", "fisch gmbh"))
        assert fish
        assert other
        write.merge_correspondents(fish.correspondent_id, other.correspondent_id, "alike", by_evidence=True)
        write.part_name(fish.correspondent_id, "Fisch GmbH", "Ada")


def known(store: AnyStore) -> list[object]:
    changes = store.correspondents.changes()
    return [
        [store.fields.of(document) for document in ("odd", "zh", "pdf")],
        store.fields.history("pdf", DATE),
        store.fields.sender_of([SenderMark(MarkKind.IBAN, "DE02")]),
        store.fields.shared(9),
        store.correspondents.list(),
        changes,
        store.correspondents.are_parted(changes[0].correspondent_id, changes[-1].other_id),
        store.tags.counts(),
        store.files(Filter(fields=(FieldCondition("total_due", "500"),)), order="date"),
    ]


def contents(store: AnyStore) -> list[object]:
    near = store.search_vector(unit_vectors(2, seed=0)[1], 5)
    documents = [store.document(known, pages=True) for known in ("odd", "zh", "pdf")]
    return [
        store.files(Filter(states=tuple(FileState))),
        documents,
        store.counts(),
        store.pending(),
        store.parked(),
        {kind: (counts.queued, counts.parked, counts.done) for kind, counts in store.job_counts().items()},
        store.decisions.of("pdf"),
        taught(store),
        known(store),
        store.recall("learned"),
        store.conversations.get("c", "ada"),
        store.conversations.find(["FISCHE", "meer"], "ada", limit=9),
        store.vector_model(),
        [hit.passage_id for hit in near],
        [
            texts_of(store, words)
            for words in ("herring", "\u5408\u540c", "zwei", "Top", "caf", "fische", "gone")
        ],
    ]


def taught(store: AnyStore) -> list[tuple[str, bytes]]:
    ids = store.decisions.changed(None).document_ids
    lessons = store.decisions.lessons(ids, "tester")
    vectors = store.decisions.vectors(ids, "tester")
    found = [(lesson.category, vectors.get(lesson.document_id)) for lesson in lessons]
    return [(category, b"" if vector is None else vector.tobytes()) for category, vector in found]


def wrong(store: AnyStore) -> list[str]:
    return [line for line in store.check() if "waiting files without a job" not in line]


def move(source: AnyStore, target: AnyStore) -> int:
    return sum(1 for _ in transfer(source.portable(), target.portable(), NAMES))


def test_a_library_goes_to_postgres_and_back_and_is_the_same(
    sqlite: SqliteStore, postgres: PostgresStore, tmp_path: Path
) -> None:
    # given
    fill(sqlite)

    # when
    move(sqlite, postgres)
    with closing(open_sqlite(tmp_path / "back.db", max_attempts=3)) as back:
        move(postgres, back)

        # then
        assert contents(postgres) == contents(sqlite) == contents(back)
        for store in (postgres, back):
            assert wrong(store) == []
            # and it goes on: numbers are not used twice, words can be taken out again, jobs are done
            record = store.file_at(Path("/d/waiting"))
            assert record is not None
            with store.finishing(work(store)) as write:
                write.save_reading(record.file_id, "new", 1, reading("herring"), passages("herring"))
            again = store.file_at(Path("/d/scan.pdf"))
            assert again is not None
            with store.writing() as write:
                write.save_reading(again.file_id, "pdf", 1, reading("drei"), passages("drei"))
            assert (texts_of(store, "zwei"), texts_of(store, "drei")) == ([], ["drei"])
            assert work(store, "embed").key == "pdf"
            assert wrong(store) == []


def test_a_library_goes_to_another_file_and_is_the_same(sqlite: SqliteStore, tmp_path: Path) -> None:
    # given
    fill(sqlite)

    # when
    with closing(open_sqlite(tmp_path / "other.db", max_attempts=3)) as other:
        move(sqlite, other)

        # then
        assert contents(other) == contents(sqlite)
        assert wrong(other) == []


def test_a_transfer_that_is_stopped_anywhere_goes_on(sqlite: SqliteStore) -> None:
    # given
    fill(sqlite)
    with postgres_server().library() as url, closing(open_postgres(url, max_attempts=3)) as whole:
        steps = move(sqlite, whole)
        expected = contents(whole)

    # when
    for stop in range(1, steps, 6):
        with postgres_server().library() as url:
            with closing(open_postgres(url, max_attempts=3)) as target:
                begun = transfer(sqlite.portable(), target.portable(), NAMES)
                for _ in range(stop):
                    next(begun)
                begun.close()
                assert target.recall(MARK)
            with closing(open_postgres(url, max_attempts=3)) as target:
                move(sqlite, target)

                # then
                assert contents(target) == expected
                assert target.recall(MARK) == ""


def test_a_store_with_another_library_is_refused_and_left_alone(
    sqlite: SqliteStore, postgres: PostgresStore
) -> None:
    # given
    fill(sqlite)
    add(postgres, "/mine", "about eels")

    # when
    with pytest.raises(StoreError, match="another library") as refused:
        move(sqlite, postgres)

    # then
    assert refused.value.remedy
    assert texts_of(postgres, "eels") == ["about eels"]
    assert postgres.counts().documents == 1


def test_a_library_that_is_there_already_is_verified_and_a_difference_is_told(
    sqlite: SqliteStore, postgres: PostgresStore
) -> None:
    # given
    fill(sqlite)
    move(sqlite, postgres)
    move(sqlite, postgres)

    # when
    with postgres.writing() as write:
        write.remember("learned", "more")

    # then
    with pytest.raises(StoreError, match="not the same") as told:
        move(sqlite, postgres)
    assert "memory" in told.value.what
