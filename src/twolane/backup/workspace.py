"""Folders in which a backup is made or unpacked: private, and gone afterwards, also after a kill."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from twolane.documents import display_path
from twolane.errors import BackupError
from twolane.system import disk

_PREFIX = ".twolane-backup-"
_LOCK = "in use"
_FRESH_S = 60.0  # a folder this young may be about to be locked


@contextmanager
def workspace(folder: Path) -> Iterator[Path]:
    """Yield a new private folder within another one.

    What a killed process has left there is removed. Raises `BackupError` where nothing can be written.
    """
    try:
        _clear(folder)
        made = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
    except OSError as error:
        raise not_written(folder, error) from error
    lock = FileLock(made / _LOCK, thread_local=False)
    try:
        lock.acquire(timeout=0)
        yield made
    finally:
        lock.release()
        shutil.rmtree(made, ignore_errors=True)


def put_new(file: Path, target: Path) -> None:
    """Give a finished file its name, in place of nothing. Raises `BackupError` where something has it."""
    try:
        disk.put_new(file, target)
    except FileExistsError as error:
        what = f"{display_path(target)} is there already, and is not written over"
        raise BackupError(what, "name another file, or a folder") from error
    except OSError as error:
        raise not_written(target, error) from error


def not_written(path: Path, error: OSError) -> BackupError:
    """Return the error of a place where nothing can be written."""
    what = f"{display_path(path)} cannot be written: {error.strerror or error}"
    return BackupError(what, "make room there, or name another place; nothing was left behind")


def _clear(folder: Path) -> None:
    for left in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError, Timeout):
            if left.is_symlink() or abs(time.time() - left.stat().st_mtime) < _FRESH_S:
                continue
            with FileLock(left / _LOCK, timeout=0):
                pass
            shutil.rmtree(left, ignore_errors=True)
