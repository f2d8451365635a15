"""When a file that has changed is whole, and which of many go first."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.library import Clock

from twolane.files.watching.settled import Settling
from twolane.files.watching.writers import written_files

QUIET_S = 0.5


class Writers:
    """What is open for writing, as a test says."""

    def __init__(self) -> None:
        self.open: set[Path] = set()
        self.looks = 0

    def __call__(self, is_asked: Callable[[bytes], bool]) -> set[Path]:
        self.looks += 1
        return {path for path in self.open if is_asked(os.fsencode(path))}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def writers() -> Writers:
    return Writers()


@pytest.fixture
def settling(clock: Clock, writers: Writers) -> Settling:
    return Settling(QUIET_S, clock=clock, written=writers)


def paths(settling: Settling, most: int = 500) -> list[Path]:
    return [one.path for one in settling.settled(most)]


def test_a_file_is_whole_once_it_has_been_quiet_for_a_while(
    settling: Settling, clock: Clock, tmp_path: Path
) -> None:
    # given
    path = tmp_path / "letter.txt"
    path.write_text("Dear neighbour")
    settling.note(path)

    # when
    early = paths(settling)
    clock.advance(QUIET_S)
    [settled] = settling.settled(1)

    # then
    assert early == []
    assert (settled.path, settled.is_there, settled.soon) == (path, True, True)
    assert settled.heard_at == clock.now - QUIET_S
    assert len(settling) == 0


def test_a_file_that_grows_is_waited_for_longer_and_holds_nobody_up(
    settling: Settling, clock: Clock, tmp_path: Path
) -> None:
    # given
    growing, other = tmp_path / "film.bin", tmp_path / "letter.txt"
    growing.write_bytes(b"1")
    settling.note(growing)

    # when
    taken = []
    for size in range(2, 7):
        clock.advance(QUIET_S * 8)
        growing.write_bytes(b"1" * size)
        other.write_text(f"letter {size}")
        settling.note(other)
        clock.advance(QUIET_S)
        taken += paths(settling)

    # then
    assert taken == [other] * 5

    # when
    clock.advance(QUIET_S)
    soon = paths(settling)
    clock.advance(QUIET_S * 7)

    # then
    assert soon == []
    assert paths(settling) == [growing]


def test_a_file_that_is_open_for_writing_waits_until_it_is_closed_or_surely_forgotten(
    settling: Settling, clock: Clock, writers: Writers, tmp_path: Path
) -> None:
    # given
    held, forgotten = tmp_path / "held.pdf", tmp_path / "forgotten.log"
    for path in (held, forgotten):
        path.write_bytes(b"%PDF-1.7")
        writers.open.add(path)
        settling.note(path)

    # when
    clock.advance(60)
    while_open = paths(settling)
    writers.open.discard(held)
    clock.advance(2)
    closed = paths(settling)
    clock.advance(300)

    # then
    assert while_open == []
    assert closed == [held]
    assert paths(settling) == [forgotten]


def test_processes_are_looked_at_once_for_all_files(
    settling: Settling, clock: Clock, writers: Writers, tmp_path: Path
) -> None:
    # given
    for number in range(50):
        path = tmp_path / f"{number}.txt"
        path.write_text("letter")
        settling.note(path)

    # when
    clock.advance(QUIET_S)

    # then
    assert len(paths(settling)) == 50
    assert writers.looks == 1


def test_what_is_heard_of_twice_is_taken_once_and_again_only_when_it_is_another(
    settling: Settling, clock: Clock, tmp_path: Path
) -> None:
    # given
    path = tmp_path / "letter.txt"
    path.write_text("Dear neighbour")
    settling.note(path)
    clock.advance(QUIET_S)
    assert paths(settling) == [path]

    # when
    settling.note(path)
    clock.advance(QUIET_S)
    unchanged = paths(settling)
    path.write_text("Dear neighbour, once more")
    settling.note(path)
    clock.advance(QUIET_S)

    # then
    assert unchanged == []
    assert paths(settling) == [path]


def test_what_is_gone_is_told_as_such(settling: Settling, clock: Clock, tmp_path: Path) -> None:
    # given
    settling.note(tmp_path / "never.txt")

    # when
    clock.advance(QUIET_S)

    # then
    assert [one.is_there for one in settling.settled(1)] == [False]


def test_the_first_few_of_a_burst_and_a_file_that_is_dropped_elsewhere_or_later_go_first(
    settling: Settling, clock: Clock, tmp_path: Path
) -> None:
    # given
    (tmp_path / "burst").mkdir()
    burst = [tmp_path / "burst" / f"{number}.txt" for number in range(100)]
    dropped, late = tmp_path / "dropped.txt", tmp_path / "burst" / "late.txt"

    # when
    for path in burst:
        settling.note(path)
    settling.note(dropped)
    clock.advance(10)
    settling.note(late)
    clock.advance(QUIET_S)
    soon = {one.path for one in settling.settled(500) if one.soon}

    # then
    assert soon == {*burst[:20], dropped, late}


@pytest.mark.skipif(not Path("/proc/self/fdinfo").is_dir(), reason="only Linux shows it")
def test_it_is_seen_who_writes_a_file_and_not_who_reads_it(tmp_path: Path) -> None:
    # given
    written, read = tmp_path / "written größe \udcff.pdf", tmp_path / "read.pdf"
    read.write_bytes(b"%PDF-1.7")

    # when
    with written.open("wb"), read.open("rb"):
        found = written_files(lambda path: path.startswith(os.fsencode(tmp_path)))

    # then
    assert found == {written}
    assert written_files(lambda path: path.startswith(os.fsencode(tmp_path))) == set()
