"""The sender of a request: every request carries this value, and rights are decided by it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """What the holder of a token may do; who reaches this machine's own address needs none."""

    ADD = "add"

    @property
    def words(self) -> str:
        """The right as people read it."""
        return _RIGHTS[self]


_RIGHTS = {Right.ADD: "add files"}


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A key that is kept by its digest alone: whose it is, and what it lets its holder do.

    Times are in seconds since the epoch: `ends_at` is 0 where it never ends, `used_at` where nobody has used
    it, `revoked_at` where it is good.
    """

    token_id: str
    name: str
    rights: frozenset[Right]
    made_at: float = 0.0
    ends_at: float = 0.0
    used_at: float = 0.0
    revoked_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Principal:
    """The sender of a request; without a user, anybody who can reach this machine's own address.

    With a `token` it may do what that gives a right to, and nothing else.
    """

    user: str | None = None
    token: AccessToken | None = None

    @property
    def anonymous(self) -> bool:
        return self.user is None and self.token is None

    @property
    def by(self) -> str:
        """Who it is, as it is written beside what was done; "" for anybody."""
        return self.user or (self.token.name if self.token else "")


ANONYMOUS = Principal()
