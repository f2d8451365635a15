"""Where the catalogue finds the files that a plan has moved."""

from __future__ import annotations

from twolane.errors import FileReplacedError, MoveError
from twolane.files.scan import identity, stamp
from twolane.organize.disk.places import OpenFolders
from twolane.plans import Move, MoveKind
from twolane.store.values import FileRenamed


def renamed(folders: OpenFolders, move: Move, *, back: bool) -> list[FileRenamed]:
    """Return where a file that was moved is now; nothing for what is only a copy or a link."""
    if move.kind is not MoveKind.MOVE:
        return []
    source, path = (move.target, move.source) if back else (move.source, move.target)
    try:
        status = folders.place(path).status()
    except (OSError, FileReplacedError, MoveError):  # it was there just now: the next scan tells
        return []
    if status is None:
        return []
    by = "" if back else "plan"
    return [FileRenamed(move.file_id, path, stamp(status), identity(status), by, source)]
