"""The fields of Word: what they show stands in the text, their codes do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from twolane.extract.readers.markup.xml import attribute, local
from twolane.extract.readers.office.ooxml import child, children, value

# Counted for each page anew: what the file holds of them is true of one page.
_OF_THE_PAGE = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})
_CODE_CHARS = 400
_OFF = frozenset({"0", "false", "off"})
TICKED, UNTICKED = "☒", "☐"


@dataclass(slots=True)
class _Open:
    code: str = ""
    is_code: bool = True
    has_own: bool = False  # what it shows is known without its result


@dataclass(slots=True)
class WordFields:
    """The fields that are open at a place of a text."""

    is_trusted: bool = True  # whether each field that begins ends
    skips_page_numbers: bool = False
    open: list[_Open] = field(default_factory=list)
    quiet: int = 0  # how many of the open ones keep their text from being shown

    def hides(self) -> bool:
        """Say whether a text at this place is none that a reader sees."""
        return self.is_trusted and self.quiet > 0

    def mark(self, element: Any) -> str:
        """Take the beginning, middle or end of a field; return what a form's field shows by itself."""
        kind = attribute(element, "fldCharType")
        shown = ""
        if kind == "begin":
            shown = "" if self.hides() else form_value(child(element, "ffData"))
            self.open.append(_Open(has_own=bool(shown)))
            self.quiet += 1
        elif kind == "separate" and self.open and self.open[-1].is_code:
            self.open[-1].is_code = False
            self.quiet -= not self._is_silent(self.open[-1])
        elif kind == "end" and self.open:
            last = self.open.pop()
            self.quiet -= last.is_code or self._is_silent(last)
        return shown

    def instruct(self, code: str) -> None:
        if self.open and len(self.open[-1].code) < _CODE_CHARS:
            self.open[-1].code += code

    def skips(self, simple: Any) -> bool:
        """Say whether the result of a field in one element (fldSimple) is left out."""
        return self._is_silent(_Open(attribute(simple, "instr")))

    def _is_silent(self, one: _Open) -> bool:
        if one.has_own:
            return True
        words = one.code.split(None, 1)
        return self.skips_page_numbers and bool(words) and words[0].upper() in _OF_THE_PAGE


def are_closed(root: Any) -> bool:
    """Say whether as many fields end as begin below an element; else nothing may wait for an end."""
    kinds = [attribute(e, "fldCharType") for e in root.iter("{*}fldChar")]
    return kinds.count("begin") == kinds.count("end")


def form_value(data: Any) -> str:
    """Return what a field of Word's old forms shows: a box, the entry of a list; text stands beside it."""
    box, choices = child(data, "checkBox"), child(data, "ddList")
    if box is not None:
        ticked = child(box, "checked")
        ticked = ticked if ticked is not None else child(box, "default")
        return TICKED if ticked is not None and attribute(ticked, "val") not in _OFF else UNTICKED
    if choices is not None:
        entries = [attribute(e, "val") for e in children(choices, "listEntry")]
        chosen = value(choices, "result") or value(choices, "default") or "0"
        place = int(chosen) if chosen.isdigit() and len(chosen) < 6 else 0
        return entries[place] if place < len(entries) else ""
    return ""


def is_prompt(control: Any) -> bool:
    """Say whether a content control shows only what it asks for."""
    shows = child(child(control, "sdtPr"), "showingPlcHdr")
    if shows is None or attribute(shows, "val") in _OFF:
        return False
    content = child(control, "sdtContent")
    return content is not None and not any(local(e) == "sdt" for e in content.iter())
