"""Makes the documents of examples/inbox from the words in examples/texts, the same bytes every time.

    python examples/make_inbox.py [FOLDER]

Every name, address, number and event is invented. The words of one document are one file of a small markup:
`# ` title, `## ` heading, `- ` bullet, `| ` table row, `: ` line that is kept as a line, `===` new page
(slide, sheet, chapter); other lines are paragraphs.
"""

from __future__ import annotations

import io
import random
import sys
import textwrap
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter  # type: ignore[import-untyped]
from docx import Document
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont
from pptx import Presentation
from pptx.util import Inches
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import StyleSheet1, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

HERE = Path(__file__).parent
MADE_AT = datetime(2026, 5, 9, 12, 0)  # noqa: DTZ001 - what the containers call their date has no zone

MARKS = {"# ": "title", "## ": "heading", "- ": "bullet", "| ": "row", ": ": "line"}


@dataclass(frozen=True)
class Block:
    """A run of lines of one kind: title, heading, bullet, row, line or paragraph."""

    kind: str
    lines: tuple[str, ...]

    @property
    def rows(self) -> list[list[str]]:
        """The cells of a table, every row as long as the longest."""
        rows = [[cell.strip() for cell in line.split("|")] for line in self.lines]
        return [row + [""] * (max(map(len, rows)) - len(row)) for row in rows]


@dataclass(frozen=True)
class Words:
    """The words of one document: pages of blocks."""

    source: str
    pages: list[list[Block]] = field(default_factory=list)

    @property
    def title(self) -> str:
        return next((block.lines[0] for block in self.blocks if block.kind == "title"), "")

    @property
    def blocks(self) -> Iterator[Block]:
        return (block for page in self.pages for block in page)


def read_words(name: str) -> Words:
    """Read the words of one document."""
    source = (HERE / "texts" / f"{name}.txt").read_text(encoding="utf-8")
    return Words(source, [list(read_blocks(page)) for page in source.split("\n===\n")])


def read_blocks(page: str) -> Iterator[Block]:
    """Split a page into blocks: runs of lines with the same mark; titles and headings stand alone."""

    def marked(line: str) -> tuple[str, str]:
        mark = next((mark for mark in MARKS if line.startswith(mark)), "")
        return (MARKS[mark], line[len(mark) :]) if mark else ("paragraph" if line else "", line)

    for kind, run in groupby(map(marked, page.splitlines()), key=lambda pair: pair[0]):
        lines = tuple(line for _, line in run)
        if kind == "row":
            yield Block(kind, tuple(line.removesuffix(" |") for line in lines))
        elif kind in {"bullet", "line"}:
            yield Block(kind, lines)
        elif kind:
            yield from (Block(kind, (line,)) for line in lines)


def zipped(entries: dict[str, bytes]) -> bytes:
    """Pack a container with fixed times; a `mimetype` member is stored, as its readers want it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo(name, MADE_AT.timetuple()[:6])
            info.create_system = 3  # the platform's own would change the bytes
            stored = name == "mimetype"
            archive.writestr(info, data, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def rezipped(container: io.BytesIO) -> bytes:
    """Pack a library's container again, without the times that it put in."""
    with zipfile.ZipFile(container) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()})


# PDF with text


def pdf_styles() -> StyleSheet1:
    styles = getSampleStyleSheet()
    styles["BodyText"].fontSize, styles["BodyText"].leading = 12, 16
    return styles


def pdf_story(words: Words) -> list[object]:
    styles = pdf_styles()
    style = {"title": "Title", "heading": "Heading2", "bullet": "BodyText"}
    story: list[object] = []
    for number, page in enumerate(words.pages):
        if number:
            story.append(PageBreak())
        for block in page:
            if block.kind == "row":
                story += [pdf_table(block), Spacer(0, 4 * mm)]
                continue
            mark = "• " if block.kind == "bullet" else ""
            text = "<br/>".join(mark + escape(line) for line in block.lines)
            story += [Paragraph(text, styles[style.get(block.kind, "BodyText")]), Spacer(0, 1.5 * mm)]
    return story


def pdf_table(block: Block) -> Table:
    body = pdf_styles()["BodyText"]
    cells = [[Paragraph(escape(cell), body) for cell in row] for row in block.rows]
    longest = [min(max(map(len, column), default=0), 36) + 6 for column in zip(*block.rows, strict=True)]
    widths = [160 * mm * length / sum(longest) for length in longest]
    table = Table(cells, colWidths=widths, hAlign="LEFT")
    table.setStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.grey),
            ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    return table


