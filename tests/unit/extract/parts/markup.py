"""Web pages, books, XML, texts, notebooks and shortcuts that have one part each."""

from __future__ import annotations

import base64
import json

from tests.unit.extract.made import zipped
from tests.unit.extract.parts.example import Example

from twolane.extract.declared import FilePart

_HIDDEN = "hidden text was left out: 6 characters"
_SHOWN = {
    FilePart.BODY: ("<p>The ferry leaves.</p>", "The ferry leaves."),
    FilePart.TABLES: ("<table><tr><td>Rent<td>812</table>", "Rent 812"),
    FilePart.DESCRIPTIONS: ("<p>x</p><img alt='Plan of the flat'>", "Picture: Plan of the flat"),
    FilePart.FIELDS: ("Pay <select><option>Card<option selected>Cash</select>", "Pay Cash"),
    FilePart.NUMBERING: ("<ol start=4><li>Rent</ol>", "4. Rent"),
    FilePart.CHANGES: ("<del>812</del> <ins>840</ins>", "~~812~~ 840"),
    FilePart.HEADERS: ("<header>Ferry company</header>x", "Ferry company"),
    FilePart.NOTES: ("<p>x</p><aside epub:type='footnote'>See below.</aside>", "See below."),
    FilePart.HIDDEN: ("seen<p style='display:none'>Unseen</p>", "Unseen"),
}


def _book(markup: str) -> bytes:
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfile full-path="b.opf"/></container>',
            "b.opf": '<package><manifest><item id="a" href="1.xhtml"/></manifest>'
            '<spine><itemref idref="a"/></spine></package>',
            "1.xhtml": f"<html><body>{markup}</body></html>",
        }
    )


def _shown(name: str, part: FilePart) -> Example:
    markup, shows = _SHOWN[part]
    note = _HIDDEN if part is FilePart.HIDDEN else ""
    if name == "EPUB":
        return Example(name, part, "x.epub", _book(markup), shows, note)
    return Example(name, part, "x.html", f"<!DOCTYPE html><html><body>{markup}".encode(), shows, note)


def _notebook(source: str, result: dict[str, object]) -> bytes:
    shown = {"output_type": "display_data", "data": result}
    return json.dumps({"cells": [{"cell_type": "code", "source": source, "outputs": [shown]}]}).encode()


_FILE = base64.b64encode(b"in the file " * 100).decode()
_XML = b'<?xml version="1.0"?>'
EXAMPLES = (
    *(_shown("HTML", part) for part in _SHOWN if part is not FilePart.NOTES),
    *(
        _shown("EPUB", part)
        for part in (FilePart.BODY, FilePart.TABLES, FilePart.DESCRIPTIONS, FilePart.NOTES, FilePart.HIDDEN)
    ),
    Example("XML", FilePart.BODY, "x.xml", _XML + b"<a><total>12</total></a>", "total: 12"),
    Example("XML", FilePart.ATTACHMENTS, "x.xml", _XML + f"<a><b>{_FILE}</b></a>".encode(), "in the file"),
    Example(
        "XML",
        FilePart.HIDDEN,
        "x.svg",
        _XML + b"<svg><text>seen</text><text display='none'>Unseen</text></svg>",
        "Unseen",
        _HIDDEN,
    ),
    Example("Markdown", FilePart.BODY, "x.md", b"Rent\n====\n", "# Rent"),
    Example("Markdown", FilePart.TABLES, "x.md", b"| a | b |\n|---|---|\n| Rent | 812 |", "| Rent | 812 |"),
    Example("Text", FilePart.BODY, "x.txt", b"The ferry leaves.", "The ferry leaves."),
    Example("Notebook", FilePart.BODY, "x.ipynb", _notebook("print(12)", {}), "print(12)"),
    Example(
        "Notebook",
        FilePart.TABLES,
        "x.ipynb",
        _notebook("t", {"text/html": "<table><tr><td>Rent<td>812</table>"}),
        "Rent 812",
    ),
    Example(
        "Notebook",
        FilePart.CHARTS,
        "x.ipynb",
        _notebook("plot()", {"image/png": "iVBORw0KGgo="}),
        "iVBORw0KGgo",
        "1 picture of results not read",
    ),
    Example(
        "Shortcut",
        FilePart.FIELDS,
        "Bank.url",
        b"[InternetShortcut]\nURL=https://b.example/",
        "https://b.example/",
    ),
    Example(
        "Shortcut",
        FilePart.BODY,
        "Bank.url",
        b"[InternetShortcut]\nURL=https://b.example/",
        "what the page says",
        "what this file points to (https://b.example/) not read",
    ),
)
