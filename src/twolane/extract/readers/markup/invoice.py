"""Invoices in XML, on their own or attached to a PDF: what they state, and their words for people."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import isfinite
from typing import Any

from twolane.extract.base import Draft, has_words
from twolane.extract.readers.markup.xml import local
from twolane.facts import CORRESPONDENT, DATE, TITLE, Origin

_SUMS = frozenset({"total_due", "net", "tax"})
_DAYS = frozenset({DATE, "due_date", "period"})
_HAS_VALUE = re.compile("[1-9]")
_SHORT_DAY = re.compile(r"\b(\d{4})(\d{2})(\d{2})\b")
_is_name = re.compile(r"[^\W\d][\w.-]*").fullmatch  # mended XML has others, which no path names
_LINE_LIMIT = 2000
_VALUE_CHARS = 500
_WRAPPED_DEPTH = 2  # Peppol's envelope has the invoice as a child
# What stands between the digits of a sum in any country, and the digits that are not ASCII's
_BETWEEN = "[.,'’٬\u00a0\u202f\u2009 ]?"
_DIGITS = {ord("٠") + n: str(n) for n in range(10)} | {ord("۰") + n: str(n) for n in range(10)}


@dataclass(frozen=True, slots=True)
class Dialect:
    """One of the schemas in which invoices are written, with the paths to what they say."""

    roots: tuple[str, ...]
    has: str
    currency: str
    lines: str
    item: str
    quantity: str
    amount: str
    fields: Mapping[str, tuple[str, ...]]
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """What an invoice in XML says: values by their fields, and its single items; or a credit note."""

    values: Mapping[str, str]
    items: tuple[str, ...] = ()
    is_credit: bool = False

    def text(self) -> str:
        """Return the invoice as lines that people read."""
        named = [f"{_name(field)}: {value}" for field, value in self.values.items() if field != TITLE]
        return "\n".join([self.title(), "", *named, "", *self.items])

    def title(self) -> str:
        """Return what the invoice is called, by its number where it has no name."""
        kind = "Credit note" if self.is_credit else "Invoice"
        return self.values.get(TITLE) or f"{kind} {self.values.get('number', '')}".strip()

    def state(self, draft: Draft, origin: Origin = Origin.INVOICE) -> None:
        """State all that it says."""
        for field, value in self.values.items():
            draft.state(field, value, origin)

    def contradicts(self, text: str) -> str:
        """Return the sum, or else the number, that pages with words should show and do not, or nothing."""
        if not has_words(text):
            return ""
        for field, is_shown in (("total_due", _shows_sum), ("number", _shows_number)):
            if value := self.values.get(field, ""):
                return "" if is_shown(value, text) else value
        return ""


@cache
def dialects() -> tuple[Dialect, ...]:
    """Return the schemas of `invoices.toml`."""
    tables = tomllib.loads(files(__package__).joinpath("invoices.toml").read_text("utf-8"))
    return tuple(
        Dialect(
            **table
            | {"roots": tuple(table["roots"]), "fields": {k: tuple(v) for k, v in table["fields"].items()}}
        )
        for table in tables.values()
    )


def invoice_in(root: Any) -> Invoice | None:
    """Return the invoice that a tree of XML is, or holds in an envelope; its names lose their namespaces."""
    for element, dialect in _likely(root):
        for inner in element.iter():
            if _is_name(name := _bare_name(inner)):
                inner.tag = name
        if element.xpath(dialect.has):
            return _read(element, dialect)
    return None


def _likely(root: Any) -> Iterator[tuple[Any, Dialect]]:
    level = [root] if root is not None else []
    for _ in range(_WRAPPED_DEPTH + 1):
        for element in level:
            for dialect in dialects():
                if _bare_name(element) in dialect.roots:
                    yield element, dialect
        level = [child for element in level for child in element][:50]


def _bare_name(element: Any) -> str:
    """Return an element's name without its namespace, or the prefix of one that was never declared."""
    return local(element).rpartition(":")[2]


def _read(root: Any, dialect: Dialect) -> Invoice:
    currency = _found(root, dialect.currency)
    is_credit = bool(dialect.credit and root.xpath(dialect.credit))
    values = {}
    for field, paths in dialect.fields.items():
        value = next(filter(has_words, (_found(root, path, currency) for path in paths)), "")
        if field in _DAYS:
            value = _SHORT_DAY.sub(r"\1-\2-\3", value)
        if is_credit and field in _SUMS and _HAS_VALUE.search(value):
            value = f"-{value.lstrip('+-')}"
        if has_words(value):
            values[field] = f"{value} {currency}".strip() if field in _SUMS else value
    lines = root.xpath(dialect.lines)[:_LINE_LIMIT]
    return Invoice(values, tuple(filter(None, (_item(line, dialect) for line in lines))), is_credit)


def _item(line: Any, dialect: Dialect) -> str:
    cells = (_found(line, path) for path in (dialect.item, dialect.quantity, dialect.amount))
    return "\t".join(cells).strip()


def _found(element: Any, path: str, currency: str = "") -> str:
    """Return what a path finds as text: two places are the ends of a period."""
    found = element.xpath(path, currency=currency)
    if isinstance(found, float):
        return f"{found:.2f}" if found and isfinite(found) else ""
    if isinstance(found, list):
        texts = ["".join(one.itertext()) for one in found]
        found = "/".join(texts) if len(texts) == 2 and "Period" in path else texts[0] if texts else ""
    return " ".join(str(found).split())[:_VALUE_CHARS]


def _name(field: str) -> str:
    return {"iban": "IBAN", "vat_id": "VAT id", CORRESPONDENT: "From"}.get(
        field, field.replace("_", " ").capitalize()
    )


def _shows_sum(value: str, text: str) -> bool:
    whole, _, rest = value.split(maxsplit=1)[0].lstrip("+-").partition(".")
    rest = rest.rstrip("0").ljust(2, "0")
    if not whole.isdigit():
        return True
    cents = f"[.,٫]{rest}" if int(rest) else "(?:[.,٫](?:00|-|–|—))?"
    return bool(re.search(rf"(?<!\d){_BETWEEN.join(str(int(whole)))}{cents}(?!\d)", text.translate(_DIGITS)))


def _shows_number(value: str, text: str) -> bool:
    return _bare(value) in _bare(text)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
