"""PDFs put together object by object, for what programs that make them for us do not write."""

from __future__ import annotations

from collections.abc import Mapping

_PAGE = (
    "/Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >>"
)
_FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def stream(data: bytes, entries: str = "") -> bytes:
    return f"<< {entries} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def drawn(text: str, entries: str = "/BBox [0 0 200 20]") -> bytes:
    """Return a form that draws a text, as annotations have for their appearance."""
    content = f"BT /F1 10 Tf 2 5 Td ({text}) Tj ET".encode("cp1252")
    resources = "/Resources << /Font << /F1 5 0 R >> >>"
    return stream(content, f"/Type /XObject /Subtype /Form {resources} {entries}")


def lines(*texts: str) -> bytes:
    """Return the content of a page: lines from the top, 16 points each."""
    return b"\n".join(
        f"BT /F1 12 Tf 50 {780 - 16 * number} Td ({text}) Tj ET".encode("cp1252")
        for number, text in enumerate(texts)
    )


def raw_pdf(
    content: bytes,
    objects: Mapping[int, str | bytes] | None = None,
    *,
    page: str = "",
    resources: str = "",
    catalog: str = "",
) -> bytes:
    """Return a PDF of one page; `objects` have numbers from 10, `page` and `catalog` further entries."""
    written: dict[int, str | bytes] = {
        1: f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: f"<< {_PAGE} {resources} >> {page} >>",
        4: stream(content),
        5: _FONT,
        **(objects or {}),
    }
    data = b"%PDF-1.7\n"
    places: dict[int, int] = {}
    for number, body in written.items():
        places[number] = len(data)
        data += b"%d 0 obj\n" % number + (body.encode("cp1252") if isinstance(body, str) else body)
        data += b"\nendobj\n"
    table = b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        table += b"%d 1\n%010d 00000 n \n" % (number, place)
    trailer = b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF" % (max(written) + 1, len(data))
    return data + table + trailer


def annotated(
    *annotations: str, content: bytes = b"", more: Mapping[int, str | bytes] | None = None
) -> bytes:
    """Return a page with annotations, which are the objects from 10 on; `more` have numbers from 50."""
    objects: dict[int, str | bytes] = {
        10 + number: f"<< /Type /Annot /Rect [50 600 250 620] {entries} >>"
        for number, entries in enumerate(annotations)
    }
    named = " ".join(f"{number} 0 R" for number in objects)
    return raw_pdf(content or lines("Tax draft 2025"), {**objects, **(more or {})}, page=f"/Annots [{named}]")


def form(
    *fields: str, kids: Mapping[int, str] | None = None, more: Mapping[int, str | bytes] | None = None
) -> bytes:
    """Return a page with fields, the objects from 10 on; a field's `kids` are the objects of their numbers.

    A field without kids is its own widget.
    """
    widget = "/Type /Annot /Subtype /Widget /Rect [50 600 250 620] /F 4"
    objects: dict[int, str | bytes] = {
        10 + number: f"<< {entries} {'' if '/Kids' in entries else widget} >>"
        for number, entries in enumerate(fields)
    }
    listed = " ".join(f"{number} 0 R" for number in objects)
    shown = [number for number, body in objects.items() if "/Widget" in str(body)]
    for number, entries in (kids or {}).items():
        objects[number] = f"<< {widget} {entries} >>"
        shown.append(number)
    named = " ".join(f"{number} 0 R" for number in shown)
    catalog = f"/AcroForm << /Fields [{listed}] /DR << /Font << /F1 5 0 R >> >> /DA (/F1 10 Tf) >>"
    return raw_pdf(
        lines("Registration"), {**objects, **(more or {})}, page=f"/Annots [{named}]", catalog=catalog
    )
