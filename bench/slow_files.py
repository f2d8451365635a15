"""What slow and hostile files cost those beside them: ordinary files alone, and then among pathological ones.

The ordinary files are short texts, pages, letters and sheets. The pathological ones are made by code: a PDF
of forms within forms, one that inflates to 300 MB, a DOCX of deep boxes, 12 MB of RTF, 5 MB of commas, a
huge page of HTML, a sheet of two million cells, and brackets that tempt searches to go back. Half of them
are queued before all others, half amid them. Models are scripted twins. Each figure is the time until
the last ordinary file is filed, from when the first reading process is warm.

    python -m bench slow_files [--ordinary N] [--slow N] [--rounds N] [--out FILE]
"""

from __future__ import annotations

import argparse
import io
import json
import os
import tempfile
import time
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from twolane.app import App, open_app
from twolane.config.loading import load_settings

SCRIPTED = {"filing.runtime": "scripted", "chat.runtime": "scripted", "embedding.runtime": "off"}
LINE = "The society met in the old hall on day {} and heard the report of its chair. "
LONGEST_S, POLL_S = 1800.0, 0.2


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds until the last ordinary file was filed, alone and among slow files, and the load meanwhile."""

    alone_s: float
    among_s: float
    ratio: float
    load: float


def ordinary(folder: Path, first: int, number: int) -> None:
    """Write short files of a few formats."""
    import docx
    import openpyxl
    from reportlab.pdfgen.canvas import Canvas

    folder.mkdir()
    for n in range(first, first + number):
        lines = [LINE.format(f"{n}.{line}") for line in range(20)]
        path = folder / str(n)
        match n % 6:
            case 0:
                canvas = Canvas(str(path.with_suffix(".pdf")))
                for _ in range(2):
                    for row, line in enumerate(lines):
                        canvas.drawString(50, 780 - 16 * row, line)
                    canvas.showPage()
                canvas.save()
            case 1:
                document = docx.Document()
                for line in lines:
                    document.add_paragraph(line)
                document.save(str(path.with_suffix(".docx")))
            case 2:
                book = openpyxl.Workbook(write_only=True)
                sheet = book.create_sheet("Items")
                for row, line in enumerate(lines):
                    sheet.append([line, row, row * 3.5])
                book.save(path.with_suffix(".xlsx"))
            case 3:
                body = "".join(f"<p>{line}</p>" for line in lines)
                path.with_suffix(".html").write_text(f"<html><body>{body}</body></html>")
            case _:
                path.with_suffix(".txt").write_text("\n".join(lines))


def slow(folder: Path, first: int, number: int) -> None:
    """Write pathological files, each kind in its turn."""
    folder.mkdir()
    kinds = (_forms, _zeros, _boxes, _rtf, _commas, _html, _cells, _brackets)
    for n in range(first, first + number):
        kinds[n % len(kinds)](folder / str(n), n)


def _pdf(objects: Sequence[bytes]) -> bytes:
    whole, places = bytearray(b"%PDF-1.7\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(whole)
    whole += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    whole += b"".join(b"%010d 00000 n \n" % place for place in places)
    whole += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(whole)


def _stream(entries: bytes, content: bytes) -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def _page(content: bytes, resources: bytes = b"<<>>") -> list[bytes]:
    return [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources %s/Contents 4 0 R>>" % resources,
        content,
    ]


def _forms(path: Path, n: int) -> None:
    depth = 30
    objects = _page(_stream(b"", b"%%%d\n/F Do /F Do" % n), b"<</XObject<</F 5 0 R>>>>")
    for level in range(depth):
        inner = b"/Resources<</XObject<</F %d 0 R>>>>" % (level + 6) if level < depth - 1 else b""
        head = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]" + inner
        objects.append(_stream(head, b"/F Do /F Do" if inner else b"0 0 m 9 9 l S"))
    path.with_suffix(".pdf").write_bytes(_pdf(objects))


def _zeros(path: Path, n: int) -> None:
    packer = zlib.compressobj(9)
    part = b"0 0 m %d 9 l S\n" % n * 70_000
    packed = b"".join(packer.compress(part) for _ in range(300)) + packer.flush()
    path.with_suffix(".pdf").write_bytes(_pdf(_page(_stream(b"/Filter/FlateDecode", packed))))


_KINDS = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OF_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument."


def _office(path: Path, part: str, kind: str, parts: dict[str, str]) -> None:
    relation = f'<Relationship Id="r1" Type="{_OF_OFFICE}/officeDocument" Target="{part}"/>'
    xml = "application/vnd.openxmlformats-package.relationships+xml"
    kinds = (
        f'<Default Extension="rels" ContentType="{xml}"/><Default Extension="xml" ContentType="text/xml"/>'
    )
    kinds += f'<Override PartName="/{part}" ContentType="{_MAIN}{kind}.main+xml"/>'
    _zip(
        path,
        {
            "[Content_Types].xml": f'<Types xmlns="{_KINDS}">{kinds}</Types>',
            "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}">{relation}</Relationships>',
            **parts,
        },
    )


def _boxes(path: Path, n: int) -> None:
    depth = 200
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    inner = f"<w:p><w:r><w:t>row {n}</w:t></w:r></w:p>" * 40_000
    cell, end = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"
    body = f'<w:document xmlns:w="{word}"><w:body>{cell * depth}{inner}{end * depth}</w:body></w:document>'
    _office(
        path.with_suffix(".docx"),
        "word/document.xml",
        "wordprocessingml.document",
        {"word/document.xml": body},
    )


def _zip(path: Path, parts: dict[str, str]) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    path.write_bytes(made.getvalue())


def _rtf(path: Path, n: int) -> None:
    rows = b"{\\b row %d}{\\i of many}\\par\n" % n
    path.with_suffix(".rtf").write_bytes(b"{\\rtf1 " + rows * (12_000_000 // len(rows)) + b"}")


def _commas(path: Path, n: int) -> None:
    path.with_suffix(".csv").write_text(f"a,b,{n}\n" + ("," * 99 + "\n") * 50_000)


def _html(path: Path, n: int) -> None:
    path.with_suffix(".html").write_text(f"<html><body>{n}" + "<div><b><i>word</b> two</i>" * 400_000)


def _cells(path: Path, n: int) -> None:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rows = "<sheetData>" + ("<row>" + f"<c><v>{n}</v></c>" * 1000 + "</row>") * 2000 + "</sheetData>"
    sheet = f'<sheet name="Cells" sheetId="1" r:id="r1" xmlns:r="{_OF_OFFICE}"/>'
    relation = f'<Relationship Id="r1" Type="{_OF_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    _office(
        path.with_suffix(".xlsx"),
        "xl/workbook.xml",
        "spreadsheetml.sheet",
        {
            "xl/workbook.xml": f'<workbook xmlns="{main}"><sheets>{sheet}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{relation}</Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}">{rows}</worksheet>',
        },
    )


def _brackets(path: Path, n: int) -> None:
    path.with_suffix(".md").write_text(f"{n}\n" + "[" * 400_000 + "<!--" * 400_000 + "a@" * 400_000)


def until_filed(app: App, folders: Sequence[Path]) -> float:
    """Wait until every file of the folders is filed, and return when that was."""
    ends = time.monotonic() + LONGEST_S
    while app.library.pending(folders).files:
        if time.monotonic() > ends:
            break
        time.sleep(POLL_S)
    return time.monotonic()


def seconds(files: Path, home: Path) -> float:
    """File all folders in their order; return how long the ordinary ones took."""
    with open_app(load_settings(env={}, flags={"data_dir": str(home), **SCRIPTED})) as app:
        first = home.parent / f"{home.name}-first"
        first.mkdir()
        (first / "note.txt").write_text("A first note, which warms the reading processes up.")
        app.library.add([first])
        app.workers.start()
        until_filed(app, [first])
        began = time.monotonic()
        for folder in sorted(files.iterdir()):
            app.library.add([folder])
        taken = until_filed(app, [one for one in files.iterdir() if "ordinary" in one.name]) - began
        app.workers.stop()
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench slow_files", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--ordinary", type=int, default=1000)
    parser.add_argument("--slow", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--out", type=Path, help="write the figures as JSON, too")
    wanted = parser.parse_args()
    rounds = []
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        alone, among = top / "alone", top / "among"
        half, slow_half = wanted.ordinary // 2, wanted.slow // 2
        for folder in (alone, among):
            folder.mkdir()
            ordinary(folder / "1-ordinary", 0, half)
            ordinary(folder / "3-ordinary", half, wanted.ordinary - half)
        slow(among / "0-slow", 0, slow_half)
        slow(among / "2-slow", slow_half, wanted.slow - slow_half)
        for number in range(wanted.rounds):
            alone_s = seconds(alone, top / f"library-{number}-alone")
            among_s = seconds(among, top / f"library-{number}-among")
            load = round(os.getloadavg()[0], 1)
            rounds.append(Round(round(alone_s, 1), round(among_s, 1), round(among_s / alone_s, 2), load))
    print(f"{wanted.ordinary} ordinary files, {wanted.slow} slow ones, {os.cpu_count()} cores\n")
    print("| alone, s | among slow ones, s | ratio | load |\n| --- | --- | --- | --- |")
    for one in rounds:
        print(f"| {one.alone_s} | {one.among_s} | {one.ratio} | {one.load} |")
    if wanted.out:
        wanted.out.write_text(json.dumps([asdict(one) for one in rounds], indent=1))


if __name__ == "__main__":
    main()
