"""Plans applied and undone on real file systems: every file comes to its place, and back as it was."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from standins.desk import Desk, contents, desk, digest_of, snapshot
from standins.disks import KINDS, fill, remount
from tests.support.filesystems import OnDisk, disk

from twolane.cancel import Cancel, working_for
from twolane.errors import ConflictError, MoveError, NoRoomError, NotFoundError
from twolane.organize.applied import AppliedPlans
from twolane.organize.apply import Applier
from twolane.organize.undo import Undoer
from twolane.plans import MoveKind, MoveState, Plan, PlanProgress, PlanState

ODD: tuple[str | bytes, ...] = (
    b"caf\xe9.txt",
    "Gr\u00fc\u00dfe \u5408\u540c \u0639\u0642\u062f.txt",
    "new\nline 'quote'.txt",
)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "data", tmp_path / "inbox") as opened:
        yield opened


def apply(own: Desk, name: str = "p") -> Plan:
    return Applier(own.store, own.data / "run").apply(name)


def undoer(own: Desk) -> Undoer:
    return Undoer(own.store, own.data / "run")


def planned(own: Desk, *names: str | bytes, kind: MoveKind = MoveKind.MOVE) -> Plan:
    for number, name in enumerate(names or ("a.txt", "b.txt")):
        own.write(name, f"text {number}")
    own.add()
    return own.save(own.draft(kind=kind), "p")


def note(own: Desk, plan: Plan, number: int = 1) -> str:
    return notes(own, plan)[number - 1]


def notes(own: Desk, plan: Plan) -> list[str]:
    return [move.note for move in own.store.plans.moves(plan.plan_id, limit=100)]


def moved(own: Desk, name: str | bytes) -> Path:
    return own.root / "invoice" / os.fsdecode(name)


def test_files_are_moved_and_come_back_as_they_were(own: Desk) -> None:
    # given
    planned(own, *ODD, "a.txt")
    first = own.inbox / "a.txt"
    os.setxattr(first, "user.note", b"\x00mine")
    first.chmod(0o640)
    for number, name in enumerate(ODD):
        os.utime(own.inbox / os.fsdecode(name), ns=(10**18 + number, 10**18 + 7 * number + 1))
    os.utime(own.inbox, ns=(10**18, 10**18 + 5))
    before = snapshot(own.inbox.parent, accessed=True)

    # when
    done = apply(own)
    there = sorted(path.name for path in (own.root / "invoice").iterdir())
    back = undoer(own).undo("p")

    # then
    assert (done.state, done.counts) == (PlanState.APPLIED, {MoveState.DONE: 4})
    assert there == sorted([*map(os.fsdecode, ODD), "a.txt"])
    assert (back.state, back.counts) == (PlanState.UNDONE, {MoveState.UNDONE: 4})
    after = snapshot(own.inbox.parent, accessed=True)
    other = {path for path in before | after if before.get(path) != after.get(path)}
    assert all(path == b"." or path.startswith(b"data") for path in other), other  # the library's own


def test_the_catalogue_follows_without_reading_anything_again(own: Desk) -> None:
    # given
    planned(own, "a.txt")
    known = own.store.files()[0]

    # when
    apply(own)
    there = own.store.files()[0]
    own.add()  # a scan finds nothing new either

    # then
    assert (there.file_id, there.document, there.path) == (known.file_id, known.document, moved(own, "a.txt"))
    assert [file.path for file in own.store.files()] == [there.path]
    assert own.store.job_counts()["read"].done == 1
    undoer(own).undo("p")
    own.add()
    assert [file.path for file in own.store.files()] == [known.path]
    assert own.store.job_counts()["read"].done == 1


def test_applying_twice_does_nothing_and_an_undone_plan_can_be_applied_again(own: Desk) -> None:
    # given
    planned(own)
    apply(own)
    once = snapshot(own.root)

    # when, then
    assert apply(own).counts == {MoveState.DONE: 2}
    assert snapshot(own.root) == once
    undoer(own).undo("p")
    assert undoer(own).undo("p").state is PlanState.UNDONE
    assert apply(own).counts == {MoveState.DONE: 2}
    assert snapshot(own.root).keys() == once.keys()


@pytest.mark.parametrize("name", [name for name in KINDS if name != "casefold"])
def test_on_every_disk_files_move_and_come_back(name: str, own: Desk, on_disk: OnDisk) -> None:
    # given: within one disk, and from this one to another
    place = on_disk(name)
    inside = Desk(own.store, own.data, place.path / "in", place.path / "out")
    inside.write("Gr\u00fc\u00dfe.txt", "within")
    own.root = place.path / "far"
    own.write("over.txt", "there")
    (own.inbox / "over.txt").chmod(0o604)
    inside.add()
    own.add()
    own.save(inside.draft(lambda file: inside.root / file.path.name), "within")
    own.store.plans.get("within")
    before, all_bytes = snapshot(own.inbox, accessed=True), contents(place.path) + contents(own.inbox)
    within = snapshot(place.path)

    # when
    done = apply(own, "within")

    # then
    assert done.counts == {MoveState.DONE: 2}, notes(own, done)
    assert sorted(path.name for path in inside.root.iterdir()) == ["Gr\u00fc\u00dfe.txt", "over.txt"]
    assert sorted(contents(place.path)) == sorted(all_bytes)
    assert undoer(own).undo("within").counts == {MoveState.UNDONE: 2}
    assert snapshot(own.inbox, accessed=True) == before
    assert set(snapshot(place.path)) == set(within)
    assert not leftovers(place.path, own.inbox)


def leftovers(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in folder.rglob(".twolane-*")]


def test_a_name_that_differs_only_by_case_is_given_on_a_disk_that_folds_case(
    own: Desk, on_disk: OnDisk
) -> None:
    # given
    place = on_disk("exfat")
    inside = Desk(own.store, own.data, place.path / "in", place.path / "out")
    for name in ("report.TXT", "other.txt"):
        inside.write(name, name)
    inside.add()
    names = {"report.TXT": "Report.txt", "other.txt": "REPORT.TXT"}
    own.save(inside.draft(lambda file: inside.inbox / names[file.path.name]), "p")

    # when
    done = apply(own)

    # then: the other file does not take its place
    assert done.counts == {MoveState.DONE: 1, MoveState.LEFT: 1}, notes(own, done)
    assert sorted(path.name for path in inside.inbox.iterdir()) == ["Report.txt", "other.txt"]
    undoer(own).undo("p")
    assert sorted(path.name for path in inside.inbox.iterdir()) == ["other.txt", "report.TXT"]


def test_what_lies_at_the_target_is_never_touched(own: Desk) -> None:
    # given
    plan = planned(own, "a.txt", "b.txt", "c.txt", "d.txt")
    (own.root / "invoice").mkdir(parents=True)
    moved(own, "a.txt").write_text("mine")
    moved(own, "b.txt").mkdir()
    os.mkfifo(moved(own, "c.txt"))
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(moved(own, "d.txt")))
        before = snapshot(own.root.parent / "filed"), snapshot(own.inbox)

        # when
        done = apply(own)

        # then
        assert done.counts == {MoveState.LEFT: 4}
        assert "already" in note(own, plan)
        assert (snapshot(own.root), snapshot(own.inbox)) == before


def test_a_file_that_is_another_one_by_then_is_left(own: Desk) -> None:
    # given
    plan = planned(own, "a.txt", "b.txt", "c.txt", "d.txt", "e.txt")
    (own.inbox / "a.txt").write_text("invoice text 9\n")  # as long as before
    (own.inbox / "b.txt").unlink()
    (own.inbox / "c.txt").unlink()
    (own.inbox / "c.txt").symlink_to(own.inbox / "a.txt")
    (own.inbox / "d.txt").unlink()
    os.mkfifo(own.inbox / "d.txt")
    with (own.inbox / "e.txt").open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        # when
        done = apply(own)

    # then
    assert done.counts == {MoveState.LEFT: 5}
    said = notes(own, plan)
    assert [word in text for word, text in zip(WORDS, said, strict=True)] == [True] * 5, said
    assert not own.root.exists() or not list(own.root.rglob("*.txt"))
    assert apply(own).counts == {MoveState.LEFT: 4, MoveState.DONE: 1}  # it is let go


WORDS = ("changed since", "no longer there", "link", "regular", "locked")


def test_a_link_on_the_way_to_the_target_is_not_followed(own: Desk, tmp_path: Path) -> None:
    # given
    plan = planned(own)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    own.root.mkdir()
    (own.root / "invoice").symlink_to(elsewhere)

    # when
    done = apply(own)

    # then
    assert done.counts == {MoveState.LEFT: 2}
    assert "link" in note(own, plan)
    assert list(elsewhere.iterdir()) == []


def test_a_full_disk_stops_the_plan_and_it_goes_on_when_there_is_room(own: Desk, tmp_path: Path) -> None:
    # given
    (tmp_path / "disk").mkdir()
    with disk("tmpfs", tmp_path / "disk", size_mb=1) as small:
        own.root = small / "filed"
        own.write("a.txt", "few words " * 10_000)
        own.write("b.txt", "many words " * 30_000)
        own.add()
        own.save(own.draft(), "p")
        before = contents(own.inbox)
        ballast = fill(small, leave_bytes=250_000)

        # when
        with pytest.raises(NoRoomError, match="full"):
            apply(own)

        # then
        stopped = own.store.plans.get("p")
        assert stopped.state is PlanState.APPLYING
        assert not leftovers(small, own.inbox)
        assert sorted(contents(own.root) + contents(own.inbox)) == before
        ballast.unlink()
        assert apply(own).counts == {MoveState.DONE: 2}
        assert contents(own.root) == before


def test_what_the_system_does_not_permit_is_left_with_the_reason(own: Desk, tmp_path: Path) -> None:
    # given
    (tmp_path / "disk").mkdir()
    with disk("ext4", tmp_path / "disk") as place:
        inside = Desk(own.store, own.data, place / "in", place / "out")
        inside.write("a.txt", "one")
        inside.add()
        own.save(inside.draft(lambda file: own.root / file.path.name), "p")
        own.save(inside.draft(lambda file: inside.inbox / ("\u6587" * 100)), "long")
        own.save(inside.draft(), "within")
        remount(place, "ro")

        # when
        done, within = apply(own), apply(own, "within")

        # then: the copy that was made before it could not be removed is gone again
        assert done.counts == within.counts == {MoveState.LEFT: 1}
        assert "only be read" in note(own, done)
        assert not list(own.root.glob("*"))
        remount(place, "rw")
        long = apply(own, "long")
        assert "too long" in note(own, long)
        assert apply(own).counts == {MoveState.DONE: 1}


def test_copies_and_links_go_only_where_nothing_is_lost_by_it(own: Desk) -> None:
    # given
    names = {kind: f"{kind}.txt" for kind in (MoveKind.COPY, MoveKind.HARD_LINK, MoveKind.SYMBOLIC_LINK)}
    for name in names.values():
        own.write(name, name)
    own.add()
    before = snapshot(own.inbox)
    for kind in names:
        own.save(own.draft(lambda file, kind=kind: own.root / kind / file.path.name, kind), kind)  # type: ignore[misc]

    # when, then
    for kind in names:
        assert apply(own, kind).counts == {MoveState.DONE: 3}
    assert {path.name for path in own.inbox.iterdir()} == set(names.values())
    assert all(path.samefile(own.inbox / path.name) for path in (own.root / "hard_link").iterdir())
    (own.root / "copy" / "copy.txt").write_text("edited")
    (own.root / "symbolic_link" / "copy.txt").unlink()
    (own.root / "symbolic_link" / "copy.txt").write_text("not a link")
    states = [undoer(own).undo(kind).counts for kind in names]
    assert states == [
        {MoveState.UNDONE: 2, MoveState.KEPT: 1},
        {MoveState.UNDONE: 3},
        {MoveState.UNDONE: 2, MoveState.KEPT: 1},
    ]
    assert snapshot(own.inbox) == before
    assert [path.read_text() for path in sorted(own.root.rglob("*.txt"))] == ["edited", "not a link"]


def test_the_last_copy_of_a_text_is_kept(own: Desk) -> None:
    # given
    plan = planned(own, kind=MoveKind.COPY)
    apply(own)
    (own.inbox / "a.txt").unlink()
    (own.inbox / "b.txt").write_text("another text")

    # when
    undone = undoer(own).undo("p")

    # then
    assert undone.counts == {MoveState.KEPT: 2}
    assert "all that is left" in note(own, plan)
    assert [moved(own, name).exists() for name in ("a.txt", "b.txt")] == [True, True]


def test_what_was_edited_since_comes_back_with_the_edit(own: Desk) -> None:
    # given
    planned(own)
    apply(own)
    moved(own, "a.txt").write_text("edited in place")
    fresh = moved(own, "b.txt").with_suffix(".new")
    fresh.write_text("edited by replacing")
    fresh.replace(moved(own, "b.txt"))
    moved(own, "a.txt").chmod(0o600)

    # when
    undone = undoer(own).undo("p")

    # then
    assert undone.counts == {MoveState.UNDONE: 2}
    assert (own.inbox / "a.txt").read_text() == "edited in place"
    assert (own.inbox / "a.txt").stat().st_mode & 0o777 == 0o600
    assert (own.inbox / "b.txt").read_text() == "edited by replacing"
    assert not own.root.exists()


def test_an_edit_of_the_same_length_is_read_after_undo(own: Desk) -> None:
    # given
    planned(own, "a.txt", "b.txt")
    for path in own.inbox.iterdir():
        os.utime(path, (10**9, 10**9 + 0.3))
    own.add()
    apply(own)
    edited = moved(own, "a.txt")
    edited.write_text(edited.read_text().swapcase())

    # when
    undoer(own).undo("p")
    own.add()

    # then
    record = own.store.file_at(own.inbox / "a.txt")
    assert record
    assert record.document == digest_of(own.inbox / "a.txt")


def test_what_cannot_come_back_is_kept_with_the_reason(own: Desk) -> None:
    # given
    plan = planned(own)
    apply(own)
    (own.inbox / "a.txt").write_text("a new file of this name")
    moved(own, "b.txt").rename(own.inbox.parent / "elsewhere.txt")

    # when
    undone = undoer(own).undo("p")

    # then
    assert undone.counts == {MoveState.KEPT: 2}
    assert "already" in note(own, plan, 1)
    assert "no longer there" in note(own, plan, 2)
    (own.inbox / "a.txt").unlink()  # then the next undo brings it back
    assert undoer(own).undo("p").counts == {MoveState.UNDONE: 1, MoveState.KEPT: 1}


def test_a_folder_stays_where_something_is_in_it_and_keeps_what_others_did(own: Desk) -> None:
    # given
    planned(own)
    apply(own)
    (own.root / "invoice" / "mine.txt").write_text("of somebody else")
    os.utime(own.inbox, ns=(5, 5 * 10**17))  # somebody has changed the folder

    # when
    undoer(own).undo("p")

    # then
    assert [path.name for path in own.root.rglob("*")] == ["invoice", "mine.txt"]
    assert own.inbox.stat().st_mtime_ns > 5 * 10**17


def test_one_file_comes_back_alone(own: Desk) -> None:
    # given
    planned(own, "a.txt", "b.txt")
    apply(own)

    # when
    left = undoer(own).undo_file(moved(own, "a.txt"))

    # then
    assert left.counts == {MoveState.UNDONE: 1, MoveState.DONE: 1}
    assert left.state is PlanState.APPLIED
    assert (own.inbox / "a.txt").exists()
    assert undoer(own).undo_file(own.inbox / "b.txt").state is PlanState.UNDONE  # named by where it was
    with pytest.raises(NotFoundError):
        undoer(own).undo_file(own.inbox / "b.txt")
    assert not own.root.exists()


def test_plans_are_undone_from_the_last_one_back(own: Desk) -> None:
    # given: the second plan moves on what the first one has moved
    planned(own)
    apply(own)
    own.save(own.draft(lambda file: own.root / "later" / file.path.name), "q")
    apply(own, "q")

    # when, then
    first = undoer(own).undo("p")
    assert first.counts == {MoveState.KEPT: 2}
    assert "q has moved it on" in note(own, first)
    assert [plan.name for plan in undoer(own).undo_to(first.made_at)] == ["q", "p"]
    assert {path.name for path in own.inbox.iterdir()} == {"a.txt", "b.txt"}
    assert not own.root.exists()
    with pytest.raises(NotFoundError):
        undoer(own).undo_last()


def test_a_plan_that_was_never_applied_is_not_undone(own: Desk) -> None:
    # given
    plan = planned(own)
    verbs = AppliedPlans(own.store, own.data / "run", lambda _: None)

    # when, then
    with pytest.raises(ConflictError, match="never applied"):
        verbs.undo("p")
    with pytest.raises(ConflictError, match="never applied"):
        list(verbs.undoing("p"))
    assert own.store.plans.get("p") == plan


def test_one_plan_at_a_time_is_applied(own: Desk) -> None:
    # given
    planned(own)
    refused: list[str] = []

    def meanwhile(_: PlanProgress) -> None:
        with pytest.raises(ConflictError) as error:
            undoer(own).undo("p")
        refused.append(str(error.value))

    # when
    Applier(own.store, own.data / "run").apply("p", on_progress=meanwhile)

    # then
    assert len(set(refused)) == 1
    assert "another twolane on this machine" in refused[0]
    assert undoer(own).undo("p").state is PlanState.UNDONE


def test_a_plan_that_is_stopped_goes_on_later(own: Desk) -> None:
    # given
    planned(own)
    stop = Cancel()
    stop.cancel()

    # when
    with working_for(stop):
        stopped = apply(own)

    # then
    assert (stopped.state, stopped.counts) == (PlanState.APPLYING, {MoveState.PROPOSED: 2})
    assert apply(own).state is PlanState.APPLIED


def test_a_file_with_holes_keeps_them_on_another_disk(own: Desk, on_disk: OnDisk) -> None:
    # given
    place = on_disk("tmpfs")
    own.root = place.path / "out"
    path = own.write("a.txt", "start")
    with path.open("r+b") as file:
        file.truncate(8 << 20)
        file.seek(4 << 20)
        file.write(b"middle")
    own.add()
    own.save(own.draft(), "p")
    before = snapshot(own.inbox), path.stat().st_blocks

    # when
    done = apply(own)

    # then
    assert done.counts == {MoveState.DONE: 1}
    assert moved(own, "a.txt").stat().st_blocks < 1000
    undoer(own).undo("p")
    assert (snapshot(own.inbox), path.stat().st_blocks) == before


def test_other_names_of_a_file_stay_its_names(own: Desk) -> None:
    # given
    planned(own, "a.txt")
    os.link(own.inbox / "a.txt", own.inbox.parent / "another name")

    # when
    apply(own)

    # then
    assert moved(own, "a.txt").samefile(own.inbox.parent / "another name")
    undoer(own).undo("p")
    assert (own.inbox / "a.txt").stat().st_nlink == 2


def test_a_note_says_why_an_error_is_one_for_one_file(own: Desk) -> None:
    # given
    planned(own)
    apply(own)
    (own.inbox / "a.txt").write_text("in the way")

    # when, then
    with pytest.raises(MoveError, match="already"):
        undoer(own).undo_file(moved(own, "a.txt"))
