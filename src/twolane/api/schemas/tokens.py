"""A token as `--json` shows it: never its secret, but where it is made."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from twolane.api.schemas.base import Schema
from twolane.principal import AccessToken, Right

Moment = Annotated[datetime | None, BeforeValidator(lambda at: at or None)]


class TokenOut(Schema):
    """A token: whose it is, and what it lets its holder do."""

    token_id: str = Field(examples=["3f9a12c0"])
    name: str = Field(examples=["scanner"])
    rights: frozenset[Right]
    user: str = Field(description="for whom it acts; empty: nobody", examples=["ada"])
    made_at: datetime
    ends_at: Moment = Field(description="null: never")
    used_at: Moment = Field(description="when it was last used, to the minute; null: never")
    revoked_at: Moment = Field(description="null: it is good")


class MadeTokenOut(TokenOut):
    """A new token with its secret, which nobody can show again."""

    secret: str

    @classmethod
    def of(cls, token: AccessToken, secret: str) -> MadeTokenOut:
        """Join a token and its secret."""
        return cls.model_construct(**dict(TokenOut.model_validate(token)), secret=secret)
