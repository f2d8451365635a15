"""The file that was scanned is the file that is read: what is put in its place afterwards is not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from standins.program import until
from tests.support.library import found_by_words
from tests.support.scripted import scripted_app

from twolane.app import App
from twolane.config.settings import ExtractSettings
from twolane.documents import FileSeen, FileSkipped, FileState
from twolane.errors import FileReplacedError, JobError
from twolane.extract import Extractor
from twolane.files import handles
from twolane.files.blobs.folder import FolderBlobs
from twolane.files.contents import BlobContents, SharedContents
from twolane.files.scan import scan

SWAP_ON = """
import os, sys
letter, secret = sys.argv[1:]
while True:
    os.rename(letter, letter + ".aside")
    os.symlink(secret, letter)
    os.unlink(letter)
    os.rename(letter + ".aside", letter)
"""
MINE, SECRET = "The heron stands in the reeds.", "The safe opens with 4711."


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A file in a shared folder, and one of the same name in a private folder."""
    for folder, text in (("share/inbox", MINE), ("private", SECRET)):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "letter.txt").write_text(text)
    return tmp_path / "share" / "inbox" / "letter.txt"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with scripted_app(tmp_path) as app:
        yield app


def swap(letter: Path) -> None:
    """Put a link to the private folder in the place of the folder that holds the letter."""
    letter.parent.rename(letter.parent.with_name("x"))
    letter.parent.symlink_to(letter.parents[2] / "private")


def file(path: Path) -> FileSeen:
    [found] = scan([path])
    assert isinstance(found, FileSeen)
    return found


def filed(app: App) -> None:
    app.workers.start()
    until(lambda: app.library.pending().jobs == 0 or None, "filed")
    app.workers.stop()


def test_a_worker_does_not_read_through_a_folder_that_became_a_link(app: App, letter: Path) -> None:
    # given
    app.library.add([letter.parent])

    # when
    swap(letter)
    filed(app)

    # then
    [record] = app.library.find().files
    assert record.state is FileState.QUARANTINED
    assert "is a link" in record.note
    assert "add it again" in record.note
    assert found_by_words(app.store, "safe opens", 5) == []


def test_a_worker_does_not_read_a_link_that_took_the_files_place(app: App, letter: Path) -> None:
    # given
    app.library.add([letter.parent])

    # when
    letter.unlink()
    letter.symlink_to(letter.parents[2] / "private" / "letter.txt")
    filed(app)

    # then
    [record] = app.library.find().files
    assert record.state is FileState.QUARANTINED
    assert found_by_words(app.store, "safe opens", 5) == []


def test_the_original_is_not_shown_through_a_folder_that_became_a_link(app: App, letter: Path) -> None:
    # given
    app.library.add([letter.parent])
    filed(app)
    [record] = app.library.find().files

    # when
    swap(letter)

    # then
    with pytest.raises(FileReplacedError, match="is a link"), app.library.content(record):
        pass


def test_an_original_that_was_written_since_is_not_shown_until_it_is_added_again(
    app: App, letter: Path
) -> None:
    # given
    app.library.add([letter])
    filed(app)
    [record] = app.library.find().files

    # when
    letter.write_text("The heron is gone.")
    with pytest.raises(FileReplacedError, match="has changed"), app.library.content(record):
        pass
    app.library.add([letter])
    filed(app)

    # then
    with app.library.content(record) as original:
        assert original.path.read_text() == "The heron is gone."


def test_a_file_that_was_written_between_scan_and_reading_is_read_as_it_is_and_shown(
    app: App, letter: Path
) -> None:
    # given
    app.library.add([letter])

    # when
    letter.write_text("The heron is gone.")
    filed(app)

    # then
    [record] = app.library.find().files
    assert [hit.passage_id for hit in found_by_words(app.store, "gone", 5)]
    with app.library.content(record) as original:
        assert original.path.read_text() == "The heron is gone."
    assert app.library.add([letter]).changed == 0


