"""Makes the own documents of this folder from the words in `words`, the same bytes every time.

    python -m eval.data.fields.make

Every name, address, number and event is invented. A document begins with `@@ FILE group=… [KEY=VALUE …]`.
Files of text (txt, eml, html, xml) are written as they stand. For docx, `# ` is a heading and all else a
paragraph; for xlsx, ` | ` parts cells. For pdf and scans the words stand where they are to be drawn: what
two spaces part is drawn at its own column, an amount at its right edge; `# ` and `## ` are headings, `. `
is small print. `font` is sans, serif or mono, `page` a4 or receipt; `order` is that in which a PDF draws,
as programs differ in it: lines, columns (left before right) or values (what stands right of others first).
A scan is turned by `angle` degrees, and noisy.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]
from docx import Document
from eval.labels import FOLDER, HALVES, half_of
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

MADE_AT = datetime(2026, 1, 31, 12, 0)  # noqa: DTZ001 - what the containers call their date has no zone
FONTS = {"sans": "DejaVuSans", "serif": "DejaVuSerif", "mono": "DejaVuSansMono"}
FONT_FOLDER = Path("/usr/share/fonts/truetype/dejavu")
PAGES = {"a4": (595.0, 842.0, 96), "receipt": (235.0, 400.0, 32)}  # points, points, columns
SCAN_DPI = 200
_AMOUNT = re.compile(r"[-+]?(?:[€£$] ?)?[\d., ]*\d[.,]\d\d(?: ?(?:€|zł|EUR|PLN|USD|GBP|руб\.))?(?: [-+AB*])?")


@dataclass(frozen=True)
class Words:
    """The words of one document and how it is made."""

    file: str
    options: Mapping[str, str]
    text: str

    @property
    def form(self) -> str:
        return Path(self.file).suffix[1:]

    @property
    def is_scan(self) -> bool:
        return self.file.startswith("scan")


@dataclass(frozen=True)
class Run:
    """Words drawn at one place, in points: `x` is their left or right edge, `y` their base line."""

    text: str
    x: float
    y: float
    size: float
    font: str
    right: bool = False
    column: int = 0


def read_words() -> Iterator[Words]:
    """Read the words of all documents."""
    for path in sorted((FOLDER / "words").glob("*.txt")):
        for part in re.split(r"^@@ ", path.read_text("utf-8"), flags=re.M)[1:]:
            head, text = part.split("\n", 1)
            file, *options = head.split()
            yield Words(file, dict(option.split("=", 1) for option in options), text)


def make(words: Words) -> bytes:
    """Return the bytes of the file."""
    if words.form in {"txt", "eml", "html", "xml"}:
        return words.text.encode()
    if words.form == "docx":
        return docx(words.text)
    if words.form == "xlsx":
        return xlsx(words.text)
    return scan(words) if words.is_scan else pdf(words)


def docx(text: str) -> bytes:
    """Write a text of headings and paragraphs."""
    document = Document()
    document.core_properties.created = document.core_properties.modified = MADE_AT
    document.core_properties.author = ""
    for line in text.strip().splitlines():
        if line.startswith("# "):
            document.add_heading(line[2:], 1)
        else:
            document.add_paragraph(line)
    made = io.BytesIO()
    document.save(made)
    return without_times(made.getvalue())


def xlsx(text: str) -> bytes:
    """Write a sheet of one row a line."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    book.set_properties({"created": MADE_AT})
    sheet = book.add_worksheet()
    for row, line in enumerate(text.strip().splitlines()):
        for column, cell in enumerate(line.split("|")):
            if cell.strip():
                sheet.write_string(row, column, cell.strip())
    book.close()
    return without_times(made.getvalue())


