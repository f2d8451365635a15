"""A taxonomy as the file that people edit, which can be imported again."""

from __future__ import annotations

import json
from collections.abc import Iterable

from twolane.facts import FieldSpec
from twolane.fields.catalogue import known_fields
from twolane.filing.taxonomy import Category, Taxonomy

_HEAD = """\
# The categories that files are filed under. `twolane taxonomy import FILE` takes this file over.
# `twolane init` writes one with comments on every key.
"""
_TEXTS = ("id", "name", "parent", "description")
_LISTS = ("examples", "hints", "extensions", "media_types", "folders", "patterns")


def exported(taxonomy: Taxonomy) -> str:
    """Return a taxonomy as the text of a file."""
    return "\n\n".join([_HEAD.rstrip(), *map(category_table, taxonomy.categories)]) + "\n"


def category_table(category: Category) -> str:
    """Return a category as a table of a taxonomy file."""
    lines = ["[[category]]"]
    lines += [f"{key} = {_text(value)}" for key in _TEXTS if (value := getattr(category, key))]
    lines += [f"{key} = {_list(map(_text, value))}" for key in _LISTS if (value := getattr(category, key))]
    if category.fields:
        lines.append(f"fields = {_list(map(_field, category.fields))}")
    return "\n".join(lines)


def _field(spec: FieldSpec) -> str:
    if known_fields().get(spec.id) == spec:
        return _text(spec.id)
    said = {"id": spec.id, "name": spec.name, "type": spec.type.value, "description": spec.description}
    parts = [f"{key} = {_text(value)}" for key, value in said.items() if value]
    lists = {"examples": spec.examples, "labels": spec.labels}
    parts += [f"{key} = [{', '.join(map(_text, value))}]" for key, value in lists.items() if value]
    parts += [] if spec.usual else ["usual = false"]
    return f"{{ {', '.join(parts)} }}"


def _list(values: Iterable[str]) -> str:
    found = list(values)
    line = f"[{', '.join(found)}]"
    return line if len(line) < 100 else "[\n" + "".join(f"  {one},\n" for one in found) + "]"


def _text(value: str) -> str:
    # JSON's texts are TOML's, but for one character
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
