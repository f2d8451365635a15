"""Forms that a PDF holds in XML (XFA): what they print and what was filled in, line by line.

The template says what the fields are called and where they stand, the data what was filled in. Of the rules
by which Acrobat brings both together, the common ones are kept: by name, within the part of the same name.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from twolane.extract.base import Refused, has_words
from twolane.extract.readers.markup.xml import attribute, local, parse_xml

_MOST_BYTES, _MOST_PACKETS = 32 << 20, 50
_MOST_LINES, _MOST_STEPS, _MOST_NESTING = 20_000, 200_000, 50
_PARTS = frozenset({"subform", "subformSet", "area", "pageSet", "pageArea"})
_UNSEEN = frozenset({"hidden", "invisible", "inactive"})
_PARAGRAPHS = frozenset({"p", "br", "div", "li"})
_OF_NO_VALUE = frozenset({"passwordEdit", "button", "signature"})


@dataclass(frozen=True, slots=True)
class XfaForm:
    """A form's lines in order, those of them that were filled in, and values of fields that nobody sees."""

    lines: tuple[str, ...]
    filled: tuple[str, ...]
    hidden: tuple[str, ...]

    def prints(self, text: str) -> bool:
        """Say whether a page's text is mostly the form's own; a page that asks to wait for it has others."""
        words = set(text.casefold().split())
        return len(words & set(" ".join(self.lines).casefold().split())) * 2 >= len(words)


def xfa_form(document: Any) -> XfaForm | None:
    """Return the form in XML of a document that has one, None where it is damaged or too large."""
    try:
        roots = [root for data in _packets(document) if (root := parse_xml(data)) is not None]
    except (Refused, SyntaxError, ValueError):
        return None
    template = _first(roots, "template")
    datasets = _first(roots, "datasets")
    data = None if datasets is None else next((one for one in datasets if local(one) == "data"), None)
    if template is None and data is None:
        return None
    form = _Filling()
    if template is not None:
        form.walk(template, data)
    if data is not None:
        form.rest(data)
    return XfaForm(tuple(form.lines), tuple(form.filled), tuple(form.hidden))


def _packets(document: Any) -> Iterator[bytes]:
    """Yield the parts of the form, each an XML document: one with all of it, or one for each."""
    import pypdfium2.raw as pdfium_c

    left = _MOST_BYTES
    for index in range(min(pdfium_c.FPDF_GetXFAPacketCount(document), _MOST_PACKETS)):
        size = ctypes.c_ulong()
        pdfium_c.FPDF_GetXFAPacketContent(document, index, None, 0, size)
        left -= size.value
        if left < 0:
            raise ValueError("too large")
        buffer = (ctypes.c_ubyte * size.value)()
        pdfium_c.FPDF_GetXFAPacketContent(document, index, buffer, size, size)
        data = bytes(buffer)
        if any(name in data for name in (b"<template", b":template", b"datasets")):
            yield data


def _first(roots: list[Any], name: str) -> Any:
    for root in roots:
        if local(root) == name:
            return root
        for one in root:
            if local(one) == name:
                return one
    return None


