"""The tokens that requests carry: as Bearer, or as the password of Basic for scanners that know only that."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from starlette.datastructures import Headers

from twolane.api.groups import RouteGroup
from twolane.errors import AccessError, TokenError
from twolane.principal import ANONYMOUS, Principal

if TYPE_CHECKING:
    from twolane.app import App

_MOST_LOOKING = 8


class TokenReader:
    """Finds out whose token a request carries, and whether that opens what it asks for."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._limiter = anyio.CapacityLimiter(_MOST_LOOKING)

    async def principal(self, headers: Headers, group: RouteGroup, sender: str) -> Principal:
        """Return who asks. Raises `AccessError` where the token is wrong, lacking, or has no right to it.

        What has not the form of our tokens is passed over but where a token is needed: clients of other APIs
        have to send some key.
        """
        secret = secret_of(headers)
        if not group.needs_token and not self._app.tokens.is_secret(secret):
            return ANONYMOUS
        if not secret:
            raise TokenError("this address wants a token", "send it as: Authorization: Bearer TOKEN")
        token = await anyio.to_thread.run_sync(self._app.tokens.holder, secret, sender, limiter=self._limiter)
        if group.right not in token.rights:
            rights = ", ".join(right.words for right in sorted(token.rights))
            raise AccessError(
                f"the token {token.name!r} has no right to this", f"what it gives a right to: {rights}"
            )
        return Principal(token=token)


def secret_of(headers: Headers) -> str:
    """Return what a request carries as Bearer, or as the password of Basic; "" for none."""
    scheme, _, rest = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        text = base64.b64decode(rest.strip(), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
    return text.partition(":")[2]
