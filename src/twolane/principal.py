"""The sender of a request: every request carries this value, and rights are decided by it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """The sender of a request; without a user, anybody who can reach this machine's own address."""

    user: str | None = None

    @property
    def anonymous(self) -> bool:
        return self.user is None


ANONYMOUS = Principal()
