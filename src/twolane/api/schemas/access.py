"""Users, groups, shares and tokens, as those see them who manage a library."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from twolane.api.schemas.base import Schema
from twolane.api.schemas.tokens import Moment
from twolane.principal import Right, Role, ShareKind
from twolane.store.admitted import Departure, KeptShare, User


class UserOut(Schema):
    """Somebody who may sign in."""

    name: str = Field(examples=["ada"])
    full_name: str = Field(examples=["Ada Byron"])
    role: Role
    has_password: bool
    has_office: bool = Field(description="whether the office's own sign-in knows whom this is")
    made_at: Moment
    seen_at: Moment = Field(description="when this user signed in last; null: never")
    disabled_at: Moment = Field(description="null: may sign in")

    @classmethod
    def of(cls, user: User) -> UserOut:
        """Return a user without what opens it."""
        return cls(
            name=user.name,
            full_name=user.full_name,
            role=user.role,
            has_password=bool(user.password),
            has_office=bool(user.subject),
            made_at=user.made_at,
            seen_at=user.seen_at,
            disabled_at=user.disabled_at,
        )


class UserIn(Schema):
    """A new user; the first one of a library is its admin."""

    name: str = Field(max_length=64, examples=["ada"])
    role: Role | None = Field(None, description="null: admin for the first user, member for all others")
    full_name: str = Field("", max_length=200)
    password: str = Field("", max_length=1000, description="empty: none; another way in is needed")


class UserChangeIn(Schema):
    """What is to be changed of a user; what is left out stays as it is."""

    role: Role | None = None
    full_name: str | None = Field(None, max_length=200)
    password: str | None = Field(None, max_length=1000)
    disabled: bool | None = None


class DepartureOut(Schema):
    """What somebody leaves who is removed, in numbers: files get another owner, the rest ends."""

    name: str = Field(examples=["ada"])
    files: int
    conversations: int
    views: int
    tokens: int
    passkeys: int
    sign_ins: int
    groups: int
    shares: int = Field(description="that name this user; they name the others alone afterwards")

    @classmethod
    def of(cls, left: Departure) -> DepartureOut:
        """Return it under the user's name."""
        counted = {name: getattr(left, name) for name in cls.model_fields if name != "name"}
        return cls(name=left.user.name, **counted)


class DepartureIn(Schema):
    """Whose the files of a user who is removed shall be."""

    files_to: str | None = Field(
        None, max_length=100, description="a user; empty: everybody's; null: only where there are none"
    )


class GroupOut(Schema):
    """A group and its members."""

    name: str = Field(examples=["family"])
    members: list[str] = Field(examples=[["ada", "ben"]])


class MembersIn(Schema):
    """The members that a group is to have; without any it is gone."""

    members: list[str] = Field(max_length=10_000, examples=[["ada", "ben"]])


class ShareIn(Schema):
    """Who alone sees what lies in a folder or a category."""

    kind: ShareKind
    place: str = Field(max_length=4096, description="a whole path, or a category's id", examples=["invoice"])
    audience: list[str] = Field(
        max_length=10_000,
        description="users, groups as @name, * for everybody; empty: private",
        examples=[["ada", "@family"]],
    )


class ShareOut(ShareIn):
    """A share, who set it and when."""

    by: str
    at: Moment

    @classmethod
    def of(cls, kept: KeptShare) -> ShareOut:
        """Return a share with its audience in order."""
        share = kept.share
        return cls.model_validate(
            {
                "kind": share.kind,
                "place": share.place,
                "audience": sorted(share.audience),
                "by": kept.by,
                "at": kept.at,
            }
        )


class UnsharedIn(Schema):
    """A folder or a category whose share is taken back."""

    kind: ShareKind
    place: str = Field(max_length=4096, examples=["invoice"])


class TokenIn(Schema):
    """A new token."""

    name: str = Field(max_length=100, examples=["scanner"])
    rights: list[Right] = Field(min_length=1, max_length=10, examples=[["add"]])
    user: str = Field(
        "", max_length=64, description="for whom it acts: it may no more than they; empty: nobody"
    )
    last_day: date | None = Field(None, description="the last day it is good; null: for ever")
