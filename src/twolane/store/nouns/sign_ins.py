"""Sign-ins, by the digests of the secrets in cookies, and the passkeys by which users sign in."""

from __future__ import annotations

import secrets
from contextlib import suppress

from twolane.errors import ConflictError, NotFoundError, StoreBusyError
from twolane.store.admitted import Passkey, SignIn
from twolane.store.session import Database, Row
from twolane.text.full_text import clean

_KEY_BYTES = 32
_MOST_TEXT = 300  # of what a browser calls itself


class SignInTable:
    """Obeys `twolane.store.admitted.SignInRows`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, sign_in: SignIn, digest: str, lasting_s: float) -> SignIn:
        values = {
            "sign_in_id": sign_in.sign_in_id,
            "digest": digest,
            "user_name": sign_in.user,
            "method": sign_in.method,
            "sender": clean(sign_in.sender)[:_MOST_TEXT],
            "agent": clean(sign_in.agent)[:_MOST_TEXT],
            "lasting_s": lasting_s,
        }
        row = self._database.write(lambda session: session.row("sign_ins.begin", values))
        assert row is not None
        return _sign_in_of(row)

    def by_digest(self, digest: str) -> SignIn | None:
        row = self._database.row("sign_ins.by_digest", digest=digest)
        if row is None:
            return None
        if row["was_used_before"]:
            # a library that cannot be written just now keeps nobody out
            with suppress(StoreBusyError):
                self._database.run("sign_ins.use", sign_in_id=row["sign_in_id"])
        return _sign_in_of(row)

    def of(self, user: str) -> list[SignIn]:
        return [_sign_in_of(row) for row in self._database.rows("sign_ins.of", user_name=user)]

    def end(self, user: str, sign_in_id: str) -> None:
        if not self._database.run("sign_ins.end", user_name=user, sign_in_id=clean(sign_in_id)):
            raise NotFoundError("there is no such sign-in", "list them again: it may have ended")

    def end_all(self, user: str, *, but: str = "") -> int:
        return self._database.run("sign_ins.end_all", user_name=user, but=but)

    def purge(self, older_than_s: float) -> int:
        return self._database.run("sign_ins.purge", older_than_s=older_than_s)


class PasskeyTable:
    """Obeys `twolane.store.admitted.PasskeyRows`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, passkey: Passkey) -> Passkey:
        values = {
            "credential_id": passkey.credential_id,
            "user_name": passkey.user,
            "name": clean(passkey.name),
            "public_key": passkey.public_key,
            "sign_count": passkey.sign_count,
        }
        row = self._database.write(lambda session: session.row("passkeys.add", values))
        if row is None:
            raise ConflictError("this passkey is known already", "sign in with it")
        return _passkey_of(row)

    def of(self, user: str) -> list[Passkey]:
        return [_passkey_of(row) for row in self._database.rows("passkeys.of", user_name=user)]

    def by_id(self, credential_id: str) -> Passkey | None:
        row = self._database.row("passkeys.by_id", credential_id=clean(credential_id))
        return None if row is None else _passkey_of(row)

    def use(self, credential_id: str, sign_count: int, challenged_at: float) -> bool:
        values = {"credential_id": credential_id, "sign_count": sign_count, "challenged_at": challenged_at}
        return bool(self._database.run("passkeys.use", values))

    def key(self) -> bytes:
        row = self._database.row("passkeys.key")
        if row is None:  # of several that are made at once, the first stays
            self._database.run("passkeys.make_key", value=secrets.token_hex(_KEY_BYTES))
            row = self._database.row("passkeys.key")
        assert row is not None
        return bytes.fromhex(row["value"])

    def drop(self, user: str, credential_id: str) -> None:
        if not self._database.run("passkeys.drop", user_name=user, credential_id=clean(credential_id)):
            raise NotFoundError("there is no such passkey", "list them again: it may be gone")


def _sign_in_of(row: Row) -> SignIn:
    return SignIn(
        sign_in_id=row["sign_in_id"],
        user=row["user_name"],
        method=row["method"],
        sender=row["sender"],
        agent=row["agent"],
        began_at=row["began_at"],
        used_at=row["used_at"],
        ends_at=row["ends_at"],
    )


def _passkey_of(row: Row) -> Passkey:
    return Passkey(
        credential_id=row["credential_id"],
        user=row["user_name"],
        name=row["name"],
        public_key=bytes(row["public_key"]),
        sign_count=row["sign_count"],
        made_at=row["made_at"],
        used_at=row["used_at"],
    )
