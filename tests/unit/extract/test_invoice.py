"""Invoices in XML: on their own, attached to a PDF, and beside pages that say something else."""

from __future__ import annotations

import base64
import io
import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.unit.extract.conftest import Read
from tests.unit.extract.made import pdf

from twolane.documents import Reading, ReadStatus
from twolane.facts import DATE, FieldValue, Origin
from twolane.fields.catalogue import known_fields
from twolane.fields.draw import draw
from twolane.fields.stated import values_of

CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocument><ram:ID>RE-2024/0815</ram:ID><ram:Name>Rechnung</ram:Name>
<ram:TypeCode>380</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">20240305</udt:DateTimeString></ram:IssueDateTime>
</rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction>
<ram:IncludedSupplyChainTradeLineItem><ram:SpecifiedTradeProduct><ram:Name>Dachrinne, verzinkt</ram:Name>
</ram:SpecifiedTradeProduct><ram:SpecifiedLineTradeDelivery>
<ram:BilledQuantity unitCode="MTR">12</ram:BilledQuantity>
</ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement>
<ram:SpecifiedTradeSettlementLineMonetarySummation>
<ram:LineTotalAmount>1037.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>
</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>
<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Spenglerei Öztürk GmbH</ram:Name>
<ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">133/8150/8159</ram:ID></ram:SpecifiedTaxRegistration>
<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE123456789</ram:ID></ram:SpecifiedTaxRegistration>
</ram:SellerTradeParty><ram:BuyerTradeParty><ram:ID>K-77</ram:ID><ram:Name>Lin Abara</ram:Name>
</ram:BuyerTradeParty>
</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeSettlement>
<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:SpecifiedTradeSettlementPaymentMeans>
<ram:PayeePartyCreditorFinancialAccount><ram:IBANID>DE89370400440532013000</ram:IBANID>
</ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
<ram:BillingSpecifiedPeriod><ram:StartDateTime><udt:DateTimeString format="102">20240201</udt:DateTimeString>
</ram:StartDateTime><ram:EndDateTime><udt:DateTimeString format="102">20240229</udt:DateTimeString>
</ram:EndDateTime>
</ram:BillingSpecifiedPeriod><ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>
<udt:DateTimeString format="102">20240404</udt:DateTimeString></ram:DueDateDateTime>
</ram:SpecifiedTradePaymentTerms>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation>
<ram:TaxBasisTotalAmount>1037.00</ram:TaxBasisTotalAmount>
<ram:TaxTotalAmount currencyID="CHF">190.00</ram:TaxTotalAmount>
<ram:TaxTotalAmount currencyID="EUR">197.03</ram:TaxTotalAmount>
<ram:GrandTotalAmount>1234.03</ram:GrandTotalAmount>
<ram:DuePayableAmount>1234.03</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>
</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""

UBL = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>2024-118</cbc:ID><cbc:IssueDate>2024-03-05</cbc:IssueDate><cbc:DueDate>2024-04-04</cbc:DueDate>
<cbc:DocumentCurrencyCode>SEK</cbc:DocumentCurrencyCode>
<cac:InvoicePeriod><cbc:StartDate>2024-02-01</cbc:StartDate><cbc:EndDate>2024-02-29</cbc:EndDate>
</cac:InvoicePeriod>
<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment>
<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf"
 filename="bilaga.pdf">{held}</cbc:EmbeddedDocumentBinaryObject>
