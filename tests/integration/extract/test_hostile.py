"""Hostile files of every kind that is read: each ends in a reading with a status, and the next is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.hostile import HOSTILE
from tests.unit.extract.made import pdf

from twolane.config.settings import ExtractSettings
from twolane.documents import ReadStatus
from twolane.extract import Extractor
from twolane.extract.base import Limits, SourceFile
from twolane.extract.read import read_source

# Enough for a loop or a bomb to show; by hand as many as a million.
COUNT = 100


@pytest.fixture(scope="module")
def reader() -> Iterator[Extractor]:
    with Extractor(ExtractSettings(ocr="off", slow_processes=1)) as made:
        yield made


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_a_reading_with_a_status(name: str, reader: Extractor, tmp_path: Path) -> None:
    # given
    path = tmp_path / name
    path.write_bytes(HOSTILE[name](COUNT))

    # when
    reading = reader.read(path)

    # then
    assert reading.status is ReadStatus.TEXT or reading.note
    assert sum(len(page.text) for page in reading.pages) <= 8_000_000


def test_what_comes_after_them_is_read_by_the_same_reader(reader: Extractor, tmp_path: Path) -> None:
    # given
    path = tmp_path / "letter.pdf"
    path.write_bytes(pdf([["The lease of the mill"]]))

    # when
    reading = reader.read(path)

    # then
    assert reading.pages[0].text == "The lease of the mill"


@pytest.mark.parametrize("name", ["comments.docx", "fields.docx", "hidden_runs.docx", "note_loop.docx"])
def test_a_paragraph_of_countless_pieces_takes_no_more_time_for_each(name: str) -> None:
    # when
    reading = read_source(SourceFile.of(HOSTILE[name](20_000), name), Limits(cpu_s=20, ocr="off"))

    # then
    assert reading.status is ReadStatus.TEXT
    assert not reading.note.startswith("first")
