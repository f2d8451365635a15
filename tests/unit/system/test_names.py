"""Names that every disk takes, whatever they are made of."""

from __future__ import annotations

import os
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twolane.system.names import MOST_NAME_BYTES, FileName, fitted, folded, is_takeable, safe, takeable

UNSAFE = re.compile(
    r'[\x00-\x1f\x7f-\x9f/\\:|<>"?*\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]'
)
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9¹²³])")

# all code points, bytes that are no text as the system decodes them, and what names are attacked with
chars = st.one_of(
    st.characters(exclude_categories=()),
    st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF),
    st.sampled_from('/\\:|<>"?*. ~\0\n\t\u202e\u200b\u200d\u0301\ufeffé٠ßİſ汉🇩👨'),
)
texts = st.text(chars, max_size=300)


@given(texts)
def test_whatever_a_text_holds_it_becomes_a_part_of_a_path_that_every_disk_takes(text: str) -> None:
    # when
    made = safe(text)

    # then
    assert not UNSAFE.search(made)
    assert made == made.strip(" .")
    assert "  " not in made
    assert unicodedata.is_normalized("NFC", made)
    assert safe(made) == made


@given(texts, texts, st.integers(1, 9999), st.integers(48, MOST_NAME_BYTES))
def test_a_name_fits_keeps_its_ending_and_is_none_that_a_system_keeps(
    stem: str, ending: str, number: int, limit_bytes: int
) -> None:
    # given
    parts = FileName(stem, FileName.of("x." + ending).ending).safe

    # when
    name = fitted(parts, number, limit_bytes=limit_bytes)

    # then
    assert len(os.fsencode(name)) <= limit_bytes
    assert name == "" or name.endswith(parts.ending)
    assert not RESERVED.fullmatch(name.split(".")[0].rstrip(" "))
    assert safe(name) == name or name.endswith((")", parts.ending))
    assert name or not parts.stem


@given(texts.filter(lambda name: "/" not in name and "\0" not in name))
def test_a_name_in_two_parts_is_the_same_name(name: str) -> None:
    parts = FileName.of(name)
    assert parts.stem + parts.ending == name
    assert not parts.ending or parts.stem


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("letter.pdf", ".pdf"),
        ("scan.tar.gz", ".gz"),
        (".bashrc", ""),
        ("...", ""),
        ("Brief an Fr. Müller", ""),
        ("letter.", ""),
        ("..pdf", ""),
        ("заявление.docx", ".docx"),
        ("x." + "y" * 60, ""),
    ],
)
def test_what_is_the_ending_of_a_name(name: str, ending: str) -> None:
    assert FileName.of(name).ending == ending


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rechnung.PDF", "rechnung.pdf"),
        ("Gru\u0308n.pdf", "Gr\u00fcn.pdf"),
        ("STRASSE", "straße"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("a\u200db", "ab"),
        ("name. .", "name"),
        ("\u212b", "\u00e5"),
    ],
)
def test_names_that_some_disk_takes_for_one_fold_alike(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@given(texts)
def test_folding_tells_no_name_from_itself_in_another_case_or_form(name: str) -> None:
    ordered = unicodedata.normalize("NFD", name)
    forms = {name, ordered, unicodedata.normalize("NFC", name)}
    forms |= {ordered.casefold(), ordered.upper(), ordered.lower()}
    assert len({folded(form) for form in forms}) == 1


def test_a_long_name_is_cut_between_what_people_see_as_letters() -> None:
    # given
    marked = "e" + "\u0335" * 300  # one letter, longer than any name
    family, flag, vowel = "👨‍👩‍👧", "🇩🇪", "कि"

    # when
    names = [fitted(FileName(letter * 200, ".pdf")) for letter in (family, flag, vowel, "e\u0301")]

    # then
    assert len(fitted(FileName(marked, ".pdf")).encode()) > 250
    for name, letter in zip(names, (family, flag, vowel, "e\u0301"), strict=True):
        assert name == letter * name.count(letter) + ".pdf"
        assert MOST_NAME_BYTES - len(letter.encode()) - 1 <= len(name.encode()) <= MOST_NAME_BYTES


@pytest.mark.parametrize("name", ["CON", "con.txt", "aux .tar.gz", "COM1", "lpt³.pdf", "NUL"])
def test_names_of_devices_get_something_behind_them(name: str) -> None:
    assert fitted(FileName.of(name).safe).partition(".")[0].endswith("_")


@given(texts.filter(lambda name: "/" not in name and "\0" not in name))
def test_whatever_a_name_is_every_disk_takes_what_becomes_of_it(name: str) -> None:
    # when
    made = takeable(name)

    # then
    assert made == "" or is_takeable(made)
    assert made == name or not is_takeable(name)
    assert takeable(made) == made


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("letter.pdf", "letter.pdf"),
        (
            "Gru\u0308n  und blau.pdf",
            "Gru\u0308n  und blau.pdf",
        ),  # not as we would write it, and taken everywhere
        ("con", "con_"),
        ("NUL.txt", "NUL_.txt"),
        ("Aux.tar.gz", "Aux_.tar.gz"),
        ("COM1 .log", "COM1_.log"),
        ("lpt¹.prn", "lpt¹_.prn"),
        ("console.txt", "console.txt"),
        ("report.", "report"),
        ("report . .", "report"),
        ("stream.txt:hidden", "stream.txt-hidden"),
        ("12:30 Uhr?.md", "12-30 Uhr.md"),
        ('"quoted"<a|b>*.txt', "'quoted'a-b.txt"),
        ("line\nbreak.txt", "line break.txt"),
        ("old\udce4byte.txt", "old_byte.txt"),
        ("...", ""),
        ("x" * 300 + ".pdf", "x" * 250 + ".pdf"),
    ],
)
def test_what_windows_or_a_stick_refuses_gets_a_name_that_they_take(name: str, made: str) -> None:
    assert takeable(name) == made