</cac:Attachment></cac:AdditionalDocumentReference>
<cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>Åkers</cbc:Name></cac:PartyName>
<cac:PartyTaxScheme><cbc:CompanyID>Godkänd för F-skatt</cbc:CompanyID><cac:TaxScheme><cbc:ID>TAX</cbc:ID>
</cac:TaxScheme>
</cac:PartyTaxScheme><cac:PartyTaxScheme><cbc:CompanyID>SE556677889901</cbc:CompanyID><cac:TaxScheme>
<cbc:ID>VAT</cbc:ID>
</cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity>
<cbc:RegistrationName>Åkers Kraft AB</cbc:RegistrationName>
</cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>SE4550000000058398257466</cbc:ID>
</cac:PayeeFinancialAccount>
</cac:PaymentMeans><cac:TaxTotal><cbc:TaxAmount currencyID="SEK">250.00</cbc:TaxAmount></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount currencyID="SEK">1000.00</cbc:TaxExclusiveAmount>
<cbc:PayableAmount currencyID="SEK">1250.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="KWH">400</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount currencyID="SEK">1000.00</cbc:LineExtensionAmount><cac:Item><cbc:Name>El</cbc:Name>
</cac:Item>
</cac:InvoiceLine></Invoice>"""

FATTURA = """<p:FatturaElettronica versione="FPR12" xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2">
<FatturaElettronicaHeader><CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese>
<IdCodice>01234567890</IdCodice></IdFiscaleIVA><Anagrafica><Nome>Giulia</Nome><Cognome>Però</Cognome>
</Anagrafica>
</DatiAnagrafici></CedentePrestatore></FatturaElettronicaHeader><FatturaElettronicaBody><DatiGenerali>
<DatiGeneraliDocumento><TipoDocumento>TD01</TipoDocumento><Divisa>EUR</Divisa><Data>2024-03-05</Data>
<Numero>12/B</Numero><ImportoTotaleDocumento>366.00</ImportoTotaleDocumento></DatiGeneraliDocumento>
</DatiGenerali>
<DatiBeniServizi><DettaglioLinee><Descrizione>Consulenza</Descrizione><Quantita>1.00</Quantita>
<PrezzoTotale>300.00</PrezzoTotale></DettaglioLinee><DatiRiepilogo>
<ImponibileImporto>200.00</ImponibileImporto>
<Imposta>44.00</Imposta></DatiRiepilogo><DatiRiepilogo><ImponibileImporto>100.00</ImponibileImporto>
<Imposta>22.00</Imposta></DatiRiepilogo></DatiBeniServizi><DatiPagamento><DettaglioPagamento>
<DataScadenzaPagamento>2024-04-04</DataScadenzaPagamento><ImportoPagamento>366.00</ImportoPagamento>
<IBAN>IT60X0542811101000000123456</IBAN></DettaglioPagamento></DatiPagamento></FatturaElettronicaBody>
</p:FatturaElettronica>"""

FAKTURA = """<Faktura xmlns="http://crd.gov.pl/wzor/2023/06/29/12648/"><Podmiot1><DaneIdentyfikacyjne>
<NIP>1234563218</NIP>
<Nazwa>Zakład Żółw sp. z o.o.</Nazwa></DaneIdentyfikacyjne></Podmiot1><Fa><KodWaluty>PLN</KodWaluty>
<P_1>2024-03-05</P_1>
<P_2>FV 5/03/2024</P_2><P_13_1>100.00</P_13_1><P_14_1>23.00</P_14_1><P_13_2>50.00</P_13_2>
<P_14_2>4.00</P_14_2>
<P_15>177.00</P_15><FaWiersz><P_7>Usługa</P_7><P_8B>1</P_8B><P_11>150.00</P_11></FaWiersz><Platnosc>
<TerminPlatnosci>
<Termin>2024-04-04</Termin></TerminPlatnosci><RachunekBankowy><NrRB>61109010140000071219812874</NrRB>
</RachunekBankowy>
</Platnosc></Fa></Faktura>"""

FACTURAE = """<fe:Facturae xmlns:fe="http://www.facturae.gob.es/formato/Versiones/Facturaev3_2_2.xml">
<Parties><SellerParty>
<TaxIdentification><TaxIdentificationNumber>ESB12345674</TaxIdentificationNumber></TaxIdentification>
<LegalEntity>
<CorporateName>Viñas del Norte S.L.</CorporateName></LegalEntity></SellerParty></Parties><Invoices><Invoice>
<InvoiceHeader>
<InvoiceNumber>118</InvoiceNumber><InvoiceSeriesCode>A-</InvoiceSeriesCode></InvoiceHeader><InvoiceIssueData>
<IssueDate>2024-03-05</IssueDate><InvoiceCurrencyCode>EUR</InvoiceCurrencyCode></InvoiceIssueData>
<InvoiceTotals>
<TotalGrossAmountBeforeTaxes>100.00</TotalGrossAmountBeforeTaxes><TotalTaxOutputs>21.00</TotalTaxOutputs>
<InvoiceTotal>121.00</InvoiceTotal><TotalExecutableAmount>121.00</TotalExecutableAmount></InvoiceTotals>
</Invoice></Invoices>
</fe:Facturae>"""


def values(reading: Reading) -> dict[str, str]:
    return {one.field: one.value for one in drawn(reading)}


def drawn(reading: Reading) -> list[FieldValue]:
    return values_of(reading.stated, tuple(known_fields().values()))


def with_attachment(page: list[str], name: str, data: bytes) -> bytes:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf([page]))
    document.new_attachment(name).set_data(data)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (
            CII,
            {
                "title": "Rechnung",
                "date": "2024-03-05",
                "correspondent": "Spenglerei Öztürk GmbH",
                "number": "RE-2024/0815",
                "customer_number": "K-77",
                "total_due": "1234.03 EUR",
                "net": "1037.00 EUR",
                "tax": "197.03 EUR",
                "due_date": "2024-04-04",
                "period": "2024-02-01/2024-02-29",
                "iban": "DE89370400440532013000",
                "vat_id": "DE123456789",
            },
        ),
        (
            UBL.format(held=""),
            {
                "date": "2024-03-05",
                "correspondent": "Åkers Kraft AB",
                "number": "2024-118",
                "total_due": "1250.00 SEK",
                "net": "1000.00 SEK",
                "tax": "250.00 SEK",
                "due_date": "2024-04-04",
                "period": "2024-02-01/2024-02-29",
                "iban": "SE4550000000058398257466",
                "vat_id": "SE556677889901",
            },
        ),
        (
            FATTURA,
            {
                "date": "2024-03-05",
                "correspondent": "Giulia Però",
                "number": "12/B",
                "total_due": "366.00 EUR",
                "net": "300.00 EUR",
                "tax": "66.00 EUR",
                "due_date": "2024-04-04",
                "iban": "IT60X0542811101000000123456",
                "vat_id": "IT01234567890",
            },
        ),
        (
            FAKTURA,
            {
                "date": "2024-03-05",
                "correspondent": "Zakład Żółw sp. z o.o.",
                "number": "FV 5/03/2024",
                "total_due": "177.00 PLN",
                "net": "150.00 PLN",
                "tax": "27.00 PLN",
                "due_date": "2024-04-04",
                "iban": "PL61109010140000071219812874",
                "vat_id": "PL1234563218",
            },
        ),
        (
            FACTURAE,
            {
                "date": "2024-03-05",
                "correspondent": "Viñas del Norte S.L.",
                "number": "A-118",
                "total_due": "121.00 EUR",
                "net": "100.00 EUR",
                "tax": "21.00 EUR",
                "vat_id": "ESB12345674",
            },
        ),
    ],
    ids=["cii", "ubl", "fattura", "faktura", "facturae"],
)
def test_an_invoice_in_xml_states_all_its_fields(read: Read, xml: str, expected: dict[str, str]) -> None:
    # when
    reading = read(xml.encode(), "x.xml")

    # then
    assert values(reading) == expected
    assert {one.origin for one in reading.stated} == {Origin.INVOICE}


CREDIT_UBL = re.sub(r"(</?)Invoice\b", r"\1CreditNote", UBL.format(held=""))


@pytest.mark.parametrize(
    ("xml", "sums"),
    [
        (CII.replace(">380<", ">381<"), ("-1234.03 EUR", "-1037.00 EUR", "-197.03 EUR")),
        (CII.replace(">380<", ">384<"), ("1234.03 EUR", "1037.00 EUR", "197.03 EUR")),
        (CREDIT_UBL, ("-1250.00 SEK", "-1000.00 SEK", "-250.00 SEK")),
        (CREDIT_UBL.replace(">1250.00", ">-1250.00"), ("-1250.00 SEK", "-1000.00 SEK", "-250.00 SEK")),
        (CREDIT_UBL.replace(">250.00", ">0.00"), ("-1250.00 SEK", "-1000.00 SEK", "0.00 SEK")),
        (FATTURA.replace("TD01", "TD04"), ("-366.00 EUR", "-300.00 EUR", "-66.00 EUR")),
    ],
)
def test_what_a_credit_note_gives_back_is_negative(read: Read, xml: str, sums: tuple[str, ...]) -> None:
    # when
    reading = read(xml.encode(), "x.xml")

    # then: also where its own text is read as any paper is
    found = draw(reading, Path("x.xml"), tuple(known_fields().values())).values
    both = {value.field: value for value in found}
    assert tuple(values(reading)[field] for field in ("total_due", "net", "tax")) == sums
    assert (both["total_due"].value, both["total_due"].confidence > 0.9) == (sums[0], True)


def test_the_pages_of_a_credit_note_agree_with_its_xml(read: Read) -> None:
    # given
    page = ["Gutschrift RE-2024/0815", "Spenglerei Öztürk GmbH", "Gesamtbetrag 1.234,03 EUR"]
    data = CII.replace(">380<", ">381<").encode()

    # when
    reading = read(with_attachment(page, "factur-x.xml", data), "x.pdf")

    # then
    found = draw(reading, Path("x.pdf"), tuple(known_fields().values())).values
    [total] = [value for value in found if value.field == "total_due"]
    assert (total.value, total.words) == ("-1234.03 EUR", "1.234,03 EUR")
    assert total.confidence > 0.9


def test_an_invoice_in_xml_is_text_that_people_read(read: Read) -> None:
    # when
    reading = read(CII.encode(), "x.xml")

    # then
    assert reading.title == "Rechnung"
    assert reading.text.startswith(
        "Rechnung\n\nNumber: RE-2024/0815\nDate: 2024-03-05\nFrom: Spenglerei Öztürk"
    )
    assert "Total due: 1234.03 EUR" in reading.text
    assert "Dachrinne, verzinkt\t12\t1037.00" in reading.text
    assert "Lin Abara" in reading.text


def test_an_invoice_whose_namespaces_or_names_are_broken_is_read_as_far_as_it_goes(read: Read) -> None:
    # given
    undeclared = re.sub(r' xmlns:\w+="[^"]*"', "", CII)
    broken = CII.replace("<ram:Name>Rechnung</ram:Name>", "<ram:9:;Name>Rechnung</ram:Name><->")

    # when / then
    assert values(read(undeclared.encode(), "x.xml"))["total_due"] == "1234.03 EUR"
    assert "RE-2024/0815" in read(broken.encode(), "x.xml").text


def test_an_invoice_in_an_envelope_is_found(read: Read) -> None:
    # given
    inner = UBL.format(held="").split("?>", 1)[1]
    wrapped = (
        f'<StandardBusinessDocument xmlns="x"><Header><ID>9</ID></Header>{inner}</StandardBusinessDocument>'
    )

    # when / then
    assert values(read(wrapped.encode(), "x.xml"))["number"] == "2024-118"


def test_the_pdf_within_an_invoice_is_read_and_is_no_text_of_its_own(read: Read) -> None:
    # given
    held = base64.encodebytes(pdf([["Bilaga till fakturan"]])).decode()

    # when
    reading = read(UBL.format(held=held).encode(), "x.xml")

    # then
    assert "Bilaga till fakturan" in reading.pages[1].text
    assert reading.pages[1].label == "bilaga.pdf"
    assert held[:60] not in reading.text


@pytest.mark.parametrize(
    "xml",
    [
        "<Invoice><ID>1</ID></Invoice>",
        "<CrossIndustryInvoice/>",
        "<Faktura><Fa/></Faktura>",
        "<note>Invoice</note>",
    ],
)
def test_other_xml_with_the_same_names_states_nothing(read: Read, xml: str) -> None:
    # when / then
    assert read(f'<?xml version="1.0"?>{xml}'.encode(), "x.xml").stated == ()


def test_a_batch_of_invoices_states_nothing_of_one(read: Read) -> None:
    # given
    body = FATTURA[FATTURA.index("<FatturaElettronicaBody>") : FATTURA.index("</p:Fattura")]

    # when / then
    assert read(FATTURA.replace(body, body + body).encode(), "x.xml").stated == ()


@pytest.mark.parametrize(
    "page",
    [
        ["Rechnung RE-2024/0815", "Zahlbetrag 1.234,03 EUR"],
        ["Invoice RE-2024/0815", "Total 1,234.03"],
        ["Rechnung", "Summe 1'234.03"],
        ["Facture", "Total 1 234,03"],
        ["1234,03"],
    ],
)
def test_a_pdf_states_what_the_invoice_attached_to_it_says(read: Read, page: list[str]) -> None:
    # when
    reading = read(with_attachment(page, "factur-x.xml", CII.encode()), "x.pdf")

    # then
    by_field = {one.field: one for one in drawn(reading)}
    assert by_field["total_due"].value == "1234.03 EUR"
    assert by_field["total_due"].confidence > 0.95
    assert by_field[DATE].value == "2024-03-05"
    assert reading.note == ""


def test_a_pdf_whose_pages_show_another_sum_says_so_and_is_doubted(read: Read) -> None:
    # when
    reading = read(with_attachment(["Zahlbetrag 11234,03 EUR"], "factur-x.xml", CII.encode()), "x.pdf")

    # then
    assert "1234.03 EUR, and its pages do not" in reading.note
    assert all(one.confidence < 0.6 for one in drawn(reading) if one.field in {"total_due", "iban", "number"})


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (
            b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><CrossIndustryInvoice/>',
            "bomb",
        ),
        (b" " * (49 << 20), "49 MiB"),
        (b"<CrossIndustryInvoice", ""),
        (b"", ""),
    ],
)
def test_hostile_and_broken_attachments_leave_the_pages(read: Read, data: bytes, note: str) -> None:
    # when
    reading = read(with_attachment(["Guten Tag"], "factur-x.xml", data), "x.pdf")

    # then
    assert reading.status is ReadStatus.TEXT
    assert reading.pages[0].text == "Guten Tag"
    assert note in reading.note
    assert not any(one.field == "total_due" for one in reading.stated)


def test_a_mail_states_the_sums_of_the_invoice_that_it_brings_and_its_own_day(read: Read) -> None:
    # given
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Spenglerei <post@spengler.example>", "Ihre Rechnung"
    mail["Date"] = "Wed, 06 Mar 2024 10:00:00 +0100"
    mail.set_content("Anbei.")
    invoice = with_attachment(["1.234,03 EUR"], "factur-x.xml", CII.encode())
    mail.add_attachment(invoice, maintype="application", subtype="pdf", filename="Rechnung.pdf")

    # when
    found = values(read(mail.as_bytes(), "x.eml"))

    # then
    assert found[DATE] == "2024-03-06"
    assert found["title"] == "Ihre Rechnung"
    assert found["total_due"] == "1234.03 EUR"
    assert found["number"] == "RE-2024/0815"


def test_the_files_of_a_portfolio_are_pages_and_its_invoice_data_are_not(read: Read) -> None:
    # given
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf([["1.234,03 EUR: open with another program"]]))
    for name, data in (("brief.pdf", pdf([["Ihr Paket ist da"]])), ("factur-x.xml", CII.encode())):
        document.new_attachment(name).set_data(data)
    document.new_attachment("all.zip").set_data(b"PK\x05\x06" + bytes(18))
    out = io.BytesIO()
    document.save(out)
    document.close()

    # when
    reading = read(out.getvalue(), "x.pdf")

    # then
    assert [(page.label, page.text) for page in reading.pages[1:]] == [("brief.pdf", "Ihr Paket ist da")]
    assert "all.zip not read" in reading.note
    assert values(reading)["total_due"] == "1234.03 EUR"
