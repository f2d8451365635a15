"""The system's trash: files go into it, are found in it, and come back out of it.

Where it keeps them is known of the trash of freedesktop.org (Linux and the BSDs), and not elsewhere.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

from twolane.documents import display_path
from twolane.errors import ConflictError, TrashError

_INFO = ".trashinfo"
_BY_HAND = "put it back with the system's own trash, then: twolane add"


def send(path: Path) -> Path | None:
    """Move a file into the trash, and return where it lies there, None where that is not known.

    Raises `TrashError` where it cannot go there: it is never deleted for good.
    """
    from send2trash import send2trash

    try:
        send2trash(os.fspath(path))
    except OSError as error:
        raise TrashError(
            f"{display_path(path)} cannot go into the trash: {error.strerror or error}",
            "its disk may have no trash, or nobody may write there: delete it yourself",
        ) from error
    return find(path)


def find(path: Path) -> Path | None:
    """Return where the file that lay at a path lies in the trash: the last one of several."""
    if sys.platform in {"darwin", "win32"}:
        return None
    found = [info for trash, top in _trashes(path) for info in _records(trash, top, path)]
    there = [(info.stat().st_mtime_ns, info) for info in found if os.path.lexists(_content(info))]
    return _content(max(there)[1]) if there else None


def restore(trashed: Path, path: Path) -> None:
    """Move a file out of the trash to a path, where nothing may be.

    Raises `ConflictError` where something is there, and `TrashError`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _move(trashed, path)
    except FileExistsError as error:
        raise ConflictError(
            f"something else lies at {display_path(path)} by now", "move it away, then restore again"
        ) from error
    except OSError as error:
        raise TrashError(
            f"{display_path(path)} cannot come back from the trash: {error.strerror or error}", _BY_HAND
        ) from error
    with contextlib.suppress(OSError):
        _info(trashed).unlink()


def _move(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            raise FileExistsError(os.fspath(target)) from None
        source.rename(target)
    else:
        source.unlink()


def _trashes(path: Path) -> Iterator[tuple[Path, Path]]:
    """Yield the trashes that a file may have gone to, each with what its records begin at."""
    from send2trash.plat_other import HOMETRASH_B

    home = Path(os.fsdecode(HOMETRASH_B))
    yield home, home.parent
    own = str(os.getuid())
    for folder in path.parents:
        yield folder / ".Trash" / own, folder
        yield folder / f".Trash-{own}", folder


def _records(trash: Path, top: Path, path: Path) -> Iterator[Path]:
    """Yield the records of a trash that name a path."""
    with contextlib.suppress(OSError):
        for info in (trash / "info").iterdir():
            if info.name.startswith(path.stem) and info.suffix == _INFO and _names(info, top, path):
                yield info


def _names(info: Path, top: Path, path: Path) -> bool:
    """Say whether a record is of what lay at a path."""
    lines = [line.partition(b"=") for line in info.read_bytes().splitlines()]
    values = [os.fsdecode(unquote_to_bytes(value)) for name, _, value in lines if name == b"Path"]
    return any(top / value == path for value in values)


def _content(info: Path) -> Path:
    return info.parent.parent / "files" / info.name.removesuffix(_INFO)


def _info(content: Path) -> Path:
    return content.parent.parent / "info" / (content.name + _INFO)
