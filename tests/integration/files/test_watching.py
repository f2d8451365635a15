"""A folder is watched: what comes, changes and goes in it is known, and nothing is taken half written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from standins.brokers import missing
from standins.program import until
from tests.support.filesystems import disk

from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.config.settings import WatchedFolder
from twolane.documents import FileState, FolderStanding, FolderWatch
from twolane.lanes.snapshot import Snapshot
from twolane.work import READ

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the tests change mounts and look into /proc")

QUIET_S = 0.1
SLOW_WRITER = """
import sys
with open(sys.argv[1], "wb") as file:
    for line in sys.stdin:
        file.write(line.encode() * 1000)
        file.flush()
        print("written", flush=True)
"""


class Watched:
    """A library that watches a folder, in this process."""

    def __init__(self, app: App, path: Path) -> None:
        self.app, self.path = app, path

    @property
    def standing(self) -> FolderStanding:
        [standing] = self.app.folders.own()
        return standing

    def has(self, path: Path) -> bool:
        record = self.app.library.file_at(path)
        return record is not None and record.state is FileState.WAITING

    def lacks(self, path: Path) -> bool:
        record = self.app.library.file_at(path)
        return record is None or record.state is FileState.GONE

    def is_(self, watch: FolderWatch) -> bool:
        return self.standing.watch is watch


OpenWatched = Callable[..., Watched]


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[OpenWatched]:
    """Return what opens a library that watches a folder; all of one test share the library's place."""
    with ExitStack() as stack:

        def start(path: Path, *, watch: FolderWatch = FolderWatch.EVENTS, poll_s: float = 0) -> Watched:
            settings = load_settings(env={}, flags={"data_dir": tmp_path / "library"})
            watched = Watched(stack.enter_context(open_app(settings)), path)
            watched.app.folders.start([WatchedFolder(path=path, poll_s=poll_s, quiet_s=QUIET_S)])
            until(lambda: watched.is_(watch), f"it is watched by {watch}")
            return watched

        yield start


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    path = tmp_path / "inbox"
    path.mkdir()
    return path


