"""How fast files are read: twolane's readers against the library that each stands on, on the same files.

The library does the least that gives a text: every page of a PDF by pypdfium2, paragraphs and cells of DOCX
by python-docx, shapes of PPTX by python-pptx, cells of XLSX by calamine, the text of HTML by selectolax, a
mail's body by the standard library. Twolane reads the same files with all that it does beside: the order of
reading, what nobody sees, fields, notes, language; OCR is off. Both read in turns, by processor time, so that
only a ratio within one run means anything. Files are made for this; those of a folder are added by their
endings.

    python -m bench reading [--folder FOLDER] [--rounds N] [--only pdf docx ...] [--out FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from twolane.extract.base import Limits
from twolane.extract.read import open_file, read_open

LINES, COPIES = 45, 5
LINE = "The society met in the old hall and heard the report of its chair, number {}."
LIMITS = Limits(ocr="off")


@dataclass(frozen=True, slots=True)
class Speed:
    """Files and pages a second, and how much of the library's speed twolane keeps."""

    format: str
    files: int
    pages: int
    files_per_s: float
    pages_per_s: float
    ratio: float
    least_ratio: float
    greatest_ratio: float


def pdf(path: Path) -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    for page in document:
        textpage = page.get_textpage()
        textpage.get_text_range()
        textpage.close()
        page.close()
    document.close()


def docx(path: Path) -> None:
    import docx as library

    document = library.Document(str(path))
    "\n".join(paragraph.text for paragraph in document.paragraphs)
    [cell.text for table in document.tables for row in table.rows for cell in row.cells]


def pptx(path: Path) -> None:
    import pptx as library

    shapes = [shape for slide in library.Presentation(str(path)).slides for shape in slide.shapes]
    "\n".join(shape.text_frame.text for shape in shapes if shape.has_text_frame)


def xlsx(path: Path) -> None:
    from python_calamine import load_workbook

    book = load_workbook(path)
    for name in book.sheet_names:
        "\n".join("\t".join(map(str, row)) for row in book.get_sheet_by_name(name).to_python())


def html(path: Path) -> None:
    from selectolax.lexbor import LexborHTMLParser

    body = LexborHTMLParser(path.read_text("utf-8", "replace")).body
    if body:
        body.text(separator="\n")


def eml(path: Path) -> None:
    import email
    import email.policy

    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    if body := message.get_body(("plain", "html")):
        body.get_content()


LIBRARIES: Mapping[str, Callable[[Path], None]] = {
    "pdf": pdf,
    "docx": docx,
    "pptx": pptx,
    "xlsx": xlsx,
    "html": html,
    "eml": eml,
}


def make(folder: Path) -> None:
    """Make a few files of each format: a long text, a table, a letter of two columns."""
    for number in range(COPIES):
        _make_pdf(folder / f"{number}.pdf")
        _make_office(folder, number)
        lines = [LINE.format(line) for line in range(LINES)]
        paragraphs = "".join(f"<p>{line}</p>" for line in lines)
        (folder / f"{number}.html").write_text(f"<html><body>{paragraphs}</body></html>")
        head = "From: a@b.example\nTo: c@d.example\nSubject: Minutes\nDate: Mon, 4 May 2026 10:00:00 +0200"
        (folder / f"{number}.eml").write_text("\n".join([head, "", *lines]))


def _make_pdf(path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path))
    for _ in range(10):  # running text
        for line in range(LINES):
            canvas.drawString(50, 780 - 16 * line, LINE.format(line))
        canvas.showPage()
    for _ in range(5):  # a table, and two columns drawn line by line
        for line in range(LINES):
            for left, cell in ((50, f"Article {line}"), (250, str(line)), (400, f"{line * 3}.50")):
                canvas.drawString(left, 780 - 16 * line, cell)
        canvas.showPage()
        canvas.setFont("Helvetica", 9)
        for line in range(LINES):
            canvas.drawString(50, 780 - 16 * line, "The society met in the old hall and heard it")
            canvas.drawString(310, 780 - 16 * line, "the roof of the shed leaks and has to be mended")
        canvas.showPage()
    canvas.save()


def _make_office(folder: Path, number: int) -> None:
    import docx as word
    import openpyxl
    import pptx as slides

    document = word.Document()
    for line in range(4 * LINES):
        document.add_paragraph(LINE.format(line))
    document.save(str(folder / f"{number}.docx"))
    show = slides.Presentation()
    for page in range(10):
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.placeholders[0].text = f"Slide {page}"
        slide.placeholders[1].text = "\n".join(LINE.format(line) for line in range(6))
    show.save(str(folder / f"{number}.pptx"))
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Items")
    for row in range(500):
        sheet.append([f"Article {row}", row, row * 3.5, "in stock"])
    book.save(folder / f"{number}.xlsx")


def measure(name: str, paths: Sequence[Path], rounds: int) -> Speed | None:
    """Read files by both in turns; those that the library cannot read are left out."""
    library = LIBRARIES[name]
    paths = [path for path in paths if _can_read(library, path)]
    if not paths:
        return None
    pages = sum(len(_read(path)) for path in paths)
    ratios, taken = [], []
    for _ in range(rounds):
        alone = sum(_seconds(library, path) for path in paths)
        ours = sum(_seconds(_read, path) for path in paths)
        ratios.append(alone / ours)
        taken.append(ours)
    usual_s = statistics.median(taken)
    return Speed(
        name,
        len(paths),
        pages,
        round(len(paths) / usual_s, 1),
        round(pages / usual_s, 1),
        round(statistics.median(ratios), 2),
        round(min(ratios), 2),
        round(max(ratios), 2),
    )


def _can_read(library: Callable[[Path], None], path: Path) -> bool:
    try:
        library(path)
    except Exception:  # noqa: BLE001 - each library raises what it likes on damaged files
        return False
    return True


def _read(path: Path) -> Sequence[object]:
    return read_open(open_file(str(path)), path.name, LIMITS).pages


def _seconds(read: Callable[[Path], object], path: Path) -> float:
    begun = time.process_time()
    read(path)
    return time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench reading", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", type=Path, help="files to read beside those that are made")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=sorted(LIBRARIES), default=sorted(LIBRARIES))
    parser.add_argument("--out", type=Path, help="write the figures as JSON, too")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        made = Path(name)
        make(made)
        sets = {"made": made} | ({"folder": wanted.folder} if wanted.folder else {})
        found = {
            of: [
                speed
                for kind in wanted.only
                if (speed := measure(kind, sorted(folder.rglob(f"*.{kind}")), wanted.rounds))
            ]
            for of, folder in sets.items()
        }
    print(f"{wanted.rounds} rounds, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for of, speeds in found.items():
        print(f"\n| {of} | files | pages | files/s | pages/s | of the library's speed (range) |")
        print("| --- | --- | --- | --- | --- | --- |")
        for one in speeds:
            spread = f"{one.ratio:.2f} ({one.least_ratio:.2f} to {one.greatest_ratio:.2f})"
            figures = f"{one.files} | {one.pages} | {one.files_per_s} | {one.pages_per_s}"
            print(f"| {one.format} | {figures} | {spread} |")
    if wanted.out:
        figures_of = {of: list(map(asdict, each)) for of, each in found.items()}
        wanted.out.write_text(json.dumps(figures_of, indent=1))


if __name__ == "__main__":
    main()
