"""Users and groups by their names: found, or refused with what was meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from twolane.errors import NotFoundError
from twolane.principal import current_access
from twolane.text.suggesting import choice

if TYPE_CHECKING:
    from twolane.store.admitted import Admitting, User, UserGroup


def known_user(store: Admitting, name: str) -> User:
    """Return a user. Raises `NotFoundError`."""
    found = store.users.by_name(name)
    if found is None:
        names = (user.name for user in store.users.all())
        raise NotFoundError(f"there is no user {name!r}", _remedy(name, names, "`twolane users`"))
    return found


def known_group(store: Admitting, name: str) -> UserGroup:
    """Return a group. Raises `NotFoundError`."""
    groups = {group.name: group for group in store.groups.all()}
    if name not in groups:
        raise NotFoundError(f"there is no group {name!r}", _remedy(name, groups, "`twolane groups`"))
    return groups[name]


def _remedy(name: str, known: Iterable[str], see: str) -> str:
    """Return what was meant; who does not manage the library is told no names of others."""
    if current_access() is not None:
        return "check how it is written, or ask who manages the library"
    return choice(name, known, see=see)
