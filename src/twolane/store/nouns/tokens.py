"""Tokens: keys of scanners, phones and other programs, found by the digests of their secrets."""

from __future__ import annotations

import shlex

from twolane.errors import ConflictError, NotFoundError
from twolane.principal import AccessToken, Right, Role
from twolane.store.admitted import KeptToken
from twolane.store.session import Database, Row
from twolane.text.full_text import clean


class TokenTable:
    """Obeys `twolane.store.admitted.TokenRows`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, token: AccessToken, digest: str) -> AccessToken:
        values = {
            "token_id": token.token_id,
            "name": token.name,
            "digest": digest,
            "rights": " ".join(sorted(token.rights)),
            "ends_at": token.ends_at,
            "user_name": token.user,
        }
        row = self._database.write(lambda session: session.row("tokens.add", values))
        if row is None:
            raise ConflictError(
                f"there is a token {token.name!r} already",
                f"take another name, or revoke it first: twolane tokens revoke {shlex.quote(token.name)}",
            )
        return _token_of(row)

    def all(self) -> list[AccessToken]:
        return [_token_of(row) for row in self._database.rows("tokens.all")]

    def by_digest(self, digest: str, lately_s: float) -> KeptToken | None:
        row = self._database.row("tokens.by_digest", digest=digest, lately_s=lately_s)
        if row is None:
            return None
        token, has_ended, used_lately = _token_of(row), bool(row["has_ended"]), bool(row["used_lately"])
        return KeptToken(
            token, row["digest"], has_ended, used_lately, Role(row["role"]) if row["role"] else None
        )

    def use(self, token_id: str) -> None:
        self._database.run("tokens.use", token_id=token_id)

    def revoke(self, name: str) -> AccessToken:
        row = self._database.write(lambda session: session.row("tokens.revoke", name=clean(name)))
        if row is None:
            raise NotFoundError(
                f"there is no good token called {name!r}", "`twolane tokens list` shows those there are"
            )
        return _token_of(row)


def _token_of(row: Row) -> AccessToken:
    known = set(Right)
    return AccessToken(
        token_id=row["token_id"],
        name=row["name"],
        # a right that a newer program knows is none here
        rights=frozenset(Right(word) for word in row["rights"].split() if word in known),
        made_at=row["made_at"],
        ends_at=row["ends_at"],
        used_at=row["used_at"],
        revoked_at=row["revoked_at"],
        user=row["user_name"],
    )
