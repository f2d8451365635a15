"""Plans and their journal: kept as drafted, claimed by one at a time, written as far as they are."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.library import Clock, OpenStore, scan, seen

from twolane.errors import ConflictError, NotFoundError
from twolane.plans import DraftPlan, Move, MoveKind, MoveState, PlanState
from twolane.store.base import Store
from twolane.store.organized import NewLine, PlanFolder

ODD = Path("/in/caf\udce9 \u5408\u540c.pdf")


def draft(*sources: Path, options: str = "by year") -> DraftPlan:
    moves = [
        Move(
            number,
            number + 10,
            "a" * 64,
            source,
            Path("/out") / source.name,
            MoveKind.MOVE,
            7,
            "1:2:3",
            "tax",
        )
        for number, source in enumerate(sources, 1)
    ]
    return DraftPlan(tuple(moves), options=options)


def many(count: int) -> DraftPlan:
    return draft(*(Path(f"/in/{number}") for number in range(count)))


def test_a_plan_is_kept_as_it_was_drafted(store: Store, clock: Clock) -> None:
    # given
    drafted = draft(ODD, Path("/in/b"))

    # when
    with store.writing() as write:
        kept = write.plans.add(drafted, "spring \u6574\u7406", by="ada")

    # then
    assert store.plans.get("spring \u6574\u7406") == kept
    assert store.plans.moves(kept.plan_id, limit=10) == list(drafted.moves)
    assert (kept.state, kept.options, kept.by, kept.made_at) == (
        PlanState.PROPOSED,
        "by year",
        "ada",
        clock.now,
    )
    assert kept.counts == {MoveState.PROPOSED: 2}
    assert kept.total == 2


def test_a_plan_without_a_name_gets_a_free_one(store: Store) -> None:
    # given
    with store.writing() as write:
        write.plans.add(many(1), "plan-2")

    # when
    with store.writing() as write:
        first, second = write.plans.add(many(1)), write.plans.add(many(1))

    # then
    assert len({"plan-2", first.name, second.name}) == 3
    assert [plan.name for plan in store.plans.find(limit=10)] == [second.name, first.name, "plan-2"]


def test_a_name_stands_for_one_plan(store: Store) -> None:
    # given
    with store.writing() as write:
        write.plans.add(many(1), "mine")

    # when, then
    with pytest.raises(ConflictError, match="mine"), store.writing() as write:
        write.plans.add(many(2), "mine")
    with pytest.raises(NotFoundError, match="yours"):
        store.plans.get("yours")
    assert store.plans.get("mine").total == 1


def test_moves_come_in_pages_by_state_both_ways(store: Store) -> None:
    # given
    with store.writing() as write:
        plan = write.plans.add(many(5))
        write.plans.record(plan.plan_id, [NewLine(n, MoveState.DONE) for n in (1, 2, 4)])

    # when
    done = store.plans.journal(plan.plan_id, [MoveState.DONE], after=1, limit=2)
    back = store.plans.journal(plan.plan_id, [MoveState.DONE], before=4, limit=2)
    rest = store.plans.moves(plan.plan_id, [MoveState.PROPOSED, MoveState.LEFT], limit=1, offset=1)

    # then
    assert [line.move.number for line in done] == [2, 4]
    assert [line.move.number for line in back] == [2, 1]
    assert [move.number for move in rest] == [5]
    assert store.plans.get(plan.name).counts == {MoveState.DONE: 3, MoveState.PROPOSED: 2}


def test_the_journal_remembers_what_a_file_was_like(store: Store, clock: Clock) -> None:
    # given
    with store.writing() as write:
        plan = write.plans.add(draft(ODD))
    with store.writing(synced=True) as write:
        write.plans.record(plan.plan_id, [NewLine(1, MoveState.STARTED, before='{"mode": 33152}')])

    # when
    clock.advance(5)
    with store.writing(synced=True) as write:
        write.plans.record(plan.plan_id, [NewLine(1, MoveState.DONE, "by a copy \udce9")])

    # then
    (line,) = store.plans.journal(plan.plan_id, [MoveState.DONE], limit=5)
    assert line.before == '{"mode": 33152}'
    assert line.move.note.startswith("by a copy ")
    assert line.move.at == clock.now
    for path in (ODD, Path("/out") / ODD.name):
        (past,) = store.plans.past(path, limit=5)
        assert (past.plan, past.move) == (plan.name, line.move)
    assert store.plans.past(Path("/in"), limit=5) == []
    assert [past.move.number for past in store.plans.past(limit=5)] == [1]


def test_nothing_is_written_where_a_synced_transaction_fails(store: Store) -> None:
    # given
    with store.writing() as write:
        plan = write.plans.add(many(1))

    # when
    def write_half() -> None:
        with store.writing(synced=True) as write:
            write.plans.record(plan.plan_id, [NewLine(1, MoveState.DONE)])
            write.plans.get("another")

    with pytest.raises(NotFoundError):
        write_half()

    # then
    assert store.plans.get(plan.name).counts == {MoveState.PROPOSED: 1}
    with store.writing() as write:  # the connection is as good as before
        write.plans.record(plan.plan_id, [NewLine(1, MoveState.LEFT)])
    assert store.plans.get(plan.name).counts == {MoveState.LEFT: 1}


def test_only_a_plan_of_which_nothing_was_done_is_forgotten(store: Store) -> None:
    # given
    with store.writing() as write:
        proposed, applied = write.plans.add(many(3)), write.plans.add(many(1))
        write.plans.claim(applied.plan_id, PlanState.APPLYING, "a", 60)

    # when
    with store.writing() as write:
        write.plans.forget(proposed.name)
    with pytest.raises(ConflictError, match="undo"), store.writing() as write:
        write.plans.forget(applied.name)

    # then
    assert [plan.name for plan in store.plans.find(limit=10)] == [applied.name]
    assert store.plans.moves(proposed.plan_id, limit=10) == []


def test_one_holder_at_a_time_has_a_plan_of_a_library(store: Store, clock: Clock) -> None:
    # given
    with store.writing() as write:
        one, other = write.plans.add(many(1), "one"), write.plans.add(many(1), "other")
        write.plans.claim(one.plan_id, PlanState.APPLYING, "desk 1", 60)

    # when, then: another machine waits, whichever plan it wants, until the holder was silent for its lease
    for plan in (one, other):
        with pytest.raises(ConflictError, match="one is being applied or undone on desk"):
            with store.writing() as write:
                write.plans.claim(plan.plan_id, PlanState.UNDOING, "lap 2", 60)
    clock.advance(50)
    with store.writing() as write:
        write.plans.renew(one.plan_id, "desk 1")
    clock.advance(50)
    with pytest.raises(ConflictError), store.writing() as write:
        write.plans.claim(other.plan_id, PlanState.APPLYING, "lap 2", 60)
    clock.advance(20)
    with store.writing() as write:
        write.plans.claim(one.plan_id, PlanState.UNDOING, "lap 2", 60)
    with pytest.raises(ConflictError, match="silent"), store.writing() as write:
        write.plans.renew(one.plan_id, "desk 1")
    with store.writing() as write:
        write.plans.release(one.plan_id, "desk 1", PlanState.APPLIED)  # it holds nothing any more
    assert store.plans.get("one").state is PlanState.UNDOING


def test_of_many_that_claim_at_once_one_wins(open_store: OpenStore) -> None:
    # given
    stores = [open_store() for _ in range(4)]
    with stores[0].writing() as write:
        plans = [write.plans.add(many(1)) for _ in stores]
    start = threading.Barrier(len(stores))

    def claim(index: int) -> bool:
        start.wait()
        try:
            with stores[index].writing() as write:
                write.plans.claim(plans[index].plan_id, PlanState.APPLYING, f"host {index}", 60)
        except ConflictError:
            return False
        return True

    # when
    with ThreadPoolExecutor(len(stores)) as pool:
        won = list(pool.map(claim, range(len(stores))))

    # then
    assert sum(won) == 1


def test_times_and_states_of_a_plan_follow_what_is_done(store: Store, clock: Clock) -> None:
    # given
    with store.writing() as write:
        early, late = write.plans.add(many(1), "early"), write.plans.add(many(1), "late")

    # when
    for plan in (early, late):
        clock.advance(10)
        with store.writing() as write:
            write.plans.claim(plan.plan_id, PlanState.APPLYING, "a", 60)
            write.plans.release(plan.plan_id, "a", PlanState.APPLIED)

    # then
    assert [plan.name for plan in store.plans.applied_since(clock.now - 10)] == ["late", "early"]
    assert [plan.name for plan in store.plans.applied_since(clock.now)] == ["late"]
    with store.writing() as write:
        write.plans.claim(late.plan_id, PlanState.UNDOING, "a", 60)
    assert [plan.name for plan in store.plans.find([PlanState.UNDOING], limit=5)] == ["late"]
    with store.writing() as write:
        write.plans.release(late.plan_id, "a", PlanState.UNDONE)
    undone = store.plans.get("late")
    assert (undone.state, undone.undone_at) == (PlanState.UNDONE, clock.now)
    assert [plan.name for plan in store.plans.applied_since(0)] == ["early"]
    with store.writing() as write:  # once more: it is as if it had never been undone
        write.plans.claim(late.plan_id, PlanState.APPLYING, "a", 60)
        write.plans.release(late.plan_id, "a", PlanState.APPLIED)
    assert store.plans.get("late").undone_at == 0


def test_folders_are_remembered_and_forgotten(store: Store) -> None:
    # given
    outer, odd = (
        PlanFolder(Path("/out"), modified_ns=1 << 60, accessed_ns=5),
        PlanFolder(ODD.with_suffix(""), made=True),
    )
    with store.writing() as write:
        plan = write.plans.add(many(1))
        write.plans.keep_folders(plan.plan_id, [outer, odd])

    # when
    with store.writing() as write:
        write.plans.keep_folders(plan.plan_id, [PlanFolder(outer.path, left_ns=9)])
        write.plans.drop_folders(plan.plan_id, [odd.path, Path("/elsewhere")])

    # then
    assert store.plans.folders(plan.plan_id) == [PlanFolder(outer.path, left_ns=9)]


def test_a_file_that_a_plan_is_just_moving_is_not_gone_to_a_scan_that_does_not_meet_it(store: Store) -> None:
    # given
    scan(store, seen("/in/letter.txt"), seen("/in/old.txt"))
    letter = store.file_at(Path("/in/letter.txt"))
    assert letter is not None
    move = replace(draft(letter.path).moves[0], file_id=letter.file_id)
    with store.writing() as write:
        plan = write.plans.add(DraftPlan((move,)))
        write.plans.record(plan.plan_id, [NewLine(move.number, MoveState.STARTED)])

    # when
    later = store.next_scan()
    with store.writing() as write:
        while_moved = write.end_scan([Path("/in")], later)
        write.plans.record(plan.plan_id, [NewLine(move.number, MoveState.LEFT)])
        afterwards = write.end_scan([Path("/in")], later)

    # then
    assert (while_moved, afterwards) == (1, 1)
