"""Shares: who sees what lies in a folder or a category, beside owners of files and administrators."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from twolane.access.named import known_group, known_user
from twolane.errors import NotFoundError, SettingsError
from twolane.principal import EVERYBODY, GROUP_MARK, Share, ShareKind
from twolane.store.admitted import Admitting, KeptShare
from twolane.system.paths import path_of_named
from twolane.text.suggesting import choice


class Shares:
    """The shares of one library; `categories` are the ids of those that there are."""

    def __init__(self, store: Admitting, categories: Callable[[], Collection[str]]) -> None:
        self._store = store
        self._rows = store.shares
        self._categories = categories

    def list(self) -> list[KeptShare]:
        """List all, folders first, by place."""
        return self._rows.all()

    def set(self, kind: ShareKind, place: str, audience: Collection[str], by: str = "") -> Share:
        """Let an audience alone see what lies in a place: names, groups as @name, or * for everybody.

        Without any it is private: only the owners of its files and administrators see it. Raises
        `SettingsError` and `NotFoundError` for what has no name here.
        """
        known = frozenset(self._known_name(name) for name in audience)
        share = Share(kind, self._known_place(kind, place), known)
        self._rows.set(share, by)
        return share

    def unset(self, kind: ShareKind, place: str) -> None:
        """Take a share back: its place is seen as what is around it. Raises `NotFoundError`."""
        self._rows.unset(kind, _path_of(place) if kind is ShareKind.FOLDER else place)

    def _known_place(self, kind: ShareKind, place: str) -> str:
        if kind is ShareKind.FOLDER:
            return _path_of(place)
        categories = self._categories()
        if place not in categories:
            remedy = choice(place, categories, see="`twolane taxonomy`")
            raise NotFoundError(f"there is no category {place!r}", remedy)
        return place

    def _known_name(self, name: str) -> str:
        if name == EVERYBODY:
            return name
        if name.startswith(GROUP_MARK):
            known_group(self._store, name.removeprefix(GROUP_MARK))
            return name
        return known_user(self._store, name).name


def _path_of(place: str) -> str:
    """Return a folder as the catalogue knows its files; a share by another way there would hide nothing."""
    path = Path(place)
    if not path.is_absolute() or "\0" in place:
        raise SettingsError(f"{place!r} is no whole path of a folder", "write it from its root on")
    try:
        return str(path_of_named(path))
    except (OSError, RuntimeError) as error:  # links that lead in a circle
        raise SettingsError(f"{place!r} leads to no folder: {error}", "write it without links") from error
