"""The names of months, currencies and great numbers in many languages, out of Unicode's tables in Babel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from twolane.fields.sheet import fold

_LANGUAGES = (
    *(
        "en",
        "de",
        "fr",
        "es",
        "it",
        "nl",
        "pl",
        "pt",
        "ru",
        "uk",
        "cs",
        "sk",
        "sv",
        "da",
        "nb",
        "fi",
        "hu",
        "ro",
    ),
    *(
        "tr",
        "el",
        "bg",
        "hr",
        "sl",
        "sr",
        "et",
        "lv",
        "lt",
        "ca",
        "gl",
        "eu",
        "id",
        "ar",
        "ar_SY",
        "he",
        "fa",
        "hi",
        "th",
    ),
)
# Other spellings that papers have: what Unicode abbreviates otherwise, or only scanners and clerks write.
_MORE = {
    "en": "sept=9",
    "de": "jan=1 feb=2 mrz=3 maerz=3 apr=4 jun=6 jul=7 aug=8 sep=9 okt=10 nov=11 dez=12 janner=1",
    "fr": "fev=2 fevr=2 juil=7 aout=8",
    "es": "setiembre=9 set=9 ene=1 dic=12",
    "it": "genn=1 febbr=2 sett=9",
    "pt": "fev=2 set=9 out=10 dez=12",
    "pl": "styczen=1 luty=2",
}

_SCALE = re.compile(r"(0+)[\xa0 ]?([^\W\d_]+)(?:'\.')?")
_LETTERS_END = "\u2e80"  # beyond it a sign may be a word


@cache
def months() -> Mapping[str, Mapping[str, int]]:
    """Return the number of each month by its folded name, and then by language."""
    from babel import Locale

    named: dict[str, dict[str, int]] = {}
    for code in _LANGUAGES:
        language = code.partition("_")[0]
        tables = Locale.parse(code).months
        for width in (
            tables[form][size] for form in ("format", "stand-alone") for size in ("wide", "abbreviated")
        ):
            for number, name in width.items():
                word = fold(name).strip(". ׳")
                if word and not any(char.isdigit() for char in word):
                    for one in {word, word.removeprefix("de ").removeprefix("d'")}:
                        named.setdefault(one, {}).setdefault(language, number)
    for language, words in _MORE.items():
        for pair in words.split():
            word, _, number = pair.partition("=")
            named.setdefault(word, {}).setdefault(language, int(number))
    return named


@cache
def scales() -> Mapping[str, frozenset[int]]:
    """Return what a number is multiplied by, by the folded word behind it: million, Mio, тыс, 万.

    A word may have several meanings: a billion is of nine zeros, or of twelve. Single letters are left out,
    since they are units too.
    """
    from babel import Locale

    named: dict[str, set[int]] = {}
    for code in (*_LANGUAGES, "zh", "ja", "ko"):
        for forms in Locale.parse(code).compact_decimal_formats.values():
            for powers in forms.values():
                for power, form in powers.items():
                    match = _SCALE.fullmatch(form.pattern)
                    if match and (len(match[2]) > 1 or match[2] > _LETTERS_END):
                        named.setdefault(fold(match[2]), set()).add(int(power) // 10 ** (len(match[1]) - 1))
    return {word: frozenset(powers) for word, powers in named.items()}


@cache
def currency_codes() -> frozenset[str]:
    """Return the codes of ISO 4217 of what is paid with today."""
    from babel import Locale
    from babel.numbers import get_territory_currencies

    territories = Locale.parse("en").territories
    return frozenset(
        code
        for territory in map(str, territories)
        if len(territory) == 2
        for code in get_territory_currencies(territory)
    )
