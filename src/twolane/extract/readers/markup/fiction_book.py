"""Books of FictionBook (FB2): title, notes and text in their order, without the pictures."""

from __future__ import annotations

from typing import Any

from twolane.extract.base import Draft
from twolane.extract.readers.markup.xml import local, walk

_LINES = frozenset({"p", "v", "text-author", "date", "td", "th"})
_SKIPPED = frozenset({"binary", "stylesheet", "document-info", "publish-info"})
_LEVEL_LIMIT = 6


def book_text(root: Any, draft: Draft) -> str:
    """Return a book's text with its headings marked, and set its title."""
    lines: list[str] = []
    level, in_title = 0, 0
    for event, element, walker in walk(root, draft):
        name = local(element)
        if name == "section":
            level += 1 if event == "start" else -1
        elif name in {"title", "subtitle"}:
            in_title += 1 if event == "start" else -1
        if event == "end":
            continue
        if name in _SKIPPED:
            walker.skip_subtree()
        elif name in _LINES or name == "subtitle":
            text = " ".join("".join(element.itertext()).split())
            mark = "#" * min(level + 1, _LEVEL_LIMIT) + " " if in_title else ""
            lines.append(mark + text)
            walker.skip_subtree()
            in_title -= name == "subtitle"  # its end is skipped, too
        elif name == "book-title" and not draft.title:
            draft.title = " ".join("".join(element.itertext()).split())
            lines.append(draft.title)
    return "\n\n".join(line for line in lines if line.strip("# "))
