"""Where the words of a question stand in a text, in the forms under which the index has it."""

from __future__ import annotations

import pytest

from twolane.text.places import places_of
from twolane.text.terms import QueryWord, language_numbers


def marked(
    text: str, *words: str, languages: tuple[str, ...] = ("english", "german", "russian")
) -> list[str]:
    asked = [QueryWord(word, language_numbers(word, languages)) for word in words]
    return [text[one.start : one.stop] for one in places_of(asked, text)]


@pytest.mark.parametrize(
    ("text", "word", "places"),
    [
        ("He pays for the damages that the cat has made.", "damage", ["damages"]),
        ("Die Rechnungen sind für das Büro und nicht für die Wohnung.", "rechnung", ["Rechnungen"]),
        ("Die Kündi-\ngung ist für das Büro und nicht für uns.", "kündigung", ["Kündi-\ngung"]),
        ("Die Kündi\u00adgung ist für das Büro und nicht für uns.", "kündigung", ["Kündi\u00adgung"]),
        ("It is on the bill RE-2019/507 of the year.", "re2019507", ["RE-2019/507"]),
        ("The year FY2019 was a good one for us.", "2019", ["FY2019"]),
        ("東京都の家賃は毎月払う", "家賃", ["家賃"]),
        ("ПЛАТА за дом", "плата", ["ПЛАТА"]),
        ("nothing of it", "rent", []),
    ],
)
def test_a_word_is_marked_in_the_form_in_which_it_stands(text: str, word: str, places: list[str]) -> None:
    # then
    assert marked(text, word) == places


def test_places_that_overlap_are_one() -> None:
    # then
    assert marked("東京都の家賃", "東京", "京都") == ["東京都"]


def test_all_parts_of_a_compound_stand_for_it_and_one_does_not() -> None:
    # given
    parts = tuple(language_numbers(part, ("german",)) for part in ("miete", "vertrag"))
    compound = QueryWord("mietvertrag", language_numbers("mietvertrag", ("german",)), parts=parts)

    # then
    both, one = "Der Vertrag über die Miete ist da.", "Der Vertrag ist da, und das war es auch schon."
    assert [both[each.start : each.stop] for each in places_of([compound], both)] == ["Vertrag", "Miete"]
    assert places_of([compound], one) == ()
