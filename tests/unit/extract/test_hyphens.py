"""Words that were cut at the end of a line: joined by the document's own words, in any language."""

from __future__ import annotations

import io

import pytest
from tests.unit.extract.conftest import Read

from twolane.extract.base import clean
from twolane.extract.hyphens import WholeWords, join_cut_words


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ("Die Kündi-\ngungsfrist beträgt", "Die Kündigungsfrist\nbeträgt"),
        ("Die Kündi\ufffegungsfrist beträgt", "Die Kündigungsfrist\nbeträgt"),
        ("kün-\ndi-\ngungs Frist", "kündigungs\nFrist"),
        ("KÜNDI-\nGUNG zum", "KÜNDIGUNG\nzum"),
        ("les assu-\nrances du", "les assurances\ndu"),
        ("la direc-\nción de", "la dirección\nde"),
        ("ubezpie-\nczenie od", "ubezpieczenie\nod"),
        ("ар-\nхив дела", "архив\nдела"),
        ("prefer\ufffeably in one sentence", "preferably\nin one sentence"),
        ("soft\u00ad\nware is", "software\nis"),
        ("Λανθάνουσας Δυ-\nνατότητας, οι", "Λανθάνουσας Δυνατότητας,\nοι"),  # PyMuPDF#1920
        ("permit-\nted by law", "permitted\nby law"),  # pdftext#1
    ],
)
def test_a_cut_word_is_whole_in_the_line_that_it_began_in(cut: str, whole: str) -> None:
    # when / then
    assert join_cut_words(cut) == whole


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ("E-Mail-\nAdresse hier", "E-Mail-Adresse\nhier"),
        ("Müller-\nLüdenscheid kam", "Müller-Lüdenscheid\nkam"),
        ("die Jahre 2020-\n2021 und", "die Jahre 2020-2021\nund"),
        ("Tel. 089-\n123456", "Tel. 089-123456"),
        ("an x-\nray of", "an x-ray\nof"),
        ("see https://a.example/foo-\nbar for", "see https://a.example/foo-bar\nfor"),
        ("well-\nknown is well-known", "well-known\nis well-known"),
        ("Selbst-\nund Fremdbeteiligung und mehr", "Selbst-\nund Fremdbeteiligung und mehr"),
        ("item -\nnext", "item -\nnext"),
        ("vracht- en verzend-\nkosten", "vracht- en verzendkosten"),  # xberg#1561
        ("price-\ndetermining, price-determining", "price-determining,\nprice-determining"),  # xberg#1543
        ("ends here-\n\nnext part", "ends here-\n\nnext part"),
    ],
)
def test_a_hyphen_that_belongs_to_its_words_stays(cut: str, whole: str) -> None:
    # when / then
    assert join_cut_words(cut) == whole


def test_the_words_of_earlier_pages_tell_what_is_one_word() -> None:
    # given
    known = WholeWords()
    known.learn("Das Self-Service-Center ist ein well-being centre.")

    # when / then
    assert join_cut_words("of well-\nbeing is", known) == "of well-being\nis"


def test_words_without_end_take_no_time_without_end() -> None:
    # given
    text = "a" * 200_000 + "-\n" + "b-\n" * 20_000

    # when / then
    assert len(join_cut_words(text)) <= len(text)


def test_marks_of_where_a_word_may_be_cut_are_gone_in_every_format() -> None:
    # when / then
    assert clean("Donau\u00addampf\u200bschiff mit soft\u00ad\nware, می\u200cخواهم") == (
        "Donaudampfschiff mit software, می\u200cخواهم"
    )


def test_a_pdf_has_its_cut_words_whole(read: Read) -> None:
    """As in pdf.js#11752 and PyMuPDF#4994."""
    # given
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data)
    lines = "Die gesetzliche Kündi-", "gungsfrist beträgt sechs Wochen zum Quar-", "talsende."
    for number, line in enumerate(lines):
        canvas.drawString(50, 700 - 14 * number, line)
    canvas.save()

    # when
    reading = read(data.getvalue(), "x.pdf")

    # then
    assert reading.text == "Die gesetzliche Kündigungsfrist\nbeträgt sechs Wochen zum Quartalsende."
