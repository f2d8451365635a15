"""Who asks, by what only they can know or show: a cookie, this machine's key, or the word of a named proxy.

Why it is so: docs/why/access.md#nobody-comes-in-by-accident.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import Scope

from twolane.access.audit import AuditAct
from twolane.access.sign_ins import LASTING_S
from twolane.announced import KEY_HEADER, AnnouncedServer
from twolane.api.auditing import sender_of
from twolane.api.login_rule import LoginRule
from twolane.api.proxies import PEER
from twolane.principal import ANONYMOUS, NOBODY, Principal
from twolane.system.networks import Networks, is_loopback

if TYPE_CHECKING:
    from twolane.app import App

_MOST_LOOKING = 8
_MOST_NAME_CHARS = 100


class SessionReader:
    """Finds out who is signed in, or let in without that; `announced` is what the server says of itself."""

    def __init__(self, app: App, announced: Callable[[], AnnouncedServer | None], login: LoginRule) -> None:
        self._app = app
        self._announced = announced
        self._limiter = anyio.CapacityLimiter(_MOST_LOOKING)
        server = app.settings.server
        self._login = login
        self._header = server.user_header
        self._named = Networks(server.proxies)

    async def principal(self, headers: Headers, scope: Scope) -> Principal | None:
        """Return who asks, None where a request does not say it. Raises `StoreError`."""
        if self._has_key(headers.get(KEY_HEADER, "")):
            return ANONYMOUS
        if not await self._login.holds():
            return None if self._may_come(scope) else NOBODY
        # sent twice, it names nobody: which of them the proxy has set is not to be told
        named = ", ".join(headers.getlist(self._header)) if self._header else ""
        secret = cookie_parser(headers.get("cookie", "")).get(cookie_name(scope), "")
        if not named and not secret:
            return None
        known = partial(self._known, named, secret, sender_of(scope))
        return await anyio.to_thread.run_sync(known, limiter=self._limiter)

    def _has_key(self, key: str) -> bool:
        announced = self._announced()
        return bool(key and announced and hmac.compare_digest(key.encode(), announced.key.encode()))

    def _may_come(self, scope: Scope) -> bool:
        """Say whether a request comes from where a server without a login lets people in."""
        peer = scope.get(PEER, "")
        return not self._named or is_loopback(peer) or peer in self._named

    def _stranger(self, named: str, sender: str) -> Principal:
        """Record that a proxy has let in somebody who is no user here."""
        user = named[:_MOST_NAME_CHARS]
        audit = self._app.access.audit
        audit.tell(NOBODY, AuditAct.CAME, user=user, sender=sender, outcome="refused", detail="proxy")
        return NOBODY

    def _known(self, named: str, secret: str, sender: str) -> Principal | None:
        users = self._app.access.users
        if named:  # by a proxy that has signed somebody in: who is not known here is nobody, with any cookie
            return users.principal(named) or self._stranger(named, sender)
        sign_in = self._app.access.sign_ins.by_secret(secret)
        if sign_in is None:
            return None
        if not sign_in.user:
            return None if users.any() else Principal(sign_in_id=sign_in.sign_in_id)
        return users.principal(sign_in.user, sign_in.sign_in_id)


def is_encrypted(scope: Scope) -> bool:
    """Say whether a browser speaks to this server, or to the proxy before it, by TLS."""
    return bool(scope.get("scheme") == "https")


def cookie_name(scope: Scope) -> str:
    """Return the name of a server's cookie: browsers keep those of all ports of a host together."""
    port = (scope.get("server") or ("", 0))[1] or 0
    return f"{'__Host-' if is_encrypted(scope) else ''}twolane-{port}"


def set_cookie(response: Response, scope: Scope, secret: str) -> None:
    """Let a browser keep the secret of its sign-in, which no script and no other website gets to see."""
    response.set_cookie(
        cookie_name(scope),
        secret,
        max_age=int(LASTING_S),
        path="/",
        secure=is_encrypted(scope),
        httponly=True,
        samesite="strict",
    )


def drop_cookie(response: Response, scope: Scope) -> None:
    """Let a browser forget the secret of its sign-in."""
    response.delete_cookie(
        cookie_name(scope), path="/", secure=is_encrypted(scope), httponly=True, samesite="strict"
    )
