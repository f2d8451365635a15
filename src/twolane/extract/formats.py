"""The formats that are read, each with what becomes of its parts, as their readers declare them."""

from __future__ import annotations

from twolane.extract.declared import Format
from twolane.extract.read import READERS


def formats() -> tuple[Format, ...]:
    """Return them by name."""
    found = [one for reader in READERS.values() for one in getattr(reader, "FORMATS", ())]
    return tuple(sorted(found, key=lambda one: one.name.casefold()))
