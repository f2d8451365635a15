"""Who asks: the value that every request carries, and that whoever decides about rights looks at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who asks; without a user it is whoever can reach this machine's own address."""

    user: str | None = None

    @property
    def anonymous(self) -> bool:
        return self.user is None


ANONYMOUS = Principal()
