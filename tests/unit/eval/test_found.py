"""What is found of the questions of our own: how places become shares and bars."""

from __future__ import annotations

from pathlib import Path

from eval.found import Found, is_reached, place, report, table
from eval.questions import Asked, File, Slip

from twolane.documents import FoundPassage

GERMAN = File("001.txt", "de", "Die Miete beträgt 540 Euro.\n\nDer Garten gehört allen.\n")


def test_the_place_is_that_of_the_passage_that_answers() -> None:
    # given
    question = Asked("How much is the rent?", "en", GERMAN, "540 Euro")
    passages = [
        _passage("002.txt", "540 Euro"),
        _passage("001.txt", "Der Garten gehört allen."),
        _passage("001.txt", "Die Miete beträgt 540\nEuro."),
    ]

    # then
    assert place(question, passages) == 3
    assert place(question, passages[:2]) is None
    assert place(Asked("How much is the rent?", "en", GERMAN), passages) == 2


def test_the_table_has_a_line_a_pair_of_languages_and_a_slip() -> None:
    # given
    found = [
        Found(Asked("?", "en", GERMAN), 1, refused=False, by_words=2),
        Found(Asked("?", "en", GERMAN), None, refused=True),
        Found(Asked("?", "de", GERMAN, slip=Slip.WRONG), 6, refused=False),
    ]

    # when
    lines = table(found).splitlines()[2:]

    # then
    assert [line.split(" | ")[0] for line in lines] == ["| en on de", "| de", "| a letter wrong", "| all"]
    assert lines[0].startswith("| en on de | 2 | 0.500 (")
    assert lines[0].endswith("| 0.000 | 0.500 | 0.000 |")
    assert report("across", found, "today")["groups"]["all"]["refused"]["share"] == 1 / 3


def test_a_bar_asks_for_what_is_found_and_for_what_is_not_refused() -> None:
    # given
    right = [Found(Asked("?", "de", GERMAN), 1, refused=False)] * 97
    lost = [Found(Asked("?", "de", GERMAN), None, refused=False)] * 3
    refused = [Found(Asked("?", "de", GERMAN), 1, refused=True)] * 3

    # then
    assert is_reached("inflected", right + lost)
    assert not is_reached("inflected", right + 2 * lost)
    assert not is_reached("inflected", right + refused)
    assert is_reached("across", right + refused)


def _passage(name: str, text: str) -> FoundPassage:
    return FoundPassage(1, "d", Path(name), "", 1, text)
