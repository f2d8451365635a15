"""What is drawn out of the text of documents in many languages, without a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from twolane.documents import Page, Reading, ReadStatus
from twolane.fields.catalogue import known_fields
from twolane.fields.draw import Drawn, draw

INVOICES = {
    "en": """Northgate Plumbing Ltd
12 Mill Lane, Leeds LS1 4AB

INVOICE
Invoice No: NP-2024-118
Invoice date: 12 March 2024
Due date: 11 April 2024

Subtotal            £400.00
VAT (20%)            £80.00
Total due           £480.00
""",
    "de": """Elektro Brandt GmbH · Am Anger 3 · 99084 Erfurt

Frau Petra Lindner
Gartenweg 8
99096 Erfurt

Rechnung Nr. NP-2024-118
Rechnungsdatum: 12.03.2024

Nettobetrag         400,00 €
zzgl. 20 % MwSt.     80,00 €
Rechnungsbetrag     480,00 €

Zahlbar bis zum 11.04.2024
""",
    "fr": """Menuiserie Duval SARL
Facture n° NP-2024-118
Date de facture : 12 mars 2024
Date d'échéance : 11/04/2024

Total HT            400,00 €
TVA 20 %             80,00 €
Net à payer         480,00 €
""",
    "es": """Reformas Castillo S.L.
Factura n.º NP-2024-118
Fecha de emisión: 12/03/2024
Vencimiento: 11/04/2024

Base imponible      400,00 €
IVA (20 %)           80,00 €
Total a pagar       480,00 €
""",
    "it": """Officina Bellini S.r.l.
Fattura n. NP-2024-118 del 12/03/2024
Scadenza: 11/04/2024
Imponibile          400,00 €
IVA 20%              80,00 €
Totale da pagare    480,00 €
""",
    "nl": """Schildersbedrijf De Boer B.V.
Factuurnummer: NP-2024-118
Factuurdatum: 12 maart 2024
Vervaldatum: 11 april 2024
Subtotaal           € 400,00
Btw 20%             €  80,00
Te betalen          € 480,00
""",
    "pl": """Usługi Remontowe Nowak sp. z o.o.
Faktura VAT nr NP-2024-118
Data wystawienia: 12.03.2024
Termin płatności: 11.04.2024
Razem netto         400,00 zł
VAT 20%              80,00 zł
Do zapłaty          480,00 zł
""",
    "pt": """Carpintaria Almeida Lda.
Fatura n.º NP-2024-118
Data de emissão: 12/03/2024
Data de vencimento: 11/04/2024
Total sem IVA       400,00 €
IVA 20%              80,00 €
Total a pagar       480,00 €
""",
    "ru": """ООО «Ремонтник»
Счет на оплату № NP-2024-118 от 12 марта 2024 г.
Оплатить до: 11.04.2024
Итого без НДС       400,00 руб.
НДС 20%              80,00 руб.
Всего к оплате      480,00 руб.
""",
    "zh": """杭州云帆家电维修有限公司
发票号码：NP-2024-118
开票日期：2024年3月12日
付款期限：2024年4月11日
不含税金额：¥400.00
税额：¥80.00
价税合计：¥480.00
""",
    "ja": """株式会社みどり工務店
請求書番号：NP-2024-118
発行日：2024年3月12日
お支払期限：2024年4月11日
小計　　¥400
消費税　¥80
ご請求金額　¥480
""",
    "ar": """شركة النور للصيانة
فاتورة رقم: NP-2024-118
تاريخ الفاتورة: 12/03/2024
تاريخ الاستحقاق: 11/04/2024
المجموع الفرعي: 400.00 ر.س
ضريبة القيمة المضافة: 80.00 ر.س
المبلغ المستحق: 480.00 ر.س
""",
    "cs": """Instalatérství Dvořák s.r.o.
Faktura č. NP-2024-118
Datum vystavení: 12. 3. 2024
Datum splatnosti: 11. 4. 2024
Základ daně         400,00 Kč
DPH 20 %             80,00 Kč
Celkem k úhradě     480,00 Kč
""",
    "tr": """Yıldız Tesisat Ltd. Şti.
Fatura No: NP-2024-118
Fatura Tarihi: 12.03.2024
Son Ödeme Tarihi: 11.04.2024
Ara Toplam          400,00 TL
KDV %20              80,00 TL
Ödenecek Tutar      480,00 TL
""",
}
CURRENCIES = {
    "en": "GBP",
    "pl": "PLN",
    "ru": "RUB",
    "zh": "CNY",
    "ja": "JPY",
    "ar": "SAR",
    "cs": "CZK",
    "tr": "TRY",
}


def drawn(text: str, language: str, *fields: str) -> Drawn:
    reading = Reading(ReadStatus.TEXT, "text/plain", pages=(Page(1, text),), language=language)
    return draw(reading, Path("paper.txt"), [known_fields()[field] for field in fields])


def values(text: str, language: str, *fields: str) -> dict[str, str]:
    return {value.field: value.value for value in drawn(text, language, *fields).values}


@pytest.mark.parametrize("language", INVOICES)
def test_an_invoice_states_its_facts_in_many_languages(language: str) -> None:
    # given
    text = INVOICES[language]
    cents = "" if language == "ja" else ".00"
    currency = CURRENCIES.get(language, "EUR")

    # when
    found = values(text, language, "date", "number", "due_date", "net", "tax", "total_due")

    # then
    assert found == {
        "date": "2024-03-12",
        "number": "NP-2024-118",
        "due_date": "2024-04-11",
        "net": f"400{cents} {currency}",
        "tax": f"80{cents} {currency}",
        "total_due": f"480{cents} {currency}",
    }


def test_each_value_is_shown_in_the_documents_own_words_and_place() -> None:
    # given
    text = "\n\nRechnung\nRechnungsbetrag: 1.234,50 EUR\n"

    # when
    (value,) = drawn(text, "de", "total_due").values

    # then
    assert value.place is not None
    assert value.words == "1.234,50 EUR" == text[value.place.start : value.place.end]
    assert value.before == "Rechnungsbetrag:"


def test_labels_and_values_that_a_pdf_states_in_two_blocks_are_paired() -> None:
    # given
    text = """Jan 1, 2022
Net 30 days
Jan 31, 2022
$127.50
Date:
Payment Terms:
Due Date:
Balance Due:
"""

    # then
    assert values(text, "en", "date", "due_date", "total_due") == {
        "date": "2022-01-01",
        "due_date": "2022-01-31",
        "total_due": "127.50 USD",
    }


def test_what_a_document_does_not_state_is_missing() -> None:
    # when
    found = drawn("A note to myself: buy paint.", "en", "date", "number", "total_due", "iban")

    # then
    assert not found.values
    assert [spec.id for spec in found.missing] == ["date", "number", "total_due", "iban"]
