"""A setting as those see it who manage a library."""

from __future__ import annotations

from pydantic import Field

from twolane.api.schemas.base import Schema


class SettingOut(Schema):
    """A setting, its value, and where that comes from."""

    name: str = Field(examples=["chat.model"])
    value: str = Field(description="without passwords and keys", examples=["llama3.1:8b"])
    source: str = Field(
        description="a line of the settings file, a variable or a flag; empty: it is the default",
        examples=["environment variable LLM_CHAT_MODEL"],
    )
    default: str
    description: str
