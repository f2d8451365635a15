"""Makes copies, edits, scans and reminders of papers, beside others of the same forms: what of it is found?

    python -m eval copies [--papers papers|unseen] [--out FOLDER] [--set NAME=VALUE]

The papers are in `eval/data/copies`; all of it is invented. Each becomes a Word file. Of the
first of each form there are also a PDF with lines and pages of its own, a web page, a scan (slightly
turned, grey and noisy; of forms in Latin letters, which every tesseract reads), and an edit; of each
paper its reminder, where there is one. Whatever is found between two papers is wrong; the rules alone
file, without any model.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import textwrap
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from docx import Document
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from eval.library import VECTORS_ALONE, add_settings, chosen_settings, fill
from twolane.app import App, open_app
from twolane.config.loading import load_settings

SETS = ("copies",)
FOLDER = Path(__file__).parent / "data" / "copies"
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
UNDRAWN = {"zh", "ar"}  # the font has no such letters, or does not join them
UNREAD = UNDRAWN | {"ru"}  # nor does every tesseract read these
KINDS = ("pdf", "page", "scan", "edit", "version", "reminder")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file: of which paper it is one, and what it is to the first file of that."""

    name: str
    paper: str
    kind: str


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(
        prog="eval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", choices=SETS)
    parser.add_argument(
        "--papers", choices=("papers", "unseen"), default="papers", help="which of both files"
    )
    parser.add_argument("--out", type=Path, help="keep the files and the library here")
    add_settings(parser)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="twolane-eval-") as scratch:
        out: Path = (options.out or Path(scratch)).resolve()
        sheets = {sheet.name: sheet for sheet in make(out / "files", options.papers)}
        flags = {"data_dir": str(out / "library"), **VECTORS_ALONE, "embedding.runtime": "off"}
        flags |= {"chat.runtime": "scripted", "filing.runtime": "scripted"} | chosen_settings(options)
        fill([out / "files"], flags)
        with open_app(load_settings(flags=flags)) as app:
            found = pairs_found(app)
        report = score(sheets, found)
        print(table(report))
        (out / "copies.json").write_text(json.dumps(report, indent=1), "utf-8")
    return 0


def make(folder: Path, papers: str) -> Iterator[Sheet]:
    """Write all files of a set of papers into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(5)
    for form in tomllib.loads((FOLDER / f"{papers}.toml").read_text("utf-8"))["form"]:
        facts: list[Mapping[str, str]] = form["facts"]
        for place, one in enumerate(facts):
            versions = form.get("versions", False)
            stem = f"{form['name']} v{place + 1}" if versions else f"{form['name']}-{'abc'[place]}"
            paper = form["name"] if versions else stem
            text = form["text"].format(**one).strip()
            yield written(folder, stem, paper, "version" if versions and place else "first", text)
            if "reminder" in form:
                yield written(
                    folder, f"{stem} late", paper, "reminder", form["reminder"].format(**one).strip()
                )
            if not place:
                yield from first_again(folder, form, paper, text, chance)


def first_again(
    folder: Path, form: Mapping[str, object], paper: str, text: str, chance: random.Random
) -> Iterator[Sheet]:
    """Write what else there is of the first paper of a form; a short one cannot be told from its likes."""
    name, language = str(form["name"]), str(form["language"])
    page = "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n"))
    (folder / f"{name} saved.html").write_text(f"<meta charset=utf-8><body>{page}</body>", "utf-8")
    yield Sheet(f"{name} saved.html", paper, "page")
    if language not in UNDRAWN:
        draw_pdf(folder / f"{name} printed.pdf", text)
        yield Sheet(f"{name} printed.pdf", paper, "pdf")
    if language not in UNREAD:
        draw_scan(folder / f"{name}-scan.png", text, chance)
        yield Sheet(f"{name}-scan.png", paper, "scan")
    changes = form.get("edits", ())
    assert isinstance(changes, list | tuple)
    for before, after in changes:
        assert before in text, (name, before)
        text = text.replace(before, after)
    if changes:
        yield written(folder, f"changed-{name}", paper, "edit", text)


def written(folder: Path, stem: str, paper: str, kind: str, text: str) -> Sheet:
    """Write a text as a Word file."""
    document = Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    document.save(str(folder / f"{stem}.docx"))
    return Sheet(f"{stem}.docx", paper, kind)


def draw_pdf(path: Path, text: str) -> None:
    """Draw a text on pages that are broken elsewhere, each with its number at the foot."""
    if "DejaVu" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("DejaVu", str(FONT)))
    canvas = Canvas(str(path), pagesize=A4)
    lines = lines_of(text, 78)
    for number, begin in enumerate(range(0, len(lines), 30), 1):
        canvas.setFont("DejaVu", 10)
        for place, line in enumerate(lines[begin : begin + 30]):
            canvas.drawString(60, 780 - 22 * place, line)
        canvas.drawString(280, 40, f"{number} / {-(-len(lines) // 30)}")
        canvas.showPage()
    canvas.save()


def draw_scan(path: Path, text: str, chance: random.Random) -> None:
    """Draw a text as a scanner sees it."""
    lines = lines_of(text, 84)
    page = Image.new("L", (1240, max(900, 44 * len(lines) + 200)), 247)
    font = ImageFont.truetype(str(FONT), 21)
    pen = ImageDraw.Draw(page)
    for place, line in enumerate(lines):
        pen.text((90, 90 + 44 * place), line, fill=45, font=font)
    page = page.rotate(chance.uniform(-0.7, 0.7), fillcolor=247, resample=Image.Resampling.BICUBIC)
    noise = Image.effect_noise(page.size, 34)
    page = Image.blend(page.filter(ImageFilter.GaussianBlur(0.7)), noise, 0.14)
    page.save(path, dpi=(150, 150))


def lines_of(text: str, width: int) -> list[str]:
    """Return a text's lines, none longer than so many characters."""
    return [part for line in text.split("\n") for part in textwrap.wrap(line, width) or [""]]


