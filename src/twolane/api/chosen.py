"""Filters that a user chose for a question, as the wire has them: each as kind:value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from twolane.documents import Filter

_KINDS = ("category", "correspondent", "tag", "kind", "language", "folder", "date")


def checked_filter(text: str) -> str:
    """Return a filter as it is. Raises `ValueError` for what is none."""
    filter_of([text])
    return text


def filter_of(chosen: Sequence[str]) -> Filter:
    """Return what passes all of some filters; of several of one kind, any. Raises `ValueError`."""
    values: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for text in chosen:
        kind, _, value = text.partition(":")
        if kind not in values or not value:
            raise ValueError(f"{text[:80]!r} is no filter: write kind:value, and as kind {', '.join(_KINDS)}")
        values[kind].append(value)
    firsts, lasts = [], []
    for span in values["date"]:
        first, _, last = span.partition("/")
        firsts += [date.fromisoformat(first)] if first else []
        lasts += [date.fromisoformat(last)] if last else []
    return Filter(
        categories=tuple(values["category"]),
        correspondents=tuple(map(int, values["correspondent"])),
        tags=tuple(values["tag"]),
        kinds=tuple(values["kind"]),
        languages=tuple(values["language"]),
        folders=tuple(map(Path, values["folder"])),
        dated_from=max(firsts, default=None),
        dated_to=min(lasts, default=None),
    )
