"""What the catalogue knows of files follows them to other paths."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.library import (
    add,
    classification,
    embed,
    scan,
    seen,
    texts_of,
    unit_vectors,
    work,
)

from twolane.documents import Decision, FileSkipped, FileState, Filter, Tier
from twolane.errors import ConflictError
from twolane.plans import DraftPlan, Move, MoveKind, MoveState
from twolane.store.base import Store
from twolane.store.organized import NewLine
from twolane.store.scanned import FilePlace, KnownFile
from twolane.store.values import FileRenamed, Pending, ScanResult
from twolane.work import READ


def moved(file_id: int, path: str, **more: object) -> FileRenamed:
    return replace(FileRenamed(file_id, Path(path), "2", "7:10:1"), **more)  # type: ignore[arg-type]


def rename(store: Store, *moves: FileRenamed) -> int:
    with store.writing() as write:
        return write.rename(moves)


def path_of(store: Store, file_id: int) -> str:
    return str(store.file(file_id).path)


def gone(store: Store, path: str) -> None:
    with store.writing() as write:
        write.mark_gone([Path(path)])


def test_a_renamed_file_keeps_all_that_is_known_of_it_and_nothing_is_queued(store: Store) -> None:
    # given
    number = add(store, "/d/letter.txt", "about herrings", document="h")
    embed(store, "h", unit_vectors(1))
    with store.writing() as write:
        write.decide("h", Decision(classification("invoice", tier=Tier.PERSON), by="ada"))
    before = store.file(number)

    # when
    count = rename(store, moved(number, "/d/Größe/Brief.txt", placed_by="plan"))

    # then
    after = store.file(number)
    assert count == 1
    assert after == replace(before, path=Path("/d/Größe/Brief.txt"), placed_by="plan")
    assert store.file_at(Path("/d/letter.txt")) is None
    assert store.scanned(number).stamp == "2"
    assert store.scanned(number).identity == "7:10:1"
    assert store.pending() == Pending(files=0, jobs=0)
    assert store.counts().vectors == 1
    assert [decision.by for decision in store.decisions.of("h")] == ["ada"]


def test_searches_find_a_renamed_file_at_once_by_its_new_path_and_name(store: Store) -> None:
    # given
    number = add(store, "/d/letter.txt", "about herrings")

    # when
    rename(store, moved(number, "/d/Größe/mackerel.txt"))

    # then
    assert texts_of(store, "mackerel") == ["about herrings"]
    assert texts_of(store, "letter") == []
    [passage] = store.passages([1])
    assert passage.path == Path("/d/Größe/mackerel.txt")
    for within in (Filter(name="grösse"), Filter(folders=(Path("/d/Größe"),))):
        assert [file.file_id for file in store.files(within)] == [number]
    assert store.files(Filter(name="letter")) == []


def test_files_can_take_each_others_paths(store: Store) -> None:
    # given: a and b are swapped, c goes to d and d to e
    a, b, c, d = (add(store, f"/d/{name}", f"about {name}") for name in ("a", "b", "c", "d"))

    # when
    count = rename(store, moved(a, "/d/b"), moved(b, "/d/a"), moved(c, "/d/d"), moved(d, "/d/e"))

    # then
    assert count == 4
    assert [path_of(store, number) for number in (a, b, c, d)] == ["/d/b", "/d/a", "/d/d", "/d/e"]


def test_a_file_may_stay_at_its_path_with_another_stamp(store: Store) -> None:
    # given
    number = add(store, "/d/a", "about herrings")

    # when
    rename(store, moved(number, "/d/a", placed_by="person"))

    # then
    assert scan(store, seen("/d/a", stamp="2")) == ScanResult(unchanged=1)
    assert store.file(number).placed_by == "person"


@pytest.mark.parametrize("copied", [False, True], ids=["its only file", "a copy is left"])
def test_what_is_gone_at_the_new_path_gives_way(store: Store, copied: bool) -> None:
    # given
    number = add(store, "/d/a", "about herrings")
    old = add(store, "/d/b", "about mackerels", document="old")
    if copied:
        scan(store, seen("/d/c"))
        job = work(store)
        with store.finishing(job) as write:
            assert write.link(job.file_id, "old")
    gone(store, "/d/b")

    # when
    rename(store, moved(number, "/d/b"))

    # then
    assert path_of(store, number) == "/d/b"
    assert [file.file_id for file in store.files(Filter(states=tuple(FileState)))].count(old) == 0
    assert store.has_document("old") is copied
    assert texts_of(store, "mackerels") == (["about mackerels"] if copied else [])


def test_what_was_decided_on_what_gives_way_is_decided_again_when_it_comes_back(store: Store) -> None:
    # given
    number = add(store, "/d/a", "about herrings")
    add(store, "/d/b", "about mackerels", document="old")
    with store.writing() as write:
        write.decide("old", Decision(classification("invoice", tier=Tier.PERSON), by="ada"))
    gone(store, "/d/b")
    rename(store, moved(number, "/d/b"))

    # when
    back = add(store, "/d/c", "about mackerels", document="old")

    # then
    found = store.file(back).classification
    assert found
    assert (found.category, found.tier) == ("invoice", Tier.PERSON)
    assert store.removals.list(limit=5) == []


def test_what_was_skipped_at_the_new_path_gives_way(store: Store) -> None:
    # given
    number = add(store, "/d/a", "about herrings")
    with store.writing() as write:
        write.see([FileSkipped(Path("/d/b"), "a pipe")], 2)

    # when
    rename(store, moved(number, "/d/b"))

    # then
    assert [file.path for file in store.files(Filter(states=tuple(FileState)))] == [Path("/d/b")]


def test_a_living_file_at_the_new_path_is_a_conflict_and_nothing_is_recorded(store: Store) -> None:
    # given
    a, b, c = (add(store, f"/d/{name}", f"about {name}") for name in ("a", "b", "c"))

    # when
    with pytest.raises(ConflictError, match="/d/b"):
        rename(store, moved(c, "/d/new"), moved(a, "/d/b"))
    with pytest.raises(ConflictError, match="/d/new"):
        rename(store, moved(c, "/d/new"), moved(a, "/d/new"))

    # then
    assert [path_of(store, number) for number in (a, b, c)] == ["/d/a", "/d/b", "/d/c"]


def test_a_file_that_lies_elsewhere_by_now_is_left_alone(store: Store) -> None:
    # given
    number = add(store, "/d/a", "about herrings")
    rename(store, moved(number, "/d/b"))

    # when
    count = rename(
        store, moved(number, "/d/c", source=Path("/d/a")), moved(99, "/d/x"), moved(1 << 62, "/d/y")
    )

    # then
    assert count == 0
    assert path_of(store, number) == "/d/b"


def test_a_file_that_waits_to_be_read_is_read_at_its_new_path(store: Store) -> None:
    # given
    scan(store, seen("/d/a"), seen("/d/b"))
    a, b = store.file_ids([Path("/d/a"), Path("/d/b")]).values()
    gone(store, "/d/b")

    # when
    rename(store, moved(a, "/d/b"))

    # then: the job of what gave way went with it
    assert b != a
    assert store.scanned(a).path == Path("/d/b")
    assert store.pending() == Pending(files=1, jobs=1)
    assert work(store, READ).file_id == a


@pytest.mark.parametrize("is_read", [False, True])
def test_what_a_scan_has_met_at_the_new_path_before_is_the_file_itself(store: Store, is_read: bool) -> None:
    # given: as where a plan moves it to another disk while its folder is watched
    number = add(store, "/d/a", "about herrings", document="h")
    scan(store, seen("/d/b"))
    if is_read:
        job = work(store)
        with store.finishing(job) as write:
            assert write.link(job.file_id, "h")

    # when
    rename(store, moved(number, "/d/b"))

    # then
    assert [(file.file_id, str(file.path)) for file in store.files()] == [(number, "/d/b")]
    assert store.pending().jobs == 0
    assert texts_of(store, "herrings") == ["about herrings"]


def test_files_are_known_by_path_by_identity_and_by_what_they_hold(store: Store) -> None:
    # given
    a, b = (add(store, path, "about herrings", document=path) for path in ("/d/a", "/d/b"))
    rename(store, moved(a, "/d/ä", placed_by="person"), moved(b, "/d/b", identity=""))
    gone(store, "/d/b")

    # when
    [known] = store.known_as(["7:10:1", "8:10:1", ""])

    # then
    assert known == KnownFile(a, Path("/d/ä"), "7:10:1", FileState.WAITING, "/d/a", "person")
    there = store.known_at([Path("/d/ä"), Path("/d/b"), Path("/d/nothing")])
    assert {one.file_id: one.state for one in there} == {a: FileState.WAITING, b: FileState.GONE}
    assert store.places(["/d/a", "/d/b", "unknown"]) == {"/d/a": [FilePlace(a, Path("/d/ä"))]}


def test_where_plans_put_files_is_told_by_their_journals(store: Store) -> None:
    # given: of four files one is proposed, one begun, one moved, one brought back; and one was copied
    kinds = [MoveKind.MOVE] * 4 + [MoveKind.COPY]
    moves = [
        Move(n, n, "d", Path(f"/in/{n}"), Path(f"/out/{n}"), kind, 1, "s", "tax")
        for n, kind in enumerate(kinds, 1)
    ]
    with store.writing() as write:
        plan = write.plans.add(DraftPlan(tuple(moves)))
        states = {2: MoveState.STARTED, 3: MoveState.DONE, 4: MoveState.UNDOING, 5: MoveState.DONE}
        write.plans.record(plan.plan_id, [NewLine(number, state) for number, state in states.items()])

    # when
    places = store.planned(range(1, 6))

    # then
    assert {(place.file_id, str(place.path), place.placed_by) for place in places} == {
        (2, "/out/2", "plan"),
        (3, "/out/3", "plan"),
        (4, "/in/4", ""),
    }


def test_a_path_need_not_be_text(store: Store) -> None:
    # given
    number = add(store, "/d/a", "about herrings")
    path = Path("/d/r\udce9sum\udce9.txt")

    # when
    rename(store, moved(number, str(path)))

    # then
    assert store.file(number).path == path


def test_thousands_are_recorded_in_one_transaction(store: Store) -> None:
    # given
    names = [f"{number:04}" for number in range(2_000)]
    scan(store, *(seen(f"/d/{name}") for name in names))
    ids = store.file_ids([Path(f"/d/{name}") for name in names])

    # when: each takes the path of the next
    turned = [*names[1:], names[0]]
    count = rename(
        store,
        *(moved(ids[Path(f"/d/{name}")], f"/d/{other}") for name, other in zip(names, turned, strict=True)),
    )

    # then
    assert count == len(names)
    assert store.file(ids[Path("/d/0000")]).path == Path("/d/0001")
    assert len(store.file_ids([Path(f"/d/{name}") for name in names])) == len(names)


def test_a_scan_keeps_the_identity_of_what_it_finds(store: Store) -> None:
    # when
    scan(store, replace(seen("/d/a"), identity="5:10:1"))
    [number] = store.file_ids([Path("/d/a")]).values()
    first = store.scanned(number).identity
    scan(store, replace(seen("/d/a", stamp="2"), identity="6:10:1"))

    # then
    assert first == "5:10:1"
    assert store.scanned(number).identity == "6:10:1"
