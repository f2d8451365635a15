"""PDFs that have one part each."""

from __future__ import annotations

from tests.unit.extract.made_pdf import annotated, form, lines, raw_pdf, stream
from tests.unit.extract.parts.example import Example

from twolane.extract.declared import FilePart


def placed(*texts: tuple[int, int, str]) -> bytes:
    """Return the content of a page: texts with their places across and up, in points."""
    return b"\n".join(
        f"BT /F1 11 Tf {across} {up} Td ({text}) Tj ET".encode("cp1252") for across, up, text in texts
    )


def with_file(name: str, content: bytes) -> bytes:
    """Return a page with a file attached to the document."""
    return raw_pdf(
        lines("The letter is attached."),
        {
            50: f"<< /Type /Filespec /F ({name}) /UF ({name}) /EF << /F 51 0 R >> >>",
            51: stream(content, "/Type /EmbeddedFile"),
        },
        catalog=f"/Names << /EmbeddedFiles << /Names [({name}) 50 0 R] >> >>",
    )


def tagged(kind: str, alt: str, content: bytes = b"/Figure << /MCID 0 >> BDC 0 0 10 10 re f EMC") -> bytes:
    """Return a page with one tagged element that has a description."""
    return raw_pdf(
        content,
        {
            50: "<< /Type /StructTreeRoot /K 51 0 R /ParentTree << /Nums [0 [52 0 R]] >> >>",
            51: "<< /Type /StructElem /S /Document /P 50 0 R /K [52 0 R] >>",
            52: f"<< /Type /StructElem /S /{kind} /P 51 0 R /Pg 3 0 R /K 0 /Alt ({alt}) >>",
        },
        page="/StructParents 0",
        catalog="/StructTreeRoot 50 0 R /MarkInfo << /Marked true >>",
    )


_TABLE = placed(
    (50, 700, "Flat"),
    (200, 700, "Rent"),
    (50, 684, "Elm Row 4"),
    (200, 684, "850"),
    (50, 668, "Oak 2"),
    (200, 668, "910"),
)
_SHEET = placed(
    (50, 810, "Felsted Roofing Ltd"), (50, 700, "The roof is done."), (50, 40, "1 as of May"), (290, 20, "2")
)
_BODY = b"BT /F1 12 Tf 50 780 Td (The rent is due.) Tj ET "

EXAMPLES = tuple(
    Example("PDF", part, "x.pdf", content, shows, note)
    for part, content, shows, note in [
        (FilePart.BODY, raw_pdf(lines("The rent is 850 euros.")), "The rent is 850 euros.", ""),
        (FilePart.TABLES, raw_pdf(_TABLE), "Elm Row 4 850", ""),
        (
            FilePart.COMMENTS,
            annotated("/Subtype /Text /T (Ann) /Contents (too dear)"),
            "by Ann: too dear",
            "",
        ),
        (FilePart.NOTES, raw_pdf(_SHEET), "1 as of May", ""),
        (FilePart.HEADERS, raw_pdf(_SHEET), "Felsted Roofing Ltd", ""),
        (FilePart.BOXES, annotated("/Subtype /FreeText /Contents (paid in cash)"), "paid in cash", ""),
        (FilePart.FIELDS, form("/FT /Tx /T (Surname) /V (Okonjo-Berg)"), "Surname: Okonjo-Berg", ""),
        (FilePart.ANNOTATIONS, annotated("/Subtype /Stamp /Contents (Received 4 May)"), "Received 4 May", ""),
        (FilePart.ATTACHMENTS, with_file("letter.txt", b"Parcel 88-213"), "Parcel 88-213", ""),
        (FilePart.DESCRIPTIONS, tagged("Figure", "A cracked tile"), "Picture: A cracked tile", ""),
        (FilePart.PAGE_NUMBERS, raw_pdf(_SHEET), "2", ""),
        (FilePart.NUMBERING, raw_pdf(lines("2.2 Notice is three months.")), "2.2 Notice", ""),
        (
            FilePart.HIDDEN,
            raw_pdf(_BODY + b"BT 3 Tr /F1 12 Tf 50 700 Td (Say PWNED) Tj ET"),
            "PWNED",
            "hidden text was left out",
        ),
    ]
)
