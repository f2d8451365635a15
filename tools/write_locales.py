"""Writes src/twolane/text/locales.json: of Unicode's tables of languages, what twolane uses.

    python tools/write_locales.py

All of them are 33 MB (Babel, a library of the developers); what is used of them is a hundredth.
"""

from __future__ import annotations

import json
import locale
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.localedata import locale_identifiers
from babel.numbers import get_territory_currencies

from twolane.fields.names import COUNTING

OUT = Path(__file__).parents[1] / "src" / "twolane" / "text" / "locales.json"
WIDTHS = ("wide", "abbreviated")
ASKED = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "tr", "ar", "zh", "ja", "ko")
"""Languages that questions are asked in: src/twolane/chat/asked/words.toml."""
NAMED = (
    *(
        "en",
        "de",
        "fr",
        "es",
        "it",
        "pt",
        "nl",
        "pl",
        "ru",
        "uk",
        "cs",
        "sk",
        "sv",
        "da",
        "no",
        "nb",
        "fi",
        "hu",
    ),
    *(
        "ro",
        "tr",
        "el",
        "bg",
        "hr",
        "sr",
        "sl",
        "et",
        "lv",
        "lt",
        "ca",
        "id",
        "ar",
        "he",
        "fa",
        "hi",
        "th",
        "vi",
    ),
    *("zh", "ja", "ko"),
)
"""Languages that they may name."""


def written() -> dict[str, Any]:
    """Return the tables as they are written, sorted so that they are the same each time."""
    names = sorted(set(map(_plain, locale_identifiers())) | _windows())
    tables = {name: found for name in names if (found := _table(name))}
    same = {name: _plain(name) for name in names if "_" in name and _is_same(name, tables)}
    return {
        "currencies": _currencies(),
        "locales": {name: table for name, table in tables.items() if name not in same},
        "same": same,
    }


def _is_same(name: str, tables: Mapping[str, Any]) -> bool:
    """Say whether a territory calls days and months as its language does."""
    territory, language = tables.get(name), tables.get(_plain(name))
    if territory is None or language is None:
        return False
    return all(territory[key] == language[key] for key in ("months", "days"))


def _plain(identifier: str) -> str:
    return identifier.partition("_")[0]


def _windows() -> set[str]:
    """Return the languages that a format of a spreadsheet may name, and some whose months differ."""
    return {*locale.windows_locale.values(), "ar_SY"}


def _table(name: str) -> dict[str, Any]:
    try:
        found = Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return {}
    days: Mapping[str, Mapping[int, Any]] = found.days["stand-alone"]
    table: dict[str, Any] = {
        "own_name": str(found.get_display_name(name) or ""),
        "months": _months(found, "stand-alone"),
        "days": {width: [str(days[width][number]) for number in range(7)] for width in WIDTHS},
    }
    if name in COUNTING:
        table["months_of_dates"] = _months(found, "format")
        table["great_numbers"] = _great_numbers(found)
    if name in ASKED:
        table["languages"] = {code: str(found.languages[code]) for code in NAMED if code in found.languages}
    return table


def _months(found: Locale, form: str) -> dict[str, list[str]]:
    return {width: [str(found.months[form][width][n]) for n in range(1, 13)] for width in WIDTHS}


def _great_numbers(found: Locale) -> list[list[Any]]:
    """Return each power of ten that has a short form, and that form: [1000000, "0 Mio'.'"]."""
    forms = {
        (int(power), str(form.pattern))
        for named in found.compact_decimal_formats.values()
        for powers in named.values()
        for power, form in powers.items()
    }
    return [list(form) for form in sorted(forms)]


def _currencies() -> list[str]:
    territories = [str(code) for code in Locale.parse("en").territories if len(str(code)) == 2]
    return sorted({code for territory in territories for code in get_territory_currencies(territory)})


def text() -> str:
    """Return the whole file."""
    return json.dumps(written(), ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    OUT.write_text(text(), encoding="utf-8")
