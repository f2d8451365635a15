"""PDFs as browsers print them, and pages whose columns do not stand in step."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.extract.conftest import Read
from tests.unit.extract.test_pdf_order import _LEFT, _RIGHT, _column, _pdf

_PRINTED = Path(__file__).parents[2] / "data" / "cases" / "printed"


@pytest.mark.parametrize(
    ("file", "right"),
    [
        # lines end without a sign, and a font in two parts cuts words: pypdf#2138, pdfplumber#1056
        (
            "invoice.pdf",
            ["20457 Hamburg\t", "Datum: 5. März 2026", "Fällig: 19. März 2026\nPos", "Summe\t1.500,00 €"],
        ),
        ("columns.pdf", ["Minutes\nParagraph 0 tells", "Easter.\nParagraph 7 tells", "Easter.\nClosing"]),
        (
            "side.pdf",
            ["Skills\nWelding\nSailing\nPolish\nContact\n", "forty boats of all sizes.\n2012–2019 Carpenter"],
        ),
        # neighbours stand at the middle of a cell's height: pdfplumber#1056
        (
            "statement.pdf",
            [
                "\n01.03.\tLastschrift Stadtwerke Kiel Kd-Nr 771, Abschlag März\t-15,00\n",
                "\n07.03.\tLastschrift Stadtwerke Kiel Kd-Nr 777, Abschlag März\t-75,00\n",
                "1.200,00 +",
            ],
        ),
        ("invoice.pdf", ["1\tStühle aus Eichenholz, geölt, mit Armlehnen und einem Kissen"]),
        (
            "arabic.pdf",  # pdf-inspector#212, pdf_oxide#557
            ["الطلاب يدرسون خلال الفصل الدراسي ،", "السلام عليكم ورحمة الله", "خير من الإطالة", "١٢٥٠ ريال"],
        ),
        (
            "languages.pdf",
            ["العقد رقم ٤٥٦ ساري حتى نهاية السنة", "החוזה תקף עד סוף השנה 2026", "Kündigungsfrist"],
        ),
    ],
)
def test_what_a_browser_printed_is_read_in_order(read: Read, file: str, right: list[str]) -> None:
    text = read((_PRINTED / file).read_bytes(), file).text
    assert [words for words in right if words not in text] == []


@pytest.mark.parametrize("is_right_first", [True, False])
def test_columns_out_of_step_are_read_one_after_the_other(read: Read, is_right_first: bool) -> None:
    """pdfplumber#1303: a picture above one column, whose lines stand between those of the other."""
    # given
    left, right = _column(50, 641, _LEFT), _column(300, 700, [*_RIGHT, *_RIGHT])

    # when
    reading = read(_pdf(*(right + left if is_right_first else left + right)), "picture.pdf")

    # then
    assert reading.text.splitlines() == [*_LEFT, *_RIGHT, *_RIGHT]


def test_a_headline_over_two_of_three_columns_ends_those_above_it(read: Read) -> None:
    # given
    above = [one for row in zip(*_three(700), strict=True) for one in row]
    below = [one for row in zip(*_three(570), strict=True) for one in row]
    headline = (40.0, 600.0, "The shed, its roof and who is to pay for it in the end")

    # when
    lines = read(_pdf(*above, headline, *below, size=9), "news.pdf").text.splitlines()

    # then
    assert lines[5:7] == _RIGHT[:2]
    assert lines[15] == headline[2]
    assert lines[16:21] == _LEFT


def _three(top: float) -> list[list[tuple[float, float, str]]]:
    return [_column(40, top, _LEFT), _column(220, top, _RIGHT), _column(400, top, _LEFT)]
