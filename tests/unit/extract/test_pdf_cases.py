"""PDFs that readers are known to get wrong, each with what must stand in its text."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.extract.conftest import Read

_CASES = Path(__file__).parents[2] / "data" / "cases"


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        (
            "E15/minutes.pdf",  # pdf-extract#99, pdfparser#457
            [
                "agreed to pay in June.\nThe roof of the shed leaks badly\n",
                "Members asked about the water bill\n",
                "HX-20 costs 340 EUR",
                "week 22",
                "18,400 EUR",
            ],
            ["in April The roof"],
        ),
        (
            "E16/confirmation.pdf",  # pdftools#54, pdf.js#11752, PyMuPDF#4994
            ["office confirms", "flood certificate", "Kündigungsfrist", "Quartalsende", "Selbstbehalt"],
            [],
        ),
        ("E18/proof.pdf", ["parcel 88-213", "14 photos"], []),  # PDF4QT#225, pdf.js#17274
        (
            "E20/tax-draft.pdf",  # obsidian-extract-pdf-highlights#12, stash#1007
            [
                "Sticky: check by Friday",
                "blue folder",
                "Mrs Quandt",
                "belongs to 2024",
                "Paid on 17 March",
                "page seven of the guide",
            ],
            [],
        ),
        # paperless-ngx#1542, pypdf#1224
        ("E21/permit.pdf", ["Parcel 219/4", "Applicant: Runa Felsted"], ["Please wait"]),
        (
            "E22/form.pdf",  # PyPDF2#1264, pdf2json#48
            ["Surname: Okonjo-Berg", "Shirt size: Large", "Newsletter: Yes", "Payment: cash"],
            ["SMS alerts"],
        ),
    ],
)
def test_a_known_case_is_read(read: Read, file: str, right: list[str], wrong: list[str]) -> None:
    # when
    reading = read((_CASES / file).read_bytes(), file)

    # then
    assert [words for words in right if words not in reading.text] == []
    assert [words for words in wrong if words in reading.text] == []
    assert reading.seen == 1
