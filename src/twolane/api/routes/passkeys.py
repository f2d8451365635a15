"""Passkeys: a person's own, and signing in by one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from twolane.access.audit import AuditAct
from twolane.access.passkeys import Site
from twolane.api import API_PREFIX
from twolane.api.groups import OPEN, RouteGroup, audited
from twolane.api.routes.session import begin, own_name
from twolane.api.schemas.passkeys import ChallengeOut, PasskeyIn, PasskeyOut, SignedIn
from twolane.api.schemas.session import SessionOut
from twolane.api.sessions import is_encrypted
from twolane.api.state import principal, shared

router = APIRouter(prefix=API_PREFIX, tags=["session"])
# Who signs in by one is nobody yet, and each of the others looks itself at who asks.
GROUP = RouteGroup(router, reads=OPEN, changes=OPEN)


def _site(request: Request) -> Site:
    host = request.headers.get("host", "")
    scheme = "https" if is_encrypted(request.scope) else "http"
    return Site(request.url.hostname or "", f"{scheme}://{host}")


@router.get("/passkeys", summary="One's own passkeys")
def passkeys(request: Request) -> list[PasskeyOut]:
    keys = shared(request).app.access.passkeys
    return [PasskeyOut.model_validate(one) for one in keys.of(own_name(principal(request)))]


@router.post("/passkeys/options", summary="What a device is to sign to become one's own")
@audited(None)
def options(request: Request) -> ChallengeOut:
    access, who = shared(request).app.access, principal(request)
    access.sign_ins.require_recent(own_name(who), who.sign_in_id)
    made = access.passkeys.begin_adding(own_name(who), _site(request))
    return ChallengeOut.model_validate(made)


@router.post("/passkeys", summary="Keep a device that has signed", status_code=201)
def add(given: PasskeyIn, request: Request) -> PasskeyOut:
    added = shared(request).app.access.passkeys.add(
        own_name(principal(request)), given.challenge_id, given.credential, given.name, _site(request)
    )
    return PasskeyOut.model_validate(added)


@router.delete("/passkeys/{credential_id}", summary="Forget one of one's passkeys", status_code=204)
def drop(credential_id: Annotated[str, Path(max_length=2000)], request: Request) -> None:
    shared(request).app.access.passkeys.drop(own_name(principal(request)), credential_id)


@router.post("/session/passkey/options", summary="What any device with a key for this site is to sign")
@audited(None)
def sign_in_options(request: Request) -> ChallengeOut:
    made = shared(request).app.access.passkeys.begin_sign_in(_site(request))
    return ChallengeOut.model_validate(made)


@router.post("/session/passkey", summary="Sign in by a device that has signed")
@audited(AuditAct.SIGNED_IN)
def sign_in(given: SignedIn, request: Request, response: Response) -> SessionOut:
    user = shared(request).app.access.passkeys.user_of(given.challenge_id, given.credential, _site(request))
    return begin(request, response, user, "passkey")
