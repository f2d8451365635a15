"""The fields that are known by their names: those of every document, and those that categories ask for."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from twolane.facts import CORRESPONDENT, DATE, LANGUAGE, TITLE, FieldSpec, FieldType

OF_EVERY_DOCUMENT = (DATE, CORRESPONDENT, TITLE, LANGUAGE)


@cache
def known_fields() -> Mapping[str, FieldSpec]:
    """Return the fields of `catalogue.toml` by id."""
    text = files("twolane.fields").joinpath("catalogue.toml").read_text(encoding="utf-8")
    return {
        field_id: FieldSpec(
            field_id,
            table["name"],
            FieldType(table["type"]),
            table.get("description", ""),
            tuple(table.get("examples", ())),
            usual=table.get("usual", True),
        )
        for field_id, table in tomllib.loads(text).items()
    }
