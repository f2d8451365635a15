"""What pictures in tagged PDFs show, as their makers describe it."""

from __future__ import annotations

import pytest
from tests.unit.extract.conftest import Read
from tests.unit.extract.made_pdf import lines, raw_pdf
from tests.unit.extract.parts.pdf import tagged


@pytest.mark.parametrize(
    ("kind", "alt", "text"),
    [
        ("Figure", "Ein gesprungener Ziegel", "Picture: Ein gesprungener Ziegel"),
        ("Formula", "a squared plus b squared", "a squared plus b squared"),
        ("Figure", "", ""),
        ("Figure", " - ", ""),
        ("Link", "opens the portal", ""),
    ],
)
def test_a_description_is_a_line(read: Read, kind: str, alt: str, text: str) -> None:
    # when / then
    assert read(tagged(kind, alt), "x.pdf").text == text


def test_a_description_that_stands_on_the_page_is_not_read_twice(read: Read) -> None:
    # given
    content = lines("Cracked tile") + b"\n/Figure << /MCID 0 >> BDC 0 0 10 10 re f EMC"

    # when / then
    assert read(tagged("Figure", "Cracked tile", content), "x.pdf").text == "Cracked tile"


def test_a_structure_that_holds_itself_is_read_to_its_bounds(read: Read) -> None:
    # given
    data = raw_pdf(
        lines("The rent is due."),
        {
            50: "<< /Type /StructTreeRoot /K 51 0 R /ParentTree << /Nums [0 [51 0 R]] >> >>",
            51: "<< /Type /StructElem /S /Figure /P 51 0 R /Pg 3 0 R /K [0 51 0 R 51 0 R] /Alt (A roof) >>",
        },
        page="/StructParents 0",
        catalog="/StructTreeRoot 50 0 R /MarkInfo << /Marked true >>",
    )

    # when / then
    assert read(data, "x.pdf").text.startswith("The rent is due.")
