"""What people have excluded: paths, patterns of names, and contents that no scan takes in."""

from __future__ import annotations

import fnmatch
import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from twolane.documents import display_path
from twolane.errors import SettingsError
from twolane.store.taken_out import Exclusion, ExclusionKind
from twolane.system.paths import path_digest
from twolane.text.full_text import clean

EXCLUDED = "excluded by you"
_MOST_CACHED = 10_000


class Exclusions:
    """Exclusions of paths and names as they stand; for one thread.

    A pattern means the name of a file or folder, in any case: `*` is any characters, `?` one, `[ab]` either.
    """

    def __init__(self, rows: Iterable[Exclusion]) -> None:
        every = list(rows)
        self._paths = {one.value for one in every if one.kind is ExclusionKind.PATH}
        self._digests = {one.value for one in every if one.kind is ExclusionKind.FORGOTTEN}
        patterns = [one.value.decode() for one in every if one.kind is ExclusionKind.NAME]
        self._names = [re.compile(fnmatch.translate(pattern)) for pattern in patterns]
        self._folders: dict[Path, bool] = {}

    def __bool__(self) -> bool:
        return bool(self._paths or self._digests or self._names)

    def has(self, path: Path, named: Iterable[Path] = ()) -> bool:
        """Say whether a path is excluded, itself or with a folder that it lies in.

        What a person has `named` is not, and of what lies in it only what is excluded for itself.
        """
        if not self:
            return False
        root = max((one for one in named if path.is_relative_to(one)), default=None)
        return self._below(path, root) if root else self._at(path) or self._in_folder(path.parent)

    def matches(self, path: Path) -> bool:
        """Say whether a pattern means the name of a path, or of a folder that it lies in."""
        return any(self._is_named(part) for part in path.parts[1:])

    def _below(self, path: Path, root: Path) -> bool:
        while path != root:
            if self._at(path):
                return True
            path = path.parent
        return False

    def _in_folder(self, folder: Path) -> bool:
        known = self._folders.get(folder)
        if known is None:
            known = self._at(folder) or (folder != folder.parent and self._in_folder(folder.parent))
            if len(self._folders) >= _MOST_CACHED:
                self._folders.clear()
            self._folders[folder] = known
        return known

    def _at(self, path: Path) -> bool:
        return (
            os.fsencode(path) in self._paths
            or (bool(self._digests) and forgotten_value(path) in self._digests)
            or self._is_named(path.name)
        )

    def _is_named(self, name: str) -> bool:
        return bool(self._names) and any(pattern.match(_folded(name)) for pattern in self._names)


def taken_in(rows: Iterable[Exclusion]) -> frozenset[str]:
    """Return the names of clutter that people want taken in."""
    return frozenset(one.value.decode() for one in rows if one.kind is ExclusionKind.TAKEN_IN)


def forgotten_value(path: Path) -> bytes:
    """Return by what a path is excluded that is to be forgotten."""
    return path_digest(path).encode()


def pattern_value(pattern: str) -> bytes:
    """Return a pattern of names as it is kept. Raises `SettingsError` where it is none."""
    text = _folded(clean(pattern).strip())
    if not text or "/" in text or not text.strip("*?"):
        raise SettingsError(
            f"{pattern!r} is no pattern of names",
            "write one like *.bak or draft-*; a folder is excluded by its path",
        )
    return text.encode()


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", display_path(name)).casefold()
