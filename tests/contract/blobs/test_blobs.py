"""What every blob area does with contents, and how files are kept in it for workers elsewhere."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest
from standins.brokers import free_port

from twolane.documents import FileSeen
from twolane.errors import BlobLostError, BlobsError, FileAwayError, JobError, NotFoundError
from twolane.files.blobs.base import Blobs
from twolane.files.blobs.folder import FolderBlobs
from twolane.files.blobs.s3 import S3Blobs
from twolane.files.contents import BlobContents, SharedContents
from twolane.files.scan import seen, stamp

LIMIT_BYTES = 30_000_000


def write(path: Path, content: bytes) -> FileSeen:
    path.write_bytes(content)
    status = os.lstat(path)
    return FileSeen(path, status.st_size, stamp(status))


def names(blobs: Blobs, folder: str) -> list[str]:
    return sorted(entry.name for entry in blobs.entries(folder))


def read(contents: BlobContents, path: Path) -> bytes:
    with contents.open(path) as content:
        file = content.file()
        file.seek(0)
        return file.read()


@pytest.mark.parametrize("size_bytes", [0, 3, 12_000_000])
def test_what_was_put_is_got(blobs: Blobs, tmp_path: Path, size_bytes: int) -> None:
    # given
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(os.urandom(size_bytes))

    # when
    with source.open("rb") as file:
        blobs.put("content/abc", file)
    blobs.get("content/abc", target)

    # then
    assert target.read_bytes() == source.read_bytes()
    assert blobs.has("content/abc")
    assert names(blobs, "content") == ["content/abc"]


def test_what_is_written_again_is_replaced(blobs: Blobs) -> None:
    # when
    blobs.write("files/a", "one")
    blobs.write("files/a", "zwei ä")

    # then
    assert blobs.read("files/a") == "zwei ä"
    assert names(blobs, "files") == ["files/a"]
    assert names(blobs, "content") == []


def test_what_is_not_there_is_told(blobs: Blobs, tmp_path: Path) -> None:
    # given
    blobs.write("files/a", "one")

    # when
    blobs.delete(["files/a", "files/b"])

    # then
    assert not blobs.has("files/a")
    with pytest.raises(NotFoundError):
        blobs.read("files/a")
    with pytest.raises(NotFoundError):
        blobs.get("files/a", tmp_path / "target")


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such modes")
def test_a_folder_that_is_open_to_a_group_stays_so_within(tmp_path: Path) -> None:
    # given
    area = tmp_path / "blobs"
    area.mkdir()
    area.chmod(0o2775)

    # when
    FolderBlobs(area).write("files/abc", "one")

    # then: whoever shares it may write beside what is there
    for folder in (area / "files", area / "files" / "ab"):
        assert folder.stat().st_mode & 0o7777 == 0o2775


def test_a_place_that_cannot_be_used_says_so_and_hides_its_secrets(tmp_path: Path) -> None:
    # given
    (tmp_path / "file").touch()
    server = S3Blobs(f"s3+http://key:secret-word@127.0.0.1:{free_port()}/bucket")

    # then
    for blobs in (FolderBlobs(tmp_path / "file" / "blobs"), server):
        with pytest.raises(BlobsError) as raised:
            blobs.write("files/a", "one")
        assert "secret-word" not in str(raised.value)
        blobs.close()


def test_a_kept_file_is_read_where_its_path_does_not_exist(blobs: Blobs, tmp_path: Path) -> None:
    # given
    contents = BlobContents(blobs, limit_bytes=LIMIT_BYTES)
    path = tmp_path / "letter.txt"
    contents.keep([write(path, b"Dear neighbour")])

    # when
    path.unlink()

    # then
    with contents.open(path) as content:
        assert content.size_bytes == 14
        assert content.document() == hashlib.sha256(b"Dear neighbour").hexdigest()
        assert content.file().seek(0) == 0
        assert content.file().read() == b"Dear neighbour"
        here = Path(content.file().name)
    assert not here.exists()
    assert contents.is_there(path)


def test_copies_are_kept_once_and_a_change_is_kept_anew(blobs: Blobs, tmp_path: Path) -> None:
    # given
    contents = BlobContents(blobs, limit_bytes=LIMIT_BYTES)
    one, copy = tmp_path / "one", tmp_path / "copy"
    contents.keep([write(one, b"same"), write(copy, b"same")])

    # when
    before = names(blobs, "content")
    contents.keep([write(one, b"changed")])

    # then
    assert len(before) == 1
    assert read(contents, one) == b"changed"
    assert read(contents, copy) == b"same"


def test_what_was_kept_of_renamed_files_is_kept_of_them_still(blobs: Blobs, tmp_path: Path) -> None:
    # given: two files take each other's names, and a third one is changed before it is renamed
    paths = [tmp_path / name for name in ("a", "b", "c", "ü")]
    contents = BlobContents(blobs, limit_bytes=LIMIT_BYTES)
    contents.keep([write(path, path.name.encode()) for path in paths[:3]])
    stored = names(blobs, "content")
    write(paths[2], b"more")
    for old, new in (("a", "x"), ("b", "a"), ("x", "b"), ("c", "ü")):
        (tmp_path / old).rename(tmp_path / new)
    a, b, last = (seen(path, path.lstat()) for path in (paths[0], paths[1], paths[3]))

    # when
    contents.follow({paths[0]: b, paths[1]: a, paths[2]: last})

    # then: nothing was stored anew, and what has changed is not taken for what it was
    assert names(blobs, "content") == stored
    assert [read(contents, path) for path in paths[:2]] == [b"b", b"a"]
    with pytest.raises(JobError):
        read(contents, paths[3])


def test_what_belongs_to_no_file_is_forgotten_when_it_is_old(tmp_path: Path) -> None:
    # given: a folder, for the age of a blob on a server cannot be set
    folder = tmp_path / "blobs"
    contents = BlobContents(FolderBlobs(folder), limit_bytes=LIMIT_BYTES)
    kept, gone, young = tmp_path / "kept", tmp_path / "gone", tmp_path / "young"
    contents.keep([write(kept, b"kept"), write(gone, b"gone")])
    for blob in folder.rglob("*"):
        os.utime(blob, (1, 1))
    contents.keep([write(young, b"young")])

    # when
    forgotten = contents.clean([kept])

    # then
    assert forgotten == 2
    assert read(contents, kept) == b"kept"
    assert read(contents, young) == b"young"
    with pytest.raises(JobError, match="not in the blob area"), contents.open(gone):
        pass


def test_a_file_that_is_too_large_or_cannot_be_read_is_not_kept(blobs: Blobs, tmp_path: Path) -> None:
    # given
    contents = BlobContents(blobs, limit_bytes=3)
    large, lost = write(tmp_path / "large", b"large"), write(tmp_path / "lost", b"go")
    lost.path.unlink()

    # when
    contents.keep([large, lost])

    # then
    with contents.open(large.path) as content:
        assert content.size_bytes == 5
    with pytest.raises(JobError, match="cannot be read"), contents.open(lost.path):
        pass
    assert names(blobs, "content") == []


@pytest.mark.parametrize("what", ["damaged", "lost"])
def test_a_damaged_or_lost_blob_is_told_of_and_kept_anew_when_the_file_is_added_again(
    blobs: Blobs, tmp_path: Path, what: str
) -> None:
    # given
    contents = BlobContents(blobs, limit_bytes=LIMIT_BYTES)
    file = write(tmp_path / "a", b"right")
    contents.keep([file])
    (tmp_path / "other").write_bytes(b"wrong")
    if what == "damaged":
        with (tmp_path / "other").open("rb") as other:
            blobs.put(names(blobs, "content")[0], other)
    else:
        blobs.delete(names(blobs, "content"))

    # when
    with pytest.raises(BlobLostError), contents.open(file.path) as content:
        content.file()
    contents.keep([file])

    # then
    assert read(contents, file.path) == b"right"


def test_a_copy_that_changes_while_it_is_kept_takes_no_other_files_content_along(tmp_path: Path) -> None:
    # given
    kept, changing = tmp_path / "kept", tmp_path / "changing"

    class Blobs(FolderBlobs):
        def has(self, name: str) -> bool:
            changing.write_bytes(changing.read_bytes() + b"more")
            return super().has(name)

    contents = BlobContents(FolderBlobs(tmp_path / "blobs"), limit_bytes=LIMIT_BYTES)
    contents.keep([write(kept, b"same")])

    # when
    BlobContents(Blobs(tmp_path / "blobs"), limit_bytes=LIMIT_BYTES).keep([write(changing, b"same")])

    # then
    assert read(contents, kept) == b"same"


def test_a_shared_folder_may_be_mounted_elsewhere(tmp_path: Path) -> None:
    # given
    (tmp_path / "mounted" / "sub").mkdir(parents=True)
    file = write(tmp_path / "mounted" / "sub" / "a.txt", b"here")
    contents = SharedContents(
        {Path("/home/ada"): tmp_path / "nowhere", Path("/home/ada/papers"): tmp_path / "mounted"}
    )
    recorded = Path("/home/ada/papers/sub/a.txt")

    # then
    with contents.open(recorded) as content:
        assert content.file().read() == b"here"
        assert content.is_as_scanned(replace(file, path=recorded))
    assert contents.is_there(recorded)
    assert not contents.is_there(Path("/home/ada/papers/sub/other"))


def test_a_file_whose_folder_is_not_mounted_here_is_not_taken_for_gone(tmp_path: Path) -> None:
    # given
    contents = SharedContents({})
    here, elsewhere = tmp_path / "deleted.txt", tmp_path / "elsewhere" / "a.txt"

    # then
    assert not contents.is_there(here)
    assert contents.is_there(elsewhere)
    with pytest.raises(FileNotFoundError), contents.open(here):
        pass
    with pytest.raises(FileAwayError, match="not on this machine"), contents.open(elsewhere):
        pass
