"""Settings that hold several values: repeated tables, and lists of words."""

from __future__ import annotations

import json
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator

_Entry = TypeVar("_Entry")


def _entries(value: Any) -> Any:
    """Accept the tables of a file, or the JSON of a variable or a flag."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError("is not JSON: a variable or a flag gives tables as a JSON list") from None
    if isinstance(value, dict):
        raise ValueError("is one table, and there may be several: write its name in [[double brackets]]")
    return tuple(value) if isinstance(value, list) else value


def _words(value: Any) -> Any:
    """Accept the list of a file, or values separated by commas."""
    if isinstance(value, str):
        value = [word.strip() for word in value.split(",") if word.strip()]
    return tuple(value) if isinstance(value, list) else value


Tables = Annotated[tuple[_Entry, ...], BeforeValidator(_entries)]
Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
