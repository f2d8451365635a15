"""What a person at `twolane review` can choose, and by which keys."""

from __future__ import annotations

import io

from twolane.cli.output import PeopleOutput
from twolane.cli.review_screen import (
    ACCEPT,
    MORE,
    NONE,
    QUIT,
    SEARCH,
    SKIP,
    UNDO,
    Screen,
    choices,
    is_offered,
    matching,
)
from twolane.documents import Classification, Score, Tier
from twolane.filing.taxonomy import Category

CATEGORIES = tuple(Category(f"c{number}", f"Category {number}") for number in range(40))


def test_the_likeliest_have_digits_the_rest_letters_and_no_key_means_two_things() -> None:
    # given
    scores = (Score("c9", 0.6), Score("c3", 0.3), Score("c7", 0.1))
    made = Classification("c9", 0.6, Tier.SIMILARITY, "", scores=scores)

    # when
    found = choices(CATEGORIES, made)

    # then
    keys = [one.key for one in found if one.key]
    assert [(one.key, one.category.id) for one in found[:3]] == [("1", "c9"), ("2", "c3"), ("3", "c7")]
    assert len(set(keys)) == len(keys)
    assert not {ACCEPT, NONE, SEARCH, SKIP, UNDO, QUIT, MORE} & set(keys)
    assert {one.category for one in found} == set(CATEGORIES)


def test_a_search_finds_by_name_before_description_in_any_script() -> None:
    # given
    categories = (
        Category("a", "Briefe", "auch eine Rechnung"),
        Category("b", "Rechnung"),
        Category("c", "发票"),
        Category("d", "Счёт"),
    )
    found = choices(categories, None)

    # when
    german, chinese, russian, nothing = (matching(found, word) for word in ("RECHNUNG", "发票", "счёт", " "))

    # then
    assert [(one.key, one.category.id) for one in german] == [("1", "b"), ("2", "a")]
    assert [one.category.id for one in chinese + russian] == ["c", "d"]
    assert nothing == ()


def test_a_category_that_has_left_the_taxonomy_cannot_be_accepted() -> None:
    # given
    made = Classification("gone", 0.6, Tier.SIMILARITY, "", scores=(Score("gone", 0.6), Score("c3", 0.4)))

    # when
    found = choices(CATEGORIES, made)

    # then
    assert not is_offered("gone", found)
    assert is_offered("c3", found)


def test_all_of_a_text_is_shown_a_screen_at_a_time_at_any_width() -> None:
    # given
    shown = io.StringIO()
    text = "\n".join(f"line {number} 合同条款" for number in range(50))

    # when: the terminal becomes narrower meanwhile
    place, screens = 0, 0
    while True:
        place = Screen(PeopleOutput(out=shown), (40 if screens else 80, 24)).more(text, place)
        screens += 1
        if not place:
            break

    # then
    assert screens == 3
    assert all(f"line {number} " in shown.getvalue() for number in range(50))
    assert "that is all of its text" in shown.getvalue()
