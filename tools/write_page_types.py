"""Writes the page's types of all that the API sends, from the API's own schemas; `--check` only compares."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from twolane.api import schemas
from twolane.api.schemas.base import Schema

TYPES = Path(__file__).parent.parent / "src" / "twolane" / "web" / "common" / "schemas.d.ts"
_HEAD = "// What the API sends and takes; written by `make docs` from twolane/api/schemas.\n"
_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def page_types() -> str:
    """Return the declarations of all schemas, in the order of their names."""
    for module in pkgutil.iter_modules(schemas.__path__):
        importlib.import_module(f"{schemas.__name__}.{module.name}")
    models = sorted(_all_of(Schema), key=lambda model: model.__name__)
    _, whole = models_json_schema(
        [(model, "validation" if model.__name__.endswith("In") else "serialization") for model in models],
        ref_template="{model}",
    )
    return _HEAD + "".join(_declaration(name, schema) for name, schema in sorted(whole["$defs"].items()))


def _all_of(base: type[Schema]) -> set[type[Schema]]:
    return {found for child in base.__subclasses__() for found in {child, *_all_of(child)}}


def _declaration(name: str, schema: Mapping[str, Any]) -> str:
    first = " ".join(str(schema.get("description", "")).partition("\n\n")[0].split())
    about = f"\n/** {first} */\n" if first else "\n"
    if "properties" not in schema:
        return f"{about}export type {name} = {_type(schema)};\n"
    # What is sent always has every field, also one that has a default here.
    optional = set(schema["properties"]) - set(schema.get("required", ())) if name.endswith("In") else set()
    fields = "".join(
        f"  {field}{'?' if field in optional else ''}: {_type(of)};\n"
        for field, of in schema["properties"].items()
    )
    return f"{about}export interface {name} {{\n{fields}}}\n"


def _type(schema: Mapping[str, Any]) -> str:
    match schema:
        case {"$ref": str() as name}:
            return name
        case {"enum": values}:
            return " | ".join(json.dumps(value) for value in values)
        case {"anyOf": several}:
            return " | ".join(_type(one) for one in several)
        case {"type": "array", "items": items}:
            return f"Array<{_type(items)}>"
        case {"type": "object", "additionalProperties": values}:
            return f"Record<string, {'unknown' if values is True else _type(values)}>"
    return _PLAIN[schema["type"]]


def main() -> int:
    """Write the types, or with `--check` say whether they are as the API has them."""
    types = page_types()
    if "--check" in sys.argv:
        stale = not TYPES.is_file() or TYPES.read_text("utf-8") != types
        if stale:
            print(f"{TYPES.name} is out of date: run `make docs`")  # noqa: T201
        return stale
    TYPES.write_text(types, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
