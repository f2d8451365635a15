"""The file of a backup: a zip archive, sealed by the SHA-256 of everything in it.

The seal is the end of the archive's comment, and so of the file: what changes or is cut off anywhere is found
before anything is unpacked. It keeps out accidents, and no person: whatever is read is bounded and checked.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO

from twolane.backup.manifest import DAMAGED, manifest_bytes, parsed_manifest
from twolane.backup.values import Manifest, Member, MemberKind
from twolane.documents import display_path
from twolane.errors import BackupError
from twolane.system.disk import sync

MANIFEST = "manifest.json"
_SEAL = b"twolane backup, SHA-256 "
_DIGEST_BYTES = 64
_CHUNK_BYTES = 1 << 20
_MANIFEST_LIMIT_BYTES = 256 << 20
_MOST_RATIO = 1100  # deflate packs no tighter: who says more has not packed what the archive says
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
)
_PACKED = {MemberKind.LIBRARY, MemberKind.TAXONOMY}  # most other files are packed already
_LEVEL = 1  # the usual 6 takes twice as long for 6% less

OnBytes = Callable[[int], None]  # so many more have been read


class ArchiveWriter:
    """Writes an archive member by member; `seal` ends it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = open(path, "xb", opener=_private)  # noqa: SIM115 - closed with the archive
        self._zip = zipfile.ZipFile(self._file, "w", compresslevel=_LEVEL)
        self.members: list[Member] = []

    def add(self, kind: MemberKind, name: str, source: BinaryIO, path: Path, on_bytes: OnBytes) -> Member:
        """Pack one file, as it is read until its end. Raises `BackupError` where it cannot be read."""
        digest, size = hashlib.sha256(), 0
        with self._entry(name, packs=kind in _PACKED) as target:
            while chunk := _read(source, path):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
                on_bytes(len(chunk))
        mtime_ns = max(0, os.fstat(source.fileno()).st_mtime_ns)
        member = Member(name, kind, path, size, digest.hexdigest(), mtime_ns)
        self.members.append(member)
        return member

    def seal(self, manifest: Manifest) -> None:
        """Write the manifest and the seal, and have all of it on the disk."""
        with self._entry(MANIFEST, packs=True) as target:
            target.write(manifest_bytes(manifest))
        self._zip.comment = _SEAL + b"0" * _DIGEST_BYTES
        self._zip.close()
        self._file.close()
        with self._path.open("r+b") as file:
            length = file.seek(0, io.SEEK_END) - _DIGEST_BYTES
            sealed = _digest(file, length, lambda _: None)
            file.seek(length)
            file.write(sealed.encode())
            sync(file)

    def close(self) -> None:
        """Let go of the file, sealed or not; safe to call twice."""
        with suppress(OSError, ValueError):  # the disk is full: what was written is thrown away
            self._zip.close()
        self._file.close()

    def _entry(self, name: str, *, packs: bool) -> IO[bytes]:
        self._zip.compression = zipfile.ZIP_DEFLATED if packs else zipfile.ZIP_STORED
        return self._zip.open(name, "w", force_zip64=True)


class ArchiveReader:
    """An archive whose seal, manifest and list of members are as they must be."""

    def __init__(self, opened: zipfile.ZipFile, manifest: Manifest) -> None:
        self._zip = opened
        self.manifest = manifest

    def unpack(self, member: Member, target: BinaryIO | None, on_bytes: OnBytes) -> None:
        """Write a member, or only look at it. Raises `BackupError` where it is not as the manifest says."""
        digest, size = hashlib.sha256(), 0
        try:
            with self._zip.open(member.name) as source:
                while chunk := source.read(_CHUNK_BYTES):
                    size += len(chunk)
                    if size > member.size_bytes:
                        break
                    digest.update(chunk)
                    if target:
                        target.write(chunk)
                    on_bytes(len(chunk))
        except _FAULTS as error:
            raise _damaged(f"its {member.name} cannot be unpacked: {error}") from error
        if size != member.size_bytes or digest.hexdigest() != member.sha256:
            raise _damaged(f"its {member.name} is not what was packed")


@contextmanager
def read_archive(
    path: Path, on_bytes: OnBytes = lambda _: None, *, sealed: bool = True
) -> Iterator[ArchiveReader]:
    """Open an archive; `sealed` first reads all of it to compare it with its seal.

    Raises `BackupError` where it is no backup, not whole, or of a newer twolane, and `OSError`.
    """
    with path.open("rb") as file:
        length = file.seek(0, io.SEEK_END) - _DIGEST_BYTES
        begin = max(0, length - len(_SEAL))
        file.seek(begin)
        if file.read(len(_SEAL)) != _SEAL:
            what = f"{display_path(path)} is no backup of twolane, or it was cut off"
            raise BackupError(what, "name a file that `twolane backup` has written")
        file.seek(length)
        said = file.read()
        if sealed and _digest(file, length, on_bytes).encode() != said:
            raise _damaged("it was changed or damaged since it was written")
        yield _opened(file)


def _opened(file: BinaryIO) -> ArchiveReader:
    try:
        archive = zipfile.ZipFile(file)
        entries = {entry.filename: entry for entry in archive.infolist()}
        if len(entries) != len(archive.infolist()):
            raise _damaged("a name stands in it twice")
        data = _manifest_of(archive, entries)
    except _FAULTS as error:
        raise _damaged(f"its archive cannot be read: {error}") from error
    manifest = parsed_manifest(data)
    if entries.keys() != {MANIFEST, *(member.name for member in manifest.members)}:
        raise _damaged("its members are not those of its manifest")
    for member in manifest.members:
        _check(entries[member.name], member.size_bytes)
    return ArchiveReader(archive, manifest)


def _manifest_of(archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo]) -> bytes:
    entry = entries.get(MANIFEST)
    if entry is None:
        raise _damaged("it has no manifest")
    _check(entry, entry.file_size)
    with archive.open(entry) as source:
        data = source.read(_MANIFEST_LIMIT_BYTES + 1)
    if len(data) > _MANIFEST_LIMIT_BYTES:
        raise _damaged("its manifest is larger than any")
    return data


def _check(entry: zipfile.ZipInfo, size_bytes: int) -> None:
    is_plain = entry.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} and not entry.flag_bits & 1
    is_likely = size_bytes == entry.file_size <= (entry.compress_size + 1) * _MOST_RATIO
    if not is_plain or not is_likely:
        raise _damaged(f"its {entry.filename!r} is not packed as twolane packs")


def _read(source: BinaryIO, path: Path) -> bytes:
    try:
        return source.read(_CHUNK_BYTES)
    except OSError as error:
        what = f"{display_path(path)} cannot be read: {error.strerror or error}"
        raise BackupError(what, "check its disk, then make the backup again") from error


def _digest(file: BinaryIO, length: int, on_bytes: OnBytes) -> str:
    digest, left = hashlib.sha256(), length
    file.seek(0)
    while left and (chunk := file.read(min(left, _CHUNK_BYTES))):
        digest.update(chunk)
        left -= len(chunk)
        on_bytes(len(chunk))
    return digest.hexdigest()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _damaged(what: str) -> BackupError:
    return BackupError(f"the backup is damaged: {what}", DAMAGED)