def as_pdf(words: Words) -> bytes:
    def foot(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawCentredString(A4[0] / 2, 12 * mm, f"{words.title} · page {document.page}")

    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, margins=22 * mm, title=words.title, author="", invariant=1, pageCompression=0
    )
    document.build(pdf_story(words), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


# office containers


def as_docx(words: Words) -> bytes:
    document = Document()
    document.core_properties.title = words.title
    document.core_properties.author = ""
    document.core_properties.created = document.core_properties.modified = MADE_AT
    for block in words.blocks:
        if block.kind == "row":
            table = document.add_table(0, len(block.rows[0]), style="Light Grid Accent 1")
            for row in block.rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
            document.add_paragraph()
        elif block.kind in {"title", "heading"}:
            document.add_heading(block.lines[0], level=0 if block.kind == "title" else 1)
        elif block.kind == "bullet":
            for line in block.lines:
                document.add_paragraph(line, style="List Bullet")
        else:
            document.add_paragraph("\n".join(block.lines))
    out = io.BytesIO()
    document.save(out)
    return rezipped(out)


def as_pptx(words: Words) -> bytes:
    show = Presentation()
    show.core_properties.title = words.title
    show.core_properties.modified = MADE_AT
    for number, page in enumerate(words.pages):
        slide = show.slides.add_slide(show.slide_layouts[0 if number == 0 else 1])
        slide.shapes.title.text = page[0].lines[0]
        for block in page[1:]:
            if block.kind != "row":
                slide.placeholders[1].text = "\n".join(block.lines)
                continue
            body = slide.placeholders[1]
            body.element.getparent().remove(body.element)
            rows = block.rows
            frame = slide.shapes.add_table(
                len(rows), len(rows[0]), Inches(0.6), Inches(1.8), Inches(8.8), Inches(0.5 * len(rows))
            )
            for i, row in enumerate(rows):
                for j, text in enumerate(row):
                    frame.table.cell(i, j).text = text
    out = io.BytesIO()
    show.save(out)
    return rezipped(out)


def as_xlsx(words: Words) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": "Account of the workshop", "created": MADE_AT})
        head, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        for title, table in words.pages:
            sheet = book.add_worksheet(title.lines[0])
            sheet.set_column(0, 0, 12)
            sheet.set_column(1, 1, 46)
            sheet.set_column(2, 4, 12)
            sheet.write_row(0, 0, table.rows[0], head)
            for i, row in enumerate(table.rows[1:], start=1):
                sheet.write_row(i, 0, row[:2])
                for j, amount in enumerate(row[2:], start=2):
                    if amount:
                        sheet.write_number(i, j, float(amount), money)
    return rezipped(out)


ODT_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "manifest")
)
ODT_TYPE = "application/vnd.oasis.opendocument.text"


def odt_block(block: Block) -> str:
    if block.kind == "row":
        cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
        rows = ["".join(cell.format(escape(text)) for text in row) for row in block.rows]
        columns = f'<table:table-column table:number-columns-repeated="{len(block.rows[0])}"/>'
        return (
            f"<table:table>{columns}"
            + "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
            + "</table:table>"
        )
    if block.kind in {"title", "heading"}:
        level = 1 if block.kind == "title" else 2
        return f'<text:h text:outline-level="{level}">{escape(block.lines[0])}</text:h>'
    if block.kind == "bullet":
        items = "".join(f"<text:list-item><text:p>{escape(x)}</text:p></text:list-item>" for x in block.lines)
        return f"<text:list>{items}</text:list>"
    return f"<text:p>{'<text:line-break/>'.join(map(escape, block.lines))}</text:p>"


def as_odt(words: Words) -> bytes:
    body = "".join(map(odt_block, words.blocks))
    version = 'office:version="1.3"'
    content = (
        f"<office:document-content {ODT_NAMES} {version}><office:body><office:text>"
        f"{body}</office:text></office:body></office:document-content>"
    )
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in (("/", ODT_TYPE), ("content.xml", "text/xml"))
    )
    manifest = f'<manifest:manifest {ODT_NAMES} manifest:version="1.3">{entries}</manifest:manifest>'
    return zipped(
        {
            "mimetype": ODT_TYPE.encode(),
            "content.xml": f'<?xml version="1.0" encoding="UTF-8"?>{content}'.encode(),
            "META-INF/manifest.xml": f'<?xml version="1.0" encoding="UTF-8"?>{manifest}'.encode(),
        }
    )


