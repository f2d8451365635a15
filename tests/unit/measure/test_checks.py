"""The checks of instructions pass what was asked for, and nothing that only looks like it."""

from __future__ import annotations

import pytest

from twolane.measure.compare.checks import shipped_checks

CASES = {
    "JSON only": ('{"name": "Pim", "age": 4}', ['Here: {"name": "Pim", "age": 4}', '{"name": "Pim"}', "[]"]),
    "JSON list of three": ('["red", "blue", "green"]', ['["red", "blue"]', "[1, 2, 3]", "red, blue, green"]),
    "one label": ("Complaint.", ["It is a complaint", "rant"]),
    "yes or no": ("Yes", ["Yes, it is", "7"]),
    "a number only": ("12", ["12 legs", "twelve", ""]),
    "exactly five words": ("The sea is vast, blue.", ["The sea is blue", "The sea is very vast and blue"]),
    "at most ten words": ("A place that lends books.", ["", "a " * 11]),
    "one sentence": ("They keep the rain off.", ["They keep dry. It rains.", "They keep dry"]),
    "capitals only": ("THE TRAIN IS LATE.", ["The train is late", "SURE! THE TRAIN IS LATE"]),
    "small letters only": ("winter is cold and white.", ["Winter is cold.", "ok"]),
    "alphabetical order": ("apple, banana, cherry, pear", ["apple, cherry, banana, pear", "Sorted: apple"]),
    "reverse order": ("5 4 3 2 1", ["5, 4, 3, 2, 1", "1 2 3 4 5"]),
    "three bullet points": (
        "- water\n- bread\n- a map",
        ["- water\n- bread", "List:\n- a\n- b\n- c", "- \n- \n- "],
    ),
    "numbered list": ("1. Boil water.\n2. Put it in.", ["2. Boil\n1. Put", "1. Boil.", "- Boil\n- Put"]),
    "answer in German": (
        "Man ist damit schnell und es ist gesund.",
        ["It is fast and it is good", "", "Rad"],
    ),
    "answer in French": (
        "Parce que les fleurs sont belles.",
        ["Because it is warm", "Der Frühling ist schön"],
    ),
    "no preamble": ("She opened the window.", ["Sure: She opened the window.", "She opens the window."]),
    "a word it must not use": ("Snow falls softly on roofs.", ["Snow is cold.", "White it lies there."]),
    "fixed ending": ("Tea warms the hands. OVER", ["Tea warms the hands. over", "OVER"]),
    "ISO date": ("2026-03-05", ["5 March 2026", "The date is 2026-03-05"]),
}


def test_there_are_twenty_checks_and_each_is_tried_here() -> None:
    assert [check.name for check in shipped_checks()] == list(CASES)
    assert len(CASES) == 20


@pytest.mark.parametrize("name", CASES)
def test_a_check_passes_what_was_asked_and_nothing_else(name: str) -> None:
    # given
    check = next(check for check in shipped_checks() if check.name == name)
    right, wrong = CASES[name]

    # when
    passed = [answer for answer in wrong if check.passes(answer)]

    # then
    assert check.passes(f"\n{right} ")
    assert not passed
