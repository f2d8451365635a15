"""The sender of a request, what it may do, and what it may see: every request carries these values.

What a thread may see of the library is kept in a context variable, as the trace is, and goes along wherever
that goes: the store holds every statement that reads to it. A thread that continues another's work is started
with `trace.carried`. Why it is so: docs/why/access.md.
"""

from __future__ import annotations

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

EVERYBODY = "*"
GROUP_MARK = "@"


class Right(StrEnum):
    """One thing that somebody may do; what is not his is not seen with any of them but the last."""

    ASK = "ask"
    READ = "read"
    ADD = "add"
    CORRECT = "correct"
    METRICS = "metrics"
    ADMIN = "admin"

    @property
    def words(self) -> str:
        """The right as people read it."""
        return _RIGHTS[self]


_RIGHTS = {
    Right.ASK: "ask questions",
    Right.READ: "see and search files",
    Right.ADD: "add files",
    Right.CORRECT: "correct, tag and take out files",
    Right.METRICS: "read the metrics, as monitors do",
    Right.ADMIN: "manage the library, its users and its order",
}
ALL_RIGHTS = frozenset(Right)


class Role(StrEnum):
    """What a user is in a library: the rights that go with it."""

    ADMIN = "admin"
    MEMBER = "member"
    READER = "reader"

    @property
    def rights(self) -> frozenset[Right]:
        """What somebody in this role may do."""
        return _OF_ROLE[self]


_OF_ROLE = {
    Role.ADMIN: ALL_RIGHTS,
    Role.MEMBER: ALL_RIGHTS - {Right.METRICS, Right.ADMIN},
    Role.READER: frozenset({Right.ASK, Right.READ}),
}


class ShareKind(StrEnum):
    """What a share is about."""

    FOLDER = "folder"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Share:
    """Who sees what lies in a folder or a category, beside the owners of files and administrators.

    `place` is a path, or the id of a category. `audience` has names of users, and of groups with
    `GROUP_MARK` before them; with `EVERYBODY` in it everybody sees it, and where it is empty nobody else.
    """

    kind: ShareKind
    place: str
    audience: frozenset[str]


@dataclass(frozen=True, slots=True)
class Access:
    """What of a library somebody may see: the files of their own, and those that the shares let them see.

    A file without an owner that no share is about is everybody's; one with an owner is seen by others only
    where a share is about it. Of shares within each other the innermost counts, of folders and of categories
    each for itself; both must let somebody see a file. An unknown user, "", has no files. `hidden` are the
    categories that no share lets this user into: their names are not told either.
    """

    user: str = ""
    groups: frozenset[str] = frozenset()
    shares: tuple[Share, ...] = ()
    hidden: frozenset[str] = frozenset()

    def is_let_in(self, share: Share) -> bool:
        """Say whether a share lets this user see what lies there."""
        names = {EVERYBODY, *(GROUP_MARK + group for group in self.groups)} | ({self.user} - {""})
        return not names.isdisjoint(share.audience)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A key that is kept by its digest alone: whose it is, and what it lets its holder do.

    Times are in seconds since the epoch: `ends_at` is 0 where it never ends, `used_at` where nobody has used
    it, `revoked_at` where it is good. `user` is whom it acts for, "" for nobody, as a scanner does.
    """

    token_id: str
    name: str
    rights: frozenset[Right]
    made_at: float = 0.0
    ends_at: float = 0.0
    used_at: float = 0.0
    revoked_at: float = 0.0
    user: str = ""


@dataclass(frozen=True, slots=True)
class Principal:
    """The sender of a request, with what it may do; without a user, whoever the library's one person is.

    With a `token` it may do what that gives a right to, and nothing else. `access` is what it may see, None
    for everything.
    """

    user: str | None = None
    token: AccessToken | None = None
    rights: frozenset[Right] = ALL_RIGHTS
    access: Access | None = None
    sign_in_id: str = ""
    """The sign-in that shows who it is, where that does."""

    @property
    def anonymous(self) -> bool:
        return self.user is None and self.token is None

    def may(self, right: Right) -> bool:
        """Say whether it may do something."""
        return right in self.rights

    @property
    def by(self) -> str:
        """Who it is, as it is written beside what was done; "" for anybody."""
        return self.user or (self.token.name if self.token else "")

    @property
    def owner(self) -> str:
        """Whose what it keeps for itself is; that of tokens of nobody is apart from that of every user."""
        return self.user or (f"{GROUP_MARK}token {self.token.token_id}" if self.token else "")

    @property
    def manages(self) -> bool:
        """Whether it manages the library, and so may see how all of it stands."""
        return Right.ADMIN in self.rights


ANONYMOUS = Principal()
"""The one person of a library: whoever comes in where nobody has to say who it is."""
NOBODY = Principal(rights=frozenset(), access=Access())
"""Somebody who has not said who it is, where that must be said: it may do nothing."""

_seen: contextvars.ContextVar[Access | None] = contextvars.ContextVar("twolane_access", default=None)


def current_access() -> Access | None:
    """Return what this thread may see of a library; None for everything."""
    return _seen.get()


def hidden_categories() -> frozenset[str]:
    """Return the ids of the categories that this thread may not name to whom it works for."""
    access = current_access()
    return access.hidden if access else frozenset()


@contextmanager
def seeing(access: Access | None) -> Iterator[None]:
    """Let the block see no more of a library than this; None lets it see everything."""
    token = _seen.set(access)
    try:
        yield
    finally:
        _seen.reset(token)
