"""Content decides what a file is; its name chooses only among kinds of text."""

from __future__ import annotations

import gzip
import random

import pytest
from tests.unit.extract.made import doc, ole, pdf, picture, ppt, raw_docx, zipped

from twolane.documents import ReadStatus
from twolane.extract.base import Refused, SourceFile
from twolane.extract.detect import detect

MAIL = b"From: a@example.com\r\nDate: Mon, 1 Jan 2024 10:00:00 +0000\r\nSubject: hello\r\n\r\nbody\r\n"
CONTENTS = [
    (pdf([["a"]]), "notes.txt", "pdf"),
    (b"\r\nHTTP/1.1 200 OK\r\n\r\n" + pdf([["a"]]), "x.pdf", "pdf"),
    (raw_docx(""), "x.pdf", "word"),
    (zipped({"ppt/presentation.xml": "<p/>"}), "x", "slides"),
    (zipped({"xl/workbook.xml": "<w/>"}), "x.csv", "sheets"),
    (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "x", "opendocument"),
    (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "x", "sheets"),
    (zipped({"mimetype": "application/epub+zip"}), "x", "epub"),
    (doc("some text"), "x.xls", "legacy"),
    (ppt([["a"]]), "x", "legacy"),
    (ole({"__properties_version1.0": b""}), "x", "outlook"),
    (picture(), "x.pdf", "image"),
    (b"{\\rtf1 text}", "x.doc", "rtf"),
    (b"<html><body>text</body></html>", "x.doc", "html"),
    (b"\xef\xbb\xbf<!DOCTYPE html>\n<p>text", "x", "html"),
    (b"<?php echo '<html>'; ?>", "x.php", "text"),
    (b"<!-- see <html> -->\n# title", "x.md", "text"),
    (b'<?xml version="1.0"?><invoice/>', "x.txt", "xml"),
    (MAIL, "x.eml", "mail"),
    (MAIL, "saved.txt", "mail"),
    (b"From: the start of a story\n\nOnce upon a time", "story.txt", "text"),
    (b"BZh is how a bzip2 file starts", "notes.txt", "text"),
    (b"plain words", "x.pdf", "text"),
]


@pytest.mark.parametrize(("data", "name", "reader"), CONTENTS)
def test_content_decides(data: bytes, name: str, reader: str) -> None:
    # when
    kind = detect(SourceFile.of(data, name))

    # then
    assert kind.reader == reader


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (gzip.compress(b"text", mtime=0), "gzip"),
        (zipped({"a.txt": "text"}), "ZIP"),
        (b"\x7fELF\x02\x01\x01" + bytes(200), "program"),
        (b"MZ\x90\0" + bytes(range(256)), "program"),
        (b"SQLite format 3\0" + bytes(84), "database"),
    ],
)
def test_what_is_not_read_has_a_name(data: bytes, words: str) -> None:
    # when
    kind = detect(SourceFile.of(data, "report.pdf"))

    # then
    assert kind.reader == ""
    assert words in kind.words


@pytest.mark.parametrize("seed", range(5))
def test_binary_rubbish_is_never_text(seed: int) -> None:
    # given
    data = random.Random(seed).randbytes(20_000)

    # when
    with pytest.raises(Refused) as caught:
        detect(SourceFile.of(data, "notes.txt"))

    # then
    assert caught.value.status in {ReadStatus.UNSUPPORTED, ReadStatus.DAMAGED}


def test_a_cut_off_package_is_damaged() -> None:
    # given
    data = raw_docx("<w:p/>" * 100)

    # when
    with pytest.raises(Refused) as caught:
        detect(SourceFile.of(data[: len(data) // 2], "letter.docx"))

    # then
    assert caught.value.status is ReadStatus.DAMAGED
