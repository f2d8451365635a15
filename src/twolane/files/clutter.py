"""Names of what is no document: trashes, old versions, locks, notes of systems, copies that are under way.

They stand in `clutter.toml`. Of that list people see every name, and may have any taken in all the same.
See docs/why/files.md#names-of-what-is-no-document-stand-in-one-list.
"""

from __future__ import annotations

import fnmatch
import re
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

_COPIED = "an unfinished download or copy"
_RANDOM = re.compile(r"\..+\.([A-Za-z0-9]{6})", re.DOTALL)  # rsync: .name.XXXXXX
_SYNCED = re.compile(r"\..+\.~[0-9a-f]+", re.DOTALL)  # Nextcloud: .name.~1f2e
_OF_FOLDERS, _OF_FILES = ("folders", "also"), ("files", "more")


@dataclass(frozen=True, slots=True)
class ClutterName:
    """A name of files or of folders that are no documents, and why, as people read it.

    `is_left_out` is false where somebody wants them taken in.
    """

    pattern: str
    is_folder: bool
    why: str
    is_left_out: bool = True


@cache
def clutter_names() -> tuple[ClutterName, ...]:
    """Return all names of the list."""
    groups = tomllib.loads(files(__package__).joinpath("clutter.toml").read_text("utf-8"))["group"]
    return tuple(
        ClutterName(pattern, key in _OF_FOLDERS, group["why"])
        for group in groups
        for key in (*_OF_FOLDERS, *_OF_FILES)
        for pattern in group.get(key, ())
    )


class Clutter:
    """The names of the list, without those that people want taken in; safe to use from several threads."""

    def __init__(self, taken_in: Collection[str] = ()) -> None:
        names = [one for one in clutter_names() if one.pattern.casefold() not in taken_in]
        deep = [one for one in names if "/" in one.pattern]
        self._deep = [(tuple(one.pattern.casefold().split("/")), one.why) for one in deep]
        self._folders = _Names(one for one in names if one.is_folder and one not in deep)
        self._files = _Names(one for one in names if not one.is_folder)

    def why_file(self, name: str) -> str:
        """Return why a file of this name is left alone, or ""."""
        return self._files.why(name) or (_COPIED if _is_copied(name) else "")

    def why_folder(self, folder: Path) -> str:
        """Return why what is under a folder is taken for no documents, or ""."""
        if why := self._folders.why(folder.name):
            return why
        for tail, why in self._deep:
            if folder.name.casefold() == tail[-1] and _tail(folder, len(tail)) == tail:
                return why
        return ""


@lru_cache(maxsize=8)
def clutter_but(taken_in: frozenset[str] = frozenset()) -> Clutter:
    """Return the names of the list without those that people want taken in, prepared once."""
    return Clutter(taken_in)


class _Names:
    def __init__(self, names: Iterable[ClutterName]) -> None:
        self._names = tuple(names)
        patterns = [fnmatch.translate(one.pattern.casefold()) for one in self._names]
        self._any = re.compile("|".join(f"({pattern})" for pattern in patterns) or r"(?!)")

    def why(self, name: str) -> str:
        found = self._any.match(name.casefold())
        return self._names[found.lastindex - 1].why if found and found.lastindex else ""


def _tail(folder: Path, count: int) -> tuple[str, ...]:
    return tuple(part.casefold() for part in folder.parts[-count:])


def _is_copied(name: str) -> bool:
    """Say whether it is the name that a copying program gives until the end."""
    random = _RANDOM.fullmatch(name)
    # a word has letters of one case: .letter.backup is no copy under way
    mixed = random is not None and not (random[1].islower() or random[1].isupper() or random[1].isdigit())
    return mixed or _SYNCED.fullmatch(name) is not None
