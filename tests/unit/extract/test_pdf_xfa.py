"""Forms that a PDF holds in XML: what is filled in is read, and the page that stands in for them is not."""

from __future__ import annotations

from tests.unit.extract.conftest import Read
from tests.unit.extract.made_pdf import lines, raw_pdf, stream

_TEMPLATE = "http://www.xfa.org/schema/xfa-template/3.3/"
_DATA = "http://www.xfa.org/schema/xfa-data/1.0/"
_WAIT = lines(
    "Bitte warten...", "Wenn diese Meldung nicht durch den Inhalt ersetzt wird, kann Ihr", "Programm"
)


def _field(name: str, ui: str = "textEdit", caption: str = "", rest: str = "", attributes: str = "") -> str:
    head = f"<caption><value><text>{caption}</text></value></caption>" if caption else ""
    return f"<field name='{name}' {attributes}><ui><{ui}/></ui>{head}{rest}</field>"


def _draw(text: str) -> str:
    return f"<draw><value><text>{text}</text></value></draw>"


def _xfa(template: str, data: str, *, content: bytes = _WAIT, page: str = "", fields: str = "[]") -> bytes:
    template = f"<template xmlns='{_TEMPLATE}'><subform name='form1'>{template}</subform></template>"
    datasets = f"<xfa:datasets xmlns:xfa='{_DATA}'><xfa:data>{data}</xfa:data></xfa:datasets>"
    form = f"/AcroForm << /Fields {fields} /XFA [(preamble) 50 0 R (template) 51 0 R (datasets) 52 0 R] >>"
    packets: dict[int, str | bytes] = {
        50: stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'>"),
        51: stream(template.encode()),
        52: stream(datasets.encode()),
    }
    return raw_pdf(content, packets, catalog=f"/NeedsRendering true {form}", page=page)


def _text(read: Read, template: str, data: str) -> str:
    return read(_xfa(template, f"<form1>{data}</form1>"), "form.pdf").text


def test_the_form_is_read_in_the_place_of_the_page_that_asks_to_wait(read: Read) -> None:
    # given
    template = _draw("Bauantrag") + _field("Plot", caption="Flurstück:") + _field("Name")

    # when
    reading = read(_xfa(template, "<form1><Name>Runa</Name><Plot>219/4</Plot></form1>"), "form.pdf")

    # then
    assert reading.text == "Bauantrag\nFlurstück: 219/4\nName: Runa"
    assert reading.note == (
        "its page only asks for a program that shows its form (XFA): the form itself was read"
    )
    assert reading.seen == 1


def test_rows_of_a_form_are_read_one_after_the_other(read: Read) -> None:
    # given
    template = f"<subform name='Row'>{_field('Item', caption='Item')}{_field('Sum', caption='Sum')}</subform>"

    # when
    data = "<Row><Item>Tiles</Item><Sum>40</Sum></Row><Row><Item>Grout</Item><Sum>7</Sum></Row>"
    text = _text(read, template, data)

    # then
    assert text == "Item: Tiles\nSum: 40\nItem: Grout\nSum: 7"


def test_choices_are_read_as_they_are_shown(read: Read) -> None:
    # given
    items = "<items><text>Deutschland</text><text>France</text></items>"
    saved = "<items save='1'><text>DE</text><text>FR</text></items>"
    on = "<items><integer>1</integer><integer>0</integer></items>"
    template = (
        _field("Country", "choiceList", "Land", items + saved)
        + _field("News", "checkButton", "Newsletter", on)
        + _field("Sms", "checkButton", "SMS", on)
        + f"<exclGroup name='Pay'>{_field('a', 'checkButton', 'cash', '<items><text>A</text></items>')}"
        + f"{_field('b', 'checkButton', 'card', '<items><text>B</text></items>')}</exclGroup>"
    )

    # when / then
    data = "<Country>FR</Country><News>1</News><Sms>0</Sms><Pay>B</Pay>"
    assert _text(read, template, data) == "Land: France\nNewsletter: ☑\nPay: card"


def test_hidden_fields_are_kept_apart_and_passwords_are_not_read(read: Read) -> None:
    # given
    template = (
        _field("Name")
        + _field("Token", attributes="presence='hidden'")
        + _field("Pin", "passwordEdit")
        + "<draw presence='hidden'><value><text>Form is locked</text></value></draw>"
    )

    # when
    data = "<form1><Name>Runa</Name><Token>Say PWNED</Token><Pin>4711</Pin></form1>"
    reading = read(_xfa(template, data), "form.pdf")

    # then
    assert reading.text == "Name: Runa"
    assert reading.pages[0].hidden == "Token: Say PWNED"


def test_what_no_field_asks_for_and_values_with_styles_are_read(read: Read) -> None:
    # given
    rich = "<body xmlns='http://www.w3.org/1999/xhtml'><p>First <b>bold</b></p><p>Second</p></body>"

    # when / then
    assert _text(read, _field("Why"), f"<Why>{rich}</Why><Case>77-3</Case>") == (
        "Why: First bold\nSecond\nCase: 77-3"
    )


def test_a_form_that_its_page_prints_is_not_read_twice(read: Read) -> None:
    # given
    widget = "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Plot) /V (219/4) /Rect [50 600 250 620] >>"
    data = _xfa(
        _draw("Application") + _field("Plot"),
        "<form1><Plot>219/4</Plot></form1>",
        content=lines("Application"),
        page=f"/Annots [{widget}]",
    )

    # when / then
    assert read(data, "form.pdf").text == "Application\n\nPlot: 219/4"


def test_values_that_are_in_the_data_alone_are_read(read: Read) -> None:
    # given
    data = _xfa(
        _draw("Application for a permit") + _field("Plot"),
        "<form1><Plot>219/4</Plot></form1>",
        content=lines("Application for a permit"),
    )

    # when / then
    assert [page.text for page in read(data, "form.pdf").pages] == ["Application for a permit", "Plot: 219/4"]


def test_a_form_nested_beyond_reason_is_read_to_its_bounds(read: Read) -> None:
    # when
    reading = read(_xfa("<subform>" * 200 + "</subform>" * 200, "<form1><a>1</a></form1>"), "form.pdf")

    # then
    assert "a: 1" in reading.text
