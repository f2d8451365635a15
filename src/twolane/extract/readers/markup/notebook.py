"""Notebooks of Jupyter: what was written, and what came of it as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from twolane.extract.base import Draft, SourceFile
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.markup.html import html_to_text
from twolane.extract.readers.text import decode

_LIMIT_BYTES = 64 << 20
_PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
_RESULT_CHARS = 100_000

FORMATS = (
    Format(
        "Notebook",
        frozenset({"application/x-ipynb+json"}),
        frozenset({FilePart.BODY, FilePart.TABLES}),
        frozenset({FilePart.CHARTS}),
    ),
)


def read(source: SourceFile, draft: Draft) -> None:
    """Read the cells in their order; what is no notebook is read as text."""
    data = source.head(_LIMIT_BYTES)
    draft.share = min(1.0, len(data) / max(1, source.size_bytes))
    text = decode(data)[0]
    try:
        book = json.loads(text)
        cells = book.get("cells") or [cell for sheet in book["worksheets"] for cell in sheet["cells"]]
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        draft.add(text)
        return
    pictures: list[str] = []
    draft.add(
        "\n\n".join(text for cell in cells if isinstance(cell, dict) for text in _texts(cell, pictures))
    )
    if pictures:
        draft.unread(f"{len(pictures)} picture{'s' if len(pictures) > 1 else ''} of results")


def _texts(cell: dict[str, Any], pictures: list[str]) -> Iterator[str]:
    written = _joined(cell.get("source", cell.get("input", "")))
    if written.strip():
        yield f"```\n{written}\n```" if cell.get("cell_type") == "code" else written
    for result in cell.get("outputs") or ():
        if not isinstance(result, dict):
            continue
        data = result.get("data")
        shown: dict[str, Any] = data if isinstance(data, dict) else result
        if any(kind in shown or kind.partition("/")[2] in shown for kind in _PICTURES):
            pictures.append("")
        elif text := _result(result, shown):
            yield text[:_RESULT_CHARS]


def _result(result: dict[str, Any], shown: dict[str, Any]) -> str:
    if result.get("output_type") in {"error", "pyerr"}:
        return f"{result.get('ename', '')}: {result.get('evalue', '')}"
    if markup := _joined(shown.get("text/html", "")):
        return html_to_text(markup).text.strip()
    return _joined(shown.get("text/markdown") or shown.get("text/plain") or shown.get("text") or "").strip()


def _joined(lines: Any) -> str:
    return "".join(map(str, lines)) if isinstance(lines, list) else str(lines or "")
