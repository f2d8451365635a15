"""A contradiction is said where the same words stand around another value, and not elsewhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from twolane.answers import ContradictionEvent, Source
from twolane.chat.contradiction import contradictions
from twolane.chat.support import Checker
from twolane.documents import FoundPassage

_NEW = (
    "Tariff of the water works.\nThe price for a cubic metre of water is 2.31 euros.\nPayable every quarter."
)
_OLD = (
    "Tariff of the water works.\nThe price for a cubic metre of water is 1.98 euros.\nPayable every quarter."
)
_QUESTION = "What is the price for a cubic metre of water?"


def _passage(number: int, text: str, name: str, year: int | None = None) -> FoundPassage:
    dated = date(year, 1, 2) if year else None
    return FoundPassage(number, name, Path(f"/d/{name}"), "", 1, text, dated_at=dated)


def _found(
    sentence: str, cited: str, *others: str, question: str = _QUESTION, superseded: tuple[str, ...] = ()
) -> list[ContradictionEvent]:
    """Return what an answer contradicts that cites the first of several sources, each a year older."""
    passages = [
        _passage(number, text, f"{number}.txt", 2026 - number)
        for number, text in enumerate((cited, *others), 1)
    ]
    older = [_passage(90 + number, text, f"old {number}.txt", 2010) for number, text in enumerate(superseded)]
    sources = [Source(number, passage) for number, passage in enumerate(passages, 1)]
    cites = Checker(sources, question).citations(sentence, [1])
    return contradictions(question, cites, sources, older)


def _values(events: list[ContradictionEvent]) -> list[list[str]]:
    return [[stated.value for stated in event.values] for event in events]


def test_another_value_in_a_file_like_it_is_said_the_newest_first() -> None:
    # when
    events = _found("The price is 2.31 euros.", _NEW, _OLD)

    # then
    assert _values(events) == [["2.31 euros", "1.98 euros"]]
    assert [stated.dated_at for stated in events[0].values] == [date(2025, 1, 2), date(2024, 1, 2)]
    assert [stated.passage.path.name for stated in events[0].values] == ["1.txt", "2.txt"]


def test_an_older_version_that_the_model_was_not_given_is_looked_at_too() -> None:
    assert _values(_found("It is 2.31 euros.", _NEW, superseded=(_OLD,))) == [["2.31 euros", "1.98 euros"]]


def test_an_answer_from_the_older_file_names_the_newest_first() -> None:
    # given
    sources = [Source(1, _passage(1, _OLD, "a.txt", 2023)), Source(2, _passage(2, _NEW, "b.txt", 2025))]
    cites = Checker(sources, _QUESTION).citations("The price is 1.98 euros.", [1])

    # then
    assert _values(contradictions(_QUESTION, cites, sources, ())) == [["2.31 euros", "1.98 euros"]]


@pytest.mark.parametrize(
    ("new", "old", "sentence", "question", "values"),
    [
        (
            "Der Jahresbeitrag der Versicherung beträgt 146,90 Euro.",
            "Der Jahresbeitrag der Versicherung beträgt 139,00 Euro.",
            "Der Beitrag ist 146,90 Euro.",
            "Wie hoch ist der Jahresbeitrag der Versicherung?",
            ["146,90 Euro", "139,00 Euro"],
        ),
        (
            "Договор аренды квартиры заканчивается 30 июня 2027 года.",
            "Договор аренды квартиры заканчивается 30 июня 2026 года.",
            "Он заканчивается 30 июня 2027 года.",
            "Когда заканчивается договор аренды?",
            ["30 июня 2027", "30 июня 2026"],
        ),
        (
            "The notice period of the lease is 3 months.",
            "The notice period of the lease is 6 months.",
            "It is 3 months.",
            "What is the notice period of the lease?",
            ["3", "6"],
        ),
    ],
)
def test_values_of_every_kind_in_any_language(
    new: str, old: str, sentence: str, question: str, values: list[str]
) -> None:
    assert _values(_found(sentence, new, old, question=question)) == [values]


@pytest.mark.parametrize(
    "other",
    [
        "The price for a cubic metre of water is 2,31 euros.",  # the same, written otherwise
        "The price for a cubic metre of gas in the north is 1.98 euros.",  # other words around it
        f"{_OLD}\n{_NEW}",
        "A cubic metre is 1000 litres of water.",
        "Water: 1.98 euros.",
    ],
)
def test_nothing_is_said_of_what_is_no_contradiction(other: str) -> None:
    assert _found("The price is 2.31 euros.", _NEW, other) == []


def test_a_row_of_a_table_is_no_contradiction() -> None:
    # given
    new, old = ("water works north 10 20 30 40", "water works north 11 21 31 41")

    # then
    assert _found("It is 10.", new, old, question="What of the water works north?") == []


def test_the_dates_of_versions_themselves_do_not_contradict_each_other() -> None:
    # given: the sources are of 2 January 2025 and 2024
    new, old = (f"The tariff of the water works of 2 January {year}." for year in (2025, 2024))

    # then
    assert _found("It is of 2 January 2025.", new, old, question="Of when is the tariff of the works?") == []


def test_papers_that_the_question_tells_apart_do_not_contradict_each_other() -> None:
    # given
    one = "Invoice RE-507.\nThe total amount of this invoice is 571.04 euros."
    other = "Invoice RE-508.\nThe total amount of this invoice is 99.00 euros."
    question = "What is the total amount of invoice RE-507?"

    # then
    assert _found("The total is 571.04 euros.", one, other, question=question) == []


@pytest.mark.parametrize(
    ("one", "other", "question"),
    [
        ("Flat in Berlin.", "Flat in Munich.", "What does the flat in Berlin cost a month?"),
        ("Wohnung in der Gartenstraße.", "Wohnung am Markt.", "Was kostet die Wohnung in der Gartenstraße?"),
        ("柏林的公寓。", "慕尼黑的公寓。", "柏林的公寓租金是多少？"),
    ],
)
def test_papers_that_a_name_in_the_question_tells_apart_do_not_either(
    one: str, other: str, question: str
) -> None:
    # given
    line = "The rent for the flat a month is {} euros."

    # then
    sources = (f"{one}\n{line.format(850)}", f"{other}\n{line.format(920)}")
    assert _found("It is 850 euros.", *sources, question=question) == []
    assert _found("It is 850 euros.", *sources, question="What is the rent for the flat a month?")
