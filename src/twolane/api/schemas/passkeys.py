"""Passkeys as browsers give and take them (WebAuthn)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from twolane.api.schemas.base import Schema
from twolane.api.schemas.tokens import Moment


class PasskeyOut(Schema):
    """A key of a device."""

    credential_id: str
    name: str = Field(examples=["the phone"])
    made_at: Moment
    used_at: Moment = Field(description="null: never")


class ChallengeOut(Schema):
    """What a device is to sign; good once, for five minutes."""

    challenge_id: str
    options: dict[str, Any] = Field(
        description="for navigator.credentials, as parseCreationOptionsFromJSON takes it"
    )


class SignedIn(Schema):
    """What a device has signed."""

    challenge_id: str = Field(max_length=100)
    credential: dict[str, Any] = Field(description="the browser's credential, as its toJSON gives it")


class PasskeyIn(SignedIn):
    """A device that has signed, and what it is called."""

    name: str = Field("", max_length=200, examples=["the phone"])