def pairs_found(app: App) -> list[tuple[str, str, str]]:
    """Return the names of all files that were found to be copies of each other, with the kind."""
    found = []
    for record in app.library.find().files:
        for copy in app.copies.of(record.file_id).files:
            if record.path.name < copy.file.path.name:
                found.append((record.path.name, copy.file.path.name, copy.kind.value))
    return found


def score(sheets: Mapping[str, Sheet], found: Sequence[tuple[str, str, str]]) -> dict[str, object]:
    """Return how many pairs are right, and of each kind how many files were found to be the first one's."""
    wrong = [pair for pair in found if sheets[pair[0]].paper != sheets[pair[1]].paper]
    first = {sheet.paper: sheet.name for sheet in sheets.values() if sheet.kind == "first"}
    together = {frozenset(pair[:2]) for pair in found}
    made, right, missed = Counter[str](), Counter[str](), []
    for sheet in sheets.values():
        if sheet.kind == "first":
            continue
        made[sheet.kind] += 1
        if frozenset((sheet.name, first[sheet.paper])) in together:
            right[sheet.kind] += 1
        else:
            missed.append(sheet.name)
    return {
        "files": len(sheets),
        "papers": len(first),
        "pairs": len(found),
        "wrong": wrong,
        "made": dict(made),
        "found": dict(right),
        "missed": missed,
    }


def table(report: Mapping[str, object]) -> str:
    """Return the report as people read it."""
    made, right = report["made"], report["found"]
    assert isinstance(made, dict)
    assert isinstance(right, dict)
    lines = [f"{report['files']} files of {report['papers']} papers, {report['pairs']} pairs found", ""]
    lines += ["| what | made | found |", "| --- | --- | --- |"]
    lines += [f"| {kind} | {made[kind]} | {right.get(kind, 0)} |" for kind in KINDS if kind in made]
    wrong, missed = report["wrong"], report["missed"]
    assert isinstance(wrong, list)
    assert isinstance(missed, list)
    lines += ["", f"wrong pairs: {len(wrong)}", *(f"  {' = '.join(pair)}" for pair in wrong)]
    return "\n".join([*lines, f"not found: {', '.join(missed) or 'none'}"])


if __name__ == "__main__":
    sys.exit(main())
