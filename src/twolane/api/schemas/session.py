"""Whoever asks, as a browser sees it: who that is, what it may do, and how one can sign in."""

from __future__ import annotations

from pydantic import Field

from twolane.api.schemas.base import Schema
from twolane.api.schemas.tokens import Moment
from twolane.principal import Right, Role


class SignInWaysOut(Schema):
    """How one can sign in here."""

    password: bool = Field(description="by name and password")
    passkey: bool = Field(description="by a key of a device")
    office: str = Field(description="by the office's own sign-in: what it is called; empty: there is none")
    start: bool = Field(description="by the address that the server has printed: there are no users yet")


class SessionOut(Schema):
    """Who asks."""

    signed_in: bool
    user: str | None = Field(description="null: the one person of a library without users", examples=["ada"])
    full_name: str = Field(examples=["Ada Byron"])
    role: Role | None = Field(description="null without a user")
    rights: list[Right]
    settings: dict[str, str] = Field(description="what the user has set of the page", examples=[{}])
    can_sign_out: bool = Field(description="false where a proxy says who it is, or nobody has to")
    ways: SignInWaysOut


class SignInIn(Schema):
    """A name and a password."""

    name: str = Field(max_length=200, examples=["ada"])
    password: str = Field(max_length=1000, examples=["three words of mine"])


class PasswordIn(Schema):
    """A new password, and the one that it replaces."""

    old: str = Field("", max_length=1000, description="empty where there is none yet")
    new: str = Field(max_length=1000, examples=["four other words of mine"])


class PageSettingsIn(Schema):
    """What a user sets of the page."""

    settings: dict[str, str] = Field(max_length=50, examples=[{"language": "de"}])
    full_name: str | None = Field(None, max_length=200)


class StartOut(Schema):
    """An address that lets in whoever opens it first."""

    url: str = Field(examples=["http://127.0.0.1:8642/?start=..."])


class SignInOut(Schema):
    """A browser that is signed in."""

    sign_in_id: str = Field(examples=["3f9a12c09b7d1e22"])
    user: str
    method: str = Field(description="how it was shown who it is", examples=["password", "passkey", "office"])
    sender: str = Field(description="the address it came from", examples=["192.168.1.20"])
    agent: str = Field(description="what the browser calls itself")
    began_at: Moment
    used_at: Moment
    ends_at: Moment
    is_this: bool = Field(False, description="the one that asks")


class EndedOut(Schema):
    """How many sign-ins have ended."""

    ended: int
