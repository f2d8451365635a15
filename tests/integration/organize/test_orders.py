"""Plans as they are made and applied: real disks take whatever templates make of nasty values."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from standins.desk import contents, snapshot
from tests.support.filed import Given, organizer_of, put
from tests.support.filesystems import OnDisk

from twolane.documents import Filter
from twolane.organize.apply import Applier
from twolane.organize.undo import Undoer
from twolane.plans import LeftCause, MoveState, OrganizeRule, PlanState
from twolane.store.sqlite.store import open_sqlite

NASTY = (
    "../../etc/passwd",
    "a/b\\c:d|e",
    'What? "No" <yes> *',
    "line\nbreak\ttab\0nul\x07bell",
    "exe.\u202efdp",
    "\ufeff\u200bhidden\u2066",
    ".hidden",
    "ends in dots...",
    "   spaces   ",
    "CON",
    "com¹.backup",
    "aux .notes",
    "é" * 300,
    "👨‍👩‍👧" * 60,
    "Z̸̡̢̛͙͈" * 80,
    "Straße",
    "STRASSE",
    "I\u0307stanbul",
    "istanbul",
    "счёт № 17",
    "三月发票",
    "فاتورة\u200fمارس",
    "हिन्दी \u0928\u094d\u200d",
    "~$lock",
    "-rf",
    "%00%2f",
    "\udcff\udcfe bytes",
    "\ufffe\U0010ffff",
    "…",
)
RULE = OrganizeRule("*", "{correspondent|Unknown}/{date:%Y|undated}/{title}{ext}")


@pytest.mark.parametrize("kind", ["ext4", "casefold", "vfat", "exfat", "ntfs"])
def test_names_that_are_made_of_anything_are_taken_by_every_disk_and_taken_back(
    tmp_path: Path, on_disk: OnDisk, kind: str
) -> None:
    # given
    root, inbox = on_disk(kind).path, tmp_path / "inbox"
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3, backoff_s=1.0)) as store:
        put(
            store,
            [
                Given(
                    inbox / f"{n}.txt",
                    fields={"title": text, "correspondent": NASTY[-n], "date": "2025-03-01"},
                )
                for n, text in enumerate(NASTY)
            ],
        )
        before, all_contents = snapshot(inbox), contents(inbox)
        organizer, run_dir = organizer_of(store), tmp_path / "run"
        run_dir.mkdir()

        # when
        draft = organizer.draft(Filter(folders=(inbox,)), [RULE], root=root)
        plan = organizer.save(draft)
        applied = Applier(store, run_dir).apply(plan.name)
        again = organizer.draft(rules=[RULE], root=root)
        moved = contents(root)
        undone = Undoer(store, run_dir).undo(plan.name)

    # then
    assert (applied.state, applied.counts) == (PlanState.APPLIED, {MoveState.DONE: len(NASTY)})
    assert moved == all_contents
    assert (again.moves, again.left_counts) == ((), {LeftCause.IN_PLACE: len(NASTY)})
    assert undone.state is PlanState.UNDONE
    assert snapshot(inbox) == before
