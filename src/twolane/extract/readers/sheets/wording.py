"""What the note of a spreadsheet says of what was not read."""

from __future__ import annotations

from twolane.extract.base import Draft


def note_hidden(count: int, draft: Draft) -> None:
    """Say how many sheets are hidden: they are not read, and people do not find them."""
    if count:
        draft.unread(f"{count} hidden sheet{'s' if count > 1 else ''}")


def note_formulas(count: int, draft: Draft) -> None:
    """Say how many formulas were shown in place of values that the file does not store."""
    if count:
        which = "1 formula that has" if count == 1 else f"{count:,} formulas that have"
        draft.unread(f"the results of {which} no stored value")
