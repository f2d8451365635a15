"""PDF: the order of reading, whatever the order of drawing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.unit.extract.conftest import Read

_CASES = Path(__file__).parents[2] / "data" / "cases"
Drawn = tuple[float, float, str]


def _pdf(*drawn: Drawn, size: float = 10) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data, pagesize=(595, 842))
    canvas.setFont("Helvetica", size)
    for left, bottom, text in drawn:
        canvas.drawString(left, bottom, text)
    canvas.save()
    return data.getvalue()


def _column(left: float, top: float, lines: Sequence[str], pitch: float = 13) -> list[Drawn]:
    return [(left, top - pitch * number, line) for number, line in enumerate(lines)]


_LEFT = [
    "The society met in the old hall",
    "and heard the report of the chair,",
    "who thanked all for their work",
    "in the garden during the winter.",
    "The accounts were then approved.",
]
_RIGHT = [
    "The roof of the shed leaks badly",
    "and two offers were compared by",
    "the treasurer, of which the lower",
    "came from a firm in the village.",
    "Work will begin early in May.",
]


def _alternating(left: list[Drawn], right: list[Drawn]) -> list[Drawn]:
    return [one for pair in zip(left, right, strict=True) for one in pair]


@pytest.mark.parametrize("order", ["by columns", "by lines", "right first"])
@pytest.mark.parametrize("gutter", [18, 60])
def test_columns_are_read_one_after_the_other(read: Read, order: str, gutter: float) -> None:
    # given
    left, right = _column(50, 700, _LEFT), _column(215 + gutter, 700, _RIGHT)
    head = [(50, 740, "Minutes of the garden society, which everybody should read to the end of it")]
    orders = {"by columns": left + right, "by lines": _alternating(left, right), "right first": right + left}

    # when
    reading = read(
        _pdf(*head, *orders[order], (50, 560, "All members are asked to come next time.")), "x.pdf"
    )

    # then
    assert reading.text.split("\n") == [
        head[0][2],
        *_LEFT,
        *_RIGHT,
        "All members are asked to come next time.",
    ]


def test_the_longer_of_two_columns_is_read_to_its_end(read: Read) -> None:
    # given
    left, right = _column(50, 700, [*_LEFT, *_LEFT]), _column(250, 700, _RIGHT)

    # when
    reading = read(_pdf(*_alternating(left[:5], right), *left[5:]), "x.pdf")

    # then
    assert reading.text.split("\n") == [*_LEFT, *_LEFT, *_RIGHT]


def test_three_columns_are_read_one_after_the_other(read: Read) -> None:
    # given
    columns = [_column(left, 700, _LEFT) for left in (30, 210, 390)]
    rows = [one for row in zip(*columns, strict=True) for one in row]

    # when
    reading = read(_pdf(*rows), "x.pdf")

    # then
    assert reading.text.split("\n") == _LEFT * 3


_FORM = [
    ("Invoice number", "RE-2026-0417"),
    ("Customer", "Ada Lovelace"),
    ("Amount due", "1,240.50 EUR"),
    ("Due date", "12 May 2026"),
    ("Delivered", "4 April 2026"),
]


@pytest.mark.parametrize("order", ["labels first", "labels last", "labels last, upwards"])
def test_labels_stand_in_the_line_of_their_values(read: Read, order: str) -> None:
    # given
    labels = _column(50, 700, [label for label, _ in _FORM], 20)
    values = _column(220, 700, [value for _, value in _FORM], 20)
    orders = {
        "labels first": labels + values,
        "labels last": values + labels,
        "labels last, upwards": values + labels[::-1],
    }

    # when
    reading = read(_pdf(*orders[order]), "x.pdf")

    # then
    assert reading.text.split("\n") == [f"{label}\t{value}" for label, value in _FORM]


def test_cells_of_a_row_are_divided_by_tabs(read: Read) -> None:
    # given
    rows = [("Item", "Pieces", "Price"), ("Hose", "2", "18.00"), ("Pump HX-20", "1", "340.00")]
    places = (50, 250, 350)
    drawn = [
        (left, 700 - 18 * number, cell)
        for number, row in enumerate(rows)
        for left, cell in zip(places, row, strict=True)
    ]

    # when
    reading = read(_pdf(*drawn), "x.pdf")

    # then
    assert reading.text.split("\n") == ["\t".join(row) for row in rows]


def test_lines_of_one_cell_stay_in_their_row(read: Read) -> None:
    # given
    drawn = [
        *((50, 700, "Pump with a long"), (50, 688, "pipe of copper"), (250, 700, "1"), (350, 700, "340.00")),
        *((50, 660, "Hose that is"), (50, 648, "green"), (250, 660, "2"), (350, 660, "18.00")),
    ]

    # when
    reading = read(_pdf(*drawn), "x.pdf")

    # then
    assert reading.text.split("\n") == [
        "Pump with a long pipe of copper\t1\t340.00",
        "Hose that is green\t2\t18.00",
    ]


def test_a_footer_that_was_drawn_first_comes_last(read: Read) -> None:
    # when
    reading = read(_pdf((50, 40, "Page 1 of 1"), (50, 700, "Dear Ada,"), (50, 680, "thank you.")), "x.pdf")

    # then
    assert reading.text.split("\n") == ["Dear Ada,", "thank you.", "Page 1 of 1"]


def test_the_dot_of_a_list_stays_with_its_text(read: Read) -> None:
    # when
    reading = read(
        _pdf((50, 700, "1."), (70, 700, "Bring tools."), (50, 685, "2."), (70, 685, "Dig.")), "x.pdf"
    )

    # then
    assert reading.text.split("\n") == ["1. Bring tools.", "2. Dig."]


@pytest.mark.parametrize("turns", [0, 90, 180, 270])
def test_a_turned_page_is_read_as_it_is_shown(read: Read, turns: int) -> None:
    # given
    from pypdfium2 import PdfDocument

    labels = _column(50, 700, [label for label, _ in _FORM], 20)
    values = _column(220, 700, [value for _, value in _FORM], 20)
    document = PdfDocument(_pdf(*values, *labels))
    upright = document[0].get_textpage().get_text_range()

    # when
    page, data = document[0], io.BytesIO()
    page.set_rotation(turns)
    document.save(data)
    reading = read(data.getvalue(), "x.pdf")

    # then
    if turns == 0:
        assert reading.text.split("\n") == [f"{label}\t{value}" for label, value in _FORM]
    assert sorted(reading.text.split()) == sorted(upright.split())


@pytest.mark.parametrize("angle", [90, 270])
def test_a_table_that_is_drawn_sideways_is_read_by_its_rows(read: Read, angle: int) -> None:
    # given
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data, pagesize=(595, 842))
    canvas.translate(300, 420)
    canvas.rotate(angle)
    for left, bottom, text in [
        *_column(0, 100, [value for _, value in _FORM], 20),
        *_column(-170, 100, [label for label, _ in _FORM], 20),
    ]:
        canvas.drawString(left, bottom, text)
    canvas.save()

    # when
    reading = read(data.getvalue(), "x.pdf")

    # then
    assert reading.text.split("\n") == [f"{label}\t{value}" for label, value in _FORM]


def test_a_stamp_across_the_page_is_read_apart(read: Read) -> None:
    # given
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data, pagesize=(595, 842))
    canvas.saveState()
    canvas.translate(150, 500)
    canvas.rotate(45)
    canvas.setFont("Helvetica", 60)
    canvas.drawString(0, 0, "DRAFT COPY")
    canvas.restoreState()
    for left, bottom, text in _column(50, 700, [*_LEFT, *_RIGHT], 30):
        canvas.drawString(left, bottom, text)
    canvas.save()

    # when
    reading = read(data.getvalue(), "x.pdf")

    # then
    assert sorted(reading.text.split("\n")) == sorted([*_LEFT, *_RIGHT, "DRAFT COPY"])
    assert "\n".join([*_LEFT, *_RIGHT]) in reading.text


def test_a_sentence_that_goes_on_in_the_next_column_is_whole(read: Read) -> None:
    """As in xberg#1345."""
    # given
    left = _column(60, 712, ["The committee read the annual", "report and"], 14)
    right = _column(330, 712, ["approved the budget for all", "coming fiscal years."], 14)

    # when
    reading = read(_pdf(*left, *right, size=11), "x.pdf")

    # then
    assert reading.text.split() == " ".join(line for _, _, line in left + right).split()


def test_a_grid_of_values_drawn_before_their_labels_is_read_by_pairs(read: Read) -> None:
    """As in oxidizePdf#495 and docling#3773."""
    # given
    grid = [
        [("Order", "A-1041"), ("Day", "3 June 2026")],
        [("Customer", "88-213"), ("Terms", "30 days")],
    ]
    drawn = [
        (left + shift, 700 - 24 * number, text)
        for number, row in enumerate(grid)
        for left, pair in zip((50, 320), row, strict=True)
        for shift, text in ((90, pair[1]), (0, pair[0]))
    ]

    # when
    reading = read(_pdf(*drawn), "x.pdf")

    # then
    assert reading.text.split("\n") == [
        "Order\tA-1041\tDay\t3 June 2026",
        "Customer\t88-213\tTerms\t30 days",
    ]


def test_a_heading_that_was_drawn_last_stands_above_its_text(read: Read) -> None:
    """As in pypdf#1247."""
    # when
    reading = read(_pdf(*_column(50, 700, _LEFT), (50, 740, "Item 1. Minutes")), "x.pdf")

    # then
    assert reading.text.split("\n") == ["Item 1. Minutes", *_LEFT]
