"""Plans are applied and undone on real file systems, and what comes back is what there was."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from standins.desk import CATEGORIES, Desk, Entry, desk, disagreements, snapshot
from standins.disks import KINDS, DiskKind
from tests.support.filesystems import OnDisk

from twolane.plans import MoveKind, MoveState, Plan, PlanState

NAMES = (
    *("Brief.txt", "Größe 2.txt", "文書.pdf", "رسالة.txt", "письмо.txt", "x" * 200, "two\nlines", "-rf"),
    *(
        "trailing ",
        "trailing.",
        "a:b?.txt",
        "NUL",
        "👩\u200d👧.jpg",
        "\u202egnp.txt",
        ".hidden",
        "\udce9t\udce9",
    ),
)
SPARSE_BYTES = 4 << 20


@pytest.mark.parametrize("name", KINDS)
def test_what_was_moved_is_found_there_and_comes_back_as_it_was(
    name: str, on_disk: OnDisk, tmp_path: Path
) -> None:
    # given
    disk = on_disk(name)
    is_exact = not disk.kind.helper  # what mounts a disk in user space may count every look as a reading
    with desk(tmp_path / "library", disk.path / "inbox") as one:
        written = write_all(one, disk.kind)
        one.add()
        before = snapshot(disk.path, accessed=is_exact)

        # when
        plan = one.save(one.draft())
        one.apply(plan.name)

        # then
        assert len(written) > len(NAMES) // 2
        assert_moved(one, plan, len(written))
        assert not list(disagreements(one, plan.name))
        assert contents_of(snapshot(disk.path)) == contents_of(before)
        assert_found(one, written)

        # when
        one.undo(plan.name)

        # then
        assert snapshot(disk.path, accessed=is_exact) == before
        assert one.store.plans.get(plan.name).state is PlanState.UNDONE
        assert not list(disagreements(one, plan.name))
        assert_found(one, written)


@pytest.mark.parametrize("name", ["ext4", "exfat", "vfat", "ntfs"])
@pytest.mark.parametrize("kind", [kind for kind in MoveKind if kind is not MoveKind.MOVE])
def test_copies_and_links_are_made_where_the_disk_can_and_taken_away_again(
    name: str, kind: MoveKind, on_disk: OnDisk, tmp_path: Path
) -> None:
    # given
    disk = on_disk(name)
    with desk(tmp_path / "library", disk.path / "inbox") as one:
        written = write_all(one, disk.kind)
        one.add()
        before = snapshot(disk.path)

        # when
        plan = one.save(one.draft(kind=kind))
        one.apply(plan.name)

        # then
        is_possible = kind is MoveKind.COPY or not disk.kind.is_fat
        assert_moved(one, plan, len(written) if is_possible else 0, "no hard links", "no symbolic links")
        assert not list(disagreements(one, plan.name))
        assert (
            before.items() >= {k: v for k, v in snapshot(disk.path).items() if is_old(k, v, before)}.items()
        )

        # when
        one.undo(plan.name)

        # then
        assert snapshot(disk.path) == before


@pytest.mark.parametrize("name", [name for name in KINDS if name != "ext4"])
@pytest.mark.parametrize("is_there", [True, False])
def test_a_file_that_changes_its_disk_takes_along_what_both_can_keep(
    name: str, is_there: bool, on_disk: OnDisk, tmp_path: Path
) -> None:
    # given
    ends = on_disk("ext4"), on_disk(name)
    source, target = ends if is_there else ends[::-1]
    is_exact = not source.kind.helper
    with desk(tmp_path / "library", source.path / "inbox", target.path / "filed") as one:
        written = write_all(one, source.kind, target.kind)
        refused = [path for path in written if not can_hold(target.path, path.name)]
        one.add()
        before, there = snapshot(source.path, accessed=is_exact), snapshot(target.path)

        # when
        plan = one.save(one.draft())
        one.apply(plan.name)

        # then: what its disk cannot have is left where it is
        assert_moved(one, plan, len(written) - len(refused), "no such name", "no longer there")
        assert not list(disagreements(one, plan.name))
        assert_found(one, written)
        arrived = snapshot(target.path / "filed")
        assert sorted(contents_of(arrived) + contents_of(snapshot(source.path))) == contents_of(before)
        if not refused and not target.kind.is_fat and not source.kind.is_fat:
            assert attributes_of(arrived) == attributes_of(before)
            assert source.kind.helper or has_holes(target.path / "filed" / "contract" / "holes.txt")

        # when
        one.undo(plan.name)

        # then: a second name of a file in two folders is a file of its own by now, for it was one there
        assert without_links(snapshot(source.path, accessed=is_exact)) == without_links(before)
        assert snapshot(target.path) == there
        assert_found(one, written)


def write_all(one: Desk, *kinds: DiskKind) -> list[Path]:
    """Write files with times, permissions, attributes, holes and links, as far as their disks have them."""
    written = []
    folder = one.inbox / "new"
    folder.mkdir()
    for number, name in enumerate(NAMES):
        path = folder / name
        if not all(takes(kind, name) for kind in kinds):
            continue
        with suppress(OSError):  # the disk refuses the name
            path.write_text(f"{CATEGORIES[number % 3]} of {name!r}\n")
            written.append(path)
    for path in written[:3]:
        if not any(kind.is_fat for kind in kinds):
            os.setxattr(path, "user.origin", b"scanner")
    written[0].chmod(0o440)
    if not any(kind.is_fat for kind in kinds):
        os.link(written[1], folder / "second name.txt")
        written.append(folder / "second name.txt")
    with (folder / "holes.txt").open("wb") as file:
        file.write(b"contract with holes\n")
        if not any(kind.is_fat for kind in kinds):
            file.seek(SPARSE_BYTES)
        file.write(b"\nend\n")
    written.append(folder / "holes.txt")
    for number, path in enumerate(written):
        seconds = 1_500_000_000 + 10 * number
        os.utime(path, ns=(seconds * 10**9 + 123_456_789, (seconds + 4) * 10**9 + 987_654_321))
    return written


def takes(kind: DiskKind, name: str) -> bool:
    """Say whether a disk's own rules let a name be; what else it refuses, it refuses when it is written."""
    return not (kind.is_fat and name != name.rstrip(". "))


