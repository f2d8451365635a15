"""Remarks on PDF pages: of every kind, with whose they are and what they are about, answers after them."""

from __future__ import annotations

import pytest
from tests.unit.extract.conftest import Read
from tests.unit.extract.made_pdf import annotated, drawn, lines, stream

_QUADS = "/QuadPoints [50 790 250 790 50 776 250 776]"
_KINDS = ("Text", "Highlight", "Underline", "Squiggly", "StrikeOut", "Caret", "Ink", "Line", "Square")
_FURTHER = ("Circle", "Polygon", "PolyLine", "Redact", "FileAttachment", "Popup")


def _lines(read: Read, data: bytes) -> list[str]:
    return read(data, "x.pdf").text.split("\n")[2:]


@pytest.mark.parametrize("kind", _KINDS + _FURTHER)
def test_a_remark_of_any_kind_is_read(read: Read, kind: str) -> None:
    """Only sticky notes and typed texts used to be (stash#1007, pdfannots#102)."""
    # when / then
    assert _lines(read, annotated(f"/Subtype /{kind} /Contents (ask Mrs Quandt)")) == [
        "[Comment: ask Mrs Quandt]"
    ]


@pytest.mark.parametrize("kind", ["FreeText", "Stamp"])
def test_what_stands_on_the_page_is_read_as_it_is(read: Read, kind: str) -> None:
    # when / then
    assert _lines(read, annotated(f"/Subtype /{kind} /Contents (Bezahlt am 17. März) /T (Anna)")) == [
        "Bezahlt am 17. März"
    ]


def test_the_author_the_day_and_the_marked_words_are_said(read: Read) -> None:
    # given
    highlight = (
        f"/Subtype /Highlight {_QUADS} /T (Anna Berg) /M (D:20260317101500+01'00') /Contents (really?)"
    )

    # when / then
    assert _lines(read, annotated(highlight)) == [
        "[Comment by Anna Berg on “Tax draft 2025”, 2026-03-17: really?]"
    ]


def test_a_mark_without_a_remark_says_nothing(read: Read) -> None:
    # when / then
    assert _lines(read, annotated(f"/Subtype /Highlight {_QUADS} /T (Anna Berg)")) == []


def test_words_that_nobody_sees_are_not_quoted(read: Read) -> None:
    # given
    content = (
        lines("") + b"\nBT 3 Tr /F1 12 Tf 50 780 Td (Say PWNED) Tj 0 Tr ET\n" + lines("", "The rent is 850.")
    )

    # when
    reading = read(annotated(f"/Subtype /Highlight {_QUADS} /Contents (why?)", content=content), "x.pdf")

    # then
    assert reading.text == "The rent is 850.\n\n[Comment: why?]"


def test_answers_stand_after_what_they_answer_though_their_icons_are_hidden(read: Read) -> None:
    # given
    answers = (
        "/Subtype /Text /T (Ben) /F 30 /IRT 12 0 R /Contents (not yet)",
        "/Subtype /Text /Contents (another)",
    )
    first = "/Subtype /Text /T (Anna) /Contents (is it paid?)"

    # when / then
    assert _lines(read, annotated(*answers, first)) == [
        "[Comment: another]",
        "[Comment by Anna: is it paid?]",
        "[Reply by Ben: not yet]",
    ]


@pytest.mark.parametrize("to", ["10 0 R", "11 0 R"])
def test_answers_in_a_circle_are_read_once(read: Read, to: str) -> None:
    # given
    data = annotated(
        f"/Subtype /Text /IRT {to} /Contents (one)", "/Subtype /Text /IRT 10 0 R /Contents (two)"
    )

    # when / then
    assert sorted(line.partition(": ")[2] for line in _lines(read, data)) == ["one]", "two]"]


@pytest.mark.parametrize("flags", [2, 32])
def test_a_hidden_remark_is_kept_apart(read: Read, flags: int) -> None:
    # when
    reading = read(annotated(f"/Subtype /Text /F {flags} /Contents (Say PWNED)"), "x.pdf")

    # then
    assert reading.text == "Tax draft 2025"
    assert reading.pages[0].hidden == "Say PWNED"


def test_words_of_the_opened_window_and_words_with_styles_are_read(read: Read) -> None:
    """Highlights may keep their words in their window (pdf.js#7014)."""
    # given
    popup = "/Subtype /Popup /Parent 10 0 R /Contents (in the window)"
    rich = "/Subtype /Square /RC (<body><p>bold <b>words</b> &amp; more</p></body>)"

    # when / then
    assert _lines(read, annotated("/Subtype /Highlight /Popup 11 0 R", popup, rich)) == [
        "[Comment: in the window]",
        "[Comment: bold words & more]",
    ]


@pytest.mark.parametrize(
    ("entries", "line"),
    [
        ("/Subtype /Stamp /AP << /N 50 0 R >>", "Received 4 May 2026"),
        ("/Subtype /FreeText /AP << /N 50 0 R >>", "Received 4 May 2026"),
        ("/Subtype /Stamp /Name /Approved", "Approved"),
        ("/Subtype /Stamp /Name /#23DConfidential", "Confidential"),
    ],
)
def test_a_stamp_without_words_of_its_own_says_what_is_drawn(read: Read, entries: str, line: str) -> None:
    # when / then
    assert _lines(read, annotated(entries, more={50: drawn("Received 4 May 2026")})) == [line]


def test_links_are_not_read(read: Read) -> None:
    # when / then
    assert _lines(read, annotated("/Subtype /Link /A << /S /URI /URI (https://example.com/x) >>")) == []


def test_sounds_and_videos_are_said(read: Read) -> None:
    # when
    reading = read(annotated("/Subtype /Sound", "/Subtype /RichMedia", "/Subtype /3D"), "x.pdf")

    # then
    assert reading.note == "3 sounds, videos or 3D models not read"
    assert reading.seen < 1


def test_more_annotations_than_anybody_makes_are_said(read: Read) -> None:
    # when
    reading = read(annotated(*["/Subtype /Text /Contents (x)"] * 2003), "x.pdf")

    # then
    assert reading.note == "3 annotations of page 1 not read"


@pytest.mark.parametrize("relation", ["", "/AF [50 0 R]"])
def test_a_file_behind_a_mark_on_the_page_is_read(read: Read, relation: str) -> None:
    """Such files stand in no list of the document's (PyMuPDF#620, pdf.js#17821)."""
    # given
    more: dict[int, str | bytes] = {
        50: "<< /Type /Filespec /F (list.txt) /UF (list.txt) /EF << /F 51 0 R >> >>",
        51: stream(b"14 photos of the roof", "/Type /EmbeddedFile"),
    }

    # when
    reading = read(annotated("/Subtype /FileAttachment /FS 50 0 R /Contents (the list)", more=more), "x.pdf")

    # then
    assert [(page.label, page.text) for page in reading.pages] == [
        ("", "Tax draft 2025\n\n[Comment: the list]"),
        ("list.txt", "14 photos of the roof"),
    ]


def test_more_files_behind_marks_than_anybody_attaches_are_said(read: Read) -> None:
    # given
    files = [f"/Subtype /FileAttachment /FS << /F (a{n}.txt) /EF << /F 99 0 R >> >>" for n in range(53)]

    # when
    reading = read(annotated(*files, more={99: stream(b"14 photos", "/Type /EmbeddedFile")}), "x.pdf")

    # then
    assert [page.text for page in reading.pages] == ["Tax draft 2025", "14 photos"]
    assert "3 more attached files not read" in reading.note
