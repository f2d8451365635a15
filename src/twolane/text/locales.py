"""How languages name days, months, great numbers and each other: of Unicode's tables, what is used here.

`tools/write_locales.py` writes them: all of the tables would be a fifth of a plain installation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

Names = Mapping[str, Sequence[str]]
"""Names in their order, by their width: "wide" and "abbreviated"."""


@dataclass(frozen=True, slots=True)
class Locale:
    """What a language, or that of a territory such as de_AT, calls things.

    Days begin with Monday. `months_of_dates` are as they stand beside a day, where that is another form;
    `great_numbers` are powers of ten with their short forms. Both are known of the languages that are read,
    and `languages` of those that questions are asked in.
    """

    own_name: str
    months: Names
    days: Names
    months_of_dates: Names = field(default_factory=dict)
    great_numbers: Sequence[tuple[int, str]] = ()
    languages: Mapping[str, str] = field(default_factory=dict)


def has_locale(name: str) -> bool:
    """Say whether a language is known, by its own name: de_AT is no other name of de."""
    return name in _tables()["locales"] or name in _tables()["same"]


@cache
def locale(name: str) -> Locale:
    """Return what a language calls things. Raises `KeyError` where it is not known."""
    tables = _tables()
    return Locale(**tables["locales"][tables["same"].get(name, name)])


def currencies() -> Sequence[str]:
    """Return the codes of ISO 4217 of what is paid with today."""
    codes: Sequence[str] = _tables()["currencies"]
    return codes


@cache
def _tables() -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads(
        resources.files("twolane.text").joinpath("locales.json").read_text("utf-8")
    )
    return read
