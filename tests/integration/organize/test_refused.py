"""What a plan meets on a real disk: each has a defined outcome, says why, and loses nothing."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from standins.desk import Desk, Entry, contents, desk, disagreements, snapshot
from standins.disks import fill, limited
from tests.support.filesystems import OnDisk, disk

from twolane.errors import NoRoomError
from twolane.plans import Move, MoveKind, MoveState, Plan, PlanState


@dataclass
class Scene:
    """Two files of a plan that is not applied yet: one that something happens to, and one beside it."""

    desk: Desk
    folder: Path
    ends: ExitStack = field(default_factory=ExitStack)

    @property
    def source(self) -> Path:
        return self.desk.inbox / "Brief.txt"

    @property
    def target(self) -> Path:
        return self.desk.root / "letter" / "Brief.txt"


def taken(scene: Scene) -> None:
    scene.target.parent.mkdir(parents=True)
    scene.target.write_text("something else")


def taken_by_a_folder(scene: Scene) -> None:
    scene.target.mkdir(parents=True)


def taken_by_a_socket(scene: Scene) -> None:
    scene.target.parent.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.fspath(scene.target))


def taken_by_a_pipe(scene: Scene) -> None:
    scene.target.parent.mkdir(parents=True)
    os.mkfifo(scene.target)


def taken_by_a_dead_link(scene: Scene) -> None:
    scene.target.parent.mkdir(parents=True)
    scene.target.symlink_to("nowhere")


def vanished(scene: Scene) -> None:
    scene.source.unlink()


def changed(scene: Scene) -> None:
    scene.source.write_text("letter that says something else")


def changed_and_looks_the_same(scene: Scene) -> None:
    status = scene.source.stat()
    scene.source.write_bytes(scene.source.read_bytes()[::-1])
    os.utime(scene.source, ns=(status.st_atime_ns, status.st_mtime_ns))


def replaced_by_a_link(scene: Scene) -> None:
    secret = scene.folder / "secret.txt"
    scene.source.rename(secret)
    scene.source.symlink_to(secret)


def replaced_by_a_pipe(scene: Scene) -> None:
    scene.source.unlink()
    os.mkfifo(scene.source)


def locked(scene: Scene) -> None:
    import fcntl

    file = scene.ends.enter_context(scene.source.open("rb"))
    fcntl.flock(file, fcntl.LOCK_EX)


def immutable(scene: Scene) -> None:
    subprocess.run(["chattr", "+i", str(scene.source)], check=True)
    scene.ends.callback(subprocess.run, ["chattr", "-i", str(scene.source)], check=True)


def only_to_be_added_to(scene: Scene) -> None:
    subprocess.run(["chattr", "+a", str(scene.source)], check=True)
    scene.ends.callback(subprocess.run, ["chattr", "-a", str(scene.source)], check=True)


def folder_of_the_target_is_a_link(scene: Scene) -> None:
    elsewhere = scene.folder / "elsewhere"
    elsewhere.mkdir()
    scene.desk.root.mkdir()
    scene.target.parent.symlink_to(elsewhere)


def folder_of_the_target_is_a_file(scene: Scene) -> None:
    scene.desk.root.mkdir()
    scene.target.parent.write_text("a file")


def folder_of_the_target_is_immutable(scene: Scene) -> None:
    scene.target.parent.mkdir(parents=True)
    subprocess.run(["chattr", "+i", str(scene.target.parent)], check=True)
    scene.ends.callback(subprocess.run, ["chattr", "-i", str(scene.target.parent)], check=True)


def disk_of_the_target_can_only_be_read(scene: Scene) -> None:
    scene.target.parent.mkdir(parents=True)
    scene.ends.enter_context(mounted_over(scene.target.parent, "ro"))


SCENES: dict[Callable[[Scene], None], str] = {
    taken: "something lies at",
    taken_by_a_folder: "something lies at",
    taken_by_a_socket: "something lies at",
    taken_by_a_pipe: "something lies at",
    taken_by_a_dead_link: "something lies at",
    vanished: "no longer there",
    changed: "has changed",
    changed_and_looks_the_same: "has changed",
    replaced_by_a_link: "is a link",
    replaced_by_a_pipe: "no longer a regular file",
    locked: "another program has locked it",
    immutable: "protected against changes",
    only_to_be_added_to: "protected against changes",
    folder_of_the_target_is_a_link: "is a link",
    folder_of_the_target_is_a_file: "is a file, not a folder",
    folder_of_the_target_is_immutable: "protected against changes",
    disk_of_the_target_can_only_be_read: "can only be read",
}


@pytest.mark.parametrize("happens", SCENES, ids=lambda scene: scene.__name__)
def test_what_cannot_be_moved_is_left_as_it_is_and_the_others_are_moved(
    happens: Callable[[Scene], None], on_disk: OnDisk, tmp_path: Path
) -> None:
    # given
    place = on_disk("ext4").path
    with desk(tmp_path / "library", place / "inbox") as one, ExitStack() as ends:
        scene = Scene(one, place, ends)
        one.write("Brief.txt", "to somebody", "letter")
        one.write("other.txt", "for something", "invoice")
        one.add()
        plan = one.save(one.draft())
        happens(scene)
        kept, before = contents(place), snapshot(place)

        # when
        one.apply(plan.name)

        # then
        left, other = moves_of(one, plan)
        assert (left.state, other.state) == (MoveState.LEFT, MoveState.DONE)
        assert SCENES[happens] in left.note, left.note
        assert contents(place) == kept
        assert one.store.plans.get(plan.name).state is PlanState.APPLIED

        # when
        one.undo(plan.name)

        # then
        assert snapshot(place) == before


@pytest.mark.parametrize("name", ["casefold", "vfat", "exfat"])
@pytest.mark.parametrize("spelling", ["BRIEF ä.txt", "brief ä.TXT"])
def test_a_disk_that_folds_case_has_another_file_under_that_name(
    name: str, spelling: str, on_disk: OnDisk, tmp_path: Path
) -> None:
    # given
    place = on_disk(name).path
    with desk(tmp_path / "library", place / "inbox") as one:
        one.write("Brief ä.txt", "to somebody", "letter")
        one.add()
        plan = one.save(one.draft())
        (one.root / "letter").mkdir(parents=True)
        (one.root / "letter" / spelling).write_text("something else")
        before = snapshot(place)

        # when
        one.apply(plan.name)

        # then
        assert [move.state for move in moves_of(one, plan)] == [MoveState.LEFT]
        assert snapshot(place) == before


@pytest.mark.parametrize("name", ["ext4", "casefold", "vfat", "exfat"])
def test_a_name_is_changed_in_its_case_alone_and_back(name: str, on_disk: OnDisk, tmp_path: Path) -> None:
    # given
    place = on_disk(name).path
    with desk(tmp_path / "library", place / "inbox") as one:
        one.write("brief.txt", "to somebody", "letter")
        one.add()
        before = snapshot(place)

        # when
        plan = one.save(one.draft(lambda record: record.path.with_name("Brief.txt")))
        one.apply(plan.name)

        # then: to what mounts exFAT in user space one file under two spellings is two
        is_known = name != "exfat" or moves_of(one, plan)[0].state is MoveState.DONE
        assert [path.name for path in one.inbox.iterdir()] == ["Brief.txt" if is_known else "brief.txt"]
        assert contents(place) == contents_of(before)

        # when
        one.undo(plan.name)

        # then
        assert snapshot(place) == before


@pytest.mark.parametrize("name", ["ext4", "overlay", "vfat", "exfat", "ntfs", "btrfs", "xfs"])
@pytest.mark.parametrize("long", ["x" * 256, "ä" * 128, "文" * 300])
def test_a_name_that_is_too_long_for_the_disk_is_left(
    name: str, long: str, on_disk: OnDisk, tmp_path: Path
) -> None:
    # given
    place = on_disk(name).path
    with desk(tmp_path / "library", place / "inbox") as one:
        one.write("Brief.txt", "to somebody", "letter")
        one.add()
        before = snapshot(place)

        # when
        plan = one.save(one.draft(lambda record: record.path.with_name(long)))
        one.apply(plan.name)

        # then: disks of Windows count characters, not bytes
        (move,) = moves_of(one, plan)
        if move.state is MoveState.LEFT:
            assert "too long" in move.note or "takes no such name" in move.note, move.note
            assert snapshot(place) == before
        else:
            assert len(long) <= 255
            one.undo(plan.name)
            assert snapshot(place) == before


def test_a_name_that_windows_reserves_is_refused_by_its_disk(on_disk: OnDisk, tmp_path: Path) -> None:
    # given
    place = on_disk("exfat").path
    with desk(tmp_path / "library", place / "inbox") as one:
        for number in range(4):
            one.write(f"{number}.txt", "to somebody", "letter")
        one.add()
        before = snapshot(place)
        names = {"0.txt": 'a"b', "1.txt": "a:b", "2.txt": "a*b", "3.txt": "a|b"}

        # when
        plan = one.save(one.draft(lambda record: record.path.with_name(names[record.path.name])))
        one.apply(plan.name)

        # then
        assert {move.state for move in moves_of(one, plan)} <= {MoveState.LEFT, MoveState.DONE}
        assert not list(disagreements(one, plan.name))

        # when
        one.undo(plan.name)

        # then
        assert snapshot(place) == before


@pytest.mark.parametrize("kind", [MoveKind.MOVE, MoveKind.COPY])
@pytest.mark.parametrize("is_quota", [False, True])
def test_a_full_disk_stops_the_plan_with_the_remedy_and_it_goes_on_once_there_is_room(
    kind: MoveKind, is_quota: bool, on_disk: OnDisk, tmp_path: Path
) -> None:
    # given
    place = on_disk("ext4").path
    with ExitStack() as ends:
        if is_quota:
            there = limited(ends.enter_context(disk("btrfs", tmp_path)), 3 << 20)
        else:
            there = ends.enter_context(disk("tmpfs", tmp_path, size_mb=8))
        one = ends.enter_context(desk(tmp_path / "library", place / "inbox", there / "filed"))
        one.write("a.txt", "small", "letter")
        one.write("b.txt", "large " + "x" * (2 << 20), "letter")
        one.add()
        plan = one.save(one.draft(kind=kind))
        ballast = fill(there, 1 << 20) if not is_quota else write_half(there)
        before = snapshot(place)

        # when
        with pytest.raises(NoRoomError) as refused:
            one.apply(plan.name)

        # then: what fitted is there, nothing is half there, and what did not fit lies where it was
        assert "room" in str(refused.value)
        small, large = moves_of(one, plan)
        assert small.state is MoveState.DONE
        assert large.state is not MoveState.DONE
        assert not list(disagreements(one, plan.name))
        assert {path.name for path in (there / "filed" / "letter").iterdir()} == {"a.txt"}

        # when
        ballast.unlink()
        os.sync()
        one.apply(plan.name)

        # then
        assert [move.state for move in moves_of(one, plan)] == [MoveState.DONE, MoveState.DONE]

        # when
        one.undo(plan.name)

        # then
        assert snapshot(place) == before
        assert not (there / "filed").exists()


def test_a_disk_that_is_taken_away_and_put_back(tmp_path: Path) -> None:
    # given
    with disk("ext4", tmp_path) as place, desk(tmp_path / "library", place / "inbox") as one:
        one.write("Brief.txt", "to somebody", "letter")
        one.add()
        before = snapshot(place)
        plan = one.save(one.draft())

        # when: an empty folder stands where it was
        with mounted_over(place):
            one.apply(plan.name)
            (left,) = moves_of(one, plan)
        put_back = snapshot(place)
        one.apply(plan.name)

        # then
        assert (left.state, put_back) == (MoveState.LEFT, before)
        assert [move.state for move in moves_of(one, plan)] == [MoveState.DONE]

        # when
        with mounted_over(place):
            one.undo(plan.name)
            (kept,) = moves_of(one, plan)
        one.undo(plan.name)

        # then: but for the times of folders, which were others for a while
        assert kept.state is not MoveState.UNDONE
        assert snapshot(place).keys() == before.keys()
        assert contents_of(snapshot(place)) == contents_of(before)


def contents_of(lay: dict[bytes, Entry]) -> list[str]:
    return sorted(entry.digest for entry in lay.values() if entry.digest)


def moves_of(one: Desk, plan: Plan) -> list[Move]:
    return one.store.plans.moves(plan.plan_id, limit=100)


def write_half(folder: Path) -> Path:
    ballast = folder / "ballast"
    ballast.write_bytes(os.urandom(2 << 20))
    os.sync()
    return ballast


@contextmanager
def mounted_over(folder: Path, options: str = "") -> Iterator[None]:
    """Have a folder stand for another, empty disk."""
    command = ["mount", "-t", "tmpfs", "-o", options or "rw", "tmpfs", str(folder)]
    assert shutil.which("mount")
    subprocess.run(command, check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)
