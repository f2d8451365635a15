"""What a plan does to one file, there and back, by the kind of its move."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from twolane.documents import display_path
from twolane.errors import FileReplacedError, MoveError
from twolane.files.contents.base import hash_of
from twolane.organize.disk.carrying import (
    Load,
    carry,
    copy_to,
    look,
    make_like,
    remove_known,
    words_of_loss,
)
from twolane.organize.disk.marks import MoveMark
from twolane.organize.disk.metadata import Metadata, Past, metadata_of
from twolane.organize.disk.places import OpenFolders, OpenPlace, is_file, link_at
from twolane.organize.disk.refusals import refusing
from twolane.organize.disk.settling import Became, Begun, settle_carried, settle_made, settle_removed
from twolane.plans import Move, MoveKind
from twolane.system.holding import is_held

_UNABLE = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS}


class Steps:
    """Does the moves of one plan, each of which happens or does not. All raise `MoveError`: nothing happened.

    `plan` is a name that no other plan of any library has.
    """

    def __init__(self, folders: OpenFolders, plan: str) -> None:
        self._folders = folders
        self._plan = plan

    def mark(self, move: Move) -> MoveMark:
        """Return by what a move knows its traces on the disk."""
        return MoveMark(self._plan, move.number)

    def look(self, move: Move) -> Metadata:
        """Return what the file is like that is to be moved, if it is the one that the plan was made for."""
        with refusing(move.source):
            with self._folders.place(move.source).open() as file:
                _require_unlocked(file, move)
                found = metadata_of(file.fileno())
                if found.size_bytes != move.size_bytes or hash_of(file) != move.document:
                    raise MoveError(f"{display_path(move.source)} has changed since the plan was made")
        return found

    def is_free(self, path: Path) -> bool:
        """Whether nothing lies at a path."""
        try:
            return self._folders.place(path).status() is None
        except FileNotFoundError:
            return True
        except (OSError, FileReplacedError):
            return False

    def settle(self, move: Move, past: Past) -> Became:
        """Say what became of a move that was begun, after the removal of its traces."""
        with refusing(move.source):
            begun = self._begun(move, past, back=False)
            if isinstance(begun, Became):
                return begun
            return settle_carried(begun) if move.kind is MoveKind.MOVE else settle_made(begun)

    def settle_back(self, move: Move, past: Past) -> Became:
        """Say what became of an undoing that was begun, after the removal of its traces."""
        with refusing(move.target):
            if move.kind is not MoveKind.MOVE:
                return settle_removed(self._folders.place(move.target), self.mark(move))
            begun = self._begun(move, past, back=True)
            if isinstance(begun, Became):
                return begun
            became = settle_carried(begun)
            if became is Became.HAPPENED:
                make_like(begun.target, past)
            return became

    def after(self, move: Move, past: Past) -> Past | None:
        """Return what a file is like that was moved to another disk, or copied; None where it is itself."""
        if move.kind not in {MoveKind.MOVE, MoveKind.COPY}:
            return None
        with refusing(move.target):
            found = look(self._folders.place(move.target))
        is_itself = (found.device, found.inode) == (past.before.device, past.before.inode)
        return None if is_itself else replace(past, after=found)

    def _begun(self, move: Move, past: Past, *, back: bool) -> Begun | Became:
        """Return a step that was begun; or what became of it, where one of its folders is not there."""
        source, target = (move.target, move.source) if back else (move.source, move.target)
        known, document = past.now or past.before, "" if back else move.document
        try:
            at_target = self._folders.place(target)
        except FileNotFoundError:
            is_there = self._folders.place(source).status() is not None
            return Became.NOTHING if is_there else Became.VANISHED
        try:
            at_source = self._folders.place(source)
        except FileNotFoundError:
            found = at_target.status()
            is_it = found is not None and is_file(found) and (known.is_file_of(found) or known.is_like(found))
            return Became.HAPPENED if is_it else Became.VANISHED
        return Begun(at_source, at_target, known, document, self.mark(move), past.is_free)

    def do(self, move: Move, past: Past) -> tuple[Past, str]:
        """Do a move; return what the file was and is like, and what is to be said of it."""
        now = past.before
        with refusing(move.target):
            target = self._folders.place(move.target)
        with refusing(move.source):
            source = self._folders.place(move.source)
        load, mark = Load(now, now, move.document), self.mark(move)
        with refusing(move.target):
            match move.kind:
                case MoveKind.MOVE:
                    after = carry(self._folders, source, target, load, mark)
                case MoveKind.COPY:
                    after = copy_to(source, target, load, mark)
                case MoveKind.HARD_LINK:
                    after = _link(source, target, now)
                case MoveKind.SYMBOLIC_LINK:
                    after = None
                    _link_by_name(move.source, target)
        return replace(past, after=after), words_of_loss(now, after)

    def look_back(self, move: Move, past: Past) -> Metadata | None:
        """Return what the file is like that is to be brought back; None where there is only a link."""
        with refusing(move.target):
            target = self._folders.place(move.target)
            if move.kind is MoveKind.SYMBOLIC_LINK:
                _require_own_link(target, move)
                return None
            now = look(target)
            if move.kind is not MoveKind.MOVE:
                self._require_original(target, move, past)
            if move.kind is MoveKind.COPY:
                with target.open() as file:
                    if hash_of(file) != move.document:
                        raise MoveError(f"{display_path(move.target)} has changed since it was copied")
        return now

    def undo(self, move: Move, past: Past) -> None:
        """Undo a move: the file is back, or what was made of it is removed."""
        mark = self.mark(move)
        with refusing(move.target):
            target = self._folders.place(move.target)
            if move.kind is MoveKind.SYMBOLIC_LINK:
                _require_own_link(target, move)
                target.remove()
                return
            assert past.now is not None
            if move.kind is not MoveKind.MOVE:
                self._require_original(target, move, past)
                remove_known(target, past.now, mark)
                return
        with refusing(move.source):
            load = Load(past.now, past.restored(past.now))
            carry(self._folders, target, self._folders.place(move.source), load, mark)

    def _require_original(self, target: OpenPlace, move: Move, past: Past) -> None:
        """Refuse to remove what holds bytes that nothing else holds."""
        with suppress(OSError, FileReplacedError):
            source = self._folders.place(move.source)
            found, there = source.status(), target.status()
            if found is not None and there is not None and is_file(found):
                if move.kind is MoveKind.HARD_LINK and os.path.samestat(found, there):
                    return
                if move.kind is MoveKind.COPY and _holds(source, found, move, past):
                    return
        shown = display_path(target.path)
        raise MoveError(f"{shown} is all that is left of it: its original has changed, or is gone")


def _holds(place: OpenPlace, found: os.stat_result, move: Move, past: Past) -> bool:
    """Whether a file has the document yet; some disks number a file anew when they are mounted."""
    if past.before.is_exactly(found):
        return True
    with place.open() as file:
        return hash_of(file) == move.document


def _link_by_name(source: Path, target: OpenPlace) -> None:
    try:
        os.symlink(os.fspath(source), target.name, dir_fd=target.folder)
    except OSError as error:
        if error.errno in _UNABLE:
            shown = display_path(target.path)
            raise MoveError(f"{shown}: that disk has no symbolic links, or permits none there") from error
        raise


def _link(source: OpenPlace, target: OpenPlace, now: Metadata) -> Metadata | None:
    try:
        source.link_to(target)
    except OSError as error:
        if error.errno == errno.EXDEV:
            raise MoveError(
                f"{display_path(target.path)}: a hard link cannot lead to another disk"
            ) from error
        if error.errno in _UNABLE:
            shown = display_path(target.path)
            raise MoveError(f"{shown}: that disk has no hard links, or permits none there") from error
        raise
    found = target.status()
    if found is None or not now.is_file_of(found):
        target.remove()
        raise MoveError(f"{display_path(source.path)} has changed just now")
    return None


def _require_own_link(target: OpenPlace, move: Move) -> None:
    if link_at(target) != os.fspath(move.source):
        raise MoveError(f"{display_path(move.target)} is no longer the link that the plan made")


def _require_unlocked(file: BinaryIO, move: Move) -> None:
    """Leave a file alone that another program has locked for itself, as office programs do."""
    if is_held(file.fileno()):
        raise MoveError(f"{display_path(move.source)}: another program has locked it")
