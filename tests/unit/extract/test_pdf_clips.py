"""Text that a clip cuts away is kept apart; text that shows through one is read."""

from __future__ import annotations

import pytest
from tests.unit.extract.conftest import Read
from tests.unit.extract.made_pdf import lines, raw_pdf

_TEXT = b"BT /F1 12 Tf 50 700 Td (It is due.) Tj ET Q"


@pytest.mark.parametrize(
    "clip",
    [
        b"0 0 0 0 re W n",
        b"50 700 0 0 re W n",
        b"0 0 10 10 re W n",
        b"0 0 595 842 re W n 0 0 0 0 re W n",
        b"0 0 m 0 0 l h W n",
        b"400 100 m 500 100 l 450 150 l h W* n",
    ],
)
def test_what_is_cut_away_is_kept_apart(read: Read, clip: bytes) -> None:
    # when
    reading = read(raw_pdf(lines("Rent 850") + b"\nq " + clip + b" " + _TEXT), "x.pdf")

    # then
    assert reading.text == "Rent 850"
    assert reading.pages[0].hidden.strip() == "It is due."


@pytest.mark.parametrize(
    "clip",
    [
        b"0 0 595 842 re W n",
        b"40 690 300 30 re W* n",
        b"55 695 10 30 re W n",  # cuts most of it
        b"300 842 m 595 0 l 300 0 l 0 842 l h W n",  # two opposite points are one above the other
        b"0 0 595 842 re 0 0 595 842 re W n 40 690 300 30 re W n",
    ],
)
def test_what_shows_through_a_clip_is_read(read: Read, clip: bytes) -> None:
    # when
    reading = read(raw_pdf(lines("Rent 850") + b"\nq " + clip + b" " + _TEXT), "x.pdf")

    # then
    assert "It is due." in reading.text
    assert reading.note == ""
