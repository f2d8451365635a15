"""Users, groups, shares, tokens and sign-ins, for those who manage a library."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from twolane.access.verbs import AccessVerbs
from twolane.api import API_PREFIX
from twolane.api.auditing import note
from twolane.api.groups import RouteGroup
from twolane.api.schemas.access import (
    DepartureIn,
    DepartureOut,
    GroupOut,
    MembersIn,
    ShareIn,
    ShareOut,
    TokenIn,
    UnsharedIn,
    UserChangeIn,
    UserIn,
    UserOut,
)
from twolane.api.schemas.session import EndedOut, SignInOut
from twolane.api.schemas.tokens import MadeTokenOut, TokenOut
from twolane.api.state import principal, shared
from twolane.principal import Right

router = APIRouter(prefix=API_PREFIX, tags=["access"])
GROUP = RouteGroup(router, reads=Right.ADMIN, changes=Right.ADMIN)

_MOST_CHARS = 1000
_Name = Annotated[str, Path(max_length=100)]


def _verbs(request: Request) -> AccessVerbs:
    return shared(request).app.access


@router.get("/users", summary="All users, disabled ones too")
def users(request: Request) -> list[UserOut]:
    return [UserOut.of(user) for user in _verbs(request).users.list()]


@router.post("/users", summary="Add a user", status_code=201)
def add_user(given: UserIn, request: Request) -> UserOut:
    note(request, f"{given.name} role={given.role or 'default'}")
    added = _verbs(request).users.add(
        given.name, given.role, password=given.password, full_name=given.full_name
    )
    return UserOut.of(added)


@router.patch("/users/{name}", summary="Change a user's role, name or password, or let them in no more")
def change_user(name: _Name, given: UserChangeIn, request: Request) -> UserOut:
    verbs = _verbs(request).users
    note(request, f"{name} {_changed(given)}")
    if given.role is not None:
        verbs.set_role(name, given.role)
    if given.full_name is not None:
        verbs.set_full_name(name, given.full_name)
    if given.password is not None:
        verbs.set_password(name, given.password)
    if given.disabled is not None:
        (verbs.disable if given.disabled else verbs.enable)(name)
    return UserOut.of(verbs.get(name))


@router.get("/users/{name}/leaving", summary="What a user would leave who is removed")
def leaving(name: _Name, request: Request) -> DepartureOut:
    return DepartureOut.of(_verbs(request).users.leaving(name))


@router.post("/users/{name}/remove", summary="Remove a user for good")
def remove_user(name: _Name, given: DepartureIn, request: Request) -> DepartureOut:
    """Sign-ins, tokens and shares end at once, conversations are deleted.

    What was done stays under the name, which nobody else can get.
    """
    note(request, f"{name} files_to={'everybody' if given.files_to == '' else given.files_to or 'nobody'}")
    return DepartureOut.of(_verbs(request).users.remove(name, given.files_to, principal(request).by))


@router.get("/users/{name}/sign-ins", summary="What a user is signed in with")
def sign_ins(name: _Name, request: Request) -> list[SignInOut]:
    verbs = _verbs(request)
    return [SignInOut.model_validate(one) for one in verbs.sign_ins.of(verbs.users.get(name).name)]


@router.delete("/users/{name}/sign-ins", summary="Sign a user out everywhere")
def end_sign_ins(name: _Name, request: Request) -> EndedOut:
    verbs = _verbs(request)
    return EndedOut(ended=verbs.sign_ins.end_all(verbs.users.get(name).name))


@router.get("/groups", summary="All groups and their members")
def groups(request: Request) -> list[GroupOut]:
    return [GroupOut(name=one.name, members=sorted(one.members)) for one in _verbs(request).groups.list()]


@router.put("/groups/{name}", summary="Give a group its members")
def set_group(name: _Name, given: MembersIn, request: Request) -> GroupOut:
    note(request, f"{name}: {', '.join(given.members) or 'gone'}"[:_MOST_CHARS])
    kept = _verbs(request).groups.set(name, given.members)
    return GroupOut(name=kept.name, members=sorted(kept.members))


@router.get("/shares", summary="Who sees what lies in folders and categories")
def shares(request: Request) -> list[ShareOut]:
    return [ShareOut.of(one) for one in _verbs(request).shares.list()]


@router.put("/shares", summary="Let some alone see what lies in a folder or a category")
def set_share(given: ShareIn, request: Request) -> ShareIn:
    note(request, f"{given.kind} {given.place} with {', '.join(given.audience) or 'nobody'}"[:_MOST_CHARS])
    set_ = _verbs(request).shares.set(given.kind, given.place, given.audience, principal(request).by)
    return ShareIn(kind=set_.kind, place=set_.place, audience=sorted(set_.audience))


@router.post("/shares/unset", summary="Take a share back", status_code=204)
def unset_share(given: UnsharedIn, request: Request) -> None:
    """Its folder or category is seen as what is around it."""
    note(request, f"{given.kind} {given.place}"[:_MOST_CHARS])
    _verbs(request).shares.unset(given.kind, given.place)


@router.get("/tokens", summary="All tokens, revoked ones too")
def tokens(request: Request) -> list[TokenOut]:
    return [TokenOut.model_validate(one) for one in _verbs(request).tokens.list()]


@router.post("/tokens", summary="Make a token; its secret is told this once", status_code=201)
def make_token(given: TokenIn, request: Request) -> MadeTokenOut:
    verbs = _verbs(request)
    note(request, f"{given.name}: {', '.join(given.rights)} for {given.user or 'nobody'}"[:_MOST_CHARS])
    user = verbs.users.get(given.user).name if given.user else ""
    made = verbs.tokens.make(given.name, given.rights, given.last_day, user)
    return MadeTokenOut.of(made.token, made.secret)


@router.post("/tokens/{name}/revoke", summary="Let a token open nothing from now on")
def revoke_token(name: _Name, request: Request) -> TokenOut:
    return TokenOut.model_validate(_verbs(request).tokens.revoke(name))


def _changed(given: UserChangeIn) -> str:
    """Return what of a user is to change, a password by its name alone."""
    told = given.model_dump(mode="json", exclude_none=True)
    return " ".join(name if name == "password" else f"{name}={value}" for name, value in told.items())
