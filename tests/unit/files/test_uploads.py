"""Keeping an upload: under a free name, whole or not at all, and a full disk is told with its remedy."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BufferedReader
from pathlib import Path

import pytest

from twolane.app import open_app
from twolane.config.loading import load_settings
from twolane.errors import BlobsError, StoreBusyError, StoreError
from twolane.files import uploads
from twolane.files.contents.base import hash_of
from twolane.files.uploads import Upload, write_upload

LIMIT = 1_000_000


def test_a_full_disk_is_told_and_nothing_stays(tmp_path: Path) -> None:
    # given
    def chunks() -> Iterator[bytes]:
        yield b"the first part"
        raise OSError(errno.ENOSPC, "No space left on device")

    # when
    with pytest.raises(StoreBusyError) as caught:
        write_upload(tmp_path / "uploads", "letter.txt", chunks(), LIMIT)

    # then
    assert "No space left" in caught.value.what
    assert "free some space" in caught.value.remedy
    assert list((tmp_path / "uploads").iterdir()) == []


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    # given
    (tmp_path / "uploads").write_text("no folder")

    # when
    with pytest.raises(StoreError) as caught:
        write_upload(tmp_path / "uploads", "letter.txt", [b"x"], LIMIT)

    # then
    assert "can be written" in caught.value.remedy
    assert (tmp_path / "uploads").read_text() == "no folder"


def test_uploads_of_one_name_at_once_keep_each(tmp_path: Path) -> None:
    # given
    words = [f"letter {number}" for number in range(40)]

    # when
    with ThreadPoolExecutor(8) as threads:
        kept = list(
            threads.map(lambda word: write_upload(tmp_path, "letter.txt", [word.encode()], LIMIT), words)
        )

    # then
    assert [path.read_text() for path in kept] == words


def test_an_upload_that_cannot_be_queued_leaves_nothing_behind(tmp_path: Path) -> None:
    # given
    (tmp_path / "blobs").write_text("no folder")
    settings = load_settings(
        env={},
        flags={"data_dir": tmp_path / "library", "blobs_url": (tmp_path / "blobs").as_uri()},
    )

    # when
    with open_app(settings) as app, pytest.raises(BlobsError):
        app.library.save_upload("letter.txt", [b"Dear neighbour"])

    # then
    left = (tmp_path / "library" / "uploads").rglob("*")
    assert not [path for path in left if path.is_file()]


def test_an_upload_that_cannot_be_queued_takes_no_other_file_with_it(tmp_path: Path) -> None:
    # given: the same file, of a process that died or of one that queues it just now
    (tmp_path / "blobs").write_text("no folder")
    flags = {"data_dir": tmp_path / "library", "blobs_url": (tmp_path / "blobs").as_uri()}
    other = tmp_path / "library" / "uploads" / socket.gethostname() / "letter.txt"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"Dear neighbour")

    # when
    with open_app(load_settings(env={}, flags=flags)) as app, pytest.raises(BlobsError):
        app.library.save_upload("letter.txt", [b"Dear neighbour"])

    # then
    assert [*other.parent.iterdir()] == [other]


def test_uploads_to_several_servers_never_share_a_path(tmp_path: Path) -> None:
    # given
    blobs = (tmp_path / "blobs").as_uri()
    settings = load_settings(env={}, flags={"data_dir": tmp_path / "library", "blobs_url": blobs})

    # when
    with open_app(settings) as app:
        record = app.library.save_upload("letter.txt", [b"Dear neighbour"]).file

    # then
    assert record.path.parent == (tmp_path / "library" / "uploads" / socket.gethostname()).resolve()


def test_what_was_uploaded_just_before_and_is_not_read_yet_is_kept_once(tmp_path: Path) -> None:
    # given
    with open_app(load_settings(env={}, flags={"data_dir": tmp_path / "library"})) as app:
        first = app.library.save_upload("letter.txt", [b"Dear neighbour"])

        # when
        again = app.library.save_upload("again.txt", [b"Dear ", b"neighbour"])
        other = app.library.save_upload("other.txt", [b"Dear aunt"])

        # then
        assert (first.is_new, again.is_new, other.is_new) == (True, False, True)
        assert again.file == first.file
        assert {path.name for path in first.file.path.parent.iterdir()} == {"letter.txt", "other.txt"}

        # when: it is gone from the disk
        first.file.path.unlink()

        # then
        assert app.library.save_upload("letter.txt", [b"Dear neighbour"]).is_new


def test_the_same_file_sent_twice_at_once_is_there_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: a second one comes when the first is written, and nobody knows it yet
    with open_app(load_settings(env={}, flags={"data_dir": tmp_path / "library"})) as app:
        kept: list[Upload] = []

        def send_again(file: BufferedReader) -> str:
            monkeypatch.setattr(uploads, "hash_of", hash_of)
            kept.append(app.library.save_upload("scan.pdf", [b"a contract"]))
            return hash_of(file)

        monkeypatch.setattr(uploads, "hash_of", send_again)

        # when
        kept.append(app.library.save_upload("scan.pdf", [b"a contract"]))

        # then
        assert len(kept) == 2
        assert all(one.file.path.read_bytes() == b"a contract" for one in kept)
        assert sum(one.is_new for one in kept) == 1


def test_a_link_that_leads_nowhere_has_its_name(tmp_path: Path) -> None:
    # given
    (tmp_path / "letter.txt").symlink_to("nowhere")

    # when
    kept = write_upload(tmp_path, "letter.txt", [b"Dear neighbour"], LIMIT)

    # then
    assert kept.name == "letter (2).txt"
    assert not (tmp_path / "nowhere").exists()


def test_a_library_behind_a_link_takes_uploads(tmp_path: Path) -> None:
    # given
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to("disk")

    # when
    with open_app(load_settings(env={}, flags={"data_dir": tmp_path / "link"})) as app:
        kept = app.library.save_upload("letter.txt", [b"Dear neighbour"])

    # then
    assert kept.is_new
    assert kept.file.path == (tmp_path / "disk" / "uploads" / "letter.txt").resolve()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("CON.pdf", "CON_.pdf"),
        ("what is it?.pdf", "what is it.pdf"),
        ("C:\\scans\\letter.pdf", "letter.pdf"),
        ("stream.txt:hidden", "stream.txt_hidden"),
        ("end. . ", "end"),
        ("...", "upload"),
        ("Gr\u00fc\u00dfe, Teil 2 (neu).pdf", "Gr\u00fc\u00dfe, Teil 2 (neu).pdf"),
    ],
)
def test_an_upload_gets_a_name_that_every_disk_takes(name: str, kept: str, tmp_path: Path) -> None:
    assert write_upload(tmp_path, name, [b"words"], LIMIT).name == kept
