"""Copying a file whole: its bytes with their holes, verified from the disk by hash, and all else it has."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import BinaryIO, cast

from twolane import cancel
from twolane.documents import display_path
from twolane.errors import MoveError
from twolane.files.contents.base import hash_of
from twolane.organize.disk.metadata import Metadata, give, give_times, metadata_of
from twolane.organize.disk.places import OpenPlace
from twolane.system.disk import flags, sync
from twolane.system.holding import forget_cached, is_cloned

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | flags("O_NOFOLLOW", "O_BINARY", "O_CLOEXEC")
_AT_ONCE_BYTES = 1 << 20


def copy_whole(source: BinaryIO, like: Metadata, document: str, place: OpenPlace) -> Metadata:
    """Copy an open file to a place that is free, and return what the copy is like once it is on the disk.

    Raises `MoveError` where what was written is not the document, and `OSError`; nothing stays there then.
    """
    descriptor = os.open(place.name, _NEW, 0o600, dir_fd=place.folder)
    try:
        with os.fdopen(descriptor, "r+b", buffering=0) as copy:
            _copy_bytes(source, copy.fileno(), like)
            give(copy.fileno(), like)
            sync(copy)
            forget_cached(copy.fileno())
            if hash_of(cast(BinaryIO, copy)) != document:
                raise MoveError(f"{display_path(place.path)}: what was copied there is not what was read")
            give(copy.fileno(), like)  # looking at it has been a reading
            made = metadata_of(copy.fileno())
        if give_times(place.name, like):
            made = replace(made, accessed_ns=like.accessed_ns, modified_ns=like.modified_ns)
    except BaseException:
        with suppress(OSError):
            place.remove()
        raise
    return made


def _copy_bytes(source: BinaryIO, copy: int, like: Metadata) -> None:
    if is_cloned(source.fileno(), copy):
        return
    for start, end in _pieces(source.fileno(), like):
        at = start
        while at < end:
            cancel.current().check()
            chunk = _read_at(source, at, min(_AT_ONCE_BYTES, end - at))
            if not chunk:
                break
            at += _write_at(copy, chunk, at)
    os.ftruncate(copy, like.size_bytes)


def _pieces(source: int, like: Metadata) -> Iterator[tuple[int, int]]:
    """Yield the parts of a file that are not holes."""
    is_sparse = 0 < like.blocks * 512 < like.size_bytes or (like.blocks == 0 and like.size_bytes > 4096)
    if not is_sparse or not hasattr(os, "SEEK_DATA"):
        yield 0, like.size_bytes
        return
    at = 0
    while at < like.size_bytes:
        try:
            start = os.lseek(source, at, os.SEEK_DATA)
            at = os.lseek(source, start, os.SEEK_HOLE)
        except OSError as error:
            if error.errno == errno.ENXIO:  # nothing but a hole is left
                return
            if error.errno != errno.EINVAL:
                raise
            yield at, like.size_bytes
            return
        yield start, at


def _read_at(source: BinaryIO, at: int, count: int) -> bytes:
    source.seek(at)
    return source.read(count)


def _write_at(copy: int, chunk: bytes, at: int) -> int:
    os.lseek(copy, at, os.SEEK_SET)
    view = memoryview(chunk)
    while view:
        view = view[os.write(copy, view) :]
    return len(chunk)
