"""What a JSON schema allows, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def type_in_words(schema: Mapping[str, Any]) -> str:
    """Return a schema as a cell of a table; one that has a name leads to where it is described."""
    words = "anything"
    match schema:
        case {"$ref": str() as address}:
            name = address.rpartition("/")[2]
            words = f"[{name}](#{name.lower()})"
        case {"anyOf": several} | {"oneOf": several}:
            words = " or ".join(type_in_words(one) for one in several)
        case {"enum": values}:
            words = ", ".join(f"`{value}`" for value in values)
        case {"const": value}:
            words = f"`{value}`"
        case {"type": "array", "items": one}:
            words = f"list of {type_in_words(one)}"
        case {"type": "object", "additionalProperties": Mapping() as one}:
            words = f"{type_in_words(one)} by name"
        case {"type": "string", "format": "binary"}:
            words = "file"
        case {"type": "string", "format": str() as form}:
            words = form
        case {"type": str() as name}:
            words = name
    return words
