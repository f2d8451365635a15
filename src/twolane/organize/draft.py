"""Drafting: which file would go where by rules; it reads the catalogue and the disk, and changes nothing.

Why it is so: docs/why/organize.md#a-draft-changes-nothing-and-says-the-same-twice
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from twolane.documents import FileState, Filter, display_path
from twolane.errors import ConflictError, FileReplacedError
from twolane.facts import CORRESPONDENT
from twolane.files.contents.base import hash_of
from twolane.files.handles import open_file
from twolane.organize.occupied import Occupied, OccupiedName
from twolane.organize.rules import OrganizedCategory, RuleBook
from twolane.organize.template import (
    ADDED,
    CATEGORY,
    CATEGORY_ID,
    CATEGORY_PATH,
    EXT,
    FOLDER,
    NAME,
    OWN_VALUES,
    FileValue,
    FilledTemplate,
    Template,
)
from twolane.plans import DraftPlan, LeftCause, LeftFile, Move, MoveKind
from twolane.store.filed import FiledFile, FiledRows
from twolane.system.mounts import is_choosy
from twolane.system.names import MOST_NAME_BYTES, FileName, fitted, folded, takeable

_AT_ONCE = 1000
_LEAST_NAME_BYTES = 48  # a name that is cut shorter to fit a long path says nothing any more
_USUAL_PATH_BYTES = 259  # of Windows, which does not say
_FILED = {FileState.FILED, FileState.REVIEW}


@dataclass(frozen=True, slots=True)
class _Movable:
    """A file that may be moved, by its template and category."""

    file: FiledFile
    template: Template
    category: OrganizedCategory


class Drafter:
    """Makes one draft below a root, which is absolute and has no links in it.

    With `unsure`, files that wait for a person go where they would be filed. Nothing goes into `own`, the
    library's folder.
    """

    def __init__(
        self,
        filed: FiledRows,
        book: RuleBook,
        categories: Mapping[str, OrganizedCategory],
        root: Path,
        *,
        kind: MoveKind,
        unsure: bool,
        own: Path | None = None,
    ) -> None:
        self._filed = filed
        self._book = book
        self._categories = categories
        self._root = root
        self._kind = kind
        self._unsure = unsure
        self._own = own if own and own.is_relative_to(root) else None
        self._occupied = Occupied(root)
        self._is_choosy = is_choosy(root)
        self._name_bytes = min(MOST_NAME_BYTES, _limit_of(root, "PC_NAME_MAX", MOST_NAME_BYTES))
        self._path_bytes = _limit_of(root, "PC_PATH_MAX", _USUAL_PATH_BYTES + 1) - 1
        self._moves: list[Move] = []
        self._left: list[LeftFile] = []
        self._counts: Counter[LeftCause] = Counter()

    def draft(self, within: Filter) -> DraftPlan:
        """Return where the files that pass would go; those that go to one folder follow each other."""
        for page in self._pages(within):
            planned = [one for file in page if (one := self._look(file))]
            named = [one.file.document_id for one in planned if one.template.names - OWN_VALUES.keys()]
            values = self._filed.values(named)
            for one in planned:
                self._place(one, values.get(one.file.document_id, {}))
        by_folder = sorted(self._moves, key=lambda move: (os.fsencode(move.target.parent), move.number))
        moves = tuple(replace(move, number=number) for number, move in enumerate(by_folder, 1))
        return DraftPlan(moves, tuple(self._left), dict(self._counts))

    def _pages(self, within: Filter) -> Iterator[list[FiledFile]]:
        after: Path | None = None
        while page := self._filed.page(within, after=after, limit=_AT_ONCE):
            yield page
            after = page[-1].path

    def _look(self, file: FiledFile) -> _Movable | None:
        """Return a file with its template, or count it as left."""
        if file.state not in _FILED or file.category is None:
            self._counts[LeftCause.UNREAD] += 1
            return None
        if not file.category:
            self._counts[LeftCause.NO_CATEGORY] += 1
            return None
        category = self._categories.get(file.category) or OrganizedCategory.unknown(file.category)
        template = self._book.template(category)
        if template is None:
            self._counts[LeftCause.NO_RULE] += 1
            return None
        if file.placed_by == "person":
            self._leave(file, LeftCause.BY_PERSON)
        elif not self._unsure and (file.state is FileState.REVIEW or file.review_cause):
            self._leave(file, LeftCause.UNSURE, file.review_cause.words if file.review_cause else "")
        elif away := _away(file):
            self._leave(file, LeftCause.UNREAD, away)
        else:
            return _Movable(file, template, category)
        return None

    def _place(self, one: _Movable, fields: Mapping[str, str]) -> None:
        filled = one.template.filled(_values_of(one, fields, self._root))
        try:
            folder = self._occupied.folder([self._folder_name(name) for name in filled.folders])
        except ConflictError as error:
            self._leave(one.file, LeftCause.TAKEN, error.what)
            return
        if self._own and folder.is_relative_to(self._own):
            self._leave(one.file, LeftCause.TAKEN, f"{display_path(folder)} is the library's own folder")
            return
        target = self._target(one.file, filled, folder)
        if isinstance(target, Path):
            reason = f"{': '.join(one.category.names)} ({one.file.reason})"
            self._moves.append(self._move(one.file, target, reason))

    def _target(self, file: FiledFile, filled: FilledTemplate, folder: Path) -> Path | None:
        """Return the path for a file, or leave it."""
        first, document = self._name(file, filled, folder, 1), file.document
        if self._lies_there(file, filled, folder):
            self._counts[LeftCause.IN_PLACE] += 1
            return None
        for name in self._occupied.unread(folder, first, file.size_bytes):
            self._occupied.read(folder, first, name, _hash_of(folder / name))
        if first and (same := self._occupied.same(folder, first, document)):
            self._leave_copy(file, folder / same)
            return None
        number = self._occupied.numbers(folder, first)
        while name := self._name(file, filled, folder, number):
            standing = self._occupied.at(folder, name)
            found = self._content(folder, first, standing, file) if standing else document
            self._occupied.passed(folder, first, number, standing.name if standing else name, found)
            if standing is None:
                self._occupied.plan(folder, name, document)
                return folder / name
            if found == document:
                self._leave_copy(file, folder / standing.name)
                return None
            number += 1
        self._leave(file, LeftCause.UNSAFE_NAME, f"no room for a name in {display_path(folder)}")
        return None

    def _lies_there(self, file: FiledFile, filled: FilledTemplate, folder: Path) -> bool:
        """Say whether a file has its name in its folder already, be it with a number behind it."""
        if folder != file.path.parent:
            return False
        numbers = {1, FileName.of(file.path.name).number}
        own_names = {folded(self._name(file, filled, folder, number)) for number in numbers}
        return folded(file.path.name) in own_names

    def _name(self, file: FiledFile, filled: FilledTemplate, folder: Path, number: int) -> str:
        """Return a file's name with a number in a folder, or "" where none fits."""
        room = self._path_bytes - len(os.fsencode(folder)) - 1
        if filled.kept and number == 1:
            name = self._kept_name(file.path, folder)
            return name if len(os.fsencode(name)) <= min(room, self._name_bytes) else ""
        if room < _LEAST_NAME_BYTES:
            return ""
        parts = filled.name.safe if filled.kept and self._is_choosy else filled.name
        return fitted(parts, number, limit_bytes=min(self._name_bytes, room))

    def _kept_name(self, path: Path, folder: Path) -> str:
        """Return the name that a file keeps, as far as the disk takes it that it goes to."""
        return takeable(path.name) if self._is_choosy and folder != path.parent else path.name

    def _folder_name(self, name: str) -> str:
        return fitted(FileName(name), limit_bytes=self._name_bytes)

    def _content(self, folder: Path, first: str, standing: OccupiedName, file: FiledFile) -> str:
        """Return the content of what stands at a name, "" where it is another one than that of a file."""
        path = folder / standing.name
        if standing.planned or standing.is_folder:
            return standing.document
        if standing.is_link:
            return file.document if Path(os.path.realpath(path)) == file.path else ""
        if known := self._filed.document_at(path):
            return known
        size_bytes = _size_of(path)
        if size_bytes == file.size_bytes:
            return _hash_of(path)
        self._occupied.not_read(folder, first, standing.name, size_bytes)
        return ""

    def _move(self, file: FiledFile, target: Path, reason: str) -> Move:
        return Move(
            number=len(self._moves) + 1,
            file_id=file.file_id,
            document=file.document,
            source=file.path,
            target=target,
            kind=self._kind,
            size_bytes=file.size_bytes,
            stamp=file.stamp,
            category=file.category or "",
            reason=reason,
        )

    def _leave_copy(self, file: FiledFile, other: Path) -> None:
        self._leave(file, LeftCause.TAKEN, f"the same content is or will be at {display_path(other)}")

    def _leave(self, file: FiledFile, cause: LeftCause, detail: str = "") -> None:
        self._left.append(LeftFile(file.file_id, file.path, cause, detail))
        self._counts[cause] += 1


