"""What tells one sender from all others: bank accounts, numbers of tax, addresses and telephones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from twolane.facts import MarkKind, SenderMark
from twolane.fields.check_digits import iban_of, vat_id_of
from twolane.fields.sheet import Sheet, matches_at

_IBAN = re.compile(
    r"(?<![A-Z0-9])[A-Z]{2}[0-9OIl]{2}(?:[ .-]?[A-Z0-9]{2,4}){2,8}(?: ?[A-Z0-9]{1,2})?(?![A-Z0-9])"
)
_VAT_ID = re.compile(
    r"(?<![A-Za-z0-9])(?:AT ?U|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|GR|HR"
    r"|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|XI|CHE-?)"
    r"(?: ?[A-Z0-9]{1,4}){1,4}(?:[ .-]?[A-Z0-9]{2,4}){0,4}(?![A-Za-z0-9])"
)
_IBAN_BEGINS = re.compile(r"[A-Z]{2}[0-9OIl]{2}")
_VAT_ID_BEGINS = re.compile(r"[A-Z]{2}(?=[A-Z -]{0,3}\d)")
_PHONE_BEGINS = re.compile(r"[+0(](?=[\d (])")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,12}\b")
_SITE = re.compile(r"(?:https?://|\bwww\.)([\w-]+(?:\.[\w-]+)*\.[a-z]{2,12})\b")
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+|00|\(?0)\d?[\d ()/.-]{6,18}\d(?![\w.,]?\d)")
# Houses that give addresses to anybody tell nothing of who writes.
_ANYBODYS = frozenset(
    (
        *(
            "gmail",
            "googlemail",
            "outlook",
            "hotmail",
            "live",
            "msn",
            "yahoo",
            "ymail",
            "aol",
            "icloud",
            "me",
        ),
        *("mac", "gmx", "web", "t-online", "freenet", "posteo", "mailbox", "proton", "protonmail", "orange"),
        *("wanadoo", "free", "laposte", "sfr", "libero", "virgilio", "tiscali", "alice", "wp", "onet"),
        *("interia", "o2", "mail", "yandex", "bk", "list", "inbox", "rambler", "qq", "163", "126", "sina"),
        *("naver", "daum", "seznam", "centrum", "ziggo", "kpnmail", "telenet", "bluewin", "hetnet", "terra"),
        *("uol", "bol"),
    )
)


@dataclass(frozen=True, slots=True)
class FoundMark:
    """A mark in a sheet."""

    start: int
    end: int
    kind: MarkKind
    mark: str


def find_marks(sheet: Sheet) -> list[FoundMark]:
    """Return the marks of a sheet in their order."""
    found = [*_ibans(sheet), *_vat_ids(sheet), *_addresses(sheet)]
    found += [
        one for one in _phones(sheet) if not any(a.start < one.end and one.start < a.end for a in found)
    ]
    return sorted(found, key=lambda one: one.start)


def sender_marks(found: Iterable[FoundMark]) -> tuple[SenderMark, ...]:
    """Return marks without their places, each once, without what anybody has."""
    return tuple(dict.fromkeys(SenderMark(one.kind, one.mark) for one in found))


def _ibans(sheet: Sheet) -> Iterable[FoundMark]:
    for match in matches_at(_IBAN, _IBAN_BEGINS, sheet.text):
        words = match.group()
        while words:
            if iban := iban_of(words):
                yield FoundMark(match.start(), match.start() + len(words), MarkKind.IBAN, iban)
                break
            words = words.rpartition(" ")[0]


def _vat_ids(sheet: Sheet) -> Iterable[FoundMark]:
    for match in matches_at(_VAT_ID, _VAT_ID_BEGINS, sheet.text):
        words = match.group()
        while words:
            if vat_id := vat_id_of(words):
                yield FoundMark(match.start(), match.start() + len(words), MarkKind.VAT_ID, vat_id)
                break
            words = words.rpartition(" ")[0]


def _addresses(sheet: Sheet) -> Iterable[FoundMark]:
    if "@" in sheet.folded:
        for match in _MAIL.finditer(sheet.folded):
            yield FoundMark(match.start(), match.end(), MarkKind.MAIL, match.group().strip(".-"))
    if "www." in sheet.folded or "://" in sheet.folded:
        for match in _SITE.finditer(sheet.folded):
            site = match[1].removeprefix("www.")
            yield FoundMark(match.start(), match.end(), MarkKind.SITE, site)


def _phones(sheet: Sheet) -> Iterable[FoundMark]:
    for match in matches_at(_PHONE, _PHONE_BEGINS, sheet.text):
        digits = re.sub(r"\D", "", match.group())
        if 8 <= len(digits) <= 14:
            yield FoundMark(match.start(), match.end(), MarkKind.PHONE, digits)


def domain_name(address: str) -> str:
    """Return the name within an address of mail or web, "" where anybody can have one there.

    "anna@post.aubonmoulin.fr" and "aubonmoulin.fr" are "aubonmoulin".
    """
    parts = address.rpartition("@")[2].split(".")
    if len(parts) > 2 and len(parts[-2]) <= 3 and len(parts[-1]) == 2:
        parts = parts[:-1]  # .co.uk
    name = parts[-2] if len(parts) > 1 else ""
    return "" if name in _ANYBODYS else name
