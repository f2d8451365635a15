"""Categories are proposed for groups of like documents that fit nowhere, in whatever language they are."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from tests.support.library import add

from twolane.config.lane_settings import ChatSettings
from twolane.documents import Classification, Decision, ReviewCause, Tier
from twolane.errors import ModelTimeoutError
from twolane.filing.suggest import Suggester, Suggestion, typical_words
from twolane.filing.taxonomy import Taxonomy
from twolane.llm.runtimes.scripted import ScriptedLLM
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite

TAXONOMY = Taxonomy.from_categories([{"id": "letter"}, {"id": "garden"}])
TEXTS = {
    "schaf": "Die Schafe weideten am Hang; die Herde zählte {} Schafe, und die Wolle war trocken.",
    "羊": "山坡上有{}只羊，羊群吃草，羊群睡觉，羊毛很干。",
    "suis": "La ruche {} donne du miel; les abeilles volent, et la ruche reste au soleil.",
}
SETTINGS = ChatSettings(context_tokens=2048, runtime="scripted", model="twin")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Make a library of three groups of four files that fit nowhere, and of letters that fit."""
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3)) as opened:
        causes = (ReviewCause.UNLIKE, ReviewCause.UNSURE, ReviewCause.INCOMPLETE)
        for place, (name, text) in enumerate(TEXTS.items()):
            for number in range(4):
                file(opened, f"{name}{number}", text.format(number + 7), place, causes[place])
        for number in range(20):
            file(opened, f"letter{number}", f"Dear Ada, und die {number}, et la {number}", 5, None)
        yield opened


def file(store: Store, name: str, text: str, place: int, cause: ReviewCause | None) -> None:
    add(store, f"/in/{name}.txt", text, document=name)
    rng = np.random.default_rng(len(name) + sum(map(ord, name)))
    vector = np.eye(8)[place] + rng.normal(scale=0.1, size=8)
    made = Classification("letter", 0.3, Tier.SIMILARITY, "", cause, taxonomy=TAXONOMY.digest)
    with store.writing() as write:
        write.decide(name, Decision(made))
        write.save_document_vector(name, "m", vector / np.linalg.norm(vector))


def suggested(store: Store, model: ScriptedLLM | None = None) -> list[Suggestion]:
    asked = model or ScriptedLLM(SETTINGS)
    with closing(asked):
        suggester = Suggester(
            store, TAXONOMY, vector_model="m", namer=lambda: asked, wait=lambda: waits.append(1)
        )
        return suggester.suggest(ask=model is not None)


waits: list[int] = []


def test_each_group_is_a_category_with_its_words_and_its_files(store: Store) -> None:
    # when
    found = suggested(store)

    # then
    assert [one.documents for one in found] == [4, 4, 4]
    by_file = {one.files[0].name[:-5]: one for one in found}
    assert by_file.keys() == TEXTS.keys()
    assert "schafe" in by_file["schaf"].words
    assert {"羊群", "羊毛"} & set(by_file["羊"].words)
    assert {"ruche", "abeilles"} & set(by_file["suis"].words)
    assert {path.name[:-5] for path in by_file["羊"].files} == {"羊"}


def test_what_is_printed_is_a_taxonomy(store: Store) -> None:
    # when
    text = "\n".join(one.toml for one in suggested(store))

    # then
    categories = tomllib.loads(text)["category"]
    whole = Taxonomy.from_categories([*TAXONOMY.categories, *categories])
    assert len(whole.categories) == 5
    assert all(category.examples for category in whole.categories[2:])


def test_a_model_names_them_once_nobody_is_answered_and_no_name_is_given_twice(store: Store) -> None:
    # given
    waits.clear()
    answer = '{"name": "Garden\\u0007", "description": "About \\"it\\""}'

    # when
    found = suggested(store, ScriptedLLM(SETTINGS, answers=lambda _: answer))

    # then
    assert [one.name for one in found] == ["Garden 2", "Garden 3", "Garden 4"]
    assert len({one.id for one in found} | {"garden"}) == 4
    assert {one.named_by for one in found} == {"twin"}
    assert tomllib.loads(found[0].toml)["category"][0]["description"] == 'About "it"'
    assert len(waits) == 3


def test_without_a_model_that_answers_words_have_to_do(store: Store) -> None:
    # given
    asked: list[str] = []

    def fail(step: str) -> None:
        asked.append(step)
        raise ModelTimeoutError("too slow")

    # when
    found = suggested(store, ScriptedLLM(SETTINGS, before=fail))

    # then
    assert len(found) == 3
    assert all(not one.named_by and one.name for one in found)
    assert asked == ["fill"]


def test_files_that_a_person_put_into_no_category_are_a_group_too(store: Store) -> None:
    # given
    none = Classification("", 1.0, Tier.PERSON, "")
    for number in range(4):
        file(store, f"new{number}", "Der Chor probt das Lied am Abend, der Chor singt.", 7, None)
        with store.writing() as write:
            write.decide(f"new{number}", Decision(none))

    # when
    found = suggested(store)

    # then
    assert any("chor" in one.words for one in found)


def test_words_of_one_text_alone_and_words_of_all_are_typical_of_nothing() -> None:
    # when
    one, other = typical_words(
        [["the sheep and the wool", "the sheep sleep", "sheep in the rain"], ["the bees", "the bees", "bees"]]
    )

    # then
    assert one == ("sheep",)
    assert other == ("bees",)


def test_a_library_where_everything_fits_gets_no_proposal(tmp_path: Path) -> None:
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3)) as empty:
        assert suggested(empty) == []
