"""Fields of PDF forms: each filled one is read once, by its label, as the page shows it."""

from __future__ import annotations

import pytest
from tests.unit.extract.conftest import Read
from tests.unit.extract.made_pdf import drawn, form

_BOX = "/AP << /N << /{0} 50 0 R /Off 51 0 R >> >>"
_DRAWN = {50: drawn("x"), 51: drawn(" ")}


def _lines(read: Read, data: bytes) -> list[str]:
    return read(data, "form.pdf").text.split("\n")[2:]


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("/FT /Tx /T (name) /TU (Surname) /V (Okonjo-Berg)", "Surname: Okonjo-Berg"),
        ("/FT /Tx /T (name) /V <FEFF041804320430043D>", "name: Иван"),
        ("/FT /Tx /T (form1[0].#subform[0].Name_1[0]) /V (Ann)", "Name_1: Ann"),
        ("/FT /Tx /TU (Datum: ) /T (d) /V (17.03.2026)", "Datum: 17.03.2026"),
        ("/FT /Tx /Ff 4096 /T (address) /V (Elm Row 4\\r9000 Ghent)", "address: Elm Row 4"),
        ("/FT /Ch /Ff 131072 /T (size) /Opt [(S) (M) (L)] /V (M)", "size: M"),
        (
            "/FT /Ch /Ff 131072 /T (country) /Opt [[(DE) (Deutschland)] [(FR) (Frankreich)]] /V (FR)",
            "country: Frankreich",
        ),
        ("/FT /Ch /Ff 393216 /T (city) /Opt [(Ghent)] /V (Bruges)", "city: Bruges"),
        (
            "/FT /Ch /Ff 2097152 /T (days) /Opt [(Mon) (Tue) (Wed)] /V [(Mon) (Wed)] /I [0 2]",
            "days: Mon, Wed",
        ),
        (f"/FT /Btn /T (ok) /TU (Einverstanden) /V /Ja /AS /Ja {_BOX.format('Ja')}", "Einverstanden: Ja"),
        (f"/FT /Btn /T (ok) /TU (Newsletter) /V /Yes {_BOX.format('Yes')}", "Newsletter: Yes"),
    ],
)
def test_a_filled_field_is_a_line(read: Read, field: str, line: str) -> None:
    # when / then
    assert line in _lines(read, form(field, more=_DRAWN))


@pytest.mark.parametrize(
    "field",
    [
        "/FT /Tx /T (name) /V ()",
        "/FT /Tx /T (name)",
        "/FT /Tx /Ff 8192 /T (pin) /V (secret)",
        "/FT /Ch /Ff 131072 /T (size) /Opt [( ) (M)] /V ( )",
        "/FT /Btn /Ff 65536 /T (print) /MK << /CA (Print) >>",
        f"/FT /Btn /T (sms) /TU (SMS alerts) /V /Off /AS /Off {_BOX.format('Yes')}",
        f"/FT /Btn /T (sms) /TU (SMS alerts) /AS /Off {_BOX.format('Yes')}",
        "/FT /Sig /T (signature)",
    ],
)
def test_an_empty_field_is_no_line(read: Read, field: str) -> None:
    # when / then
    assert read(form(field, more=_DRAWN), "form.pdf").text == "Registration"


@pytest.mark.parametrize("opt", ["", "/Opt [(cash) (card)]"])
def test_the_chosen_radio_button_is_read_by_its_group(read: Read, opt: str) -> None:
    # given
    names = ("0", "1") if opt else ("cash", "card")
    kids = {
        20: f"/Parent 10 0 R /AS /{names[0]} /AP << /N << /{names[0]} 50 0 R /Off 51 0 R >> >>",
        21: f"/Parent 10 0 R /AS /Off /AP << /N << /{names[1]} 50 0 R /Off 51 0 R >> >>",
    }
    group = f"/FT /Btn /Ff 49152 /T (pay) /TU (Payment) /V /{names[0]} {opt} /Kids [20 0 R 21 0 R]"

    # when / then
    assert _lines(read, form(group, kids=kids, more=_DRAWN)) == ["Payment: cash"]


def test_a_value_of_several_widgets_is_read_once(read: Read) -> None:
    # given
    kids = {20: "/Parent 10 0 R", 21: "/Parent 10 0 R"}

    # when / then
    data = form("/FT /Tx /T (name) /V (Ann Berg) /Kids [20 0 R 21 0 R]", kids=kids)
    assert _lines(read, data) == ["name: Ann Berg"]


def test_fields_of_one_name_under_several_parents_are_told_apart(read: Read) -> None:
    # given
    kids = {20: "/Parent 10 0 R /FT /Tx /T (name) /V (Ann)", 21: "/Parent 11 0 R /FT /Tx /T (name) /V (Ben)"}

    # when
    found = _lines(read, form("/T (buyer) /Kids [20 0 R]", "/T (seller) /Kids [21 0 R]", kids=kids))

    # then
    assert found == ["buyer.name: Ann", "seller.name: Ben"]


def test_a_number_that_a_script_formats_is_read_as_it_is_shown(read: Read) -> None:
    # given
    script = '/AA << /F << /S /JavaScript /JS (AFNumber_Format\\(2, 2, 0, 0, "", true\\);) >> >>'
    field = f"/FT /Tx /T (sum) /TU (Summe) /V (1234.5) {script} /AP << /N 50 0 R >>"

    # when / then
    assert _lines(read, form(field, more={50: drawn("1.234,50 €")})) == ["Summe: 1.234,50 €"]


def test_a_hidden_field_is_kept_apart(read: Read) -> None:
    # when
    reading = read(form("/FT /Tx /T (token) /V (PWNED) /F 2").replace(b"/F 4", b"", 1), "form.pdf")

    # then
    assert reading.text == "Registration"
    assert "PWNED" in reading.pages[0].hidden
    assert "hidden text was left out" in reading.note


def test_a_widget_of_no_form_is_read(read: Read) -> None:
    # given
    data = form("/FT /Tx /T (name) /V (Ann)").replace(b"/AcroForm", b"/Nothing0")

    # when / then
    assert _lines(read, data) == ["name: Ann"]


_SIGNED = "/FT /Sig /T (Unterschrift) /V << /Type /Sig /Filter /Adobe.PPKLite /Name (Anna) {} >>"


def test_a_signature_says_what_is_drawn_for_it(read: Read) -> None:
    # given
    field = f"{_SIGNED.format('/M (D:20260317101500Z)')} /AP << /N 50 0 R >>"

    # when / then
    data = form(field, more={50: drawn("Signiert von Anna Berg")})
    assert _lines(read, data) == ["Unterschrift: Signiert von Anna Berg"]


@pytest.mark.parametrize(
    ("entries", "line"),
    [
        ("/M (D:20260317101500Z) /Reason (I agree)", "[Signed on 2026-03-17: I agree]"),
        ("/M (yesterday) /Contents <3000>", "[Signed]"),
    ],
)
def test_a_signature_that_is_not_drawn_says_when_and_why(read: Read, entries: str, line: str) -> None:
    # when / then
    assert _lines(read, form(_SIGNED.format(entries))) == [line]
