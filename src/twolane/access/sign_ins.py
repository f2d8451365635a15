"""Sign-ins: browsers that have shown who sits before them, by the secret in their cookie."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field

from twolane.errors import AccessError
from twolane.store.admitted import Admitting, SignIn

LASTING_S = 30 * 86_400.0
RECENT_S = 15 * 60.0
_SECRET_BYTES = 32
_MOST_AGENT_CHARS = 200
_KEPT_AFTER_END_S = 90 * 86_400.0


@dataclass(frozen=True, slots=True)
class BegunSignIn:
    """A new sign-in with its secret, which nobody can show again."""

    sign_in: SignIn
    secret: str = field(repr=False)


class SignIns:
    """The sign-ins of one library; safe to use from several threads. Only digests of secrets are kept."""

    def __init__(self, store: Admitting) -> None:
        self._rows = store.sign_ins

    def begin(self, user: str, method: str, *, sender: str = "", agent: str = "") -> BegunSignIn:
        """Let a user in, "" for the one person of a library without users; `method` is how it was shown."""
        self._rows.purge(_KEPT_AFTER_END_S)
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        shown = "".join(char for char in agent if char.isprintable())[:_MOST_AGENT_CHARS]
        made = SignIn(secrets.token_hex(8), user, method, sender, shown)
        return BegunSignIn(self._rows.begin(made, _digest(secret), LASTING_S), secret)

    def by_secret(self, secret: str) -> SignIn | None:
        """Return the sign-in of a cookie's secret, None where it has ended or never was."""
        return self._rows.by_digest(_digest(secret)) if secret else None

    def of(self, user: str) -> list[SignIn]:
        """List what a user is signed in with, the last used first."""
        return self._rows.of(user)

    def require_recent(self, user: str, sign_in_id: str) -> None:
        """Raise `AccessError` where somebody signed in longer ago than `RECENT_S`.

        What outlives a sign-in is not to be made by whoever has only found one open. One that is not kept
        here, such as a proxy's, is shown anew with each request.
        """
        for one in self._rows.of(user):
            if one.sign_in_id == sign_in_id and one.used_at - one.began_at > RECENT_S:
                raise AccessError(
                    "you signed in too long ago for this", "sign out, sign in again, and do it then"
                )

    def end(self, user: str, sign_in_id: str) -> None:
        """End one of a user's sign-ins, in every process. Raises `NotFoundError`."""
        self._rows.end(user, sign_in_id)

    def end_all(self, user: str, *, but: str = "") -> int:
        """End all of a user but one of this id; return how many there were."""
        return self._rows.end_all(user, but=but)


def _digest(secret: str) -> str:
    # 256 random bits need no slow hash: nobody can try them all
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
