"""What a file is like beside its bytes: its times, permissions, owner and extended attributes."""

from __future__ import annotations

import base64
import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from twolane.system import kind
from twolane.system.disk import set_times

_LISTS_ATTRIBUTES = hasattr(os, "listxattr")
_ALL_RIGHTS = 0o7777
_ROUNDED_NS = 2_000_000_001
_COARSE_NS = 10_000_000


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file was like; `attributes` are its extended ones, access control lists among them."""

    device: int
    inode: int
    size_bytes: int
    modified_ns: int
    accessed_ns: int
    mode: int
    owner: int
    group: int
    links: int
    blocks: int = 0  # of 512 bytes; of a sparse file fewer than its size needs
    attributes: Mapping[str, bytes] = field(default_factory=dict)

    def is_file_of(self, status: os.stat_result) -> bool:
        """Whether a look met the file itself, under whatever name."""
        return (self.device, self.inode) == (status.st_dev, status.st_ino)

    def is_exactly(self, status: os.stat_result) -> bool:
        """Whether a look met the file itself, and nobody has written to it."""
        as_it_was = (self.size_bytes, self.modified_ns) == (status.st_size, status.st_mtime_ns)
        return as_it_was and self.is_file_of(status)

    def is_like(self, status: os.stat_result) -> bool:
        """Whether a look met what has its size and was changed when it was: itself, or a copy."""
        return self.size_bytes == status.st_size and same_time(self.modified_ns, status.st_mtime_ns)

    def is_unchanged(self, status: os.stat_result) -> bool:
        """Whether a look met what nobody has written to since; a disk may have rounded its time."""
        is_exact = self.modified_ns == status.st_mtime_ns or status.st_mtime_ns % _COARSE_NS == 0
        return is_exact and self.is_like(status)


def metadata_of(descriptor: int) -> Metadata:
    """Return what an open file is like. Raises `OSError`."""
    status = os.fstat(descriptor)
    return Metadata(
        device=status.st_dev,
        inode=status.st_ino,
        size_bytes=status.st_size,
        modified_ns=status.st_mtime_ns,
        accessed_ns=status.st_atime_ns,
        mode=stat.S_IMODE(status.st_mode),
        owner=status.st_uid,
        group=status.st_gid,
        links=status.st_nlink,
        blocks=getattr(status, "st_blocks", 0),
        attributes=_attributes(descriptor),
    )


def give(descriptor: int, wanted: Metadata) -> None:
    """Make an open file like another, as far as its disk and this user's rights go."""
    now = os.fstat(descriptor)
    if hasattr(os, "fchown") and (now.st_uid, now.st_gid) != (wanted.owner, wanted.group):
        with suppress(OSError):
            os.fchown(descriptor, wanted.owner, wanted.group)
    if hasattr(os, "fchmod"):
        with suppress(OSError):
            os.fchmod(descriptor, wanted.mode & _ALL_RIGHTS)
    if _LISTS_ATTRIBUTES:
        _give_attributes(descriptor, wanted.attributes)
    with suppress(OSError):
        set_times(descriptor, wanted.accessed_ns, wanted.modified_ns)


def give_times(path: str, wanted: Metadata) -> bool:
    """Give a closed file another's times where `give` could not (Windows); say whether that was so."""
    if not kind.is_windows():
        return False
    with suppress(OSError):
        os.utime(path, ns=(wanted.accessed_ns, wanted.modified_ns))
    return True


def lost(wanted: Metadata, made: Metadata) -> list[str]:
    """Name what a copy could not take along; a time that the disk rounds to 2 s is no loss."""
    names = []
    if (made.owner, made.group) != (wanted.owner, wanted.group):
        names.append("owner")
    if made.mode != wanted.mode:
        names.append("permissions")
    if any(made.attributes.get(name) != value for name, value in wanted.attributes.items()):
        names.append("extended attributes")
    return names


@dataclass(frozen=True, slots=True)
class Past:
    """What a moved file was like `before`, and `after` where that is something else: on another disk.

    `now` is what it was like when its way back was begun, and `is_free` whether nothing lay where it was to
    go when the step was begun.
    """

    before: Metadata
    after: Metadata | None = None
    now: Metadata | None = None
    is_free: bool = False

    def restored(self, now: Metadata) -> Metadata:
        """Return what a file that is like `now` becomes at its old place.

        What nobody has changed since the move is again as it was before, and all else stays.
        """
        was, after = self.before, self.after or self.before
        wanted = now
        if same_time(now.modified_ns, after.modified_ns) and now.size_bytes == after.size_bytes:
            wanted = replace(wanted, modified_ns=was.modified_ns, accessed_ns=was.accessed_ns)
        if now.mode == after.mode:
            wanted = replace(wanted, mode=was.mode)
        if (now.owner, now.group) == (after.owner, after.group):
            wanted = replace(wanted, owner=was.owner, group=was.group)
        if now.attributes == after.attributes:
            wanted = replace(wanted, attributes=was.attributes)
        return wanted


def same_time(one_ns: int, other_ns: int) -> bool:
    """Whether two times are the same as far as every disk can tell: some round to 2 s."""
    return abs(one_ns - other_ns) < _ROUNDED_NS


def to_text(past: Past) -> str:
    """Return it as JSON."""
    lines = [None if line is None else _plain(line) for line in (past.before, past.after, past.now)]
    return json.dumps([*lines, past.is_free], separators=(",", ":"))


def from_text(text: str) -> Past:
    """Return what `to_text` was given."""
    *lines, is_free = json.loads(text)
    before, after, now = (line and _of_plain(line) for line in lines)
    return Past(before, after, now, is_free)


def _plain(metadata: Metadata) -> list[object]:
    attributes = {
        name: base64.b64encode(value).decode("ascii") for name, value in metadata.attributes.items()
    }
    return [getattr(metadata, name) for name in _NUMBERS] + [attributes]


def _of_plain(line: list[object]) -> Metadata:
    *numbers, attributes = line
    assert isinstance(attributes, dict)
    known = Metadata(*numbers)  # type: ignore[arg-type]  # as `_plain` wrote them
    return replace(known, attributes={name: base64.b64decode(value) for name, value in attributes.items()})


def _attributes(descriptor: int) -> dict[str, bytes]:
    if not _LISTS_ATTRIBUTES:
        return {}
    try:
        names = os.listxattr(descriptor)
    except OSError:  # the disk has none
        return {}
    found: dict[str, bytes] = {}
    for name in names:
        with suppress(OSError):  # some may be listed, and not read
            found[name] = os.getxattr(descriptor, name)
    return found


def _give_attributes(descriptor: int, wanted: Mapping[str, bytes]) -> None:
    for name, value in wanted.items():
        with suppress(OSError):
            if os.getxattr(descriptor, name) == value:
                continue
        with suppress(OSError):
            os.setxattr(descriptor, name, value)


_NUMBERS = (
    *("device", "inode", "size_bytes", "modified_ns", "accessed_ns"),
    *("mode", "owner", "group", "links", "blocks"),
)