def can_hold(folder: Path, name: str) -> bool:
    """Say whether a disk takes a name and keeps it."""
    try:
        (folder / name).write_bytes(b"")
    except OSError:
        return False
    is_kept = name in {path.name for path in folder.iterdir()}
    (folder / name).unlink()
    return is_kept


def assert_moved(one: Desk, plan: Plan, count: int, *words: str) -> None:
    """So many moves are done, and of each of the others something is said with one of the words."""
    moves = one.store.plans.moves(plan.plan_id, limit=1000)
    left = [move for move in moves if move.state is not MoveState.DONE]
    assert len(moves) - len(left) == count, [move.note for move in left]
    for move in left:
        assert move.state is MoveState.LEFT
        assert any(word in move.note for word in words), move.note


def assert_found(one: Desk, written: list[Path]) -> None:
    """Every file is found by its words where it lies now, and nothing is to be read again."""
    store = one.store
    files = [file for file in store.files() if file.path.name in {path.name for path in written}]
    assert len(files) == len(written)
    assert all(file.path.is_file() for file in files)
    hits = store.search_words(store.query_words("holes"), 100)
    found = {passage.path for passage in store.passages([hit.passage_id for hit in hits])}
    assert [path.name for path in found] == ["holes.txt"]
    assert all(path.is_file() for path in found)
    assert not store.pending().jobs


def contents_of(lay: dict[bytes, Entry]) -> list[str]:
    return sorted(entry.digest for entry in lay.values() if stat.S_ISREG(entry.kind))


def attributes_of(lay: dict[bytes, Entry]) -> list[tuple[object, ...]]:
    files = (entry for entry in lay.values() if stat.S_ISREG(entry.kind))
    return sorted((one.digest, one.modified_ns // 100, one.mode, one.attributes) for one in files)


def is_old(path: bytes, entry: Entry, before: dict[bytes, Entry]) -> bool:
    """Say whether something was there before; a file that has a new name is another one in that alone."""
    return path in before and not stat.S_ISDIR(entry.kind) and entry.links == before[path].links


def without_links(lay: dict[bytes, Entry]) -> dict[bytes, Entry]:
    return {path: replace(entry, links=0) for path, entry in lay.items()}


def has_holes(path: Path) -> bool:
    return path.stat().st_blocks * 512 < SPARSE_BYTES
