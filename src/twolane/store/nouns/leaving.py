"""Users who leave: what each has, and what becomes of it within one transaction."""

from __future__ import annotations

import json

from twolane.errors import ConflictError, NotFoundError
from twolane.store.admitted import Departure, User
from twolane.store.paths import fold
from twolane.store.session import Row, Session
from twolane.text.full_text import clean

_FORGOTTEN = (
    "users.forget_conversations",
    "users.forget_views",
    "users.forget_usage",
    "users.forget_sign_ins",
    "users.revoke_tokens",
)


def left_by(session: Session, user: User) -> Departure:
    """Return what a user has."""
    row = session.row("users.leaves", name=user.name)
    assert row is not None
    shares = len(_naming(session, user.name))
    counted = ("files", "conversations", "views", "tokens", "passkeys", "sign_ins", "groups")
    return Departure(user, shares=shares, **{name: int(row[name]) for name in counted})


def remove(session: Session, left: Departure, files_to: str | None, by: str) -> None:
    """Remove a user and what they leave, whose files go to another or are everybody's.

    Raises `ConflictError` where there are files and `files_to` is None, and `NotFoundError` for an unknown
    user.
    """
    name = left.user.name
    heir = _heir(session, left, files_to)
    if heir is not None:
        session.run("users.give_files", name=name, heir=heir)
        session.run("users.give_removals", name=name, heir=heir)
    for statement in _FORGOTTEN:
        session.run(statement, name=name)
    for row in _naming(session, name):
        # an audience of nobody stays one: a place that was shared with them alone is not opened by that
        audience = json.dumps([one for one in json.loads(row["audience"]) if one != name])
        session.run("shares.set", kind=row["kind"], place=row["place"], audience=audience, set_by=clean(by))
    session.run("users.note_removed", name=name, removed_by=clean(by))
    session.run("users.remove", name=name)


def _heir(session: Session, left: Departure, files_to: str | None) -> str | None:
    name = left.user.name
    if files_to is None:
        if left.files:
            raise ConflictError(
                f"{name!r} has files: {left.files}", "say whose they shall be: another user's, or everybody's"
            )
        return None
    if not files_to:
        return ""
    found = session.row("users.by_name", folded_name=fold(clean(files_to)))
    if found is None:
        raise NotFoundError(f"there is no user {files_to!r}", "`twolane users list` shows those there are")
    if found["name"] == name:
        raise ConflictError(
            f"{name!r} cannot keep the files", "name another user, or let everybody have them"
        )
    return str(found["name"])


def _naming(session: Session, name: str) -> list[Row]:
    return [row for row in session.rows("shares.all") if name in json.loads(row["audience"])]
