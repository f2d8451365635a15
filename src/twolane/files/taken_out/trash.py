"""The system's trash: files go into it, are found in it, and come back out of it.

Where it keeps them is known of the trash of freedesktop.org (Linux and the BSDs), and not elsewhere.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

from twolane.documents import display_path
from twolane.errors import ConflictError, TrashError
from twolane.system import kind
from twolane.system.disk import user_number

_INFO = ".trashinfo"
_NUMBER = re.compile(r" \d+\Z")  # behind a name that the trash has already
_BY_HAND = "put it back with the system's own trash, then: twolane add"


def send(path: Path) -> None:
    """Move a file into the trash: `find` tells where it lies there.

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


def find(paths: Collection[Path]) -> dict[Path, Path]:
    """Return where the files that lay at these paths lie in the trash, as far as that is known.

    Of several that lay at one path it is the last. Each trash is listed once.
    """
    if kind.is_macos() or kind.is_windows():
        return {}
    wanted, last = set(paths), dict[Path, tuple[int, Path]]()
    stems = {path.stem for path in wanted}
    for trash, top in dict.fromkeys(one for path in wanted for one in _trashes(path)):
        for info, path in _records(trash, top, stems):
            if path in wanted and os.path.lexists(_content(info)):
                last[path] = max(last.get(path, (0, info)), (info.stat().st_mtime_ns, info))
    return {path: _content(info) for path, (_, info) in last.items()}


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
    own = user_number()
    for folder in path.parents:
        yield folder / ".Trash" / own, folder
        yield folder / f".Trash-{own}", folder


def _records(trash: Path, top: Path, stems: set[str]) -> Iterator[tuple[Path, Path]]:
    """Yield the records of a trash for names with these stems, each with the path where its file lay."""
    with contextlib.suppress(OSError):
        for info in (trash / "info").iterdir():
            stem = Path(info.name.removesuffix(_INFO)).stem
            if info.suffix == _INFO and {stem, _NUMBER.sub("", stem)} & stems:
                yield from ((info, path) for path in _named(info, top))


def _named(info: Path, top: Path) -> Iterator[Path]:
    """Yield the path that a record names; nothing where it is gone by now, or says nothing."""
    with contextlib.suppress(OSError):
        for name, _, value in (line.partition(b"=") for line in info.read_bytes().splitlines()):
            if name == b"Path":
                yield top / os.fsdecode(unquote_to_bytes(value))


def _content(info: Path) -> Path:
    return info.parent.parent / "files" / info.name.removesuffix(_INFO)


def _info(content: Path) -> Path:
    return content.parent.parent / "info" / (content.name + _INFO)
