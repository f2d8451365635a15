"""The tokens that requests carry: as Bearer, or as the password of Basic for scanners that know only that."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from starlette.datastructures import Headers
from starlette.types import Scope

from twolane.principal import Principal

if TYPE_CHECKING:
    from twolane.app import App

_MOST_LOOKING = 8


class TokenReader:
    """Finds out whose token a request carries."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._limiter = anyio.CapacityLimiter(_MOST_LOOKING)

    async def principal(self, headers: Headers, scope: Scope) -> Principal | None:
        """Return whose token a request carries, None where it carries none.

        What has not the form of our tokens is passed over but where a token is needed: clients of other APIs
        have to send some key. Raises `AccessError` for a wrong one.
        """
        secret, group = secret_of(headers), scope["state"]["group"]
        if not secret or not (group.needs_token or self._app.access.tokens.is_secret(secret)):
            return None
        sender = (scope.get("client") or ("",))[0]
        tokens = self._app.access.tokens
        return await anyio.to_thread.run_sync(tokens.principal, secret, sender, limiter=self._limiter)


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
