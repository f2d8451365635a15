"""A file's facts as people read them, and what they say of one."""

from __future__ import annotations

from collections.abc import Sequence

from twolane.cli.output import Output
from twolane.errors import SettingsError
from twolane.facts import DocumentFact

NONE = "none"  # what is written for: the document has none


def show_facts(output: Output, facts: Sequence[DocumentFact]) -> None:
    """Show each field with its value, the document's own words for it, and where they stand."""
    output.table(
        ("field", "value", "in its words", "where", "by", "confidence"), [_row(one) for one in facts]
    )


def _row(fact: DocumentFact) -> tuple[str, ...]:
    value = fact.value
    if value is None:
        return fact.spec.name, "", "", "", "", ""
    where = f"page {value.place.page}" if value.place else ""
    said = value.value or "(none)"
    words = value.words if value.words != value.value else ""
    sure = f"{value.confidence:.2f}{', a guess' if value.is_guess else ''}"
    return fact.spec.name, said, words, where, value.source.words, sure


def field_and_value(text: str) -> tuple[str, str]:
    """Return the two sides of FIELD=VALUE; the value is "" for `none`. Raises `SettingsError`."""
    field, equals, value = (part.strip() for part in text.partition("="))
    if not field or not equals or not value:
        raise SettingsError(
            f"{text!r} is not FIELD=VALUE", "as in total_due=571.04, or date=none where it has none"
        )
    return field, "" if value == NONE else value
