"""The names of months, currencies and great numbers in many languages, out of Unicode's tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from twolane.fields.sheet import fold
from twolane.text.locales import currencies, locale

LANGUAGES = (
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
"""Those whose dates are read: what names months by number needs no names."""
COUNTING = (*LANGUAGES, "zh", "ja", "ko")
"""Those whose great numbers are read."""
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
    named: dict[str, dict[str, int]] = {}
    for code in LANGUAGES:
        language, table = code.partition("_")[0], locale(code)
        for names in (*table.months_of_dates.values(), *table.months.values()):
            for month, name in enumerate(names, 1):
                word = fold(name).strip(". ׳")
                if word and not any(char.isdigit() for char in word):
                    for one in {word, word.removeprefix("de ").removeprefix("d'")}:
                        named.setdefault(one, {}).setdefault(language, month)
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
    named: dict[str, set[int]] = {}
    for code in COUNTING:
        for power, form in locale(code).great_numbers:
            match = _SCALE.fullmatch(form)
            if match and (len(match[2]) > 1 or match[2] > _LETTERS_END):
                named.setdefault(fold(match[2]), set()).add(power // 10 ** (len(match[1]) - 1))
    return {word: frozenset(powers) for word, powers in named.items()}


@cache
def currency_codes() -> frozenset[str]:
    """Return the codes of ISO 4217 of what is paid with today."""
    return frozenset(currencies())
