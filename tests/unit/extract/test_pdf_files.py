"""Files attached to PDFs: read as further pages, once each; what cannot be read of them is said."""

from __future__ import annotations

import pytest
from tests.unit.extract.conftest import Read
from tests.unit.extract.made import pdf
from tests.unit.extract.made_pdf import lines, raw_pdf, stream
from tests.unit.extract.parts.pdf import with_file

from twolane.documents import ReadStatus
from twolane.facts import Origin


@pytest.mark.parametrize(
    "name", ["<FEFF00DC0062006500720073006900630068007400202116002E007400780074>", "(list.txt)"]
)
def test_a_name_in_any_encoding_is_the_label(read: Read, name: str) -> None:
    # given
    data = with_file("x.txt", b"14 photos").replace(
        b"/F (x.txt) /UF (x.txt)", f"/F (x.txt) /UF {name}".encode()
    )

    # when
    reading = read(data, "x.pdf")

    # then
    assert [page.text for page in reading.pages] == ["The letter is attached.", "14 photos"]
    assert reading.pages[1].label in {"Übersicht №.txt", "list.txt"}


def test_a_pdf_in_a_pdf_in_a_pdf_is_read(read: Read) -> None:
    # given
    inner = with_file("inner.pdf", pdf([["Registered letter"], ["Page two of it"]]))

    # when
    reading = read(with_file("outer.pdf", inner), "x.pdf")

    # then
    assert [page.label for page in reading.pages] == [
        "",
        "outer.pdf, p. 1",
        "outer.pdf inner.pdf, p. 1",
        "outer.pdf inner.pdf, p. 2",
    ]


def test_the_same_file_in_the_list_and_on_the_page_is_read_once(read: Read) -> None:
    # given
    files: dict[int, str | bytes] = {
        50: "<< /Type /Filespec /F (a.txt) /EF << /F 51 0 R >> >>",
        51: stream(b"14 photos", "/Type /EmbeddedFile"),
    }
    data = raw_pdf(
        lines("Cover"),
        files,
        page="/Annots [<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 50 0 R >>]",
        catalog="/Names << /EmbeddedFiles << /Names [(a.txt) 50 0 R] >> >>",
    )

    # when / then
    assert [page.text for page in read(data, "x.pdf").pages] == ["Cover", "14 photos"]


@pytest.mark.parametrize("broken", [b"/EF << /F 99 0 R >>", b"/Nothing << >>"])
def test_a_file_that_is_missing_is_said(read: Read, broken: bytes) -> None:
    # given
    data = with_file("a.txt", b"14 photos").replace(b"/EF << /F 51 0 R >>", broken)

    # when
    reading = read(data, "x.pdf")

    # then
    assert reading.text == "The letter is attached."
    assert "a.txt, which is missing or broken, not read" in reading.note
    assert reading.seen < 1


def test_a_file_of_no_known_kind_is_said(read: Read) -> None:
    # when
    reading = read(with_file("model.bin", bytes(range(256)) * 9), "x.pdf")

    # then
    assert "model.bin" in reading.note
    assert reading.seen == 0.5


def test_a_locked_pdf_in_a_pdf_is_said(read: Read) -> None:
    # when
    reading = read(with_file("locked.pdf", pdf([["secret"]], password="x")), "x.pdf")

    # then
    assert "locked.pdf not read: protected by a password" in reading.note


_CII = """<rsm:CrossIndustryInvoice
 xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100">
 <rsm:ExchangedDocument><ram:ID>R-77</ram:ID></rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty>
 <ram:Name>Felsted</ram:Name></ram:SellerTradeParty></ram:ApplicableHeaderTradeAgreement>
 <ram:ApplicableHeaderTradeSettlement>
 <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
 <ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:DuePayableAmount>119.00</ram:DuePayableAmount>
 </ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
 </rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""
_UBL = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:ID>R-77</cbc:ID><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
 <cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="EUR">119.00</cbc:PayableAmount>
 </cac:LegalMonetaryTotal></Invoice>"""


@pytest.mark.parametrize(
    ("name", "xml"),
    [
        ("factur-x.xml", _CII),
        ("zugferd-invoice.xml", _CII),
        ("xrechnung.xml", _CII),
        ("ZUGFeRD-invoice.xml", _CII.replace("CrossIndustryInvoice:100", "CrossIndustryInvoice:13")),
        ("invoice.XML", _UBL),
        ("efatura.xml", _UBL),
        ("Anlage 1", _CII),
    ],
)
def test_an_attached_invoice_becomes_fields_under_whatever_name(read: Read, name: str, xml: str) -> None:
    # given
    data = with_file(name, xml.encode()).replace(b"The letter is attached.", b"Zahlbar: 119,00 Euro...")

    # when
    reading = read(data, "x.pdf")

    # then
    assert [
        one.value for one in reading.stated if one.origin is Origin.INVOICE and one.field == "total_due"
    ] != []
    assert reading.status is ReadStatus.TEXT
