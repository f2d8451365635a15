"""Signing in and out, and what somebody sees and changes of their own account."""

from __future__ import annotations

from typing import Annotated

import anyio
import anyio.to_thread
from fastapi import APIRouter, Path, Request, Response

from twolane.access.audit import AuditAct
from twolane.api import API_PREFIX
from twolane.api.auditing import note
from twolane.api.groups import OPEN, RouteGroup, audited, needs
from twolane.api.schemas.session import (
    EndedOut,
    PageSettingsIn,
    PasswordIn,
    SessionOut,
    SignInIn,
    SignInOut,
    SignInWaysOut,
    StartOut,
)
from twolane.api.sessions import drop_cookie, set_cookie
from twolane.api.state import Shared, principal, shared
from twolane.errors import AccessError, ConflictError, PasswordError
from twolane.principal import NOBODY, Principal, Right
from twolane.store.admitted import User

router = APIRouter(prefix=API_PREFIX, tags=["session"])
# Each of these looks itself at who asks: somebody without any right has an account, too.
GROUP = RouteGroup(router, reads=OPEN, changes=OPEN)

_MOST_NAME_CHARS = 100
_SignInId = Annotated[str, Path(max_length=100)]


@router.get("/session", summary="Who asks, and what that lets them do")
def session(request: Request) -> SessionOut:
    return seen_by(shared(request), principal(request))


def seen_by(state: Shared, who: Principal) -> SessionOut:
    """Return what somebody sees of their own session."""
    app = state.app
    user = app.access.users.get(who.user) if who.user and not who.token else None
    has_users = app.access.users.any()
    return SessionOut(
        signed_in=who is not NOBODY,
        user=who.user,
        full_name=user.full_name if user else "",
        role=user.role if user else None,
        rights=sorted(who.rights),
        settings=dict(user.settings) if user else {},
        can_sign_out=bool(who.sign_in_id),
        ways=SignInWaysOut(
            password=has_users,
            passkey=has_users and app.access.passkeys.are_here,
            office=app.access.office.name if has_users else "",
            start=not has_users,
        ),
    )


@router.post("/session", summary="Sign in by a name and a password")
@audited(AuditAct.SIGNED_IN)
async def sign_in(given: SignInIn, request: Request, response: Response) -> SessionOut:
    state, name = shared(request), given.name.strip()
    note(request, user=name[:_MOST_NAME_CHARS])
    users, sender = state.app.access.users, request.client.host if request.client else ""
    # here and not where it is looked at, or those who wait would hold up everybody else
    await anyio.sleep(await anyio.to_thread.run_sync(users.slowed_s, name, sender))
    user = await anyio.to_thread.run_sync(
        users.by_password, name, given.password, sender, limiter=state.signing_in
    )
    return await anyio.to_thread.run_sync(begin, request, response, user, "password")


def begin(request: Request, response: Response, user: User, method: str) -> SessionOut:
    """Let a browser in as a user from now on, and end what it was signed in as."""
    state, before = shared(request), principal(request)
    note(request, user=user.name)
    if before.sign_in_id:
        state.app.access.sign_ins.end(before.user or "", before.sign_in_id)
    begun = state.app.access.sign_ins.begin(
        user.name,
        method,
        sender=request.client.host if request.client else "",
        agent=request.headers.get("user-agent", ""),
    )
    state.app.access.users.note_seen(user.name)
    set_cookie(response, request.scope, begun.secret)
    return seen_by(state, state.app.access.users.principal(user.name, begun.sign_in.sign_in_id) or NOBODY)


@router.delete("/session", summary="Sign out", status_code=204)
@audited(AuditAct.SIGNED_OUT)
def sign_out(request: Request, response: Response) -> None:
    who = principal(request)
    if who.sign_in_id:
        shared(request).app.access.sign_ins.end(who.user or "", who.sign_in_id)
    drop_cookie(response, request.scope)


@router.post("/session/start", summary="An address that lets in whoever opens it first")
@needs(Right.ADMIN)
def start(request: Request) -> StartOut:
    """For the one person of a library without users; programs of the machine ask for it."""
    state = shared(request)
    if state.app.access.users.any():
        raise ConflictError("this library has users", "sign in as one of them, at the address of the page")
    return StartOut(url=state.start_url())


@router.put("/session/password", summary="Change one's own password", status_code=204)
async def change_password(given: PasswordIn, request: Request) -> None:
    """Ends all other sign-ins of the user."""
    state, who = shared(request), principal(request)
    name = own_name(who)

    def change() -> None:
        users = state.app.access.users
        if users.get(name).password:
            try:
                users.check_own(name, given.old, who.sign_in_id)
            except PasswordError:
                raise AccessError("the old password is wrong", "type the one that you sign in with") from None
        users.set_password(name, given.new, but=who.sign_in_id)

    await anyio.to_thread.run_sync(change, limiter=state.signing_in)


@router.put("/session/settings", summary="Set the language of the page and the like")
def set_settings(given: PageSettingsIn, request: Request) -> SessionOut:
    state, who = shared(request), principal(request)
    name = own_name(who)
    state.app.access.users.set_settings(name, given.settings)
    if given.full_name is not None:
        state.app.access.users.set_full_name(name, given.full_name)
    return seen_by(state, who)


@router.get("/sessions", summary="What one is signed in with")
def sessions(request: Request) -> list[SignInOut]:
    who = _signed_in(principal(request))
    found = shared(request).app.access.sign_ins.of(who.user or "")
    return [
        SignInOut.model_validate(one).model_copy(update={"is_this": one.sign_in_id == who.sign_in_id})
        for one in found
    ]


@router.delete("/sessions/{sign_in_id}", summary="Sign out elsewhere", status_code=204)
@audited(AuditAct.SIGNED_OUT)
def end_session(sign_in_id: _SignInId, request: Request) -> None:
    who = _signed_in(principal(request))
    shared(request).app.access.sign_ins.end(who.user or "", sign_in_id)


@router.delete("/sessions", summary="Sign out everywhere else")
@audited(AuditAct.SIGNED_OUT)
def end_sessions(request: Request) -> EndedOut:
    who = _signed_in(principal(request))
    return EndedOut(ended=shared(request).app.access.sign_ins.end_all(who.user or "", but=who.sign_in_id))


def _signed_in(who: Principal) -> Principal:
    """Return who asks, where that is a person. Raises `AccessError` for programs and strangers."""
    if who is NOBODY or who.token:
        raise AccessError("nobody is signed in here", "sign in on the page")
    return who


def own_name(who: Principal) -> str:
    """Return the name of the user who asks. Raises `AccessError` for anybody else."""
    if _signed_in(who).user is None:
        raise AccessError("this library has no users", "make one first: twolane users add NAME")
    return who.user or ""
