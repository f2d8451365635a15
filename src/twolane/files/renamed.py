"""Files that were renamed or moved: a scan knows them again by what they keep under any name of their disk.

See docs/why/files.md#a-renamed-file-is-known-by-its-number.
"""

from __future__ import annotations

import logging
import os
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from twolane.documents import FileSeen, FileState
from twolane.errors import ConflictError, FileReplacedError
from twolane.files.contents.base import Contents, hash_of
from twolane.files.handles import open_file
from twolane.files.scan import identity
from twolane.store.base import Catalogue
from twolane.store.scanned import KnownFile, MovedFile
from twolane.store.values import FileRenamed

_HIDDEN = {FileState.GONE, FileState.SKIPPED}
_BY_PERSON = "person"
_WHOLE_SECOND_NS = 1_000_000_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StrangeFiles:
    """Files that are not at their paths as the catalogue has it: new ones, and those where others were.

    What displaces another can be told only when all has been seen: the other may be met later.
    """

    new: tuple[FileSeen, ...]
    displacing: tuple[FileSeen, ...]


class RenamedFiles:
    """Finds out which of the files of a scan are known ones under another path, and records it.

    `on_moved` is told of those that a person has moved.
    """

    def __init__(
        self, store: Catalogue, contents: Contents, on_moved: Callable[[Sequence[MovedFile]], None]
    ) -> None:
        self._store = store
        self._contents = contents
        self._on_moved = on_moved

    def strange(self, files: Sequence[FileSeen]) -> StrangeFiles:
        """Return those of the files that are not at their paths as the catalogue has it."""
        known = {one.path: one for one in self._store.known_at(file.path for file in files)}
        new, displacing = list[FileSeen](), list[FileSeen]()
        for file in files:
            one = known.get(file.path)
            if one is None or one.state in _HIDDEN:
                new.append(file)
            elif not _is_itself(one, file):
                displacing.append(file)
        return StrangeFiles(tuple(new), tuple(displacing))

    def follow(self, files: Sequence[FileSeen]) -> int:
        """Record those of strange files that were renamed, and return their number."""
        moves = self._among(files)
        if not moves:
            return 0
        found = {file.path: file for file in files}
        self._contents.follow({move.source: found[move.path] for move in moves if move.source})
        try:
            with self._store.writing() as write:
                write.mark_gone(self._overwritten(moves))
                count = write.rename(moves)
        except ConflictError as error:  # another scan has just recorded something there
            _log.info("renamed files are taken for new ones: %s", error)
            return 0
        if by_hand := _by_hand(moves):
            self._on_moved(by_hand)
        return count

    def _among(self, files: Sequence[FileSeen]) -> list[FileRenamed]:
        """Return those of strange files that are known under another path, at which they are no longer."""
        numbered = [file for file in files if file.identity]
        known = self._by_identity(file.identity for file in numbered)
        moves: dict[int, FileRenamed] = {}
        for file in numbered:
            for one in known[file.identity]:
                if one.path == file.path:
                    break  # it is there again
                if one.file_id not in moves and self._is_away(one, file) and _has_its_content(one, file):
                    moves[one.file_id] = _move(one, file)
                    break
        return self._with_hands(moves)

    def _overwritten(self, moves: Sequence[FileRenamed]) -> list[Path]:
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


def _is_itself(known: KnownFile, file: FileSeen) -> bool:
    # what a disk does not number is known by its path alone
    return known.identity in ("", file.identity) or not file.identity


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


def _by_hand(moves: Sequence[FileRenamed]) -> list[MovedFile]:
    """Return what persons have moved."""
    return [
        MovedFile(move.file_id, move.source, move.path, _is_alone(move.source, move.path))
        for move in moves
        if move.source and move.placed_by == _BY_PERSON
    ]


def _is_alone(before: Path, now: Path) -> bool:
    """Say whether a file was moved to another folder, and no folder with it."""
    return before.parent != now.parent and before.parent.is_dir()


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
