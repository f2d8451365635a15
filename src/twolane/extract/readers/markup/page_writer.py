"""The text of a page of HTML as its elements are met, and apart from it what nobody sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from twolane.extract.readers.markup import css
from twolane.extract.readers.markup.line_writer import LineWriter
from twolane.extract.readers.markup.page_parts import ListMarks, Picture, TableCell, TableRows, form_value

_NOT_SHOWN = frozenset(
    {"script", "style", "noscript", "object", "head", "title", "video", "audio", "canvas", "datalist"}
    | {"rt", "rp", "rtc"}  # how to say what stands below
    | {"desc", "metadata", "defs", "symbol", "clippath", "annotation", "annotation-xml"}
)
_PICTURES = "img, picture, video, canvas, svg"
_LINE_BLOCKS = frozenset(
    {"div", "li", "tr", "dt", "dd", "figcaption", "address", "form", "fieldset", "legend", "option", "header"}
    | {"footer", "nav", "aside", "main", "article", "section", "caption", "summary", "details", "center"}
    | {"dialog", "iframe", "search", "hgroup", "td", "th", "textarea"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ul", "ol", "menu"})
_APART_BLOCKS = _HEADINGS | _LISTS | {"p", "dl", "table", "blockquote", "pre", "hr", "figure"}
_CELLS = frozenset({"td", "th"})
_STRUCK = frozenset({"del", "s", "strike"})
_MOST_INDENTED = 6
_PLAIN: Mapping[str, str] = {}
_FLOWING = frozenset(
    {"a", "b", "i", "em", "strong", "span", "font", "u", "small", "code", "abbr", "sub", "label"}
)

Within = Callable[[str], tuple[str, str]]
"""Returns what a page within a page shows, and what it hides."""


@dataclass(slots=True)
class _Visit:
    """An element that is visited: its look, and what is to be ended with it."""

    look: css.TextLook
    is_seen: bool  # by its look
    is_shown: bool = False
    is_struck: bool = False
    is_cell: bool = False
    is_row: bool = False  # of a table, and no mere layout

    def stand_in(self, style: Mapping[str, str]) -> None:
        """Take on what a style says of the look."""
        self.look = self.look.within(style)
        self.is_seen = self.look.is_seen


class PageWriter:
    """Writes what each element shows, in the order of the page."""

    def __init__(
        self,
        styles: Mapping[int, Mapping[str, str]],
        look: css.TextLook,
        layout: frozenset[int],
        within: Within,
    ) -> None:
        self._styles = styles
        self._layout = layout
        self._within = within
        self._visits = [_Visit(look, look.is_seen)]
        self._lines = LineWriter()
        self._pictured: dict[int, bool] = {}  # whether there is a picture in an element
        self._hidden: list[str] = []
        self._lists: list[ListMarks] = []
        self._tables: list[TableRows] = []
        self._rows: list[_Visit] = []

    def text(self) -> str:
        return self._lines.text()

    def hidden(self) -> str:
        return " ".join(self._hidden)

    def stand_within(self, node: Any) -> None:
        """Begin with the look of what is around all that is visited."""
        if node is not None and node.is_element_node:
            self._visits[-1].stand_in(self._style(node, node.tag, node.attributes))

    def enter(self, node: Any) -> bool:
        """Write what comes before a node's children; returns whether they are to be visited."""
        tag = node.tag
        around = self._visits[-1]
        if tag == "-text":
            self._visits.append(around)  # a text begins nothing, and is left at once
            self._write_seen(node.text_content or "", around.is_seen)
            return False
        visit = _Visit(around.look, around.is_seen)
        self._visits.append(visit)
        if tag in _NOT_SHOWN or not node.is_element_node:
            return False
        attributes = node.attributes
        style = self._style(node, tag, attributes)
        if ("hidden" in attributes and attributes["hidden"] != "until-found") or (style and css.hides(style)):
            self._hidden.append(node.text(separator=" "))
            return False
        visit.is_shown = True
        if style:
            visit.stand_in(style)
        if tag not in _FLOWING:
            self._begin(node, tag, visit)
        if tag in _STRUCK or (style and "line-through" in style.get("text-decoration", "")):
            visit.is_struck = not any(one.is_struck for one in self._visits[-8:])
            if visit.is_struck:
                self._lines.begin_struck()
        return self._goes_on(node, tag, style)

    def _begin(self, node: Any, tag: str, visit: _Visit) -> None:
        """Begin a line, a row or a cell as an element calls for it."""
        if tag in _CELLS and self._rows and self._rows[-1].is_row:
            visit.is_cell = True
            self._lines.begin_cell()
            return
        if tag == "br":
            self._lines.end_line()
        self._end_lines(tag)
        if tag == "pre":
            self._lines.preformatted += 1
        elif tag == "table":
            self._tables.append(TableRows())
        elif tag == "tr" and self._tables:
            cells = sum(child.tag in _CELLS for child in node.iter())
            is_alone = cells < 2 and not self._tables[-1].above
            visit.is_row = not is_alone and node.mem_id not in self._layout
            self._rows.append(visit)

    def _goes_on(self, node: Any, tag: str, style: Mapping[str, str]) -> bool:
        """Write what an element shows by itself; returns whether its children show more."""
        if tag in _FLOWING:
            return True
        if tag in _LISTS:
            self._lists.append(ListMarks.of(node, style.get("list-style-type", "")))
        elif tag == "li":
            marks = self._lists[-1] if self._lists else ListMarks()
            indent = 0 if self._lines.is_in_cell else min(max(0, len(self._lists) - 1), _MOST_INDENTED)
            self._lines.mark(f"{'  ' * indent}{marks.next(node)} ")
        elif tag in _HEADINGS and not self._lines.is_in_cell:
            self._lines.mark("#" * int(tag[1]) + " ")
        elif tag in {"input", "select"}:
            self._lines.write(f" {form_value(node)} ")
            return False
        elif tag == "img" or (tag == "svg" and node.attributes.get("aria-label")):
            self._meet_picture(Picture.of(node))
        elif tag in {"iframe", "template"}:
            self._write_inner(node, tag)
            return False
        elif tag == "q":
            self._lines.write('"')
        elif tag == "sup":
            self._lines.is_raised = True
        return True

    def leave(self, node: Any) -> None:
        """Write what comes after a node's children."""
        visit = self._visits.pop()
        tag = node.tag
        if tag == "-text" or not visit.is_shown:
            return
        if visit.is_struck:
            self._lines.end_struck()
        if visit.is_cell:
            self._tables[-1].cells.append(TableCell.of(node, self._lines.end_cell()))
            return
        if tag in _FLOWING:
            return
        if tag == "pre":
            self._lines.preformatted -= 1
        elif tag in _LISTS:
            self._lists.pop()
        elif tag == "q":
            self._lines.write('"')
        elif tag == "sup":
            self._lines.is_raised = False
        elif tag == "tr" and self._rows and self._rows[-1] is visit:
            self._rows.pop()
            if visit.is_row:
                self._lines.write_row(self._tables[-1].end_row())
        elif tag == "table":
            self._tables.pop()
        self._end_lines(tag)

    def _style(self, node: Any, tag: str, attributes: Mapping[str, str | None]) -> Mapping[str, str]:
        style = dict(self._styles.get(node.mem_id, _PLAIN)) if self._styles else {}
        if tag == "a":
            style.setdefault("color", "link")  # blue, unless it says otherwise
        if tag == "svg":
            style["background-image"] = "url()"  # its texts stand on what it draws
        if not attributes:
            return style
        for name, property_name in (("bgcolor", "background-color"), ("text", "color"), ("color", "color")):
            if said := attributes.get(name):
                style[property_name] = said
        if "background" in attributes:
            style["background-image"] = "url()"
        if said := attributes.get("style"):
            style |= css.declarations(said)
        if style.get("position") in {"absolute", "fixed"} and self._is_by_a_picture(node):
            style["background-image"] = "url()"  # it may lie on the picture
        return style

    def _is_by_a_picture(self, node: Any) -> bool:
        around = node.parent.mem_id
        if around not in self._pictured:
            self._pictured[around] = node.parent.css_first(_PICTURES) is not None
        return self._pictured[around]

    def _write_seen(self, text: str, is_seen: bool) -> None:
        if is_seen:
            self._lines.write(text)
        else:
            self._hidden.append(text)

    def _meet_picture(self, picture: Picture) -> None:
        if picture.is_within_text or self._lines.is_in_cell:
            self._lines.write(f" {picture.words} ")
        else:
            self._lines.add_picture(picture.words)

    def _write_inner(self, node: Any, tag: str) -> None:
        """Write a page that stands in an attribute, and the parts that scripts keep apart from the page."""
        markup = node.attributes.get("srcdoc") or ""
        if tag == "template":
            is_drawn = "shadowrootmode" in node.attributes or "shadowroot" in node.attributes
            markup = (node.html or "").partition(">")[2].removesuffix("</template>") if is_drawn else ""
        if markup:
            text, hidden = self._within(markup)
            self._lines.write_block(text)
            self._hidden.append(hidden)

    def _end_lines(self, tag: str) -> None:
        if tag in _APART_BLOCKS:
            self._lines.end_line(2)
        elif tag in _LINE_BLOCKS:
            self._lines.end_line()
