"""The elements of a Word document's parts as text: paragraphs, tables, boxes, notes and what is numbered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from twolane.extract.base import Draft
from twolane.extract.readers.markup.xml import attribute, local, walk
from twolane.extract.readers.office.equations import equation
from twolane.extract.readers.office.ooxml import OfficePart, child, children
from twolane.extract.readers.office.run_styles import RunStyles
from twolane.extract.readers.office.symbols import has_private, shown, symbol
from twolane.extract.readers.office.word_asides import WordAsides
from twolane.extract.readers.office.word_fields import WordFields, are_closed, is_prompt
from twolane.extract.readers.office.word_numbering import BULLET, WordNumbering
from twolane.extract.readers.office.word_table import WordTable

PAGE_BREAK = "\f"
CHUNK = "\x01"  # before the number of a file that stands in the text; no XML can hold it
# Deletions are not what a reader sees, nor is the reading over a ruby's letters a part of the word.
_SKIPPED = frozenset(
    {"del", "moveFrom", "delText", "delInstrText", "rt", "sdtPr", "sdtEndPr", "tblPr", "tblGrid"}
    | {"sectPr", "pPr", "rPr", "trPr", "tcPr", "ffData", "binData"}
)
_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


@dataclass(frozen=True, slots=True)
class WordParts:
    """What the text of a document needs of its other parts."""

    main: OfficePart
    runs: RunStyles
    numbering: WordNumbering
    headings: dict[str, int]
    comments: dict[str, str]


@dataclass(slots=True)
class _Paragraph:
    """The paragraph that is being read: where it starts in the text, and whether it has any by now."""

    start: int
    has_text: bool = False
    is_merged: bool = False  # its mark is deleted: the next one goes on in its line


@dataclass(slots=True)
class _AroundBox:
    """What goes on after a text box: the text around it."""

    parts: list[str]
    tables: list[WordTable]
    paragraph: _Paragraph


@dataclass(slots=True)
class WordBody:
    """Turns the elements of a part into text."""

    of: WordParts
    part: OfficePart
    draft: Draft
    is_side: bool = False  # a header or footer
    parts: list[str] = field(default_factory=list)
    tables: list[WordTable] = field(default_factory=list)
    boxes: list[_AroundBox] = field(default_factory=list)
    asides: WordAsides = field(init=False)
    fields: WordFields = field(default_factory=WordFields)
    paragraph: _Paragraph = field(default_factory=lambda: _Paragraph(0))
    page: int = 0
    # Word notes where pages ended when it last laid the document out; else only forced breaks are known.
    rendered: bool = False

    def __post_init__(self) -> None:
        self.asides = WordAsides(self.part, self.of.comments, self.draft)

    def text(self) -> str:
        self.parts += self.asides.flush()
        return "".join(self.parts)

    def walk(self, root: Any) -> None:
        if root is None:
            return
        self.rendered = next(root.iter("{*}lastRenderedPageBreak"), None) is not None
        self.fields = WordFields(are_closed(root), self.is_side)
        for event, element, walker in walk(root, self.draft):
            name = local(element)
            if event == "end":
                self._leave(name, element)
            elif name in _SKIPPED or self._skips(name, element) or not self._enter(name, element):
                walker.skip_subtree()

    def _skips(self, name: str, element: Any) -> bool:
        if name == "r" and self.of.runs.hides(element):
            text = "".join(e.text or "" for e in element.iter() if local(e) == "t")
            self.draft.leave_out(text, self.page + 1)
            return True
        if name == "Fallback":
            around = element.getparent()
            return around is not None and child(around, "Choice") is not None
        if name == "fldSimple":
            return self.fields.skips(element)
        if name == "tr":
            return child(child(element, "trPr"), "del") is not None
        if name == "tc":
            return child(child(element, "tcPr"), "cellDel") is not None
        return name == "sdt" and is_prompt(element)

    def _enter(self, name: str, element: Any) -> bool:
        """Take the beginning of an element; return whether what is below it is read in its turn."""
        if name in _ASIDES:
            _ASIDES[name](self.asides, element)
            return True
        enter = _ENTERS.get(name)
        return enter(self, element) is not False if enter else True

    def _put(self, text: str) -> None:
        if text and not self.fields.hides():
            self.parts.append(text)
            self.paragraph.has_text |= not text.isspace()

    def put_text(self, element: Any) -> None:
        text = element.text or ""
        if has_private(text):
            fonts = child(child(element.getparent(), "rPr"), "rFonts")
            text = shown(text, attribute(fonts, "ascii") if fonts is not None else "")
        self._put(text)

    def put_symbol(self, element: Any) -> None:
        self._put(symbol(attribute(element, "font"), attribute(element, "char")))

    def put_equation(self, element: Any) -> bool:
        self._put(f" {equation(element)} ")
        return False

    def put_break(self, element: Any) -> None:
        name = local(element)
        if name == "br" and attribute(element, "type") == "page":
            if not self.rendered:
                self.end_page(element)
        elif element.getparent() is not None and local(element.getparent()) == "r":
            self._put(_BREAKS[name])

    def end_page(self, _element: Any) -> None:
        if self.boxes:
            return
        if self.tables:
            self.tables[0].break_page(self.parts)
            return
        at = len(self.parts) if self.paragraph.has_text else self.paragraph.start
        self.parts.insert(at, PAGE_BREAK)
        self.page += 1

    def open_field(self, element: Any) -> None:
        if alone := self.fields.mark(element):
            self.parts.append(alone)
            self.paragraph.has_text = True

    def take_code(self, element: Any) -> None:
        self.fields.instruct(element.text or "")

    def start_paragraph(self, element: Any) -> None:
        if not self.paragraph.is_merged:
            self.paragraph = _Paragraph(len(self.parts))
        properties = child(element, "pPr")
        style, level = "", 0
        if properties is not None:
            style_element = child(properties, "pStyle")
            style = attribute(style_element, "val") if style_element is not None else ""
            outline = child(properties, "outlineLvl")
            level = _outline(attribute(outline, "val")) if outline is not None else 0
        mark = child(properties, "rPr")
        is_deleted = child(mark, "del") is not None or child(mark, "moveFrom") is not None
        level = 0 if self.tables or self.boxes else level or self.of.headings.get(style, 0)
        label = "" if is_deleted else self.of.numbering.label(properties, style)
        if level and not is_deleted:
            marks = "\n" + "#" * min(6, level) + " "
            self.parts.insert(self.paragraph.start, marks + _spaced("" if label == BULLET else label))
        elif label and not (self.tables and label == BULLET):
            self.parts.insert(self.paragraph.start, _spaced(label))
        self.paragraph.is_merged = is_deleted

    def start_table(self, _element: Any) -> None:
        self.tables.append(WordTable())

    def start_row(self, element: Any) -> None:
        if self.tables:
            self.tables[-1].start_row(element, len(self.parts))

    def start_cell(self, element: Any) -> None:
        if self.tables:
            self.tables[-1].start_cell(element, len(self.parts))

    def start_box(self, _element: Any) -> None:
        self.boxes.append(_AroundBox(self.parts, self.tables, self.paragraph))
        self.parts, self.tables, self.paragraph = [], [], _Paragraph(0)

    def refer_to_note(self, element: Any) -> None:
        self._put(self.asides.mark_of_note(element, self.page))

    def insert_chunk(self, element: Any) -> bool:
        number = self.asides.chunk(element)
        if number is not None:
            self.parts.append(f"{PAGE_BREAK}{CHUNK}{number}{PAGE_BREAK}")
            self.page += 2
        return False

    def _leave(self, name: str, element: Any) -> None:
        if name == "p":
            if not self.paragraph.is_merged:
                self.parts.append(" " if self.tables else "\n")
            if not self.tables and not self.boxes:
                self.parts += self.asides.flush()
        elif name == "tc" and self.tables:
            self.tables[-1].end_cell(self.parts)
        elif name == "tr" and self.tables and not self._skips(name, element):
            self._end_row()
        elif name == "tbl" and self.tables:
            self.tables.pop()
            self.paragraph = _Paragraph(len(self.parts), has_text=True)
        elif name == "txbxContent" and self.boxes:
            self._end_box()

    def _end_row(self) -> None:
        if len(self.tables) > 1 or self.boxes:
            self.parts.append("\n")
            return
        self.page += self.tables[0].end_row(self.parts, PAGE_BREAK)
        self.parts += self.asides.flush()

    def _end_box(self) -> None:
        text = "".join(self.parts).strip()
        around = self.boxes.pop()
        self.parts, self.tables, self.paragraph = around.parts, around.tables, around.paragraph
        self.asides.pending.append(text)


def _spaced(label: str) -> str:
    return f"{label} " if label else ""


def _outline(level: str) -> int:
    """Return the level of a heading by that of an outline, which counts from 0; the tenth is text."""
    return int(level) + 1 if level.isdigit() and int(level) < 9 else 0


def heading_levels(root: Any, name_of: Any) -> dict[str, int]:
    """Return the heading level of each style that is one, itself or by the style that it is based on.

    `name_of` returns the level that the name of a style says: their ids are translated, their names are not.
    """
    own: dict[str, int] = {}
    parents: dict[str, str] = {}
    for style in children(root, "style"):
        identity = attribute(style, "styleId")
        outline = child(child(style, "pPr"), "outlineLvl")
        said = [attribute(e, "val") for e in children(style, "name")]
        parents[identity] = next((attribute(e, "val") for e in children(style, "basedOn")), "")
        if level := name_of(said[0] if said else ""):
            own[identity] = level
        elif outline is not None:
            own[identity] = _outline(attribute(outline, "val"))
    levels: dict[str, int] = {}
    for identity in parents:
        name = identity
        for _ in range(20):
            if name in own or name not in parents:
                break
            name = parents[name]
        levels[identity] = own.get(name, 0)
    return levels


_ENTERS = {
    "t": WordBody.put_text,
    "sym": WordBody.put_symbol,
    "oMath": WordBody.put_equation,
    **dict.fromkeys(_BREAKS, WordBody.put_break),
    "lastRenderedPageBreak": WordBody.end_page,
    "fldChar": WordBody.open_field,
    "instrText": WordBody.take_code,
    "p": WordBody.start_paragraph,
    "tbl": WordBody.start_table,
    "tr": WordBody.start_row,
    "tc": WordBody.start_cell,
    "txbxContent": WordBody.start_box,
    "footnoteReference": WordBody.refer_to_note,
    "endnoteReference": WordBody.refer_to_note,
    "altChunk": WordBody.insert_chunk,
}
_ASIDES = {
    "commentReference": WordAsides.refer_to_comment,
    "chart": WordAsides.draw_chart,
    "relIds": WordAsides.draw_diagram,
    "docPr": WordAsides.describe,
    "shape": WordAsides.describe_shape,
    "textpath": WordAsides.write_on_path,
    "subDoc": WordAsides.refer_to_document,
}