@dataclass(slots=True)
class _Filling:
    """Brings a template and data together."""

    lines: list[str] = field(default_factory=list)
    filled: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    _used: set[Any] = field(default_factory=set)
    _by_name: dict[Any, dict[str, deque[Any]]] = field(default_factory=dict)
    _steps: int = 0

    def walk(self, part: Any, data: Any, depth: int = 0, *, is_seen: bool = True) -> None:
        """Add the lines of a part of the template, filled in from a group of the data."""
        for one in part:
            self._steps += 1
            if depth > _MOST_NESTING or self._steps > _MOST_STEPS or len(self.lines) > _MOST_LINES:
                return
            kind = local(one)
            seen = is_seen and attribute(one, "presence") not in _UNSEEN
            if kind in _PARTS:
                for group in self._groups(one, data):
                    self.walk(one, group, depth + 1, is_seen=seen)
            elif kind == "exclGroup":
                if not self._choice(one, data, is_seen=seen):
                    self.walk(one, data, depth + 1, is_seen=seen)
            elif kind == "field":
                self._field(one, data, is_seen=seen)
            elif kind == "draw" and seen and has_words(text := _value(one)):
                self.lines.append(text)

    def rest(self, data: Any) -> None:
        """Add what was filled in that no field of the template asked for."""
        for one in data.iterdescendants():
            if len(self.lines) > _MOST_LINES:
                return
            if len(one) == 0 and one not in self._used and local(one):
                self._add(local(one), _words(one), is_seen=True)

    def _groups(self, part: Any, data: Any) -> list[Any]:
        """Return the groups of the data that fill a part, one for each time that it is shown."""
        name = attribute(part, "name")
        if data is None or not name:
            return [data]
        named = self._named(data, name)
        found = [one for one in named if len(one)]
        self._used.update(found)
        rest = [one for one in named if not len(one)]
        named.clear()
        named.extend(rest)
        return found or [data]

    def _named(self, data: Any, name: str) -> deque[Any]:
        """Return the elements of a name in a group of the data that fill nothing yet."""
        if data not in self._by_name:
            by_name = self._by_name[data] = {}
            for one in data:
                by_name.setdefault(local(one), deque()).append(one)
        return self._by_name[data].setdefault(name, deque())

    def _given(self, one: Any, data: Any) -> Any:
        """Return the element of the data that fills a field: of its name, or of the name it is bound to."""
        bind = next((child for child in one if local(child) == "bind"), None)
        ref = attribute(bind, "ref") if bind is not None else ""
        name = ref.rpartition(".")[2].partition("[")[0] or attribute(one, "name")
        if data is None or not name:
            return None
        named = self._named(data, name)
        if not named:
            return None
        found = named.popleft()
        self._used.update(found.iter())  # text with styles is several elements
        return found

    def _field(self, one: Any, data: Any, *, is_seen: bool) -> None:
        given = self._given(one, data)
        value = _words(given) if given is not None else _value(one)
        ui = {local(each) for child in one if local(child) == "ui" for each in child}
        if ui & _OF_NO_VALUE or not value:
            return
        shown, saved = _items(one)
        if "checkButton" in ui:
            if value != next(iter(saved or shown), "1"):
                return
            value = value if any(map(str.isalpha, value)) else "☑"
        elif value in saved:
            value = dict(zip(saved, shown, strict=False)).get(value, value)
        self._add(_label(one), value, is_seen=is_seen)

    def _choice(self, group: Any, data: Any, *, is_seen: bool) -> bool:
        """Add the chosen one of a group of buttons; say whether the data know of the group as such."""
        given = self._given(group, data)
        if given is None:
            return False
        value = _words(given)
        for one in group:
            shown, saved = _items(one) if local(one) == "field" else ([], [])
            if value in (saved or shown)[:1]:
                value = _label(one)
                break
        self._add(_label(group), value, is_seen=is_seen)
        return True

    def _add(self, label: str, value: str, *, is_seen: bool) -> None:
        if not value.strip() or not (has_words(value) or value == "☑"):
            return
        line = f"{label}: {value}" if label else value
        if is_seen:
            self.lines.append(line)
            self.filled.append(line)
        else:
            self.hidden.append(line)


def _label(one: Any) -> str:
    """Return what a field is called: its caption, its tip, or its name."""
    for name in ("caption", "assist"):  # of the latter's two, the tip comes first
        found = next((child for child in one if local(child) == name), None)
        if found is not None and has_words(text := _words(found)):
            return text.partition("\n")[0].rstrip(" :")
    return attribute(one, "name")


def _items(one: Any) -> tuple[list[str], list[str]]:
    """Return the choices of a field as they are shown and as they are saved; the latter may be missing."""
    shown: list[str] = []
    saved: list[str] = []
    for child in one:
        if local(child) == "items":
            (saved if attribute(child, "save") == "1" else shown).extend(map(_words, child))
    return shown or saved, saved


def _value(one: Any) -> str:
    return next((_words(child) for child in one if local(child) == "value"), "")


def _words(one: Any) -> str:
    """Return the words within an element; its paragraphs are parted."""
    from lxml import etree

    parts: list[str] = []
    for event, each in etree.iterwalk(one, events=("start", "end")):
        if event == "start":
            parts += ["\n" if local(each) in _PARAGRAPHS else "", each.text or ""]
        elif each is not one:
            parts.append(each.tail or "")
    return "\n".join(filter(None, (" ".join(line.split()) for line in "".join(parts).splitlines())))
