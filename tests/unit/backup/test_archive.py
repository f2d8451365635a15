"""The archive of a backup: whatever is wrong with it is found before anything of it is used."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from twolane.backup.archive import ArchiveWriter, read_archive
from twolane.backup.manifest import FORMAT, manifest_bytes
from twolane.backup.values import Manifest, MemberKind
from twolane.backup.work import verify
from twolane.errors import BackupError

DATA_DIR = Path("/home/ada/library").absolute()
LIBRARY = b"a library of words " * 20
UPLOAD = bytes(range(256))


def whole(path: Path) -> Manifest:
    writer = ArchiveWriter(path)
    folder = path.parent
    (folder / "library.db").write_bytes(LIBRARY)
    (folder / "upload").write_bytes(UPLOAD)
    for kind, name, source, at in (
        (MemberKind.LIBRARY, "library.db", "library.db", DATA_DIR / "library.db"),
        (MemberKind.COPY, "copies/000001", "upload", DATA_DIR / "uploads" / "x.bin"),
    ):
        with (folder / source).open("rb") as file:
            writer.add(kind, name, file, at, lambda _: None)
    manifest = Manifest(
        FORMAT, "0.1", 17, "ab" * 16, 1_700_000_000.0, DATA_DIR, {"files": 1}, tuple(writer.members)
    )
    writer.seal(manifest)
    return manifest


def read(path: Path) -> Manifest:
    with read_archive(path) as archive:
        verify(archive, lambda _: None)
        return archive.manifest


def test_what_was_written_is_read_and_is_nobody_elses(tmp_path: Path) -> None:
    # given
    path = tmp_path / "backup.zip"

    # when
    written = whole(path)
    found = read(path)
    out = io.BytesIO()
    with read_archive(path) as archive:
        archive.unpack(found.members[1], out, lambda _: None)

    # then: any program for zip archives reads it too
    assert found == written
    assert out.getvalue() == UPLOAD
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    with zipfile.ZipFile(path) as other:
        assert other.testzip() is None
        assert other.read("library.db") == LIBRARY


def test_a_bit_that_is_flipped_anywhere_is_found(tmp_path: Path) -> None:
    # given
    path, other = tmp_path / "backup.zip", tmp_path / "flipped.zip"
    whole(path)
    data = path.read_bytes()

    # when
    passed = []
    for place in range(len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        other.write_bytes(flipped)
        try:
            read(other)
        except BackupError:
            continue
        passed.append(place)

    # then
    assert not passed


def test_an_archive_that_is_cut_off_anywhere_is_none(tmp_path: Path) -> None:
    # given
    path, other = tmp_path / "backup.zip", tmp_path / "short.zip"
    whole(path)
    data = path.read_bytes()

    # then
    for length in range(0, len(data), 7):
        other.write_bytes(data[:length])
        with pytest.raises(BackupError):
            read(other)


def sealed(path: Path, entries: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
    """Write an archive as somebody would who knows how a seal is made."""
    with zipfile.ZipFile(path, "w") as archive:
        for entry, data in entries:
            archive.writestr(entry, data)
        archive.comment = b"twolane backup, SHA-256 " + b"0" * 64
    data = path.read_bytes()[:-64]
    path.write_bytes(data + hashlib.sha256(data).hexdigest().encode())


def entry(name: str, kind: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.compress_type = kind
    return made


def forged(change: Callable[[dict[str, object]], None]) -> bytes:
    digest = hashlib.sha256(LIBRARY).hexdigest()
    member = {"name": "library.db", "kind": "library", "path": "/l", "mtime_ns": 0}
    value: dict[str, object] = {
        "format": FORMAT,
        "twolane": "9",
        "schema": 1,
        "library": "ab" * 8,
        "made_at": 1.0,
        "left": 0,
        "data_dir": "/d",
        "counts": {},
        "members": [{**member, "size_bytes": len(LIBRARY), "sha256": digest}],
    }
    change(value)
    return json.dumps(value).encode()


def with_member(**more: object) -> Callable[[dict[str, object]], None]:
    given = {"name": "copies/000001", "kind": "copy", "path": "/d/mail/x", "mtime_ns": 0, "size_bytes": 1}

    def change(value: dict[str, object]) -> None:
        members = value["members"]
        assert isinstance(members, list)
        members.append({**given, "sha256": hashlib.sha256(b"x").hexdigest(), **more})

    return change


def nothing(_: dict[str, object]) -> None:
    pass


@pytest.mark.parametrize(
    ("manifest", "others"),
    [
        (forged(nothing), [(entry("../../evil"), b"x")]),
        (forged(nothing), [(entry("library.db"), LIBRARY)]),
        (forged(with_member(name="../../evil")), [(entry("../../evil"), b"x")]),
        (forged(with_member(name="/etc/passwd")), [(entry("/etc/passwd"), b"x")]),
        (forged(with_member(path="/d/mail/../../etc/passwd")), [(entry("copies/000001"), b"x")]),
        (forged(with_member(path="/etc/passwd")), [(entry("copies/000001"), b"x")]),
        (forged(with_member(path="x/y")), [(entry("copies/000001"), b"x")]),
        (forged(with_member(path="/d/library.db-wal")), [(entry("copies/000001"), b"x")]),
        (forged(with_member(path="/d/run/server.json")), [(entry("copies/000001"), b"x")]),
        (forged(with_member(path="/d/uploads")), [(entry("copies/000001"), b"x")]),
        (forged(with_member(path="/d/mail/a%00b")), [(entry("copies/000001"), b"x")]),
        (forged(with_member(kind="executable")), [(entry("copies/000001"), b"x")]),
        (forged(with_member(size_bytes=9)), [(entry("copies/000001"), b"x")]),
        (forged(with_member(size_bytes=-1)), [(entry("copies/000001"), b"x")]),
        (forged(with_member(size_bytes=True)), [(entry("copies/000001"), b"x")]),
        (forged(with_member(sha256="../")), [(entry("copies/000001"), b"x")]),
        (forged(with_member()), []),
        (forged(with_member()), [(entry("copies/000001", zipfile.ZIP_BZIP2), b"x")]),
        (forged(with_member()), [(entry("copies/000001"), b"y")]),
        (forged(lambda value: value.update(members=[])), []),
        (forged(lambda value: value.update(made_at=float("inf"))), []),
        (forged(lambda value: value.update(format=FORMAT + 1)), []),
        (b"[" * 100_000, []),
        (b"\xff\xfe", []),
    ],
)
def test_an_archive_by_a_strangers_hand_is_refused(
    tmp_path: Path, manifest: bytes, others: list[tuple[zipfile.ZipInfo, bytes]]
) -> None:
    # given
    path = tmp_path / "hostile.zip"
    entries = [(entry("library.db"), LIBRARY), *others, (entry("manifest.json"), manifest)]
    if any(one.filename == "library.db" for one, _ in others):
        with pytest.warns(UserWarning, match="Duplicate"):
            sealed(path, entries)
    else:
        sealed(path, entries)

    # then: it is refused with something to do
    with pytest.raises(BackupError) as refused:
        read(path)
    assert refused.value.remedy
    assert [*tmp_path.iterdir()] == [path]


def test_the_forger_would_pass_without_his_changes(tmp_path: Path) -> None:
    # given
    path = tmp_path / "forged.zip"

    # when
    manifest = forged(with_member())
    members = [(entry("library.db"), LIBRARY), (entry("copies/000001"), b"x")]
    sealed(path, [*members, (entry("manifest.json"), manifest)])

    # then
    assert read(path).counts == {}


def test_no_more_is_unpacked_than_the_manifest_says(tmp_path: Path) -> None:
    # given: an archive whose directory says that a bomb is small
    path = tmp_path / "bomb.zip"
    manifest = forged(with_member(size_bytes=1000, sha256=hashlib.sha256(b"\0" * 1000).hexdigest()))
    bomb = (entry("copies/000001"), b"\0" * 50_000_000)
    sealed(path, [(entry("library.db"), LIBRARY), bomb, (entry("manifest.json"), manifest)])
    data = path.read_bytes().replace((50_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    path.write_bytes(data[:-64] + hashlib.sha256(data[:-64]).hexdigest().encode())

    # when
    written = io.BytesIO()
    with pytest.raises(BackupError), read_archive(path) as archive:
        archive.unpack(archive.manifest.members[1], written, lambda _: None)

    # then
    assert len(written.getvalue()) <= 1000


def test_a_manifest_is_sealed_as_it_is(tmp_path: Path) -> None:
    # given
    manifest = whole(tmp_path / "backup.zip")

    # then
    assert manifest_bytes(manifest) != manifest_bytes(replace(manifest, left=1))
