"""What all settings are made of: frozen, and without a password in what is shown of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from twolane.config.addresses import masked

Seconds = Annotated[float, Field(gt=0, le=86_400)]


class Frozen(BaseModel):
    """A group of settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            yield name, masked(name or "", value) if isinstance(value, str) else value
