"""Who asks, and whether that opens what is asked for.

Why it is so: docs/why/access.md#a-route-says-the-right-that-it-needs.
"""

from __future__ import annotations

from typing import Protocol

from starlette.datastructures import Headers
from starlette.types import Scope

from twolane.api.groups import OPEN, Wanted
from twolane.api.login_rule import LoginRule
from twolane.errors import AccessError, SignInError, TokenError
from twolane.principal import ANONYMOUS, NOBODY, Principal


class Knowing(Protocol):
    """Something that requests are known by: a token, a sign-in, the secret of this machine's programs."""

    async def principal(self, headers: Headers, scope: Scope) -> Principal | None:
        """Return who asks, None where a request does not say it so. Raises `AccessError` for a wrong one."""


class Callers:
    """Lets a request in, or not: asks each way by which somebody may be known in turn.

    Who is known by none of them is nobody where the `login` holds, and the library's one person otherwise.
    """

    def __init__(self, *ways: Knowing, login: LoginRule) -> None:
        self._ways = ways
        self._login = login

    async def principal(self, scope: Scope, wanted: Wanted) -> Principal:
        """Return who asks, and note it in the scope: who is refused stands there, too.

        Raises `SignInError` and `TokenError` where that is not known and must be, and `AccessError` for
        whoever has no right to what is asked for.
        """
        who = scope["state"]["principal"] = await self._known(scope)
        if wanted.group.needs_token and who.token is None:
            raise TokenError("this address wants a token", "send it as: Authorization: Bearer TOKEN")
        if wanted.right is OPEN or who.may(wanted.right):
            return who
        if who is NOBODY:
            raise SignInError("nobody is signed in", "sign in on the page, or send a token")
        raise _refused(who)

    async def _known(self, scope: Scope) -> Principal:
        headers = Headers(scope=scope)
        for way in self._ways:
            if (who := await way.principal(headers, scope)) is not None:
                return who
        return NOBODY if await self._login.holds() else ANONYMOUS


def _refused(who: Principal) -> AccessError:
    rights = ", ".join(right.words for right in sorted(who.rights)) or "nothing"
    if who.token:
        return AccessError(
            f"the token {who.token.name!r} has no right to this", f"what it gives a right to: {rights}"
        )
    return AccessError(
        f"{who.user or 'you'} may not do this here", f"ask who manages this library; you may: {rights}"
    )