# text of many kinds


def html_block(block: Block) -> str:
    lines = [escape(line) for line in block.lines]
    if block.kind == "row":
        cells = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in block.rows]
        return "<table>\n" + "\n".join(f"<tr>{row}</tr>" for row in cells) + "\n</table>"
    if block.kind == "bullet":
        return "<ul>\n" + "\n".join(f"<li>{line}</li>" for line in lines) + "\n</ul>"
    tag = {"title": "h1", "heading": "h2"}.get(block.kind, "p")
    return f"<{tag}>{'<br/>'.join(lines)}</{tag}>"


def as_html(words: Words) -> bytes:
    body = "\n".join(map(html_block, words.blocks))
    page = f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{escape(words.title)}</title>
<style>body {{ font-family: sans-serif }} td {{ padding: 0.2em 1em }}</style>
<script>window.visits = (window.visits || 0) + 1;</script></head>
<body>
<nav><a href="#">Home</a> <a href="#">Products</a> <a href="#">My machines</a></nav>
<main>
{body}
</main>
<footer>Brookel Household Machines, Port Ansel</footer>
</body>
</html>
"""
    return page.encode()


def as_is(words: Words) -> bytes:
    return words.source.encode()


def as_latin1(words: Words) -> bytes:
    lines: list[str] = []
    for block in words.blocks:
        for line in block.lines:
            lines += textwrap.wrap(line, 78)
            if block.kind in {"title", "heading"}:
                lines.append(("=" if block.kind == "title" else "-") * len(line))
        lines.append("")
    return "\n".join(lines).encode("latin-1")


def as_csv(words: Words) -> bytes:
    return "".join(";".join(row) + "\n" for block in words.blocks for row in block.rows).encode()


def as_rtf(words: Words) -> bytes:
    parts = []
    for block in words.blocks:
        text = "\\line ".join(block.lines)
        parts.append(f"{{\\b\\fs32 {text}}}\\par\\par" if block.kind == "title" else f"{text}\\par\\par")
    head = "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Times New Roman;}}\\f0\\fs24\n"
    return (head + "\n".join(parts) + "\n}\n").encode("ascii")


def as_eml(words: Words) -> bytes:
    message = EmailMessage()
    message["From"] = "Lumen Night Trains <bookings@lumen-nighttrains.example>"
    message["To"] = "Ilse Brandauer-Tarnwell <ilse@tarnwell.example>"
    message["Subject"] = words.title
    message["Date"] = "Mon, 02 Mar 2026 18:41:07 +0100"
    message["Message-ID"] = "<lnt7q2.20260302@lumen-nighttrains.example>"
    paragraphs = ["\n".join(block.lines) for block in words.blocks if block.kind != "title"]
    message.set_content("\n\n".join(paragraphs) + "\n")
    voucher = as_pdf(read_words("trip-voucher"))
    message.add_attachment(voucher, maintype="application", subtype="pdf", filename="voucher-LNT7Q2.pdf")
    message.set_boundary("part-of-lnt7q2")
    return message.as_bytes()


def as_epub(words: Words) -> bytes:
    def xhtml(title: str, body: str) -> bytes:
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
            '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
            f"<head><title>{escape(title)}</title></head><body>\n{body}\n</body></html>\n"
        ).encode()

    chapters = {f"chapter{number}": page for number, page in enumerate(words.pages, start=1)}
    items = "".join(
        f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>' for name in chapters
    )
    links = "".join(f'<li><a href="{name}.xhtml">{name.title()}</a></li>' for name in chapters)
    spine = "".join(f'<itemref idref="{name}"/>' for name in chapters)
    package = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">balcony-bees'
        f"</dc:identifier><dc:title>{escape(words.title)}</dc:title><dc:language>en</dc:language>"
        f'<meta property="dcterms:modified">{MADE_AT.isoformat()}Z</meta></metadata><manifest>'
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        f"{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<?xml version="1.0"?>\n<container version="1.0" '
        'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
        'full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    return zipped(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": container.encode(),
            "book/package.opf": package.encode(),
            "book/nav.xhtml": xhtml(words.title, f'<nav epub:type="toc"><ol>{links}</ol></nav>'),
        }
        | {
            f"book/{name}.xhtml": xhtml(words.title, "\n".join(map(html_block, page)))
            for name, page in chapters.items()
        }
    )


# pictures


def drawn(words: Words, size: tuple[int, int], points: int, margin: int) -> Image.Image:
    """Draw the words on a sheet: what follows the first cell of a row stands at the right edge."""
    sheet = Image.new("L", size, 255)
    pen = ImageDraw.Draw(sheet)
    y = margin
    for block in words.blocks:
        size_px = int(points * (1.4 if block.kind == "title" else 1))
        font, step = ImageFont.load_default(size_px), int(size_px * 1.45)
        for line in block.lines:
            left, _, right = (part.strip() for part in line.partition("|"))
            width = (size[0] - 2 * margin) // int(pen.textlength("the quick brown fox " * 5, font) / 100)
            for piece in textwrap.wrap(left, width):
                pen.text((margin, y), piece, font=font, fill=20)
                y += step
            if right:
                at = (size[0] - margin - pen.textlength(right, font), y - step)
                pen.text(at, right, font=font, fill=20)
        y += int(points * 0.9)
    return sheet


def scanned(sheet: Image.Image, degrees: float, noise: float, seed: int) -> Image.Image:
    """Make a sheet look scanned: turned, soft, on greyish paper, with grain."""
    turned = sheet.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=225)
    soft = turned.filter(ImageFilter.GaussianBlur(0.7)).point(lambda level: 30 + level * 205 // 255)
    grain = Image.frombytes("L", soft.size, random.Random(seed).randbytes(soft.width * soft.height))
    return ImageChops.add(soft, grain.point(lambda level: int(level * noise)), offset=-int(128 * noise))


def saved(picture: Image.Image, kind: str, **options: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, dpi=(150, 150), **options)
    return out.getvalue()


def as_receipt_jpeg(words: Words) -> bytes:
    return saved(scanned(drawn(words, (780, 1340), 45, 36), 1.5, 0.2, 4417), "JPEG", quality=50)


def as_png(words: Words) -> bytes:
    ticket = drawn(words, (900, 520), 30, 60)
    ImageDraw.Draw(ticket).rectangle((20, 20, 879, 499), outline=90, width=4)
    return saved(ticket, "PNG")


def as_scanned_pdf(words: Words) -> bytes:
    scan = saved(scanned(drawn(words, (1240, 1754), 28, 150), -0.6, 0.2, 20417), "JPEG", quality=45)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=0)
    canvas.setTitle("Scan")
    canvas.drawImage(ImageReader(io.BytesIO(scan)), 0, 0, *A4)
    canvas.save()
    return out.getvalue()


INBOX: dict[str, tuple[str, Callable[[Words], bytes]]] = {
    "tenancy-agreement-lantern-row.pdf": ("lease-lantern-row-4", as_pdf),
    "invoice-TL-2026-007.pdf": ("invoice-january", as_pdf),
    "invoice-TL-2026-015.pdf": ("invoice-february", as_pdf),
    "invoice-TL-2026-022.odt": ("invoice-march", as_odt),
    "Hausratversicherung.docx": ("hausrat-versicherung", as_docx),
    "classe-verte.odt": ("lettre-ecole", as_odt),
    "cv-jonah.docx": ("resume-jonah-tarnwell", as_docx),
    "account-2026-q1.xlsx": ("bank-statement", as_xlsx),
    "plum-dumplings.md": ("plum-dumplings", as_is),
    "quendel-k24.pdf": ("boiler-manual", as_pdf),
    "minutes-spring.txt": ("allotment-minutes", as_latin1),
    "rename_photos.py": ("rename_photos", as_is),
    "night-train.eml": ("trip-booking", as_eml),
    "moss-humidity.pdf": ("moss-report", as_pdf),
    "IMG_2207.jpg": ("receipt", as_receipt_jpeg),
    "scan-0041.pdf": ("water-board", as_scanned_pdf),
    "open-day.pptx": ("open-day", as_pptx),
    "electricity.csv": ("electricity-readings", as_csv),
    "guarantee.html": ("washing-machine-guarantee", as_html),
    "balcony-bees.epub": ("balcony-bees", as_epub),
    "wardrobe.rtf": ("complaint-draft", as_rtf),
    "ticket.png": ("concert-ticket", as_png),
    "tax-2025.pdf": ("tax-assessment", as_pdf),
}


def make_inbox(folder: Path) -> None:
    """Write every document into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (source, maker) in INBOX.items():
        (folder / name).write_bytes(maker(read_words(source)))


if __name__ == "__main__":
    make_inbox(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "inbox")
