"""Categories within others: machines file under those that have none within them."""

from __future__ import annotations

from pathlib import Path

import pytest

from twolane.config.lane_settings import FilingSettings
from twolane.documents import ReviewCause, Tier
from twolane.errors import TaxonomyError
from twolane.filing.cascade import Cascade
from twolane.filing.learn import compared
from twolane.filing.taxonomy import Taxonomy
from twolane.store.values import Guess, Lesson

SETTINGS = FilingSettings(context_tokens=2048, runtime="scripted")
TAXONOMY = Taxonomy.from_categories(
    [
        {"id": "bill", "name": "Bills", "hints": ["total due"], "folders": ["Bills"]},
        {
            "id": "power",
            "name": "Power",
            "parent": "bill",
            "hints": ["kWh"],
            "patterns": ["meter reads"],
        },
        {"id": "water", "name": "Water", "parent": "bill", "hints": ["cubic"]},
        {"id": "tap", "name": "Tap", "parent": "water"},
        {"id": "rain", "name": "Rain", "parent": "water"},
        {"id": "note", "name": "Notes"},
    ]
)


def lesson(category: str, guess: str) -> Lesson:
    made = Guess(guess, Tier.SIMILARITY, 0.6, ReviewCause.UNSURE)
    return Lesson(1, category, labelled=True, has_vector=True, answers=(), answer_taxonomy="", guess=made)


def test_machines_see_the_leaves_with_the_names_and_hints_of_what_they_lie_within() -> None:
    # when
    leaves = TAXONOMY.leaves()

    # then
    names = [(leaf.id, leaf.name) for leaf in leaves.categories]
    assert names == [
        ("power", "Bills: Power"),
        ("tap", "Bills: Water: Tap"),
        ("rain", "Bills: Water: Rain"),
        ("note", "Notes"),
    ]
    assert leaves.categories[0].hints == ("kWh", "total due")
    assert (leaves.digest, leaves.leaves()) == (TAXONOMY.digest, leaves)
    assert TAXONOMY.lineage("tap") == ("tap", "water", "bill")
    assert TAXONOMY.leaf_places("water") == (1, 2)


def test_a_taxonomy_is_the_same_after_it_was_kept() -> None:
    # when
    again = Taxonomy.from_text(TAXONOMY.text)

    # then
    assert again == TAXONOMY
    assert Taxonomy.from_text(Taxonomy.load().text) == Taxonomy.load()


@pytest.mark.parametrize(
    ("categories", "what"),
    [
        ([{"id": "a", "parent": "b"}, {"id": "c"}], "'b', which there is not"),
        ([{"id": "a", "parent": "c"}, {"id": "c", "parent": "a"}, {"id": "d"}], "lies within itself"),
        ([{"id": "a"}, {"id": "b", "parent": "a"}], "at least two"),
        (
            [{"id": "a"}, {"id": "b", "name": "x", "parent": "a"}, {"id": "c", "name": "X", "parent": "a"}],
            "name 'X'",
        ),
    ],
)
def test_a_tree_that_cannot_be_is_refused(categories: list[dict[str, str]], what: str) -> None:
    with pytest.raises(TaxonomyError, match=what):
        Taxonomy.from_categories(categories)


def test_the_same_name_may_stand_within_two_categories() -> None:
    # when
    taxonomy = Taxonomy.from_categories(
        [
            {"id": "a"},
            {"id": "b"},
            {"id": "c", "name": "Letters", "parent": "a"},
            {"id": "d", "name": "Letters", "parent": "b"},
        ]
    )

    # then
    assert [leaf.name for leaf in taxonomy.leaves().categories] == ["A: Letters", "B: Letters"]
    assert [one.name for one in taxonomy.titled()] == ["A", "B", "A: Letters", "B: Letters"]


def test_the_rule_of_a_wider_category_chooses_among_those_within_it() -> None:
    # given
    filing = Cascade(TAXONOMY, None, None, SETTINGS)

    # when
    found = filing.classify("12 cubic metres", path=Path("/in/Bills/1.txt"))
    inner = filing.classify("meter reads 12", path=Path("/in/Bills/1.txt"))

    # then: the rule says that it is a bill, the hint of which kind
    assert found.category in {"tap", "rain"}
    assert found.scores[-1].category == "note"
    assert "it is in the folder" in found.reason
    assert (inner.category, inner.review) == ("power", False)


def test_what_a_person_said_more_widely_is_evidence_for_all_within() -> None:
    # given
    filing = Cascade(TAXONOMY, None, None, SETTINGS)

    # when
    shares = {
        score.category: score.probability for score in filing.decide("", earlier="bill").classification.scores
    }

    # then
    assert shares["power"] == pytest.approx(shares["tap"]) == pytest.approx(shares["rain"])
    assert shares["note"] < 0.01


def test_only_choices_of_the_same_width_are_compared() -> None:
    assert compared(lesson("bill", "power"), TAXONOMY) is None
    assert compared(lesson("power", "bill"), TAXONOMY) is None
    right, wrong = compared(lesson("power", "power"), TAXONOMY), compared(lesson("note", "power"), TAXONOMY)
    assert right is not None
    assert wrong is not None
    assert (right.right, wrong.right) == (True, False)
