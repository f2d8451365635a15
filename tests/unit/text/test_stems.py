"""Words are compared by their stems, in whichever language a text is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twolane.text.languages import language_of
from twolane.text.stems import Words, meaningful, search_words, stem
from twolane.text.words import raw_words

_TEXTS = {
    "english": "The invoices were paid by the county in three parts, and the police were not told of it.",
    "german": "Die Rechnungen wurden von der Verwaltung in mehreren Raten bezahlt, und Verträge sind hier.",
    "french": "Les factures ont été payées par la mairie en parties, et les contrats sont au bureau.",
    "spanish": "Las facturas fueron pagadas por el alcalde, y los contratos son de la oficina.",
    "italian": "Le fatture sono state pagate dal comune, e i contratti sono nella cassaforte degli uffici.",
    "portuguese": "As faturas foram pagas pela câmara em partes, e os contratos são do escritório.",
    "dutch": "De rekeningen zijn door de gemeente in delen betaald, en het contract is niet van de huurder.",
    "swedish": "Räkningarna har betalats av kommunen, och avtalen är inte på kontoret som vi har.",
    "finnish": "Kunta on maksanut laskut, ja sopimukset ovat toimistossa, mutta ne eivät ole avoimia.",
    "polish": "Faktury zostały zapłacone przez urząd, a umowy są w biurze, które jest na rogu.",
    "russian": "Счета были оплачены по частям, и договоры не в конторе, а у директора, который это знает.",
    "turkish": "Faturalar belediye tarafından ödendi ve sözleşmeler ofiste değil, ama bu bir sorun.",
    "arabic": "دفعت البلدية الفواتير على أجزاء و كانت العقود في المكتب الذي هو عند المدير",
}


@pytest.mark.parametrize(("language", "text"), _TEXTS.items(), ids=_TEXTS)
def test_the_language_of_a_text_is_known_by_the_words_that_every_text_has(language: str, text: str) -> None:
    assert language_of(raw_words(text.casefold())).algorithm == language


@pytest.mark.parametrize("text", ["IBAN DE89 3704 0044", "合同什么时候到期", "Müller Photovoltaik 2024", ""])
def test_a_text_without_such_words_is_of_no_language(text: str) -> None:
    assert language_of(raw_words(text.casefold())).algorithm == ""


@pytest.mark.parametrize(
    ("language", "word", "there"),
    [
        ("english", "invoice", True),
        ("english", "paying", False),  # paid is another word to a stemmer
        ("english", "policy", False),
        ("english", "party", False),
        ("english", "count", False),
        ("english", "3", True),
        ("german", "Rechnung", True),
        ("german", "Vertrag", True),
        ("german", "Vertragen", True),
        ("french", "facture", True),
        ("french", "contrat", True),
        ("spanish", "factura", True),
        ("spanish", "contrato", True),
        ("polish", "umowa", True),
        ("polish", "faktura", True),
        ("russian", "договор", True),
        ("arabic", "العقود", True),
    ],
)
def test_a_word_is_found_in_its_inflections_and_not_in_other_words(
    language: str, word: str, there: bool
) -> None:
    assert Words.of(_TEXTS[language]).holds(word.casefold()) is there


def test_words_without_spaces_are_found_by_their_pairs() -> None:
    # given
    words = Words.of("租赁合同将于六月到期。")

    # when / then
    assert words.holds("合同")
    assert words.holds("到期")
    assert not words.holds("发票")


def test_a_table_that_says_no_language_is_read_in_that_of_the_question() -> None:
    # given
    question = "Which invoices are there?"
    table = "Invoice\tDate\n4711\t2026-01-02\n"

    # when
    words = Words.of(table, language_of(raw_words(question.casefold())))

    # then
    assert words.holds("invoices")
    assert not Words.of(table).holds("invoices")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("police", "policy"),
        ("party", "part"),
        ("county", "count"),
        ("care", "cars"),
        ("story", "store"),
        ("rate", "rats"),
    ],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert stem(one, "english") != stem(other, "english")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5,409", "5409.00"),
        ("5.409,00", "5,409"),
        ("0.50", "0,5"),
        ("1.234.567", "1,234,567"),
        ("12", "12.0"),
    ],
)
def test_a_number_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert stem(one, "") == stem(other, "")


@pytest.mark.parametrize(("one", "other"), [("0.500", "500"), ("1.5", "15"), ("3.14", "314")])
def test_different_numbers_stay_different(one: str, other: str) -> None:
    assert stem(one, "") != stem(other, "")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who won the war?", ["won", "war"]),
        ("Iraq war", ["iraq", "war", "iraqwar"]),
        ("Wann war der Termin?", ["termin"]),
        ("the invoice", ["invoice"]),
        ("What did Best Buy in FY2019?", ["best", "buy", "fy2019", "fy", "2019", "bestbuy"]),
        ("to be or not to be", ["to", "be", "or", "not", "to", "be"]),
    ],
)  # fmt: skip
def test_a_question_is_searched_by_its_words_that_carry_meaning(question: str, words: list[str]) -> None:
    assert search_words(question) == list(dict.fromkeys(words))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Cafe\u0301 n\u00famero", ["Cafe\u0301", "n\u00famero"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("東京、大阪。", ["東京", "大阪"]),
        ("1.234,50 EUR_net", ["1.234,50", "EUR", "net"]),
    ],
)
def test_words_are_whole_in_every_script(text: str, words: list[str]) -> None:
    assert raw_words(text) == words


@given(st.text())
def test_any_text_has_words(text: str) -> None:
    # when
    words = Words.of(text)

    # then
    assert all(words.holds(word) for word in meaningful(text, words.language).values())
