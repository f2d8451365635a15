"""Numbers that prove themselves by their check digits: bank accounts and numbers of value added tax."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1024)
def iban_of(words: str) -> str:
    """Return an IBAN without spaces, "" where its check digits are wrong.

    Letters that a scanner takes for its check digits are put right.
    """
    from stdnum import iban
    from stdnum.exceptions import ValidationError

    compact = "".join(filter(str.isalnum, words)).upper()
    if len(compact) < 15 or not compact[:2].isalpha():
        return ""
    compact = compact[:2] + compact[2:4].replace("O", "0").replace("I", "1").replace("L", "1") + compact[4:]
    try:
        return str(iban.validate(compact, check_country=False))
    except ValidationError:
        return ""


@lru_cache(maxsize=1024)
def vat_id_of(words: str) -> str:
    """Return a VAT id with its country in front, without spaces, "" where no country's check digits fit."""
    from stdnum.ch import vat as swiss
    from stdnum.eu import vat as european
    from stdnum.exceptions import ValidationError
    from stdnum.gb import vat as british
    from stdnum.no import mva as norwegian

    compact = "".join(filter(str.isalnum, words)).upper()
    country, rest = compact[:2], compact[2:]
    if not any(map(str.isdigit, rest)):
        return ""
    try:
        if country == "GB" or country == "XI":  # noqa: PLR1714
            return country + str(british.validate(rest))
        if compact.startswith("CHE"):
            return str(swiss.validate(compact)) and compact
        if country == "NO":
            return "NO" + str(norwegian.validate(rest if rest.endswith("MVA") else rest + "MVA"))
        return str(european.validate(compact)) if country.isalpha() else ""
    except ValidationError:
        return ""


_NATIONAL = {
    "de": "DE",
    "fr": "FR",
    "es": "ES",
    "it": "IT",
    "nl": "NL",
    "pl": "PL",
    "pt": "PT",
    "cs": "CZ",
    "da": "DK",
    "sv": "SE",
}


def national_vat_id_of(words: str, language: str) -> str:
    """Return the VAT id that a number without a country is where a language is spoken, or ""."""
    country = _NATIONAL.get(language, "")
    if vat_id := vat_id_of(country + "".join(filter(str.isalnum, words))) if country else "":
        return vat_id
    if language == "ru":
        from stdnum.exceptions import ValidationError
        from stdnum.ru import inn

        try:
            return str(inn.validate(words))
        except ValidationError:
            return ""
    return ""
