"""Giving a file another name on its disk, without ever taking the place of something else.

See docs/why/organize.md#a-name-that-nothing-has.
"""

from __future__ import annotations

import ctypes
import errno
import os
import unicodedata
from collections.abc import Callable
from functools import cache

from twolane.documents import display_path
from twolane.errors import MoveError
from twolane.organize.disk.marks import MoveMark
from twolane.organize.disk.places import OpenPlace, same_entry
from twolane.organize.disk.refusals import refused
from twolane.system import kind

_NOREPLACE = 1  # of renameat2 on Linux
_EXCLUSIVE = 4  # of renameatx_np on macOS
# what answers that it cannot do so, which other errors may say too: then the next way meets them again
_UNABLE = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV}
_OF_SOURCE = {errno.ENOENT, errno.EPERM, errno.EACCES, errno.EBUSY, errno.ETXTBSY}
_NO_LINKS = {*_UNABLE, errno.EPERM, errno.EMLINK, errno.EACCES} - {errno.EXDEV}

_Call = Callable[[int, bytes, int, bytes, int], int]


def rename_new(source: OpenPlace, target: OpenPlace, mark: MoveMark) -> None:
    """Rename a file to a name that nothing has. Raises `OSError`: `FileExistsError`; and `MoveError`."""
    try:
        _rename(source, target, mark)
    except FileExistsError:
        if not is_only_spelling(source, target):
            raise
        # to the system it has the new name already, so it passes through a third one
        between = source.beside(mark.spelling)
        _rename(source, between, mark)
        _rename(between, target, mark)


def _rename(source: OpenPlace, target: OpenPlace, mark: MoveMark) -> None:
    if not _at_once(source, target) and not _by_link(source, target, mark):
        _over_mark(source, target, mark)


def is_only_spelling(source: OpenPlace, target: OpenPlace) -> bool:
    """Whether two names differ in case or Unicode form alone, on a disk to which they are one."""
    one, other = source.path, target.path
    if one.parent != other.parent or one.name == other.name or _folded(one.name) != _folded(other.name):
        return False
    names = os.listdir(source.path.parent)  # noqa: PTH208 - names are compared
    return [name for name in names if _folded(name) == _folded(other.name)] == [one.name]


def remove_same(place: OpenPlace, known: os.stat_result, mark: MoveMark) -> None:
    """Remove a name if it still has the file that was looked at, which is kept otherwise.

    It is put aside first: nobody knows its name there, so that nothing comes between look and removal.
    Raises `MoveError` and `OSError`.
    """
    aside = place.beside(mark.aside)
    if aside.status() is not None:
        raise MoveError(f"{display_path(aside.path)} is in the way", "look at what it is, and move it away")
    os.rename(place.name, aside.name, src_dir_fd=place.folder, dst_dir_fd=aside.folder)
    found = aside.status()
    if found is None or not same_entry(known, found):
        rename_new(aside, place, mark)
        raise MoveError(f"{display_path(place.path)} has changed just now")
    aside.remove()


def _at_once(source: OpenPlace, target: OpenPlace) -> bool:
    if kind.is_windows():
        os.rename(source.name, target.name)  # noqa: PTH104 - it fails there where the name is taken
        return True
    found = _exclusive_rename()
    if found is None or source.folder is None or target.folder is None:
        return False
    call, flag = found
    if call(source.folder, os.fsencode(source.name), target.folder, os.fsencode(target.name), flag) == 0:
        return True
    code = ctypes.get_errno()
    if code == errno.EEXIST:
        raise FileExistsError(code, os.strerror(code), os.fspath(target.path))
    if code in _UNABLE:
        return False
    raise refused(OSError(code, os.strerror(code)), source.path if code in _OF_SOURCE else target.path)


def _by_link(source: OpenPlace, target: OpenPlace, mark: MoveMark) -> bool:
    before = source.status()
    try:
        source.link_to(target)
    except OSError as error:
        if error.errno in _NO_LINKS:
            return False
        raise
    made = target.status()
    if before is None or made is None or not os.path.samestat(before, made):
        target.remove()
        raise MoveError(f"{display_path(source.path)} has changed just now")
    if mark.is_own(source):
        source.remove()  # its name is ours alone
        return True
    try:
        remove_same(source, made, mark)
    except (MoveError, OSError):
        target.remove()
        raise
    return True


def _over_mark(source: OpenPlace, target: OpenPlace, mark: MoveMark) -> None:
    """Take the new name by a file of our own, which the file then replaces.

    The disk (exFAT or NTFS in user space) can neither refuse to replace nor link.
    """
    made = mark.put(target)
    try:
        now = target.status()
        if now is None or not same_entry(made, now):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fspath(target.path))
        os.rename(source.name, target.name, src_dir_fd=source.folder, dst_dir_fd=target.folder)
    except OSError:
        mark.take_away(target)
        raise


@cache
def _exclusive_rename() -> tuple[_Call, int] | None:
    library = ctypes.CDLL(None, use_errno=True)
    name, flag = ("renameatx_np", _EXCLUSIVE) if kind.is_macos() else ("renameat2", _NOREPLACE)
    call = getattr(library, name, None)
    if call is None:
        return None
    call.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    call.restype = ctypes.c_int
    return call, flag


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
