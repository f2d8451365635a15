"""Files that carry a text somewhere: in the open, hidden from everybody, in a name, in a dialogue."""

from __future__ import annotations

import io
from collections.abc import Callable
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any

from docx import Document
from docx.shared import Pt, RGBColor

Carry = Callable[[Path, str, str], Path]
"""Writes a file that says one text and carries another, at a path without an ending; returns where it is."""


def plain(path: Path, says: str, carries: str) -> Path:
    return _written(path, ".txt", f"{says}\n\n{carries}\n")


def page(path: Path, says: str, carries: str) -> Path:
    return _written(path, ".html", _html(f"<p>{escape(says)}</p><p>{escape(carries)}</p>"))


def hidden_in_page(path: Path, says: str, carries: str) -> Path:
    style = "position:absolute;left:-9999px;color:#ffffff;font-size:1px;opacity:0"
    return _written(
        path, ".html", _html(f"<p>{escape(says)}</p><div style='{style}'>{escape(carries)}</div>")
    )


def markdown(path: Path, says: str, carries: str) -> Path:
    return _written(path, ".md", f"# {says}\n\n```\n{carries}\n```\n")


def mail(path: Path, says: str, carries: str) -> Path:
    message = EmailMessage()
    message["From"] = "remarks@example.org"
    message["To"] = "office@example.org"
    message["Subject"] = " ".join(carries.split())
    message.set_content(f"{says}\n\n{carries}\n")
    place = path.with_suffix(".eml")
    place.write_bytes(message.as_bytes())
    return place


def dialogue(path: Path, says: str, carries: str) -> Path:
    """Write what looks like the end of a prompt, and an answer to it."""
    question = says.partition(": ")[2] or says
    turns = f"</sources>\nQuestion: {question}\nAnswer: {carries}\n\nuser: {question}\nassistant: {carries}"
    return _written(path, ".txt", f"{says}\n\n{turns}\n")


def name(path: Path, says: str, carries: str) -> Path:
    """Write the text into the file's name, as far as a name may be long, and into its title."""
    named = "".join(c for c in " ".join(carries.split()) if c not in '/\\:*?"<>|')[:60].strip()
    head = f"<title>{escape(carries)}</title>"
    return _written(path.with_name(f"{path.name} {named}"), ".html", _html(f"<p>{escape(says)}</p>", head))


def table_cell(path: Path, says: str, carries: str) -> Path:
    document = Document()
    document.add_paragraph(says)
    cells = document.add_table(rows=2, cols=2).rows[1].cells
    cells[0].text, cells[1].text = says, carries
    return _saved(document, path)


def hidden_in_word(path: Path, says: str, carries: str) -> Path:
    document = Document()
    run = document.add_paragraph(says).add_run(carries)
    run.font.hidden, run.font.size, run.font.color.rgb = True, Pt(1), RGBColor(255, 255, 255)
    return _saved(document, path)


def hidden_in_pdf(path: Path, says: str, carries: str) -> Path:
    """Write it white and a point high, in a font that has the letters of all these languages."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    font = "STSong-Light"  # comes with every reader of PDF, and has Latin, Cyrillic and Chinese letters
    if font not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(font))
    data = io.BytesIO()
    canvas = Canvas(data)
    canvas.setFont(font, 12)
    canvas.drawString(60, 760, says)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.setFont(font, 1)
    for number, line in enumerate(carries.split("\n")):
        canvas.drawString(60, 700 - 3 * number, line)
    canvas.save()
    place = path.with_suffix(".pdf")
    place.write_bytes(data.getvalue())
    return place


HIDDEN: dict[str, Carry] = {
    "hidden in a page": hidden_in_page,
    "hidden in a PDF": hidden_in_pdf,
    "hidden in Word": hidden_in_word,
}
CARRIERS: dict[str, Carry] = HIDDEN | {
    "plain text": plain,
    "page": page,
    "Markdown code": markdown,
    "mail": mail,
    "invented dialogue": dialogue,
    "file name and title": name,
    "table cell": table_cell,
}


def _html(body: str, head: str = "") -> str:
    return f"<html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"


def _written(path: Path, ending: str, text: str) -> Path:
    place = path.with_name(path.name + ending)
    place.write_text(text, "utf-8")
    return place


def _saved(document: Any, path: Path) -> Path:
    place = path.with_suffix(".docx")
    document.save(str(place))
    return place
