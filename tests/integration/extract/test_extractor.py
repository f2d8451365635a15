"""The pool of reading processes: limits, crashes, ends, and files that are traps."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from tests.unit.extract.made import nested_forms, pdf, picture

from twolane.config.settings import ExtractSettings
from twolane.documents import ReadStatus
from twolane.errors import (
    ExtractCrashError,
    ExtractError,
    ExtractSlowError,
    ExtractStalledError,
    ExtractTimeoutError,
    NotFoundError,
)
from twolane.extract import Extractor, ocr_engine
from twolane.extract.sandbox import children, watch

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and special files of POSIX")


def wait_until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Poll until something is true; fails when it is not in time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not become true in time"
        threading.Event().wait(0.02)


def child_of(pid: int) -> psutil.Process:
    """Return the reading process that a process has started."""
    started = psutil.Process(pid).children()
    servers = [one for one in started if "twolane.extract.sandbox.fork_server" in one.cmdline()]
    children = [one for one in started if "twolane.extract.sandbox.child" in one.cmdline()]
    children += [one for server in servers for one in server.children()]
    assert len(children) == 1
    return children[0]


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.txt"
    path.write_text("A short note.", "utf-8")
    return path


@pytest.fixture
def reader() -> Iterator[Extractor]:
    with Extractor(ExtractSettings(ocr="off")) as made:
        yield made


def test_a_file_is_read(reader: Extractor, tmp_path: Path) -> None:
    # given
    path = tmp_path / "two pages\n – “odd” name.pdf"
    path.write_bytes(pdf([["first"], ["second"]]))

    # when
    reading = reader.read(path)

    # then
    assert reading.status is ReadStatus.TEXT
    assert [page.text for page in reading.pages] == ["first", "second"]


@pytest.mark.skipif(sys.platform == "win32", reason="names there are text")
def test_a_name_that_is_no_text(reader: Extractor, tmp_path: Path) -> None:
    # given
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.txt"))
    try:
        path.write_text("found", "utf-8")
    except OSError:
        pytest.skip("this file system takes only text as names")

    # when
    reading = reader.read(path)

    # then
    assert reading.text == "found"


def test_a_missing_file_is_not_found(reader: Extractor, tmp_path: Path) -> None:
    # when / then
    with pytest.raises(NotFoundError):
        reader.read(tmp_path / "gone.txt")


def test_a_file_behind_a_loop_of_links_is_an_error(reader: Extractor, tmp_path: Path) -> None:
    # given
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")

    # when / then
    with pytest.raises(ExtractError, match="cannot be opened"):
        reader.read(tmp_path / "a")


@posix_only
def test_special_files_neither_block_nor_fail(reader: Extractor, tmp_path: Path) -> None:
    # given
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        short = tempfile.mkdtemp()
        server.bind(f"{short}/s")
        paths = [tmp_path / "pipe.txt", Path(short) / "s", tmp_path, Path("/dev/zero")]

        # when
        readings = [reader.read(path) for path in paths]

    # then
    Path(short, "s").unlink()
    Path(short).rmdir()
    assert {reading.status for reading in readings} == {ReadStatus.UNSUPPORTED}
    assert {reading.note for reading in readings} == {"not a regular file"}


def test_a_sparse_file_is_too_large_at_once(reader: Extractor, tmp_path: Path) -> None:
    # given
    path = tmp_path / "sparse.txt"
    with path.open("wb") as file:
        file.truncate(8 << 30)

    # when
    reading = reader.read(path)

    # then
    assert reading.status is ReadStatus.TOO_LARGE
    assert "8,192 MiB" in reading.note


def test_an_empty_file(reader: Extractor, tmp_path: Path) -> None:
    # given
    (tmp_path / "empty.pdf").touch()

    # when
    reading = reader.read(tmp_path / "empty.pdf")

    # then
    assert reading.status is ReadStatus.EMPTY


def test_a_picture_bomb_is_refused(reader: Extractor, tmp_path: Path) -> None:
    # given
    from PIL import Image

    path = tmp_path / "bomb.png"
    Image.new("1", (20_000, 20_000)).save(path)

    # when
    reading = reader.read(path)

    # then
    assert reading.status is ReadStatus.TOO_LARGE
    assert "megapixels" in reading.note


def test_more_memory_than_the_limit_is_too_large_and_the_next_file_is_read(
    tmp_path: Path, note: Path
) -> None:
    # given
    big = tmp_path / "big.txt"
    big.write_text("wörter " * 12_000_000, "utf-8")
    settings = ExtractSettings(memory_limit_bytes=134_217_728, text_limit_chars=200_000_000)

    # when
    with Extractor(settings) as reader:
        reading = reader.read(big)
        after = reader.read(note)

    # then
    assert reading.status is ReadStatus.TOO_LARGE
    assert "memory" in reading.note
    assert after.text == "A short note."


@posix_only
def test_a_child_that_comes_to_a_standstill_is_replaced(note: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    with Extractor(ExtractSettings()) as reader:
        reader.read(note)
        child = child_of(os.getpid())
        child.send_signal(signal.SIGSTOP)
        monkeypatch.setattr(watch, "IDLE_S", 0.5)

        # when
        with pytest.raises(ExtractStalledError, match="standstill"):
            reader.read(note)
        after = reader.read(note)

    # then
    assert after.text == "A short note."
    assert is_gone(child.pid)


def test_a_file_that_takes_more_processor_time_than_it_may_is_given_up(tmp_path: Path, note: Path) -> None:
    # given
    forms = tmp_path / "forms.pdf"
    forms.write_bytes(nested_forms(40))

    # when
    with Extractor(ExtractSettings(cpu_limit_s=1.0)) as reader:
        with pytest.raises(ExtractTimeoutError, match="more than 1 s of processor time"):
            reader.read(forms)
        after = reader.read(note)

    # then
    assert after.text == "A short note."


@posix_only
def test_a_child_that_dies_over_a_file_is_replaced(note: Path) -> None:
    # given
    with Extractor(ExtractSettings()) as reader:
        reader.read(note)
        child = child_of(os.getpid())
        child.send_signal(signal.SIGSTOP)
        killer = threading.Thread(target=kill_when_asked, args=(child,))
        killer.start()

        # when
        with pytest.raises(ExtractCrashError, match=r"note\.txt ended the reading process"):
            reader.read(note)
        killer.join()
        after = reader.read(note)

    # then
    assert after.text == "A short note."


def kill_when_asked(child: psutil.Process) -> None:
    """Kill a stopped process once the watch over the file that it was asked for has begun."""
    wait_until(lambda: any(thread.name == "extract-watch" for thread in threading.enumerate()))
    child.send_signal(signal.SIGKILL)


@posix_only
def test_a_quick_look_puts_off_what_takes_longer_and_the_process_goes_on(tmp_path: Path, note: Path) -> None:
    # given
    rows = tmp_path / "rows.csv"
    rows.write_text("".join(f"row {number},{number},{number * 7}\n" for number in range(400_000)), "utf-8")
    with Extractor(ExtractSettings(ocr="off")) as reader:
        first = reader.read(note, quickly=True)
        child = child_of(os.getpid())

        # when
        with pytest.raises(ExtractSlowError):
            reader.read(rows, quickly=True)
        after = reader.read(note, quickly=True)
        same = child_of(os.getpid())

    # then
    assert first.text == after.text == "A short note."
    assert child.pid == same.pid


def test_a_quick_look_ends_a_process_that_cannot_be_interrupted(tmp_path: Path, note: Path) -> None:
    # given
    forms = tmp_path / "forms.pdf"
    forms.write_bytes(nested_forms(40))

    # when
    with Extractor(ExtractSettings(ocr="off")) as reader:
        with pytest.raises(ExtractSlowError):
            reader.read(forms, quickly=True)
        after = reader.read(note, quickly=True)

    # then
    assert after.text == "A short note."


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks readers")
def test_readers_are_forked_and_outlast_the_process_that_they_were_forked_from(note: Path) -> None:
    # given
    with Extractor(ExtractSettings()) as reader:
        reader.read(note)
        server = child_of(os.getpid()).parent()
        assert server
        assert server.pid != os.getpid()

        # when
        server.kill()
        reading = reader.read(note)
        quick = reader.read(note, quickly=True)

    # then: another one was started for the second
    assert reading.text == quick.text == "A short note."
    wait_until(lambda: is_gone(server.pid))


def test_children_are_recycled(monkeypatch: pytest.MonkeyPatch, note: Path) -> None:
    # given
    monkeypatch.setattr(children, "FILES_PER_CHILD", 2)
    with Extractor(ExtractSettings()) as reader:
        # when
        reader.read(note)
        first = child_of(os.getpid()).pid
        reader.read(note)
        reader.read(note)
        second = child_of(os.getpid()).pid

    # then
    assert first != second
    assert is_gone(first)


def test_many_threads_share_the_children(note: Path) -> None:
    # given
    texts: list[str] = []
    with Extractor(ExtractSettings(slow_processes=2)) as reader:
        threads = [threading.Thread(target=lambda: texts.append(reader.read(note).text)) for _ in range(8)]

        # when
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    # then
    assert texts == ["A short note."] * 8


def test_closing_leaves_nothing_behind(note: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    reader = Extractor(ExtractSettings())
    reader.read(note)
    child = child_of(os.getpid())

    # when
    reader.close()

    # then
    assert is_gone(child.pid)
    assert list(scratch.iterdir()) == []
    with pytest.raises(ExtractError, match="closed"):
        reader.read(note)


@posix_only
def test_the_child_ends_when_its_parent_is_killed(note: Path, tmp_path: Path) -> None:
    # given
    program = (
        "import sys; from pathlib import Path\n"
        "from twolane.config.settings import ExtractSettings; from twolane.extract import Extractor\n"
        "reader = Extractor(ExtractSettings()); reader.read(Path(sys.argv[1]))\n"
        "print('read', flush=True); sys.stdin.read()\n"
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(note)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(scratch)},
    )
    with parent:
        assert parent.stdout
        assert parent.stdout.readline() == b"read\n"
        child = child_of(parent.pid)

        # when
        parent.kill()

    # then
    wait_until(lambda: is_gone(child.pid))
    wait_until(lambda: list(scratch.iterdir()) == [])


@posix_only
def test_what_a_kill_of_all_has_left_is_swept_at_the_next_start_and_nothing_else(
    note: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: a program that reads, one that was killed with all its children, and a folder of neither
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    program = (
        "import sys, tempfile\n"
        "from twolane.extract.sandbox.scratch import Scratch\n"
        "print(Scratch().path, flush=True); sys.stdin.read()\n"
    )
    killed = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(scratch)},
    )
    with killed:
        assert killed.stdout
        left = Path(killed.stdout.readline().decode().strip())
        (left / "half.png").write_bytes(b"x")
        with Extractor(ExtractSettings()) as busy, Extractor(ExtractSettings()) as next_one:
            busy.read(note)
            (in_use,) = set(scratch.iterdir()) - {left}
            foreign = scratch / "twolane-extraction"
            foreign.mkdir()
            (scratch / "twolane-extract-link").symlink_to(tmp_path)
            fresh = scratch / "twolane-extract-fresh"
            fresh.mkdir()
            for old in (left, in_use, foreign):
                os.utime(old, (0, 0))

            # when
            next_one.read(note)
            while_it_lives = left.exists()
            killed.kill()
            killed.wait()
            busy.read(note)
            with Extractor(ExtractSettings()) as after:
                after.read(note)

                # then
                assert while_it_lives
                assert not left.exists()
                assert all(one.exists() for one in (in_use, foreign, fresh, note))


def test_a_reader_reaches_no_network_and_starts_no_program() -> None:
    # given
    program = (
        "import socket, subprocess, os\n"
        "from twolane.extract.sandbox.guard import ForbiddenError, forbid_network_and_programs\n"
        "forbid_network_and_programs()\n"
        "for attempt in (lambda: socket.socket(), lambda: socket.getaddrinfo('localhost', 80),\n"
        "                lambda: subprocess.run(['true']), lambda: os.system('true')):\n"
        "    try:\n        attempt()\n"
        "    except ForbiddenError:\n        print('forbidden')\n"
    )

    # when
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    # then
    assert done.stdout.split() == ["forbidden"] * 4


def test_a_module_in_the_working_folder_is_not_imported(
    tmp_path: Path, note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    (tmp_path / "json.py").write_text("raise SystemExit('hijacked')", "utf-8")
    monkeypatch.chdir(tmp_path)

    # when
    with Extractor(ExtractSettings()) as reader:
        reading = reader.read(Path("note.txt"))

    # then
    assert reading.text == "A short note."


def test_a_picture_without_ocr_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    path = tmp_path / "scan.png"
    path.write_bytes(picture("Invoice 4417"))
    monkeypatch.setenv("PATH", str(tmp_path))

    # when
    with Extractor(ExtractSettings(ocr="tesseract")) as reader:
        reading = reader.read(path)
        engine = reader.ocr_engine()

    # then
    assert engine == ""
    assert reading.status is ReadStatus.NEEDS_OCR
    assert "twolane[ocr]" in reading.note


needs_tesseract = pytest.mark.skipif(
    ocr_engine(ExtractSettings(ocr="tesseract")) == "" and not os.environ.get("CI"),
    reason="tesseract is not installed",
)


@needs_tesseract
def test_scans_are_read_by_tesseract(tmp_path: Path) -> None:
    # given
    from PIL import Image

    scan = tmp_path / "scan.png"
    scan.write_bytes(picture("Invoice 4417 for paper"))
    pages = tmp_path / "fax.tiff"
    with Image.open(scan) as first:
        first.save(pages, save_all=True, append_images=[first])
    in_pdf = tmp_path / "scan.pdf"
    with Image.open(scan) as only:
        only.save(in_pdf)

    # when
    with Extractor(ExtractSettings(ocr="tesseract", ocr_pages=1)) as reader:
        readings = [reader.read(path) for path in (scan, pages, in_pdf)]

    # then
    assert all("4417" in reading.text for reading in readings)
    assert all(reading.pages[0].ocr for reading in readings)
    assert [reading.seen for reading in readings] == [1.0, 0.5, 1.0]
    assert "1 more page" in readings[1].note


@needs_tesseract
def test_a_quick_look_puts_scans_off(tmp_path: Path) -> None:
    # given
    path = tmp_path / "scan.png"
    path.write_bytes(picture("Invoice 4417"))

    # when / then
    with Extractor(ExtractSettings(ocr="tesseract")) as reader, pytest.raises(ExtractSlowError):
        reader.read(path, quickly=True)


@needs_tesseract
def test_a_picture_without_words_is_empty(tmp_path: Path) -> None:
    # given
    path = tmp_path / "blank.png"
    path.write_bytes(picture())

    # when
    with Extractor(ExtractSettings(ocr="tesseract")) as reader:
        reading = reader.read(path)

    # then
    assert reading.status is ReadStatus.EMPTY
    assert reading.note