def without_times(archive: bytes) -> bytes:
    """Pack an archive again without the time of its making."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, (2026, 1, 31, 12, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def runs(words: Words) -> list[Run]:
    """Place the words of a page in the order in which they are drawn."""
    width, height, columns = PAGES[words.options.get("page", "a4")]
    margin = width * 0.08
    step = (width - 2 * margin) / columns
    found, y = list[Run](), height - margin
    for line in words.text.rstrip("\n").splitlines():
        mark, line = re.match(r"(# |## |\. |)(.*)", line, re.S).groups()  # type: ignore[union-attr]  # noqa: PLW2901
        size = {"# ": 17.0, "## ": 12.5, ". ": 6.5, "": 9.0}[mark]
        font = FONTS[words.options.get("font", "sans")] + ("-Bold" if "#" in mark else "")
        y -= size * 1.35
        for match in re.finditer(r"\S+(?: \S+)*", line):
            right = match.start() > 0 and bool(_AMOUNT.fullmatch(match.group()))
            place = match.end() if right else match.start()
            found.append(Run(match.group(), margin + place * step, y, size, font, right, match.start()))
    order = words.options.get("order", "lines")
    if order == "columns":
        found.sort(key=lambda run: run.column >= 40)
    elif order == "values":
        found.sort(key=lambda run: (run.column < 40, run.column < 72))
    return found


def pdf(words: Words) -> bytes:
    """Draw a page of a PDF with a text layer."""
    width, height, _ = PAGES[words.options.get("page", "a4")]
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=(width, height), invariant=True)
    for run in runs(words):
        if run.font not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(run.font, str(FONT_FOLDER / f"{run.font}.ttf")))
        canvas.setFont(run.font, run.size)
        (canvas.drawRightString if run.right else canvas.drawString)(run.x, run.y, run.text)
    canvas.save()
    return made.getvalue()


def scan(words: Words) -> bytes:
    """Draw a page as a scanner gives it: grey, a little turned and noisy, without a text layer."""
    width, height, _ = PAGES[words.options.get("page", "a4")]
    dpi = SCAN_DPI
    scale = dpi / 72
    chance = random.Random(words.file)
    picture = Image.new("L", (int(width * scale), int(height * scale)), 250)
    draw = ImageDraw.Draw(picture)
    for run in runs(words):
        font = ImageFont.truetype(FONT_FOLDER / f"{run.font}.ttf", run.size * scale)
        draw.text(
            (run.x * scale, (height - run.y) * scale), run.text, 25, font, anchor="rs" if run.right else "ls"
        )
    picture = picture.rotate(
        float(words.options.get("angle", "0")), Image.Resampling.BICUBIC, fillcolor=245
    ).filter(ImageFilter.GaussianBlur(0.5))
    draw = ImageDraw.Draw(picture)
    for _ in range(picture.width * picture.height // 2500):
        at = (chance.randrange(picture.width), chance.randrange(picture.height))
        draw.point(at, chance.choice((60, 120, 190)))
    return saved(picture, words.form, dpi)


def saved(picture: Image.Image, form: str, dpi: int) -> bytes:
    """Return a picture as a PNG of sixteen greys, a JPEG, or a JPEG in a PDF."""
    made = io.BytesIO()
    if form == "png":
        picture.quantize(16).save(made, "PNG", optimize=True, dpi=(dpi, dpi))
        return made.getvalue()
    picture.save(made, "JPEG", quality=45, dpi=(dpi, dpi))
    if form == "jpg":
        return made.getvalue()
    page = io.BytesIO()
    size = (picture.width * 72 / dpi, picture.height * 72 / dpi)
    canvas = Canvas(page, pagesize=size, invariant=True)
    canvas.drawImage(ImageReader(made), 0, 0, *size)
    canvas.save()
    return page.getvalue()


def main() -> None:
    """Make all files."""
    for half in HALVES:
        (FOLDER / half / "files").mkdir(parents=True, exist_ok=True)
    for words in read_words():
        (FOLDER / half_of(words.options["group"]) / "files" / words.file).write_bytes(make(words))


if __name__ == "__main__":
    main()
