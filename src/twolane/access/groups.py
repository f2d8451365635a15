"""Groups: users that share what is shared with them together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from twolane.access.named import known_group, known_user
from twolane.errors import SettingsError
from twolane.store.admitted import Admitting, UserGroup

_NAME = re.compile(r"[^\W_][\w.-]{0,62}[^\W_]|[^\W_]")


class Groups:
    """The groups of one library; a group is there while it has members."""

    def __init__(self, store: Admitting) -> None:
        self._store = store
        self._rows = store.groups

    def list(self) -> list[UserGroup]:
        """List all by name."""
        return self._rows.all()

    def set(self, name: str, members: Collection[str]) -> UserGroup:
        """Give a group these members alone. Raises `SettingsError` and `NotFoundError`."""
        if not _NAME.fullmatch(name):
            raise SettingsError(
                f"{name!r} is no name of a group", "take letters, digits, and . _ - between them: family"
            )
        known = frozenset(self._known(members))
        self._rows.set(name, known)
        return UserGroup(name, known)

    def add(self, name: str, members: Collection[str]) -> UserGroup:
        """Put users into a group, which is made where there is none."""
        return self.set(name, self._members(name) | set(self._known(members)))

    def remove(self, name: str, members: Collection[str] = ()) -> UserGroup:
        """Take users out of a group, all of them without names. Raises `NotFoundError`."""
        there = known_group(self._store, name).members
        gone = set(self._known(members)) or there
        return self.set(name, there - gone)

    def _members(self, name: str) -> frozenset[str]:
        return next((group.members for group in self.list() if group.name == name), frozenset())

    def _known(self, names: Iterable[str]) -> Iterable[str]:
        return (known_user(self._store, name).name for name in names)
