"""Texts as every database takes them."""

from __future__ import annotations


def clean(text: str) -> str:
    """Return a text that any database takes: no NUL and no lone surrogates, every offset as before."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
