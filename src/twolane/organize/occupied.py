"""What stands in the folders that a plan fills, and what will: no two names that a disk may take for one."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from twolane.documents import display_path
from twolane.errors import ConflictError
from twolane.system.names import folded


@dataclass(frozen=True, slots=True)
class OccupiedName:
    """What stands at a name of a folder, or will: `document` is its content, "" where that is not known."""

    name: str
    is_folder: bool = False
    is_link: bool = False
    document: str = ""
    planned: bool = False


@dataclass(slots=True)
class _FolderNames:
    """The names within one folder, each by what disks may take it for."""

    names: dict[str, OccupiedName] = field(default_factory=dict)
    next_number: dict[str, int] = field(default_factory=dict)  # by folded first name
    documents: dict[str, dict[str, str]] = field(default_factory=dict)  # by that: content, and its name
    unread: dict[tuple[str, int], list[str]] = field(default_factory=dict)  # by that and the size in bytes


class Occupied:
    """The folders below a root; each is listed once, and all that was planned is remembered."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folders: dict[Path, _FolderNames] = {}
        self._paths: dict[tuple[str, ...], Path] = {}  # by the names that were asked for

    def folder(self, names: Sequence[str]) -> Path:
        """Return the folder below the root by names, as it is written where it stands or was planned first.

        Raises `ConflictError` where a file or a link stands in its way.
        """
        if known_path := self._paths.get(tuple(names)):
            return known_path
        path = self._root
        for name in names:
            known = self._names(path)
            standing = known.names.setdefault(folded(name), OccupiedName(name, is_folder=True, planned=True))
            if not standing.is_folder:
                what = "a link" if standing.is_link else "a file"
                raise ConflictError(f"{display_path(path / standing.name)} is {what}", "rename that")
            path = path / standing.name
        self._paths[tuple(names)] = path
        return path

    def at(self, folder: Path, name: str) -> OccupiedName | None:
        """Return what stands at a name, or will."""
        return self._names(folder).names.get(folded(name))

    def numbers(self, folder: Path, name: str) -> int:
        """Return from which number on a name may be free in a folder: 1 is the name itself."""
        return self._names(folder).next_number.get(folded(name), 1)

    def same(self, folder: Path, name: str, document: str) -> str:
        """Return under which of a name's numbers a content is known to stand or to be planned, or ""."""
        return self._names(folder).documents.get(folded(name), {}).get(document, "")

    def not_read(self, folder: Path, first: str, name: str, size_bytes: int) -> None:
        """Remember that a number of a name stands there with a content that nobody has read yet."""
        self._names(folder).unread.setdefault((folded(first), size_bytes), []).append(name)

    def unread(self, folder: Path, first: str, size_bytes: int) -> list[str]:
        """Return what was remembered so of a size, once."""
        return self._names(folder).unread.pop((folded(first), size_bytes), [])

    def passed(self, folder: Path, first: str, number: int, name: str, document: str) -> None:
        """Remember that a number of a name is taken, and by which content."""
        self._names(folder).next_number[folded(first)] = number + 1
        self.read(folder, first, name, document)

    def read(self, folder: Path, first: str, name: str, document: str) -> None:
        """Remember which content stands at a number of a name, "" where that is not known."""
        if document:
            self._names(folder).documents.setdefault(folded(first), {}).setdefault(document, name)

    def plan(self, folder: Path, name: str, document: str) -> None:
        """Take a name for a file."""
        self._names(folder).names[folded(name)] = OccupiedName(name, document=document, planned=True)

    def _names(self, folder: Path) -> _FolderNames:
        known = self._folders.get(folder)
        if known is None:
            known = self._folders[folder] = _FolderNames(_listed(folder))
        return known


def _listed(folder: Path) -> dict[str, OccupiedName]:
    try:
        with os.scandir(folder) as entries:
            return {folded(entry.name): _standing(entry) for entry in entries}
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return {}  # it is to be made; or who may not list it may not write there either, and applying says so
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        return {}  # nothing can lie there, and no name of a file fits


def _standing(entry: os.DirEntry[str]) -> OccupiedName:
    return OccupiedName(entry.name, is_folder=entry.is_dir(follow_symlinks=False), is_link=entry.is_symlink())
