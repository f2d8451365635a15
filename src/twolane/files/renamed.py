"""Files that were renamed or moved: a scan knows them again by what they keep under any name of their disk.

See docs/why/files.md#a-renamed-file-is-known-by-its-number.
"""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from twolane.documents import FileSeen, FileState
from twolane.errors import FileReplacedError
from twolane.files.contents.base import hash_of
from twolane.files.handles import open_file
from twolane.files.scan import identity
from twolane.store.scanned import Files, KnownFile
from twolane.store.values import FileRenamed

_HIDDEN = {FileState.GONE, FileState.SKIPPED}
_BY_PERSON = "person"
_WHOLE_SECOND_NS = 1_000_000_000


class RenamedFiles:
    """Finds out which of the files of a scan are known ones under another path."""

    def __init__(self, store: Files) -> None:
        self._store = store

    def displaced(self, files: Sequence[FileSeen]) -> set[Path]:
        """Return the paths at which another living file was when they were scanned last.

        What is there now can be told only when all has been seen: the file that was there may be met later.
        """
        known = {one.path: one for one in self._store.known_at(file.path for file in files)}
        return {
            file.path
            for file in files
            if (one := known.get(file.path)) and one.state not in _HIDDEN and not _is_itself(one, file)
        }

    def among(self, files: Sequence[FileSeen]) -> list[FileRenamed]:
        """Return the files that are known under another path, at which they are no longer."""
        at = {one.path: one for one in self._store.known_at(file.path for file in files)}
        strange = [file for file in files if file.identity and not _is_itself(at.get(file.path), file)]
        known = self._by_identity(file.identity for file in strange)
        moves: dict[int, FileRenamed] = {}
        for file in strange:
            for one in known[file.identity]:
                if one.file_id not in moves and self._is_away(one, file) and _has_its_content(one, file):
                    moves[one.file_id] = _move(one, file)
                    break
        return self._with_hands(moves)

    def overwritten(self, moves: Sequence[FileRenamed]) -> list[Path]:
        """Return the paths of known files that renamed ones have taken, and that are nowhere else."""
        moving = {move.file_id for move in moves}
        at = self._store.known_at(move.path for move in moves)
        return [one.path for one in at if one.file_id not in moving]

    def _by_identity(self, identities: Iterable[str]) -> defaultdict[str, list[KnownFile]]:
        known = defaultdict[str, list[KnownFile]](list)
        for one in self._store.known_as(dict.fromkeys(identities)):
            known[one.identity].append(one)
        for several in known.values():
            several.sort(key=lambda one: one.state is FileState.GONE)
        return known

    def _is_away(self, known: KnownFile, file: FileSeen) -> bool:
        """Say whether a known file is no longer where it was, so that this one is it and no link to it."""
        try:
            status = os.lstat(known.path)
        except (FileNotFoundError, NotADirectoryError):
            return _is_on_one_disk(known.path, file.path)
        except OSError:  # not readable now is not the same as gone
            return False
        there = identity(status)
        if there == known.identity:
            # the disk takes both names for one, unless the file has two
            return status.st_nlink == 1 and _folded(known.path) == _folded(file.path)
        # an editor that keeps what it replaces under another name has changed the file, and moved nothing
        return known.path.parent != file.path.parent or bool(self._store.known_as([there]))

    def _with_hands(self, moves: dict[int, FileRenamed]) -> list[FileRenamed]:
        """Note who has moved them: a plan, by its journal, or else a person."""
        planned = {(place.file_id, place.path): place.placed_by for place in self._store.planned(list(moves))}
        return [
            replace(move, placed_by=planned.get((number, move.path), _BY_PERSON))
            for number, move in moves.items()
        ]


def _is_itself(known: KnownFile | None, file: FileSeen) -> bool:
    # what a disk does not number is known by its path alone
    return known is not None and (known.identity == file.identity or not known.identity or not file.identity)


def _has_its_content(known: KnownFile, file: FileSeen) -> bool:
    """Say whether a file has the content that is known of it, where its identity alone does not prove that.

    Archives and some disks keep times in whole seconds: another file may have them all after a deletion.
    """
    if not known.document or int(file.identity.rpartition(":")[2]) % _WHOLE_SECOND_NS:
        return True
    try:
        with open_file(file.path) as opened:
            return hash_of(opened) == known.document
    except (OSError, FileReplacedError):
        return False


def _move(known: KnownFile, file: FileSeen) -> FileRenamed:
    return FileRenamed(known.file_id, file.path, file.stamp, file.identity, source=known.path)


def _is_on_one_disk(gone: Path, path: Path) -> bool:
    """Say whether what was at a path can have been renamed to another: not where its disk is away."""
    try:
        return _nearest(gone).stat().st_dev == path.parent.stat().st_dev
    except OSError:
        return False


def _nearest(path: Path) -> Path:
    return next(parent for parent in path.parents if parent.exists())


def _folded(path: Path) -> str:
    return unicodedata.normalize("NFC", str(path)).casefold()