def examples_of(
    filed: FiledRows,
    book: RuleBook,
    categories: Mapping[str, OrganizedCategory],
    within: Filter,
    *,
    most: int,
) -> tuple[str, ...]:
    """Return where the first files that pass would go below any root, as paths to be shown."""
    files = [file for file in filed.page(within, limit=most) if file.category]
    fields = filed.values([file.document_id for file in files])
    found = []
    for file in files:
        category = categories.get(file.category or "") or OrganizedCategory.unknown(file.category or "")
        if template := book.template(category):
            one = _Movable(file, template, category)
            filled = template.filled(_values_of(one, fields.get(file.document_id, {}), file.path.parent))
            name = file.path.name if filled.kept else fitted(filled.name)
            found.append("/".join([*(fitted(FileName(folder)) for folder in filled.folders), name]))
    return tuple(map(display_path, found))


def _values_of(one: _Movable, fields: Mapping[str, str], root: Path) -> dict[str, FileValue]:
    """Return what fills a template for a file; correspondents go by the name that they are shown by."""
    file, old = one.file, FileName.of(one.file.path.name)
    inner = file.path.parent
    added = datetime.fromtimestamp(file.added_at).astimezone().date().isoformat() if file.added_at else ""
    values: dict[str, FileValue] = {**fields}
    if CORRESPONDENT in fields and file.correspondent:
        values[CORRESPONDENT] = file.correspondent
    return values | {
        CATEGORY: one.category.name,
        CATEGORY_ID: one.category.id,
        CATEGORY_PATH: one.category.names,
        NAME: old.stem,
        EXT: old.ending,
        FOLDER: inner.relative_to(root).parts if inner.is_relative_to(root) else (),
        ADDED: added,
    }


def _away(file: FiledFile) -> str:
    """Say why a file cannot be moved as it was read, or ""."""
    try:
        status = os.lstat(file.path)
    except OSError:
        return "it is not there, or not on this machine"
    if not stat.S_ISREG(status.st_mode) or status.st_size != file.size_bytes:
        return "it has changed since it was read"
    return ""


def _size_of(path: Path) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return -1


def _hash_of(path: Path) -> str:
    """Return the hash of a file that no scan has seen, "" where it cannot be read."""
    try:
        with open_file(path) as file:
            return hash_of(file)
    except (OSError, FileReplacedError):
        return ""


def _limit_of(root: Path, name: str, usual: int) -> int:
    """Return a limit of the disk that a root lies on, or will."""
    if not hasattr(os, "pathconf"):
        return usual
    there = next(path for path in (root, *root.parents) if os.path.lexists(path))
    try:
        return os.pathconf(there, name)
    except (OSError, ValueError):
        return usual
