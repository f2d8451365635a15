"""Tokens: keys that let scanners, phones and other programs do one thing from elsewhere."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from twolane.access.tries import WrongTries
from twolane.errors import AccessError, SettingsError, TokenError, TokenTriesError
from twolane.principal import AccessToken, Principal, Right
from twolane.store.admitted import Admitting

_log = logging.getLogger(__name__)

PREFIX = "twolane_"
_SECRET_BYTES = 32
_FORM = re.compile(re.escape(PREFIX) + r"[A-Za-z0-9_-]{43}")
_MOST_NAME_CHARS = 100
_USE_NOTED_EVERY_S = 60.0
_MAKE_ANOTHER = "make one on the machine of the library: twolane tokens make NAME"


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A new token with its secret, which nobody can show again."""

    token: AccessToken
    secret: str


class Tokens:
    """The tokens of one library; safe to use from several threads. Only digests of secrets are kept."""

    def __init__(self, store: Admitting) -> None:
        self._store = store
        self._rows = store.tokens
        self._wrong = WrongTries()

    def make(
        self,
        name: str,
        rights: Collection[Right] = (Right.ADD,),
        last_day: date | None = None,
        user: str = "",
    ) -> MadeToken:
        """Make a token that is good until the end of a day, by this machine's clock, or for ever.

        With a user it acts for that one, and lets its holder do no more than they may by now. Raises
        `SettingsError` for an empty name, no right or a day that has passed, and `ConflictError` where a good
        token has the name.
        """
        plain = " ".join(name.split())
        if not plain or len(plain) > _MOST_NAME_CHARS or not plain.isprintable():
            raise SettingsError(f"{name!r} is no name for a token", "name whom it is for, such as: scanner")
        if not rights:
            raise SettingsError("a token without a right opens nothing", "give it one, such as: add")
        secret = PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
        token = AccessToken(
            secrets.token_hex(4), plain, frozenset(rights), ends_at=_end_of(last_day), user=user
        )
        return MadeToken(self._rows.add(token, _digest(secret)), secret)

    def is_secret(self, text: str) -> bool:
        """Say whether a text has the form of a token's secret, whatever library that is of."""
        return _FORM.fullmatch(text) is not None

    def list(self) -> list[AccessToken]:
        """List all tokens by name, revoked ones too."""
        return self._rows.all()

    def revoke(self, name: str) -> AccessToken:
        """Let a token open nothing from now on, in every process. Raises `NotFoundError`."""
        return self._rows.revoke(name)

    def principal(self, secret: str, sender: str = "") -> Principal:
        """Return what the holder of a token's secret may do and see by now; raises as `holder` does.

        One that acts for nobody sees what everybody sees, but for one of an administrator.
        """
        token = self.holder(secret, sender)
        sees_all = Right.ADMIN in token.rights or not self._store.users.any()
        access = None if sees_all else self._store.shares.access_of(token.user)
        return Principal(token.user or None, token, token.rights, access)

    def holder(self, secret: str, sender: str = "") -> AccessToken:
        """Return the token of a secret, and note that it is used; `sender` is the address that it came from.

        Its rights are those that its user has, too.

        Raises `TokenError` where it is unknown, ended or revoked, and `TokenTriesError` where too many wrong
        ones have come from there lately.
        """
        digest = _digest(secret)
        kept = self._rows.by_digest(digest, _USE_NOTED_EVERY_S) if self.is_secret(secret) else None
        if kept is None or not hmac.compare_digest(kept.digest, digest):
            raise self._refused(sender, "this token is not known here")
        if kept.token.revoked_at:
            raise self._refused(sender, f"the token {kept.token.name!r} was revoked")
        if kept.has_ended:
            raise self._refused(sender, f"the token {kept.token.name!r} has ended")
        if not kept.used_lately:
            self._rows.use(kept.token.token_id)
        rights = kept.token.rights & kept.role.rights if kept.role else kept.token.rights
        return replace(kept.token, rights=rights)

    def _refused(self, sender: str, why: str) -> AccessError:
        if not self._wrong.note(sender):
            return TokenTriesError(
                "too many wrong tokens have come from this address", "wait a minute, then send the right one"
            )
        _log.warning("token refused", extra={"fields": {"sender": sender, "why": why}})
        return TokenError(why, _MAKE_ANOTHER)


def _digest(secret: str) -> str:
    # 256 random bits need no slow hash: nobody can try them all
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _end_of(last_day: date | None) -> float:
    if last_day is None:
        return 0.0
    if last_day < datetime.now().astimezone().date():
        raise SettingsError(f"{last_day} has passed", "name a day to come, or none: it never ends then")
    try:
        return datetime.combine(last_day + timedelta(days=1), datetime.min.time()).astimezone().timestamp()
    except (OverflowError, OSError, ValueError):
        raise SettingsError(f"{last_day} is too far away", "name none: it never ends then") from None
