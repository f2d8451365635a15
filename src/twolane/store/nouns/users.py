"""Users and their groups: rows by names that never change."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import replace

from twolane.errors import ConflictError, NotFoundError
from twolane.principal import EVERYBODY, GROUP_MARK, Role
from twolane.store.admitted import Departure, User, UserChange, UserGroup
from twolane.store.nouns.leaving import left_by, remove
from twolane.store.paths import fold
from twolane.store.session import Database, Row, Session
from twolane.text.full_text import clean


class UserTable:
    """Obeys `twolane.store.admitted.UserRows`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, user: User) -> User:
        name = _good_name(user.name)
        values = _values_of(user) | {"name": name, "folded_name": fold(name)}

        def write(session: Session) -> Row | None:
            session.run("users.lock")
            if session.number("users.was_removed", values):
                raise ConflictError(
                    f"there was a user {user.name!r}, or one with the same office sign-in, who was removed",
                    "take another name: that one stands beside what was done under it",
                )
            is_first = not session.number("users.any")
            row = session.row("users.add", values)
            if is_first and row is not None:  # what the library's one person kept is this one's now
                session.run("conversations.take_over", owner=name)
                session.run("saved_views.take_over", user_name=name)
            return row

        row = self._database.write(write)
        if row is None:
            raise ConflictError(
                f"there is a user {user.name!r} already, or one with the same office sign-in",
                "take another name; `twolane users list` shows those there are",
            )
        return _user_of(row)

    def all(self) -> list[User]:
        return [_user_of(row) for row in self._database.rows("users.all")]

    def any(self) -> bool:
        return bool(self._database.number("users.any"))

    def by_name(self, name: str) -> User | None:
        row = self._database.row("users.by_name", folded_name=fold(clean(name)))
        return None if row is None else _user_of(row)

    def by_subject(self, subject: str) -> User | None:
        row = self._database.row("users.by_subject", subject=clean(subject))
        return None if row is None else _user_of(row)

    def change(self, name: str, change: UserChange) -> User:
        def write(session: Session) -> Row | None:
            found = session.row("users.by_name", folded_name=fold(clean(name)))
            if found is None:
                return None
            values = _values_of(_changed(_user_of(found), change)) | {"folded_name": found["folded_name"]}
            if session.number("users.same_subject", values):
                raise ConflictError(
                    f"another user than {name!r} has that office sign-in", "take it from that one first"
                )
            return session.row("users.change", values)

        return self._managed(name, write)

    def disable(self, name: str) -> User:
        def write(session: Session) -> Row | None:
            row = session.row("users.disable", folded_name=fold(clean(name)))
            if row is not None:
                session.run("sign_ins.end_all", user_name=row["name"], but="")
            return row

        return self._managed(name, write)

    def enable(self, name: str) -> User:
        return self._managed(name, lambda session: session.row("users.enable", folded_name=fold(clean(name))))

    def leaving(self, name: str) -> Departure:
        def look(session: Session) -> Departure | None:
            row = session.row("users.by_name", folded_name=fold(clean(name)))
            return None if row is None else left_by(session, _user_of(row))

        found = self._database.read(look, whole=True)
        if found is None:
            raise _unknown(name)
        return found

    def remove(self, name: str, files_to: str | None, by: str = "") -> Departure:
        left: list[Departure] = []

        def write(session: Session) -> Row | None:
            row = session.row("users.by_name", folded_name=fold(clean(name)))
            if row is not None:
                left[:] = [left_by(session, _user_of(row))]
                remove(session, left[0], files_to, by)
                if not session.number("users.any"):
                    raise ConflictError(
                        f"{name!r} is the only user", "add another first: without any, everybody may come in"
                    )
            return row

        self._managed(name, write)
        return left[0]

    def note_seen(self, name: str) -> None:
        self._database.run("users.note_seen", name=name)

    def _managed(self, name: str, work: Callable[[Session], Row | None]) -> User:
        """Change a user in a transaction after which somebody manages the library, if anybody did before."""

        def write(session: Session) -> Row | None:
            session.run("users.lock")
            before = session.number("users.managers", role=Role.ADMIN)
            row = work(session)
            if before and not session.number("users.managers", role=Role.ADMIN):
                raise ConflictError(
                    f"{name!r} is the only one who manages the library",
                    "make another user an administrator first",
                )
            return row

        row = self._database.write(write)
        if row is None:
            raise _unknown(name)
        return _user_of(row)


class GroupTable:
    """Obeys `twolane.store.admitted.GroupRows`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[UserGroup]:
        members: dict[str, set[str]] = {}
        for row in self._database.rows("groups.all"):
            members.setdefault(row["group_name"], set()).add(row["user_name"])
        return [UserGroup(name, frozenset(users)) for name, users in members.items()]

    def of(self, user: str) -> frozenset[str]:
        return frozenset(row["group_name"] for row in self._database.rows("groups.of", user_name=user))

    def set(self, group: str, members: Collection[str]) -> None:
        name = _good_name(group)

        def write(session: Session) -> None:
            session.run("groups.clear", group_name=name)
            for folded, member in {fold(clean(member)): member for member in members}.items():
                if not session.run("groups.add", group_name=name, folded_name=folded):
                    remedy = "`twolane users list` shows those there are"
                    raise NotFoundError(f"there is no user {member!r}", remedy)

        self._database.write(write)


def _unknown(name: str) -> NotFoundError:
    return NotFoundError(f"there is no user {name!r}", "`twolane users list` shows those there are")


def _good_name(name: str) -> str:
    """Return a name as it is kept; what an audience reads as a group or as everybody can be none."""
    found = " ".join(clean(name).split())
    if not found or found != name or found.startswith((GROUP_MARK, EVERYBODY)):
        raise ConflictError(
            f"{name!r} cannot be a name",
            f"take one without blanks around it that begins with no {GROUP_MARK} or {EVERYBODY}",
        )
    return found


def _changed(user: User, change: UserChange) -> User:
    new = {
        name: value
        for name in ("role", "full_name", "password", "subject", "settings")
        if (value := getattr(change, name)) is not None
    }
    return replace(user, **new)


def _values_of(user: User) -> dict[str, object]:
    return {
        "full_name": clean(user.full_name),
        "role": user.role.value,
        "password": user.password,
        "subject": clean(user.subject),
        "settings": json.dumps(dict(user.settings)),
    }


def _user_of(row: Row) -> User:
    return User(
        name=row["name"],
        role=Role(row["role"]),
        full_name=row["full_name"],
        password=row["password"],
        subject=row["subject"],
        settings=json.loads(row["settings"]),
        made_at=row["made_at"],
        seen_at=row["seen_at"],
        disabled_at=row["disabled_at"],
    )
