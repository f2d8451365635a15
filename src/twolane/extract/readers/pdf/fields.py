"""The fields of a form that people filled in, each by its label, as the page shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from twolane.extract.base import has_words
from twolane.extract.readers.pdf.strings import entry, wide
from twolane.extract.readers.pdf.xfa import XfaForm, xfa_form

_OFF = "Off"
_PASSWORD = 1 << 13
_MOST_OPTIONS = 2000
# how designers of forms number what they make: topmostSubform[0].Page1[0].f1_01[0]
_NUMBERED = re.compile(r"(?:.*\.)?([^.\[]+)\[\d+\]$", re.S)


class Form:
    """The form of a document, as PDFium knows it. None of its scripts is run."""

    def __init__(self, document: Any) -> None:
        import pypdfium2.raw as pdfium_c

        self._handle: Any = None
        self._config: Any = None  # held for as long as the handle
        self._page: Any = None
        self._is_loaded = False
        self._shown: set[tuple[str, str]] = set()
        self.has_values = False
        self.has_drawn_signature = False
        if pdfium_c.FPDF_GetFormType(document) != pdfium_c.FORMTYPE_NONE:
            self._config = pdfium_c.FPDF_FORMFILLINFO(version=2)
            self._handle = pdfium_c.FPDFDOC_InitFormFillEnvironment(document, self._config)

    def in_xml(self, document: Any) -> XfaForm | None:
        """Return the form that a document has in XML as well, or instead."""
        import pypdfium2.raw as pdfium_c

        kinds = {pdfium_c.FORMTYPE_XFA_FULL, pdfium_c.FORMTYPE_XFA_FOREGROUND}
        return xfa_form(document) if pdfium_c.FPDF_GetFormType(document) in kinds else None

    def close(self) -> None:
        import pypdfium2.raw as pdfium_c

        if self._handle:
            pdfium_c.FPDFDOC_ExitFormFillEnvironment(self._handle)
            self._handle = None

    @contextmanager
    def page(self, page: Any) -> Iterator[None]:
        """Have the fields of a page at hand, and its buttons as soon as one is asked for."""
        import pypdfium2.raw as pdfium_c

        self._page = page
        try:
            yield
        finally:
            if self._is_loaded:
                pdfium_c.FORM_OnBeforeClosePage(page, self._handle)
            self._page, self._is_loaded = None, False

    def line(self, widget: Any, drawn: Callable[[], str], *, is_seen: bool) -> str:
        """Return a field's label and value; nothing where it is empty or stands elsewhere, too.

        `drawn` gives the words of the field on the page, which a script may have formatted.
        """
        import pypdfium2.raw as pdfium_c

        kind = pdfium_c.FPDFAnnot_GetFormFieldType(self._handle, widget) if self._handle else -1
        if kind <= pdfium_c.FPDF_FORMFIELD_UNKNOWN:
            line = _of_no_form(widget)
            self.has_values |= bool(line)
            return line
        value = self._value(widget, kind, drawn)
        name = self._text(pdfium_c.FPDFAnnot_GetFormFieldName, widget)
        if not value or (name, value) in self._shown:
            return ""
        self.has_values = True
        if is_seen:
            self._shown.add((name, value))
        return _labelled(self._text(pdfium_c.FPDFAnnot_GetFormFieldAlternateName, widget) or name, value)

    def _text(self, get: Callable[..., int], widget: Any) -> str:
        return wide(lambda buffer, size: get(self._handle, widget, buffer, size))

    def _value(self, widget: Any, kind: int, drawn: Callable[[], str]) -> str:
        import pypdfium2.raw as pdfium_c

        if kind in {pdfium_c.FPDF_FORMFIELD_CHECKBOX, pdfium_c.FPDF_FORMFIELD_RADIOBUTTON}:
            return self._choice(widget)
        if kind in {pdfium_c.FPDF_FORMFIELD_COMBOBOX, pdfium_c.FPDF_FORMFIELD_LISTBOX}:
            chosen = self._chosen(widget) or self._text(pdfium_c.FPDFAnnot_GetFormFieldValue, widget)
            return chosen if has_words(chosen) else ""
        if kind == pdfium_c.FPDF_FORMFIELD_SIGNATURE and pdfium_c.FPDFAnnot_HasKey(widget, b"V"):
            words = drawn()
            self.has_drawn_signature |= has_words(words)
            return words if has_words(words) else ""
        if kind != pdfium_c.FPDF_FORMFIELD_TEXTFIELD:
            return ""
        if pdfium_c.FPDFAnnot_GetFormFieldFlags(self._handle, widget) & _PASSWORD:
            return ""
        value = self._text(pdfium_c.FPDFAnnot_GetFormFieldValue, widget)
        if has_words(value) and self._is_formatted(widget):
            value = drawn() or value
        return value if has_words(value) else ""

    def _choice(self, button: Any) -> str:
        """Return what a box or button stands for, if it is the chosen one."""
        import pypdfium2.raw as pdfium_c

        if not self._is_loaded:
            pdfium_c.FORM_OnAfterLoadPage(self._page, self._handle)
            self._is_loaded = True
        export = self._text(pdfium_c.FPDFAnnot_GetFormFieldExportValue, button)
        is_chosen = bool(pdfium_c.FPDFAnnot_IsChecked(self._handle, button))
        if not is_chosen and not pdfium_c.FPDFAnnot_HasKey(button, b"AS"):
            is_chosen = bool(export) and entry(button, b"V") == export
        if not is_chosen:
            return ""
        is_radio = (
            pdfium_c.FPDFAnnot_GetFormFieldType(self._handle, button) == pdfium_c.FPDF_FORMFIELD_RADIOBUTTON
        )
        return export if is_radio or any(map(str.isalpha, export)) else "☑"

    def _chosen(self, box: Any) -> str:
        """Return the options that are chosen, by the labels that people see."""
        import pypdfium2.raw as pdfium_c

        def label(place: int) -> str:
            get = pdfium_c.FPDFAnnot_GetOptionLabel
            return wide(lambda buffer, size: int(get(self._handle, box, place, buffer, size)))

        count = min(pdfium_c.FPDFAnnot_GetOptionCount(self._handle, box), _MOST_OPTIONS)
        chosen = [n for n in range(count) if pdfium_c.FPDFAnnot_IsOptionSelected(self._handle, box, n)]
        return ", ".join(map(label, chosen))

    def _is_formatted(self, widget: Any) -> bool:
        import pypdfium2.raw as pdfium_c

        of_format = pdfium_c.FPDF_ANNOT_AACTION_FORMAT
        get = pdfium_c.FPDFAnnot_GetFormAdditionalActionJavaScript
        return int(get(self._handle, widget, of_format, None, 0)) > 2


def _of_no_form(widget: Any) -> str:
    """Return what a field says that no form of the document knows."""
    value = entry(widget, b"V")
    if not has_words(value) or value == _OFF or entry(widget, b"AS") == _OFF:
        return ""
    return _labelled(entry(widget, b"TU") or entry(widget, b"T"), value)


def _labelled(name: str, value: str) -> str:
    if numbered := _NUMBERED.match(name):
        name = numbered[1]
    name = " ".join(name.split()).rstrip(" :")
    return f"{name}: {value}" if name else value
