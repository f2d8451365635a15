"""The elements of an OpenDocument file as text: paragraphs, tables, boxes, notes and what is numbered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from twolane.extract.base import Draft
from twolane.extract.readers.markup.xml import attribute, local, walk
from twolane.extract.readers.office.comments import comment_line
from twolane.extract.readers.office.drawings import picture_line
from twolane.extract.readers.office.equations import equation
from twolane.extract.readers.office.odf_forms import field_mark_value
from twolane.extract.readers.office.odf_lists import BULLET, OdfLists
from twolane.extract.readers.office.text_styles import TextStyles

PAGE_BREAK = "\f"
_SKIPPED = frozenset(
    {"tracked-changes", "scripts", "font-face-decls", "automatic-styles", "forms", "ruby-text", "script"}
    | {"binary-data", "placeholder", "annotation-end", "sequence-decls", "variable-decls", "note-citation"}
    | {"user-field-decls", "event-listeners"}
)
_SHAPES = frozenset(
    {"text-box", "custom-shape", "rect", "ellipse", "circle", "polygon", "polyline", "path", "line"}
    | {"connector", "caption", "regular-polygon", "measure"}
)
_CELLS = frozenset({"table-cell", "covered-table-cell"})
_OF_PICTURES = frozenset({"title", "desc"})  # in the namespace of SVG; others are fields of the text
_OF_THE_PAGE = frozenset({"page-number", "page-count"})
_SPACES = re.compile(r"[ \t\r\n]+")
_REPEATED_CHARS = 200
_MOST_SPAN = 30
_MOST_ROWS = 10_000


@dataclass(slots=True)
class _OdfTable:
    """A table that is being read: what is merged down, by its column, for how many rows yet."""

    merged: dict[int, tuple[str, int]] = field(default_factory=dict)
    column: int = 0
    start: int = 0


@dataclass(frozen=True, slots=True)
class OdfParts:
    """What the text of a file needs of its other parts; `drawn` returns the text of an embedded object."""

    styles: TextStyles
    lists: OdfLists
    controls: dict[str, str]
    breaking: frozenset[str]  # styles of paragraphs that begin a page
    drawn: Callable[[Any], str]


@dataclass(slots=True)
class OdfBody:
    """Turns the elements below one into text."""

    of: OdfParts
    draft: Draft
    is_side: bool = False  # a header or footer
    parts: list[str] = field(default_factory=list)
    inside: int = 0  # paragraphs around the current place
    tables: list[_OdfTable] = field(default_factory=list)
    boxes: list[tuple[list[str], int, list[_OdfTable]]] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    footnotes: list[str] = field(default_factory=list)
    endnotes: list[str] = field(default_factory=list)
    page: int = 0
    rows: int = 0  # of tables around the current place
    breaks_after_row: int = 0
    is_laid_out: bool = False  # whether the file marks where its pages ended

    def text(self) -> str:
        """Return what was read, with a form feed where a page ended."""
        self._flush()
        ends = [*self.footnotes, *self.endnotes]
        return "".join([*self.parts, *(f"\n{note}\n" for note in ends)])

    def walk(self, root: Any) -> None:
        for event, element, walker in walk(root, self.draft):
            name = local(element)
            if event == "start":
                if not self._enter(name, element):
                    walker.skip_subtree()
                continue
            self._leave(name, element)
            # lxml keeps the text after an element as the element's tail, but it belongs to the parent.
            if self.inside and element.tail:
                self._put(_SPACES.sub(" ", element.tail), element.getparent())

    def _put(self, text: str, element: Any) -> None:
        if text.strip() and self.of.styles.hides(element):
            self.draft.leave_out(text, len(self.draft.pages) + self.page + 1)
        else:
            self.parts.append(text)

    def _enter(self, name: str, element: Any) -> bool:
        """Take the beginning of an element; return whether what is below it is read in its turn."""
        if name in _SKIPPED or (self.is_side and name in _OF_THE_PAGE) or _is_prompt(name, element):
            return False
        read_whole = _WHOLE.get(name) if name not in _OF_PICTURES or "svg" in element.tag else None
        if read_whole is not None:
            read_whole(self, element)
            return False
        if name in {"p", "h"}:
            self._start_paragraph(name, element)
        elif name in _CELLS:
            self._start_cell()
        elif name == "table":
            self.tables.append(_OdfTable())
        elif name == "table-row":
            self.rows += 1
        elif name == "list":
            self.of.lists.open_list(element)
        elif name in {"list-item", "list-header"}:
            self.of.lists.open_item(element)
        elif name in _SHAPES and (self.inside or self.boxes):
            self.boxes.append((self.parts, self.inside, self.tables))
            self.parts, self.inside, self.tables = [], 0, []
        elif name == "soft-page-break":
            self.is_laid_out = True
            self._end_page()
        elif name == "fieldmark":
            self._put(field_mark_value(element), element)
        self._put(_own_text(name, element, self.inside), element)
        return True

    def _start_paragraph(self, name: str, element: Any) -> None:
        self.inside += 1
        begins_page = attribute(element, "style-name") in self.of.breaking
        if begins_page and not self.tables and not self.boxes and "".join(self.parts[-20:]).strip():
            self._end_page()
        label = self.of.lists.label(element)
        if name == "h" and not self.tables:
            self.parts.append(_heading_mark(element) + ("" if label == BULLET else label))
        elif label and not (self.tables and label == BULLET):
            self.parts.append(label)

    def _end_page(self) -> None:
        if self.boxes:
            return
        if self.rows:
            self.breaks_after_row += 1
            return
        self._flush()
        self.parts += [f"\n{note}\n" for note in self.footnotes]
        self.footnotes.clear()
        self.parts.append(PAGE_BREAK)
        self.page += 1

    def _start_cell(self) -> None:
        if self.tables:
            self.tables[-1].start = len(self.parts)

    def _leave(self, name: str, element: Any) -> None:
        if name in {"p", "h"}:
            self.inside -= 1
            self.parts.append(" " if self.tables else "\n")
            if not self.inside and not self.tables and not self.boxes:
                self._flush()
        elif name in _CELLS and self.tables:
            self._end_cell(name, element)
        elif name == "list":
            self.of.lists.close_list()
        elif name == "table" and self.tables:
            self.tables.pop()
        elif name == "table-row":
            self._end_row()
        elif name in _SHAPES and self.boxes:
            text = "".join(self.parts).strip()
            self.parts, self.inside, self.tables = self.boxes.pop()
            self.pending.append(text)

    def _end_cell(self, name: str, element: Any) -> None:
        table = self.tables[-1]
        while len(self.parts) > table.start and self.parts[-1] == " ":
            self.parts.pop()
        text = "".join(self.parts[table.start :])
        repeated = min(_MOST_SPAN, _count(element, "number-columns-repeated"))
        held, rows = table.merged.get(table.column, ("", 0))
        if name == "covered-table-cell" and rows > 0 and not text.strip():
            self.parts[table.start :] = [held]
            table.merged[table.column] = held, rows - 1
        elif (down := _count(element, "number-rows-spanned")) > 1 and len(text) <= _REPEATED_CHARS:
            table.merged[table.column] = text, min(down, _MOST_ROWS) - 1
        else:
            table.merged.pop(table.column, None)
        self.parts.append("\t" * repeated)
        table.column += repeated

    def _end_row(self) -> None:
        self.parts.append("\n")
        self.rows -= 1
        if self.tables:
            self.tables[-1].column = 0
        if len(self.tables) == 1 and not self.boxes:
            self._flush()
            count, self.breaks_after_row = self.breaks_after_row, 0
            for _ in range(count):
                self._end_page()

    def _flush(self) -> None:
        """Write what waited for the end of the paragraph or row."""
        self.parts += [f"{text.strip()}\n" for text in self.pending if text.strip()]
        self.pending.clear()

    def inner(self, elements: Iterable[Any]) -> str:
        """Return the text of some elements for itself."""
        body = OdfBody(self.of, self.draft)
        for element in elements:
            body.walk(element)
        return body.text().replace(PAGE_BREAK, "\n").strip()

    def comment(self, element: Any) -> None:
        said = {local(e): (e.text or "") for e in element if local(e) in {"creator", "sender-initials"}}
        text = self.inner(e for e in element if local(e) in {"p", "list"})
        line = comment_line(
            said.get("creator") or said.get("sender-initials", ""),
            text,
            is_reply=bool(attribute(element, "parent-name")),
            is_resolved=attribute(element, "resolved") == "true",
        )
        self.pending.append(line)

    def note(self, element: Any) -> None:
        mark = next(("".join(e.itertext()) for e in element if local(e) == "note-citation"), "").strip()
        self._put(f"[{mark}]" if mark else "", element)
        text = self.inner(e for e in element if local(e) == "note-body")
        note = f"[{mark}] {text}" if mark else text
        is_end = attribute(element, "note-class") == "endnote"
        (self.endnotes if is_end else self.footnotes).append(note)

    def notes_of_slide(self, element: Any) -> None:
        text = self.inner(element)
        self.pending.append(f"Notes: {text}" if text else "")
        self._flush()

    def describe(self, element: Any) -> None:
        self.pending.append(_description(element))

    def draw(self, element: Any) -> None:
        self.pending.append(self.of.drawn(element))

    def control(self, element: Any) -> None:
        value = self.of.controls.get(attribute(element, "control"), "")
        if self.inside:
            self._put(value, element)
        else:
            self.pending.append(value)

    def put_equation(self, element: Any) -> None:
        self.parts.append(f" {equation(element)} ")


def _description(element: Any) -> str:
    """Return the line of what a picture is said to show: its description, or the title where it has none."""
    frame = element.getparent()
    if attribute(frame, "decorative") == "true":
        return ""
    has_better = local(element) == "title" and any(local(e) == "desc" for e in frame)
    return "" if has_better else picture_line("".join(element.itertext()))


def _is_prompt(name: str, element: Any) -> bool:
    if name == "content-control":
        return attribute(element, "showing-place-holder") == "true"
    return name == "hidden-text" and attribute(element, "is-hidden") == "true"


def _count(element: Any, name: str) -> int:
    text = attribute(element, name)
    return max(1, int(text)) if text.isdigit() and len(text) < 8 else 1


def _heading_mark(element: Any) -> str:
    level = attribute(element, "outline-level")
    return "\n" + "#" * (min(6, int(level)) if level.isdigit() else 1) + " "


def _own_text(name: str, element: Any, inside: int) -> str:
    if name == "tab":
        return "\t"
    if name == "line-break":
        return "\n"
    if name == "s":
        count = attribute(element, "c")
        return " " * (min(100, int(count)) if count.isdigit() else 1)
    return _SPACES.sub(" ", element.text or "") if inside else ""


_WHOLE = {
    "annotation": OdfBody.comment,
    "note": OdfBody.note,
    "notes": OdfBody.notes_of_slide,
    "title": OdfBody.describe,
    "desc": OdfBody.describe,
    "object": OdfBody.draw,
    "object-ole": OdfBody.draw,
    "control": OdfBody.control,
    "math": OdfBody.put_equation,
}