def test_what_was_hashed_is_what_is_parsed(letter: Path) -> None:
    # given
    with Extractor(ExtractSettings(ocr="off")) as reader, SharedContents({}).open(letter) as content:
        hashed = content.document()

        # when
        swap(letter)
        reading = reader.read(letter, content.file())

        # then
        assert reading.text == MINE
        assert content.document() == hashed
        content.check()


def test_nothing_is_kept_of_a_folder_that_became_a_link(tmp_path: Path, letter: Path) -> None:
    # given
    contents = BlobContents(FolderBlobs(tmp_path / "blobs"), limit_bytes=1_000_000)
    seen = file(letter)

    # when
    swap(letter)
    contents.keep([seen])

    # then
    with pytest.raises(JobError, match="is a link"), contents.open(letter):
        pass
    assert not (tmp_path / "blobs" / "content").exists()


def test_a_scan_lists_nothing_behind_a_link(letter: Path) -> None:
    # given
    swap(letter)

    # when
    found = list(scan([letter.parents[1]]))

    # then
    assert {type(each): each.path.parent.name for each in found} == {FileSeen: "x", FileSkipped: "share"}
    with pytest.raises(FileReplacedError), handles.Listing() as listing:
        listing.entries(letter.parent)


@pytest.mark.parametrize("has_handles", [handles.HAS_HANDLES, False])
def test_a_link_on_the_way_is_refused_with_and_without_handles_of_folders(
    letter: Path, has_handles: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(handles, "HAS_HANDLES", has_handles)
    with handles.open_file(letter) as opened:
        assert opened.read().decode() == MINE

    # when
    swap(letter)

    # then
    with pytest.raises(FileReplacedError):
        handles.open_file(letter)


@pytest.mark.skipif(not handles.HAS_HANDLES, reason="this system has no handles of folders")
def test_a_file_that_becomes_a_link_while_it_is_opened_is_itself_or_refused(letter: Path) -> None:
    # given
    secret = letter.parents[2] / "private" / "letter.txt"
    swapping = subprocess.Popen([sys.executable, "-c", SWAP_ON, letter, secret])

    # when
    try:
        until(letter.is_symlink, "swapping")
        outcomes = {read_or_refused(letter) for _ in range(20_000)}
    finally:
        swapping.kill()
        swapping.wait()

    # then
    assert outcomes <= {MINE, "replaced", "gone"}


def read_or_refused(letter: Path) -> str:
    try:
        with handles.open_file(letter) as opened:
            return opened.read().decode()
    except FileReplacedError:
        return "replaced"
    except FileNotFoundError:
        return "gone"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_in_a_files_place_is_refused_and_does_not_hang(letter: Path) -> None:
    # given
    letter.unlink()
    os.mkfifo(letter)

    # when / then
    with pytest.raises(FileReplacedError, match="no longer a regular file"):
        handles.open_file(letter)


def test_a_place_that_the_user_named_may_hold_links_and_what_is_below_it_may_not(
    tmp_path: Path, letter: Path
) -> None:
    # given
    named = tmp_path / "named"
    named.symlink_to(tmp_path / "share")
    contents = SharedContents({Path("/papers"): named})

    # when / then
    with contents.open(Path("/papers/inbox/letter.txt")) as content:
        assert content.file().read().decode() == MINE
    swap(letter)
    with pytest.raises(FileReplacedError), contents.open(Path("/papers/inbox/letter.txt")):
        pass


def test_a_deep_tree_is_scanned_as_far_as_a_path_reaches(tmp_path: Path) -> None:
    # given
    home = Path.cwd()
    os.chdir(tmp_path)
    for _ in range(200):
        Path("d" * 30).mkdir()
        os.chdir("d" * 30)
    Path("letter.txt").write_text(MINE)
    os.chdir(home)

    # when
    found = list(scan([tmp_path]))

    # then
    assert [type(each) for each in found] == [FileSkipped]
    assert "too long" in str(found)
