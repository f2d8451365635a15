"""The part of port 3 that keeps tokens: whom they belong to and what they give a right to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from twolane.principal import AccessToken


@dataclass(frozen=True, slots=True)
class KeptToken:
    """The token of a digest; whether it has ended, or was used lately, is judged by the store's clock."""

    token: AccessToken
    digest: str
    has_ended: bool
    used_lately: bool


class TokenRows(Protocol):
    """Tokens by the SHA-256 of their secrets; revoked ones are kept, so that they can be told of."""

    def add(self, token: AccessToken, digest: str) -> AccessToken:
        """Keep a token; the store sets when it was made. Raises `ConflictError` where one has its name."""

    def all(self) -> list[AccessToken]:
        """List all by name, the newest of a name first."""

    def by_digest(self, digest: str, lately_s: float) -> KeptToken | None:
        """Return the token that a digest belongs to, and whether its use was noted within these seconds."""

    def use(self, token_id: str) -> None:
        """Note that a token is used."""

    def revoke(self, name: str) -> AccessToken:
        """Let the token of a name open nothing from now on. Raises `NotFoundError`."""


class Admitting(Protocol):
    """A library that keeps tokens."""

    @property
    def tokens(self) -> TokenRows:
        """The tokens."""
