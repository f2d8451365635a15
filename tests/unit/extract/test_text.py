"""Text comes out right in every encoding, and clean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.extract.conftest import Read

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Full, Limits, SourceFile, clean
from twolane.extract.read import read_source
from twolane.extract.readers.text import decode

SENTENCES = {
    "utf-8": "Größe, señor, 年度报告 и договор.\n",
    "utf-8-sig": "Ελληνικά and more.\n",
    "utf-16": "Ελληνικά and more.\n",
    "utf-32": "Ελληνικά and more.\n",
    "utf-16-le": "Invoice number 4417, due on Friday.\nΕλληνικά κείμενο, naïve café.\n",
    "utf-16-be": "Invoice number 4417, due on Friday.\n",
    "latin-1": "Le café est servi à l'hôtel. Größe, señor, naïve.\n",
    "cp1252": "“Smart quotes” – the price is €25… naïve café™\n",
    "cp1251": "Настоящий договор заключён между сторонами и вступает в силу с момента подписания.\n",
    "koi8_r": "Просим оплатить счёт до конца месяца, иначе договор будет расторгнут.\n",
    "iso8859_7": "Σας αποστέλλουμε την ετήσια αναφορά της εταιρείας μας για το έτος αυτό.\n",
    "shift_jis": "請求書を送付いたしますので、ご確認のほどよろしくお願いいたします。\n",
    "gb18030": "随函附上公司年度报告，请查收并确认。\n",
    "euc_kr": "첨부된 이력서를 확인해 주시기 바랍니다.\n",
}


@pytest.mark.parametrize("encoding", SENTENCES)
def test_every_encoding(encoding: str) -> None:
    # given
    text = SENTENCES[encoding] * 8

    # when
    decoded, _ = decode(text.encode(encoding))

    # then
    assert decoded == text


def test_a_few_broken_bytes_do_not_change_the_rest(read: Read) -> None:
    # given
    data = "Grüße aus Köln. ".encode() * 20 + b"\xc3\x28 \xed\xa0\x80 end"

    # when
    reading = read(data, "note.txt")

    # then
    assert reading.status is ReadStatus.TEXT
    assert "Grüße aus Köln" in reading.text
    assert reading.text.endswith("end")


def test_a_block_of_zeros_is_a_hole_not_the_end(read: Read) -> None:
    # when
    reading = read(b"before " * 100 + bytes(4096) + b" after" * 100, "log.txt")

    # then
    assert reading.status is ReadStatus.TEXT
    assert "before" in reading.text
    assert "after" in reading.text


@pytest.mark.parametrize("data", [b" \n\t\r\n" * 50, b"\xef\xbb\xbf", bytes(4096), "…–—!?".encode()])
def test_no_words_is_empty(read: Read, data: bytes) -> None:
    # when
    reading = read(data, "blank.txt")

    # then
    assert reading.status is ReadStatus.EMPTY
    assert reading.pages == ()
    assert reading.note


@given(st.text(alphabet=st.characters(codec=None)))
def test_clean_text_can_be_stored_and_shown(text: str) -> None:
    # when
    cleaned = clean(text)

    # then
    cleaned.encode("utf-8")
    assert not any(ord(c) < 32 and c not in "\n\t" for c in cleaned)
    assert "\x7f" not in cleaned
    assert clean(cleaned) == cleaned


def test_terminal_escapes_go() -> None:
    # when
    cleaned = clean("\x1b]0;title\x07\x1b[31mred\x1b[0m\r\nnext\x0cpage\x00  ")

    # then
    assert cleaned == "red\nnext\npage"


def test_a_long_text_says_how_much_was_seen() -> None:
    # when
    reading = read_source(SourceFile.of(b"word " * 10_000, "long.txt"), Limits(text_chars=20_000))

    # then
    assert reading.status is ReadStatus.TEXT
    assert len(reading.text) == 20_000
    assert reading.seen == pytest.approx(0.4, abs=0.01)
    assert "% read" in reading.note


def test_a_draft_ends_with_the_time() -> None:
    # given
    draft = Draft(Limits(cpu_s=1.0), started=-1000.0)
    draft.page_count = 4
    draft.add("first page")

    # when
    with pytest.raises(Full):
        draft.check_time()
    reading = draft.reading("text/plain")

    # then
    assert reading.seen == 0.25
    assert "processor time" in reading.note
