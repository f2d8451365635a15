"""Where the catalogue finds the files that a plan has moved."""

from __future__ import annotations

from twolane.errors import FileReplacedError, MoveError
from twolane.files.scan import identity, identity_of, stamp
from twolane.organize.disk.metadata import Past
from twolane.organize.disk.places import OpenFolders
from twolane.plans import Move, MoveKind
from twolane.store.values import FileRenamed


def renamed(folders: OpenFolders, move: Move, past: Past, *, back: bool) -> list[FileRenamed]:
    """Return where a file that was moved is now; nothing for what is only a copy or a link.

    One that was edited since it was looked at is to the next scan another one than the catalogue knows.
    """
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
    was = past.before if back else past.after or past.before
    if was.is_unchanged(status):
        return [FileRenamed(move.file_id, path, stamp(status), identity(status), by, source)]
    known = identity_of(move.stamp, move.size_bytes)
    return [FileRenamed(move.file_id, path, move.stamp, known, by, source)]
