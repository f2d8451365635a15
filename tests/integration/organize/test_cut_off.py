"""What is killed at any line of what moves files loses nothing, and its plan can be ended either way."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from standins.desk import Desk, contents, desk, snapshot
from tests.integration.organize.cut_off import cut_off_at
from tests.support.filesystems import OnDisk

from twolane.organize.apply import Applier
from twolane.organize.undo import Undoer
from twolane.plans import MoveKind, MoveState, Plan, PlanState

_RUNS = 6
_LINES = {MoveKind.MOVE: 1500, MoveKind.COPY: 1200, MoveKind.HARD_LINK: 800}  # about as many as a run has


def apply(own: Desk) -> Plan:
    return Applier(own.store, own.data / "run").apply("p")


def undo(own: Desk) -> Plan:
    return Undoer(own.store, own.data / "run").undo("p")


@pytest.mark.parametrize("does", [apply, undo])
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (MoveKind.MOVE, "ext4"),
        (MoveKind.MOVE, "tmpfs"),
        (MoveKind.MOVE, "exfat"),
        (MoveKind.COPY, "ext4"),
        (MoveKind.HARD_LINK, "ext4"),
    ],
)
def test_what_was_cut_off_is_ended_by_applying_or_undoing(
    kind: MoveKind, name: str, does: Callable[[Desk], Plan], on_disk: OnDisk, tmp_path: Path
) -> None:
    # given
    place = on_disk(name).path
    near = name == "tmpfs" or kind is MoveKind.COPY  # of these, one disk is that of the library
    data, inbox, root = tmp_path / "data", (tmp_path if near else place) / "in", place / "out"
    with desk(data, inbox, root) as own:
        for number in range(3):
            own.write(f"f{number} \u00e9.txt", f"text {number}")
        own.add()
        own.save(own.draft(kind=kind), "p")
    for path in inbox.iterdir():
        os.utime(path, ns=(10**18, 10**18 + 10**10))
    before, texts = snapshot(inbox), contents(inbox)

    for run in range(_RUNS):
        if does is undo:
            with desk(data, inbox, root) as own:
                apply(own)

        # when
        cut_off_at(1 + run * _LINES[kind] // _RUNS, data, inbox, root, does)

        # then
        with desk(data, inbox, root) as own:
            assert set(texts) <= {*contents(inbox), *(contents(root) if root.exists() else ())}, run
            if run % 2:
                assert apply(own).counts == {MoveState.DONE: 3}, run
                assert not own.store.plans.moves(1, (MoveState.STARTED,), limit=1)
            undone = undo(own)
            assert undone.state is PlanState.UNDONE, run
            assert not undone.counts.get(MoveState.KEPT), (run, own.store.plans.moves(1, limit=3))
            assert snapshot(inbox) == before, run
            assert not root.exists(), run
            assert {file.path.parent for file in own.store.files()} == {inbox}
