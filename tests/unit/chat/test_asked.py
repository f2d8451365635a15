"""Questions are read: which files they mean, and whether to count, list, add up or compare them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twolane.answers import Turn
from twolane.chat.asked.base import Asked, Intent
from twolane.chat.asked.library import LibraryNames
from twolane.chat.asked.names import KnownCategory, KnownNames
from twolane.chat.asked.read import read
from twolane.chat.asked.words import languages
from twolane.facts import Correspondent, FieldCondition, FieldSpec, FieldType

TODAY = date(2026, 5, 15)


def amount(field_id: str, name: str) -> FieldSpec:
    return FieldSpec(field_id, name, FieldType.AMOUNT)


INVOICE = (amount("net", "Net sum"), amount("tax", "Tax"), amount("total_due", "Total due"))
CATEGORIES = (
    KnownCategory.of("invoice", "Invoice", (*INVOICE, FieldSpec("due_date", "Due date", FieldType.DATE))),
    KnownCategory("receipt", "Receipt", (amount("paid", "Paid"),)),
    KnownCategory("bank_statement", "Bank statement", (amount("balance", "Balance"),)),
    KnownCategory.of("contract", "Contract", [FieldSpec("end_date", "End", FieldType.DATE)]),
    KnownCategory("letter", "Letter"),
    KnownCategory("manual", "Manual / documentation"),
    KnownCategory("resume", "Resume / CV"),
    KnownCategory("certificate", "Certificate / ID"),
    KnownCategory("garden", "Garden plans"),
)
PEOPLE = ("Tarnwell Lamp Workshop", "Vattenfall Europe GmbH", "Ida Berg", "Иван Петров", "北京电力有限公司")
KNOWN = KnownNames(
    CATEGORIES,
    tuple(Correspondent(number, name, (name,)) for number, name in enumerate(PEOPLE, 1)),
    ("urgent",),
    lambda: (Path("/d"), Path("/d/Taxes"), Path("/d/old letters")),
)


def asked(question: str, *before: str, known: KnownNames = KNOWN, without: tuple[str, ...] = ()) -> Asked:
    return read(question, known, [Turn(one, "") for one in before], TODAY, without)


def said(one: Asked) -> str:
    """Return a reading in one line: what is wanted, and the filters."""
    filters = [f"{found.kind}={found.value}" for found in one.filters]
    return " ".join([one.intent.value, *sorted(filters)])


QUESTIONS = [
    # how many
    ("How many invoices do I have?", "count category=invoice"),
    ("What is the total number of invoices?", "count category=invoice"),
    ("How many garden plans are there?", "count category=garden"),
    ("How many documents are in German?", "count language=de"),
    ("How many files are in the folder Taxes?", "count folder=/d/Taxes"),
    ("How many files are in Taxes?", "count folder=/d/Taxes"),
    ("How many photos do I have?", "count kind=image/*"),
    ("Сколько файлов PDF?", "count kind=application/pdf"),
    (
        "How many invoices were issued between February and April 2026?",
        "count category=invoice date=2026-02-01/2026-04-30",
    ),
    ("Wie viele Rechnungen gibt es aus dem Jahr 2018?", "count category=invoice date=2018-01-01/2018-12-31"),
    ("Combien y a-t-il de factures de 2018 ?", "count category=invoice date=2018-01-01/2018-12-31"),
    ("¿Cuántas facturas hay de 2018?", "count category=invoice date=2018-01-01/2018-12-31"),
    ("Quante fatture ho del 2018?", "count category=invoice date=2018-01-01/2018-12-31"),
    ("Quantas faturas tenho de 2018?", "count category=invoice date=2018-01-01/2018-12-31"),
    ("Hoeveel facturen heb ik uit 2018?", "count category=invoice date=2018-01-01/2018-12-31"),
    ("Ile faktur jest z 2018 roku?", "count category=invoice date=2018-01-01/2018-12-31"),
    ("Сколько счетов за 2018 год?", "count category=invoice date=2018-01-01/2018-12-31"),
    ("Скільки рахунків за 2018 рік?", "count category=invoice date=2018-01-01/2018-12-31"),
    ("2018 yılında kaç fatura var?", "count category=invoice date=2018-01-01/2018-12-31"),
    ("كم فاتورة من عام ٢٠١٨؟", "count category=invoice date=2018-01-01/2018-12-31"),
    ("2024年3月有多少张发票？", "count category=invoice date=2024-03-01/2024-03-31"),
    ("2018年の請求書は何件ありますか？", "count category=invoice date=2018-01-01/2018-12-31"),
    ("2018년 청구서는 몇 개 있나요?", "count category=invoice date=2018-01-01/2018-12-31"),
    # which
    ("Whose CVs are there?", "list category=resume"),
    ("Which invoices are from 2018?", "list category=invoice date=2018-01-01/2018-12-31"),
    ("invoices from 2018", "list category=invoice date=2018-01-01/2018-12-31"),
    ("Show me all contracts with Vattenfall", "list category=contract correspondent=2"),
    ("documents tagged urgent", "list tag=urgent"),
    ("Everything from Vattenfall", "list correspondent=2"),
    ("From whom do I have letters?", "list category=letter"),
    ("Wer hat mir Rechnungen geschickt?", "list category=invoice"),
    ("Which invoices are in dollars?", "list amount=total_due>=0.00 USD category=invoice"),
    ("Rechnungen in CHF", "list amount=total_due>=0.00 CHF category=invoice"),
    ("What do the invoices over 100 € add up to?", "sum amount=total_due>=100.01 EUR category=invoice"),
    ("От кого у меня письма?", "list category=letter"),
    ("Сколько файлов PDF?", "count kind=application/pdf"),
    ("List all PDFs from March 2025", "list date=2025-03-01/2025-03-31 kind=application/pdf"),
    ("Welche Dokumente sind auf Französisch?", "list language=fr"),
    ("Welche Verträge habe ich?", "list category=contract"),
    ("Quels contrats ai-je avec Vattenfall ?", "list category=contract correspondent=2"),
    ("Pokaż wszystkie umowy z Vattenfall", "list category=contract correspondent=2"),
    ("Listy od Idy Berg", "list category=letter correspondent=3"),
    ("Письма от Ивана Петрова", "list category=letter correspondent=4"),
    ("来自北京电力的发票有哪些？", "list category=invoice correspondent=5"),
    ("有哪些合同？", "list category=contract"),
    ("Mostre todos os contratos com a Vattenfall", "list category=contract correspondent=2"),
    # when
    ("Which letters came last month?", "list category=letter date=2026-04-01/2026-04-30"),
    ("Welche Briefe kamen letzten Monat?", "list category=letter date=2026-04-01/2026-04-30"),
    ("¿Qué cartas recibí el mes pasado?", "list category=letter date=2026-04-01/2026-04-30"),
    ("les factures du mois dernier", "list category=invoice date=2026-04-01/2026-04-30"),
    ("faktury z zeszłego miesiąca", "list category=invoice date=2026-04-01/2026-04-30"),
    ("Сколько писем пришло в прошлом месяце?", "count category=letter date=2026-04-01/2026-04-30"),
    ("الفواتير الشهر الماضي", "list category=invoice date=2026-04-01/2026-04-30"),
    ("去年的发票", "list category=invoice date=2025-01-01/2025-12-31"),
    ("invoices this year", "list category=invoice date=2026-01-01/2026-12-31"),
    ("letters of the last 3 months", "list category=letter date=2026-02-15/2026-05-15"),
    ("receipts since 3 April 2023", "list category=receipt date=2023-04-03/"),
    ("Quittungen seit dem 3.4.2023", "list category=receipt date=2023-04-03/"),
    ("Belege ab März", "list category=receipt date=2026-03-01/"),
    ("Rechnungen vor 2020", "list category=invoice date=/2019-12-31"),
    ("invoices between May and July 2024", "list category=invoice date=2024-05-01/2024-07-31"),
    ("facturas entre mayo y julio de 2024", "list category=invoice date=2024-05-01/2024-07-31"),
    ("invoices from 2022 and 2023", "list category=invoice date=2022-01-01/2023-12-31"),
    ("在2022年到2024年的发票", "list category=invoice date=2022-01-01/2024-12-31"),
    ("invoices from Q2 2025", "list category=invoice date=2025-04-01/2025-06-30"),
    ("Rechnungen aus dem 2. Quartal 2025", "list category=invoice date=2025-04-01/2025-06-30"),
    ("счета в марте 2025", "list category=invoice date=2025-03-01/2025-03-31"),
    ("letters from yesterday", "list category=letter date=2026-05-14/2026-05-14"),
    ("invoices of the first quarter 2025", "list category=invoice date=2025-01-01/2025-03-31"),
    (
        "Welche Rechnungen aus dem ersten Quartal 2025 habe ich?",
        "list category=invoice date=2025-01-01/2025-03-31",
    ),
    ("Какие счета за второй квартал 2025 года?", "list category=invoice date=2025-04-01/2025-06-30"),
    (
        "Which contracts end in 2026?",
        "list category=contract date=end_date>=2026-01-01 & end_date<=2026-12-31",
    ),
    (
        "Welche Verträge laufen 2026 aus?",
        "list category=contract date=end_date>=2026-01-01 & end_date<=2026-12-31",
    ),
    (
        "Какие договоры истекают в 2026 году?",
        "list category=contract date=end_date>=2026-01-01 & end_date<=2026-12-31",
    ),
    ("Which invoices are due before June 2026?", "list category=invoice date=due_date<=2026-05-31"),
    # over what
    ("Which invoices are over 100 €?", "list amount=total_due>=100.01 EUR category=invoice"),
    ("Rechnungen über 1.000 Euro", "list amount=total_due>=1000.01 EUR category=invoice"),
    ("factures de moins de 50 euros", "list amount=total_due<=49.99 EUR category=invoice"),
    ("Какие счета больше 1000 рублей?", "list amount=total_due>=1000.01 RUB category=invoice"),
    ("Które faktury są powyżej 100 zł?", "list amount=total_due>=100.01 PLN category=invoice"),
    ("超过100元的发票有哪些？", "list amount=total_due>=100.01 CNY category=invoice"),
    ("Które faktury przekraczają 100 zł?", "list amount=total_due>=100.01 PLN category=invoice"),
    ("receipts of at least 20 dollars", "list amount=paid>=20.00 USD category=receipt"),
    ("which invoices are over 100", "list amount=total_due>=100.01 category=invoice"),
    (
        "invoices between 20 and 50 EUR",
        "list amount=total_due>=20.00 EUR & total_due<=50.00 EUR category=invoice",
    ),
    # how much in all
    (
        "What do the three invoices from the lamp workshop add up to?",
        "sum category=invoice correspondent=1",
    ),
    ("How much did I pay Vattenfall in 2025?", "sum correspondent=2 date=2025-01-01/2025-12-31"),
    (
        "Wie hoch ist die Summe aller Rechnungen von Vattenfall im Jahr 2025?",
        "sum category=invoice correspondent=2 date=2025-01-01/2025-12-31",
    ),
    (
        "Какова общая сумма счетов от Vattenfall за 2025 год?",
        "sum category=invoice correspondent=2 date=2025-01-01/2025-12-31",
    ),
    ("2025年发票的总金额是多少？", "sum category=invoice date=2025-01-01/2025-12-31"),
    ("ما مجموع الفواتير في عام 2025؟", "sum category=invoice date=2025-01-01/2025-12-31"),
    ("average amount of the invoices this year", "average category=invoice date=2026-01-01/2026-12-31"),
    (
        "What is the total VAT on the invoices from Vattenfall?",
        "sum category=invoice correspondent=2",
    ),
    ("Wie viel Mehrwertsteuer steht auf allen Rechnungen?", "sum category=invoice"),
    ("На какую общую сумму счета за 2018 год?", "sum category=invoice date=2018-01-01/2018-12-31"),
    ("What is the sum of all invoices in euros?", "sum category=invoice"),
    ("How much did I pay to Ida Berg?", "sum correspondent=3"),
    ("How much did Vattenfall bill in total?", "sum category=invoice correspondent=2"),
    (
        "What is the average invoice amount in 2025?",
        "average category=invoice date=2025-01-01/2025-12-31",
    ),
    (
        "Which invoices have a total of more than 500 EUR?",
        "list amount=total_due>=500.01 EUR category=invoice",
    ),
    (
        "How many invoices have a total of over 500 EUR?",
        "count amount=total_due>=500.01 EUR category=invoice",
    ),
    (
        "Wie viel Mehrwertsteuer steht auf den Rechnungen von 2018?",
        "sum category=invoice date=2018-01-01/2018-12-31",
    ),
    ("Wie hoch ist die durchschnittliche Rechnung?", "average category=invoice"),
    ("Combien font les factures de 2018 au total ?", "sum category=invoice date=2018-01-01/2018-12-31"),
    ("Wie viel machen die Rechnungen aus 2018?", "sum category=invoice date=2018-01-01/2018-12-31"),
    ("Сумма без налога по счетам от Vattenfall", "sum category=invoice correspondent=2"),
    # the first of them
    ("How much was the last invoice from Vattenfall?", "latest category=invoice correspondent=2"),
    ("Wie hoch war die letzte Rechnung von Vattenfall?", "latest category=invoice correspondent=2"),
    ("What is the balance of my latest bank statement?", "latest category=bank_statement"),
    ("Quand ai-je reçu la dernière lettre d'Ida Berg ?", "latest category=letter correspondent=3"),
    ("What is the latest bank statement?", "latest category=bank_statement"),
    ("Wie heißt der neueste Kontoauszug?", "latest category=bank_statement"),
    ("Was ist der neueste Kontoauszug?", "latest category=bank_statement"),
    ("Quelle est la dernière facture ?", "latest category=invoice"),
    ("Która faktura jest najnowsza?", "latest category=invoice"),
    ("最新的发票是哪张？", "latest category=invoice"),
    ("ما هي أحدث فاتورة؟", "latest category=invoice"),
    ("Which is the oldest contract?", "earliest category=contract"),
    ("Welche Rechnung ist die höchste?", "largest category=invoice"),
    ("Какой счёт самый большой?", "largest category=invoice"),
    ("What is the cheapest invoice from Vattenfall?", "smallest category=invoice correspondent=2"),
]


@pytest.mark.parametrize(
    "question",
    [
        "invoices from 2022 and 2024",
        "Wie viele Rechnungen von 2022 und 2024 habe ich?",
        "factures de 2022 et 2024",
        "facturas de mayo y julio de 2024",
        "在2022年和2024年的发票",
        "فواتير من 2022 و 2024",
    ],
)
def test_two_spans_that_are_named_apart_are_not_all_that_lies_between(question: str) -> None:
    # then
    assert said(asked(question)) == "passages"


@pytest.mark.parametrize(("question", "expected"), QUESTIONS)
def test_a_question_to_the_catalogue_is_read(question: str, expected: str) -> None:
    # when
    found = asked(question)

    # then
    assert said(found) == expected
    assert found.certain
    assert not found.rest


@pytest.mark.parametrize(
    "question",
    [
        "How many vacation days does my contract give?",
        "What is the total of invoice RE-507?",
        "What is the total of my invoice from Vattenfall?",
        "How much is the invoice from Vattenfall?",
        "Which fault code means low pressure?",
        "How many pages does the contract have?",
        "How much was paid at Pindle Lane Hardware?",
        "How many invoices have I paid?",
        "When was the oldest contract signed?",
        "What are my contracts about?",
        "Which invoices are not from 2018?",
        "Which invoices are unpaid?",
        "Why are there so many invoices?",
        "What is in the contract?",
        "What is in the latest invoice?",
        "Was steht in der letzten Rechnung?",
        "What do the last three invoices add up to?",
        "What does the letter from Orla Finch say?",
        "What is the letter from Orla Finch?",
        "Was steht im Brief von Orla Finch?",
        "Which letters from Orla Finch speak of the fence?",
        "What is the largest document?",
        "Who wrote the letter?",
        "documents about Vattenfall",
        "letters to Ida Berg",
        "How many invoices are for electricity?",
        "What was the revenue in 2019?",
        "How many files are in the folder Secrets?",
        "Welche Verträge mit Kündigungsfrist habe ich?",
        "Wie viele Urlaubstage stehen in meinem Vertrag?",
        "Wie viele Stromrechnungen habe ich?",
        "Combien coûte la classe verte pour les familles ?",
        "¿Cuántos días de vacaciones da mi contrato?",
        "Ile dni urlopu mam w umowie?",
        "Сколько страниц в договоре?",
        "合同规定多少天年假？",
        "كم يوم إجازة في عقدي؟",
        "",
        "?",
        "x" * 5000,
        "how many " * 200,
    ],
)
def test_a_question_about_what_files_say_is_left_to_passages(question: str) -> None:
    assert said(asked(question)).startswith("passages")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What does the letter from Ida Berg say about the fence?", "passages correspondent=3"),
        ("What was bought in the invoices from 2018?", "passages date=2018-01-01/2018-12-31"),
        ("Was steht im Brief von Ida Berg über den Zaun?", "passages correspondent=3"),
        ("Which PDF speaks of the ignition electrode?", "passages kind=application/pdf"),
        ("What do the contracts say about 2018?", "passages"),
        ("What happened to Ida Berg?", "passages"),
        ("Which letter is not from Ida Berg and speaks of the fence?", "passages"),
    ],
)
def test_passages_are_sought_within_what_is_named_beyond_doubt(question: str, expected: str) -> None:
    # when
    found = asked(question)

    # then
    assert said(found) == expected
    assert found.certain is bool(found.filters)
    assert found.rest


PIECES = (
    *("how many", "invoices", "from", "to", "between", "and", "over", "last", "months", "years", "quarter"),
    *("2018", "0", "99999", "31.2.2020", "3.4.2023", "Q9", "€", "1,000.50", "-", "2018-2020", "March", "²"),
    *("最近", "个月", "第", "以上", "元", "kaç", "son", "ay", "\ud800", "\0", "İ", "ﬁ", "٢٠١٨", "/d/Taxes"),
)
IN_2023 = "count category=invoice date=2023-01-01/2023-12-31"
IN_2024 = "How many invoices are from 2024?"


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ([IN_2024], "and from 2023?", IN_2023),
        (["Wie viele Rechnungen sind aus 2024?"], "und 2023?", IN_2023),
        (["Combien de factures ai-je en 2024 ?"], "et en 2023 ?", IN_2023),
        (["¿Cuántas facturas hay de 2024?"], "¿y de 2023?", IN_2023),
        (["Ile faktur jest z 2024 roku?"], "a z 2023?", IN_2023),
        (["Сколько счетов за 2024 год?"], "а за 2023?", IN_2023),
        (["2024年的发票有多少？"], "2023年呢？", IN_2023),
        (["كم عدد الفواتير في 2024؟"], "وفي 2023؟", IN_2023),
        (
            ["Which invoices do I have?"],
            "and those from Vattenfall?",
            "list category=invoice correspondent=2",
        ),
        (["Welche Rechnungen habe ich?"], "und die von Vattenfall?", "list category=invoice correspondent=2"),
        (["Which invoices do I have?"], "what do they add up to?", "sum category=invoice"),
        (["Wie viele Rechnungen habe ich?"], "Wie viel macht das zusammen?", "sum category=invoice"),
        (["Сколько у меня счетов?"], "на какую сумму?", "sum category=invoice"),
        (["Quelles factures ai-je ?"], "combien cela fait-il au total ?", "sum category=invoice"),
        ([IN_2024, "How many contracts do I have?"], "which is the oldest?", "earliest category=contract"),
        (
            ["How many invoices do I have?"],
            "only those over 100 €",
            "count amount=total_due>=100.01 EUR category=invoice",
        ),
        ([IN_2024], "only February", "count category=invoice date=2024-02-01/2024-02-29"),
        (
            ["Wie viele Rechnungen sind aus 2024?"],
            "nur März?",
            "count category=invoice date=2024-03-01/2024-03-31",
        ),
        (
            ["Сколько счетов за 2024 год?"],
            "а за август?",
            "count category=invoice date=2024-08-01/2024-08-31",
        ),
        ([IN_2024], "and last month?", "count category=invoice date=2026-04-01/2026-04-30"),
        ([IN_2024], "who sent them?", "list category=invoice date=2024-01-01/2024-12-31"),
        ([IN_2024], "and all of them?", "count category=invoice"),
        ([IN_2024], "and in total?", "count category=invoice"),
        (
            ["Which invoices from Vattenfall are from 2024?"],
            "and from all years?",
            "list category=invoice correspondent=2",
        ),
        ([IN_2024], "and how many contracts?", "count category=contract date=2024-01-01/2024-12-31"),
        ([IN_2024], "How many contracts do I have?", "count category=contract"),
        (
            [IN_2024],
            "How many letters and contracts do I have?",
            "count category=contract category=letter",
        ),
        (
            ["Wie viele Rechnungen sind aus 2024?"],
            "Wie viele Briefe und Verträge habe ich?",
            "count category=contract category=letter",
        ),
        (
            [IN_2024],
            "and how many letters and contracts?",
            "count category=contract category=letter date=2024-01-01/2024-12-31",
        ),
        (
            [IN_2024, "and from Vattenfall?"],
            "and from Ida Berg?",
            "count category=invoice correspondent=3 date=2024-01-01/2024-12-31",
        ),
        ([IN_2024], "What does the contract say about pets?", "passages"),
        ([IN_2024], "What was bought in them?", "passages category=invoice date=2024-01-01/2024-12-31"),
        (["Wie viele Verträge habe ich?"], "Welche Fristen stehen darin?", "passages category=contract"),
        ([IN_2024], "What was bought?", "passages"),
        (["What does the contract say about pets?"], "and from 2023?", "passages"),
    ],
)
def test_a_follow_up_narrows_turns_and_widens_what_was_asked(
    before: list[str], question: str, expected: str
) -> None:
    assert said(asked(question, *before)) == expected


def test_what_is_read_is_a_filter_and_shows_where_it_was_read() -> None:
    # when
    found = asked("How many invoices from Vattenfall over 100 € came since March 2025?")

    # then
    assert found.within.categories == ("invoice",)
    assert found.within.correspondents == (2,)
    assert (found.within.dated_from, found.within.dated_to) == (date(2025, 3, 1), None)
    assert found.within.fields == (FieldCondition("total_due", least="100.01 EUR"),)
    assert {(one.kind, one.label, one.words) for one in found.filters} == {
        ("category", "Invoice", "invoices"),
        ("correspondent", "Vattenfall Europe GmbH", "Vattenfall"),
        ("date", "≥ 2025-03-01", "since March 2025"),
        ("amount", "> 100 EUR", ""),
    }


def test_when_something_ends_is_a_condition_on_that_date() -> None:
    # when
    found = asked("How many contracts end after March 2026?")

    # then
    assert found.within.fields == (FieldCondition("end_date", least="2026-04-01"),)
    assert (found.within.dated_from, found.within.dated_to) == (None, None)
    assert [one.label for one in found.filters] == ["Contract", "End: ≥ 2026-04-01"]


def test_folders_are_looked_up_once_for_a_whole_conversation() -> None:
    # given
    looks: list[int] = []

    def find() -> list[Path]:
        looks.append(1)
        return [Path("/d/Taxes"), Path("/d/Taxes/2024"), Path("/e/2024"), Path("/d/old letters")]

    known = KnownNames(CATEGORIES, find_folders=find)

    # when
    found = asked(
        "How many files are in the folder Taxes 2024?",
        *["¿Cuántos archivos hay en la carpeta Taxes?"] * 3,
        known=known,
    )

    # then
    assert said(found) == "count folder=/d/Taxes/2024"
    assert looks == [1]
    assert said(asked("How many files are in the folder 2024?", known=known)) == (
        "count folder=/d/Taxes/2024 folder=/e/2024"
    )


@pytest.mark.parametrize("without", ["date:2018-01-01/2018-12-31", "date"])
def test_a_filter_that_was_taken_away_is_not_applied(without: str) -> None:
    # when
    found = asked("How many invoices are from 2018?", without=(without,))

    # then
    assert said(found) == "count category=invoice"
    assert found.within.dated_from is None


def test_what_was_taken_away_from_a_question_stays_away_in_what_goes_on_from_it() -> None:
    # given
    question = "How many invoices over 100 euros are from 2018?"

    def after(later: str, *without: str) -> str:
        return said(read(later, KNOWN, [Turn(question, "2", without)], TODAY))

    # then
    date, amount = "date:2018-01-01/2018-12-31", "amount:total_due>=100.01 EUR"
    assert after("What do they add up to?") == (
        "sum amount=total_due>=100.01 EUR category=invoice date=2018-01-01/2018-12-31"
    )
    assert after("What do they add up to?", date) == "sum amount=total_due>=100.01 EUR category=invoice"
    assert after("What do they add up to?", date, amount) == "sum category=invoice"
    assert after("What do they add up to?", "date", "amount") == "sum category=invoice"
    assert after("And from 2018?", date, amount) == "count category=invoice date=2018-01-01/2018-12-31"


def test_how_many_are_asked_for_is_read_with_what_ranks_them() -> None:
    assert asked("the three newest invoices").limit == 3
    assert asked("die 5 letzten Rechnungen").limit == 5
    assert asked("What do the three invoices from the lamp workshop add up to?").limit == 0


def test_the_amount_that_is_compared_is_that_of_the_category_or_the_one_that_is_named() -> None:
    assert asked("What is the largest receipt?").field == "paid"
    assert asked("What is the sum of the net sum of all invoices?").field == "net"
    assert asked("What is the total VAT on all invoices?").field == "tax"
    assert asked("How much was the last invoice from Vattenfall?").field == "total_due"
    assert asked("What is the balance of my latest bank statement?").field == "balance"
    assert asked("When was the last invoice from Vattenfall?").field == ""
    assert asked("How many receipts do I have?").field == ""


def test_a_sender_that_the_library_does_not_know_is_sought_by_name_and_not_for_certain() -> None:
    # when
    found = asked("How many invoices from ACME do I have?")

    # then
    assert said(found) == "count category=invoice name=ACME"
    assert found.within.name == "ACME"
    assert not found.certain


def test_categories_that_are_named_in_one_language_are_asked_for_in_others() -> None:
    # given
    german = KnownNames((KnownCategory("k1", "Rechnungen"), KnownCategory("k2", "Verträge und Urkunden")))

    # then
    assert said(asked("How many invoices do I have?", known=german)) == "count category=k1"
    assert said(asked("Сколько у меня договоров?", known=german)) == "count category=k2"
    assert said(asked("Wie viele Rechnungen habe ich?", known=german)) == "count category=k1"
    french = KnownNames((KnownCategory("k1", "Reçus"),))
    assert said(asked("How many receipts do I have?", known=french)) == "count category=k1"
    assert asked("How many receipts do I have?", known=german).intent is Intent.PASSAGES


def test_the_words_of_every_language_have_the_same_parts() -> None:
    # then: a language that lacked one would read its questions otherwise
    for code in languages():
        assert asked("2019", known=KnownNames()).intent is Intent.PASSAGES, code


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=9), st.sampled_from(["", " "]))
@settings(max_examples=150, derandomize=True, deadline=None)
def test_no_text_is_too_strange_to_be_read(pieces: list[str], blank: str) -> None:
    # when
    found = asked(blank.join(pieces), "How many invoices are from 2024?")

    # then
    assert found.rest or found.intent in Intent
    first, last = found.within.dated_from, found.within.dated_to
    assert first is None or last is None or first <= last


class Names:
    """A library with names that change."""

    def __init__(self) -> None:
        self.people = [Correspondent(1, "Ida Berg", ("Ida Berg",))]
        self.looks = 0

    @property
    def correspondents(self) -> Names:
        return self

    @property
    def tags(self) -> Names:
        return self

    def counts(self) -> dict[str, int]:
        return {"urgent": 1}

    def mark(self) -> str:
        return str(len(self.people))

    def everyone(self) -> list[Correspondent]:
        self.looks += 1
        return self.people

    def folders(self) -> list[Path]:
        return []


def test_the_names_of_a_library_are_looked_up_anew_where_they_changed() -> None:
    # given
    library = Names()
    names = LibraryNames(library, lambda: CATEGORIES)  # type: ignore[arg-type]
    first = names()

    # when
    again = names()
    library.people = [*library.people, Correspondent(2, "Orla Finch", ("Orla Finch",))]
    changed = names()

    # then
    assert again is first
    assert library.looks == 2
    assert [one.name for one in changed.correspondents] == ["Ida Berg", "Orla Finch"]


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("What is the total VAT of all invoices?", "tax"),
        ("Summe der Mehrwertsteuer aller Rechnungen", "tax"),
        ("Quelle est la somme de la TVA des factures ?", "tax"),
        ("¿Cuál es la suma del IVA de las facturas?", "tax"),
        ("Jaka jest suma VAT faktur?", "tax"),
        ("Общая сумма НДС счетов", "tax"),
        ("发票的增值税总额", "tax"),
        ("مجموع ضريبة القيمة المضافة للفواتير", "tax"),
        ("Nettosumme aller Rechnungen zusammen", "net"),
    ],
)
def test_an_amount_is_named_in_any_language(question: str, field: str) -> None:
    # when
    found = asked(question)

    # then
    assert (found.intent, found.field) == (Intent.SUM, field)
