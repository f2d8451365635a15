"""Texts as every database takes them."""

from __future__ import annotations

from collections.abc import Mapping

_SHOWN_CHARS = 60


def clean(text: str) -> str:
    """Return a text that any database takes: no NUL and no lone surrogates, every offset as before."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def unclean(value: object) -> str:
    """Say what no database takes in the texts of a value and the names within it, "" where there is none."""
    waiting = [value]
    while waiting:  # no recursion: what was sent may be nested more deeply than Python calls
        match waiting.pop():
            case str(text):
                if (at := _unclean_at(text)) is not None:
                    return _said(text, at)
            case Mapping() as named:
                waiting += [*named.keys(), *named.values()]
            case list() | tuple() as several:
                waiting += several
    return ""


def _unclean_at(text: str) -> int | None:
    """Return the place of the first character that no database takes."""
    if (at := text.find("\0")) >= 0:
        return at
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.start
    return None


def _said(text: str, at: int) -> str:
    shown = ascii(text[max(0, at + 1 - _SHOWN_CHARS) : at + 1])
    what = "the character NUL" if text[at] == "\0" else "half of a surrogate pair"
    return f"a text holds {what}, which is no text: {shown}"
