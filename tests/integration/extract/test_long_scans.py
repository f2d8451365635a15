"""A scan of many pages through the real reading process: each page brings its own processor time."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest
from tests.support.scanned import TEXTS, drawn, scanned_pdf

from twolane.config.settings import ExtractSettings
from twolane.extract import Extractor, ocr_engine, programs
from twolane.extract.sandbox import keeper

needs_tesseract = pytest.mark.skipif(
    ocr_engine(ExtractSettings(ocr="tesseract")) == "" and not os.environ.get("CI"),
    reason="tesseract is not installed",
)


@needs_tesseract
def test_a_scan_that_takes_longer_than_the_limit_of_a_file_is_read_to_its_end(tmp_path: Path) -> None:
    # given
    path = tmp_path / "scan.pdf"
    path.write_bytes(scanned_pdf(*[drawn(TEXTS["eng"], height=1000)] * 3))
    settings = ExtractSettings(ocr="tesseract", cpu_limit_s=2, ocr_page_cpu_limit_s=30)

    # when
    with Extractor(settings) as reader:
        reading = reader.read(path)

    # then
    assert reading.seen == 1.0
    assert reading.note == ""
    assert all("Invoice number 4417" in " ".join(page.text.split()) for page in reading.pages)


@pytest.mark.skipif(sys.platform != "linux", reason="the keeper is Linux's")
def test_a_program_gets_all_of_a_large_picture_though_it_is_slow_to_take_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    data = os.urandom(1 << 20)  # a pipe holds a sixteenth
    ours, theirs = socket.socketpair()
    monkeypatch.setattr(programs, "TESSERACT", "cat")
    monkeypatch.setattr(keeper, "_LOOK_S", 0.0001)
    work = keeper._Work(theirs.detach(), os.getpid(), 1 << 30)
    monkeypatch.setattr(work, "_look", lambda _: False)

    # when
    with ours, work._requests, work._answers:
        given = work._run([], data, 60)

    # then
    assert given == data