def put(folder: Path, name: str, text: str = "Dear neighbour") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@contextmanager
def slow_writer(path: Path) -> Iterator[Callable[[], None]]:
    """Yield what writes a piece of a file in another process, which closes it at the end of the block."""
    command = [sys.executable, "-c", SLOW_WRITER, os.fspath(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        written, told = process.stdin, process.stdout

        def write() -> None:
            written.write("a piece of it\n")
            written.flush()
            assert told.readline()

        yield write
        written.close()


@contextmanager
def bound(place: Path, at: Path) -> Iterator[None]:
    """Mount a folder at another one."""
    if subprocess.run(["mount", "--bind", place, at], capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", at], check=True)


@pytest.mark.parametrize("poll_s", [0.0, 0.2], ids=["events", "polling"])
def test_what_comes_changes_and_goes_is_known(watching: OpenWatched, inbox: Path, poll_s: float) -> None:
    # given
    before = put(inbox, "before.txt")
    watched = watching(inbox, watch=FolderWatch.POLLING if poll_s else FolderWatch.EVENTS, poll_s=poll_s)
    names = ["Größe & mehr.txt", "письмо.txt", "信件.txt", "رسالة.txt", "a\nb.txt", "żółć \udcff.txt"]

    # when
    paths = [put(inbox, name) for name in names]

    # then
    for path in (before, *paths):
        until(lambda path=path: watched.has(path), f"{path!r} is taken in")  # type: ignore[misc]

    # when
    known = watched.app.library.file_at(paths[0])
    assert known is not None
    with paths[0].open("a") as file:
        file.write(" and all others")
    paths[1].unlink()
    (inbox / "new").mkdir()
    moved = paths[2].rename(inbox / "new" / "renamed.txt")

    # then
    until(lambda: watched.lacks(paths[1]), "what was deleted is gone")
    until(lambda: watched.has(moved) and watched.lacks(paths[2]), "what was renamed has its new name alone")
    until(lambda: watched.app.library.file(known.file_id).size_bytes > known.size_bytes, "it has grown")


def test_a_file_is_taken_when_its_writer_has_closed_it_and_others_do_not_wait(
    watching: OpenWatched, inbox: Path
) -> None:
    # given
    watched, slow = watching(inbox), inbox / "slow.pdf"

    # when
    with slow_writer(slow) as write:
        for number in range(3):
            write()
            other = put(inbox, f"other {number}.txt")
            until(lambda: watched.has(other), "what is dropped meanwhile is taken in")  # noqa: B023
            # then
            assert watched.app.library.file_at(slow) is None
            assert watched.standing.waiting

    # then
    until(lambda: watched.has(slow), "it is taken in once it is whole")


def test_a_file_that_is_being_written_when_watching_begins_is_not_taken_half(
    watching: OpenWatched, inbox: Path
) -> None:
    # given
    slow, before = inbox / "slow.pdf", put(inbox, "before.txt")
    with slow_writer(slow) as write:
        write()
        os.utime(slow, (1, 1))

        # when
        watched = watching(inbox)
        until(lambda: watched.has(before) and watched.standing.waiting, "the folder was looked at")

        # then
        assert watched.app.library.file_at(slow) is None

    # then
    until(lambda: watched.has(slow), "it is taken in once it is whole")


def test_a_download_is_known_under_its_last_name_alone(watching: OpenWatched, inbox: Path) -> None:
    # given
    watched = watching(inbox)

    # when
    part = put(inbox, "bill.pdf.crdownload")
    copied = put(inbox, ".lease.pdf.Ab3Xy9")
    last = put(inbox, "last.txt")
    until(lambda: watched.has(last), "what came after them is taken in")

    # then
    assert not watched.has(part)
    assert not watched.has(copied)

    # when
    bill, lease = part.rename(inbox / "bill.pdf"), copied.rename(inbox / "lease.pdf")

    # then
    until(lambda: watched.has(bill) and watched.has(lease), "they are taken in")
    until(lambda: watched.lacks(part) and watched.lacks(copied), "they have no other name")


def test_a_folder_comes_and_goes_with_all_that_is_in_it(
    watching: OpenWatched, inbox: Path, tmp_path: Path
) -> None:
    # given
    watched, outside = watching(inbox), tmp_path / "outside"
    (outside / "deep" / "er").mkdir(parents=True)
    (outside / ".git").mkdir()
    put(outside / ".git", "config.txt")
    names = ["deep/er/письмо.txt", "deep/lease.txt", "letter.txt"]
    for name in names:
        put(outside, name)

    # when
    moved = outside.rename(inbox / "moved in")

    # then
    until(lambda: all(watched.has(moved / name) for name in names), "all of it is taken in")
    assert watched.app.library.file_at(moved / ".git" / "config.txt") is None

    # when
    moved.rename(outside)

    # then
    until(lambda: all(watched.lacks(moved / name) for name in names), "all of it is gone")


def test_a_link_is_not_followed_wherever_it_leads(watching: OpenWatched, inbox: Path, tmp_path: Path) -> None:
    # given
    secret = tmp_path / "secret"
    secret.mkdir()
    put(secret, "key.txt")
    watched = watching(inbox)

    # when
    (inbox / "linked").symlink_to(secret)
    (inbox / "link.txt").symlink_to(secret / "key.txt")
    put(secret, "later.txt")
    last = put(inbox, "last.txt")
    until(lambda: watched.has(last), "what came after them is taken in")

    # then
    assert [file.path for file in watched.app.library.find().files if watched.has(file.path)] == [last]


def test_a_folder_that_vanishes_keeps_its_files_and_is_watched_again_when_it_is_back(
    watching: OpenWatched, inbox: Path, tmp_path: Path
) -> None:
    # given
    letter = put(inbox, "letter.txt")
    watched = watching(inbox)
    until(lambda: watched.has(letter), "it is taken in")

    # when
    inbox.rename(tmp_path / "elsewhere")
    until(lambda: watched.is_(FolderWatch.AWAY), "it is seen that the folder is away")

    # then
    assert watched.has(letter)
    assert "is its disk mounted?" in watched.standing.fault

    # when
    (tmp_path / "elsewhere").rename(inbox)
    late = put(inbox, "late.txt")

    # then
    until(lambda: watched.has(late) and watched.is_(FolderWatch.EVENTS), "it is watched again")
    assert watched.standing.fault == ""


def test_a_disk_that_is_unmounted_keeps_its_files(watching: OpenWatched, inbox: Path, tmp_path: Path) -> None:
    # given
    with disk("tmpfs", tmp_path) as place:
        letter = put(place, "letter.txt")
        with bound(place, inbox):
            watched = watching(inbox)
            there = inbox / letter.name
            until(lambda: watched.has(there), "it is taken in")

        # when
        until(lambda: watched.is_(FolderWatch.AWAY), "it is seen that its disk is away")

        # then
        assert watched.has(there)
        assert "is it mounted?" in watched.standing.fault

        # when
        with bound(place, inbox):
            late = put(inbox, "late.txt")
            until(lambda: watched.has(late), "what comes once it is back is taken in")

            # then
            assert watched.has(there)
            until(lambda: watched.standing.fault == "", "all is well")
            watched.app.folders.stop()


def test_what_a_program_serves_as_a_disk_is_looked_at_again_and_again(
    watching: OpenWatched, inbox: Path, tmp_path: Path
) -> None:
    # given
    for program in ("fusefat", "mkfs.vfat"):
        if not shutil.which(program):
            missing(program)
    with (tmp_path / "disk.img").open("wb") as image:
        image.truncate(16 << 20)
    subprocess.run(["mkfs.vfat", tmp_path / "disk.img"], check=True, capture_output=True)
    mounted = subprocess.run(
        ["fusefat", "-o", "rw+", tmp_path / "disk.img", inbox], capture_output=True, check=False
    )
    if mounted.returncode or not inbox.is_mount():
        pytest.skip(f"nothing can be mounted by FUSE here: {mounted.stderr!r}")
    try:
        before = put(inbox, "before.txt")

        # when
        watched = watching(inbox, watch=FolderWatch.POLLING)

        # then
        until(lambda: watched.has(before), "it is taken in")
        watched.app.folders.stop()
    finally:
        subprocess.run(["umount", "--lazy", inbox], check=True)


def test_a_folder_may_be_made_later(watching: OpenWatched, tmp_path: Path) -> None:
    # given
    watched = watching(tmp_path / "later" / "inbox", watch=FolderWatch.AWAY)

    # when
    (tmp_path / "later" / "inbox").mkdir(parents=True)
    letter = put(tmp_path / "later" / "inbox", "letter.txt")

    # then
    until(lambda: watched.has(letter), "it is taken in")


def test_a_folder_whose_name_is_no_text_is_watched_and_shown(watching: OpenWatched, tmp_path: Path) -> None:
    # given
    odd = tmp_path / "żółć \udcff"
    odd.mkdir()
    letter = put(odd, "letter.txt")
    os.utime(letter, (1, 1))

    # when
    watched = watching(odd, watch=FolderWatch.POLLING, poll_s=0.2)

    # then
    until(lambda: watched.has(letter), "it is taken in")
    assert rb"\\xff" in TypeAdapter(Snapshot).dump_json(watched.app.poller.snapshot())


def test_only_one_process_watches_a_folder_and_another_goes_on_when_it_ends(
    watching: OpenWatched, inbox: Path
) -> None:
    # given
    one, other = watching(inbox), watching(inbox, watch=FolderWatch.ELSEWHERE)

    # when
    until(lambda: [found.watch for found in other.app.folders.standings()] == ["events"], "the other knows")
    one.app.folders.stop()
    letter = put(inbox, "letter.txt")

    # then
    until(lambda: other.has(letter) and other.is_(FolderWatch.EVENTS), "the other goes on")
    other.app.folders.stop()
    assert one.app.folders.standings() == []


def test_a_file_that_is_dropped_beside_a_burst_is_the_first_that_is_read(
    watching: OpenWatched, inbox: Path, tmp_path: Path
) -> None:
    # given
    (tmp_path / "many").mkdir()
    for number in range(400):
        put(tmp_path / "many", f"{number}.txt")
    watched = watching(inbox)

    # when
    many = (tmp_path / "many").rename(inbox / "many")
    until(lambda: watched.app.library.pending().files == 400, "all of them are queued")
    first = watched.app.store.claim([READ], "early", 60, limit=100).jobs
    dropped = put(inbox, "dropped.txt")
    until(lambda: watched.has(dropped), "it is taken in")
    [job] = watched.app.store.claim([READ], "test", 60).jobs

    # then
    assert len(first) == 20
    assert watched.app.library.file(job.file_id).path == dropped
    assert many.is_dir()


def test_where_the_system_watches_no_more_folders_it_is_said_and_looked_at_instead(
    inbox: Path, tmp_path: Path
) -> None:
    # given
    watch = (
        "import sys, json, threading\nfrom pathlib import Path\n"
        "from twolane.files.watching.watched import FolderWatcher\nfrom twolane.errors import NoEventsError\n"
        "try:\n    FolderWatcher(Path(sys.argv[1]), threading.Event())\n"
        "except NoEventsError as error:\n    print(error.remedy)\n"
    )
    (inbox / "deep" / "er").mkdir(parents=True)
    unshare = shutil.which("unshare") or pytest.skip("no unshare")

    # when
    done = subprocess.run(
        [
            *(unshare, "-Ur", "sh", "-c", 'echo 1 > /proc/sys/user/max_inotify_watches; exec "$@"', "sh"),
            *(sys.executable, "-c", watch, os.fspath(inbox)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in done.stderr or "max_inotify" in done.stderr:
        pytest.skip(f"no limits of its own can be had here: {done.stderr}")

    # then
    assert "fs.inotify.max_user_watches" in done.stdout, done.stderr
