"""Filing again: corrections change what no person has decided, and no model is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from tests.support.library import add

from twolane.config.lane_settings import FilingSettings
from twolane.documents import (
    Classification,
    Decision,
    FileState,
    Filter,
    ModelAnswer,
    ReviewCause,
    Score,
    Tier,
)
from twolane.filing.cascade import Cascade
from twolane.filing.reclassify import Change, Reclassifier
from twolane.filing.taxonomy import Taxonomy
from twolane.filing.tiers.small_model import answering
from twolane.llm.base import Choice, EmbeddingUse, Prompt, Vectors
from twolane.llm.runtimes.scripted import ScriptedLLM
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite

TAXONOMY = Taxonomy.from_categories([{"id": "sport"}, {"id": "money"}, {"id": "music"}])
SETTINGS = FilingSettings(context_tokens=2048, runtime="scripted")
TEXT = "the text of the document"
LIKE, UNLIKE = 8, 4  # files that are like the corrected ones, and others


class Deaf(ScriptedLLM):
    """A model that must not be asked about a document; its vectors of categories are far from theirs."""

    def choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        assert TEXT not in str(prompt), "the model was asked"
        return super().choose(prompt, labels)

    def embed(self, texts: Sequence[str], use: EmbeddingUse) -> Vectors:
        assert all(text in {"Sport", "Money", "Music"} for text in texts), "a document was embedded anew"
        return np.eye(self.form.dimensions, dtype=np.float32)[: len(texts)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Make a library whose files are all filed as sport; most of them are much like each other."""
    model = Deaf(SETTINGS)
    with closing(open_sqlite(tmp_path / "library.db", max_attempts=3)) as opened:
        scores = tuple(Score(category, share) for category, share in (("sport", 0.6), ("money", 0.4)))
        made = Classification(
            "sport", 0.6, Tier.SIMILARITY, "", ReviewCause.UNSURE, scores, taxonomy=TAXONOMY.digest
        )
        for number in range(LIKE + UNLIKE):
            document = f"{number:02}"
            add(opened, f"/in/{document}", TEXT, document=document)
            vector = np.zeros(model.form.dimensions)
            vector[-1 if number < LIKE else 0] = 1.0
            vector[-2] = 0.01 * number
            with opened.writing() as write:
                write.decide(document, Decision(made))
                write.save_document_vector(document, model.form.vector_model, vector / np.linalg.norm(vector))
        yield opened


@pytest.fixture
def reclassifier(store: Store) -> Reclassifier:
    model = Deaf(SETTINGS)
    cascade = Cascade(TAXONOMY, model, model, SETTINGS, store)
    return Reclassifier(store, lambda: cascade)


def label(store: Store, *documents: str, category: str) -> None:
    for document in documents:
        with store.writing() as write:
            write.decide(document, Decision(Classification(category, 1.0, Tier.PERSON, "")))


def all_changes(reclassifier: Reclassifier, within: Filter | None = None) -> list[Change]:
    looks = reclassifier.look(within) if within else reclassifier.look()
    return [change for looked in looks for change in looked.changes]


def test_corrections_change_what_is_like_them_and_nothing_is_written_before_it_is_applied(
    store: Store, reclassifier: Reclassifier
) -> None:
    # given
    label(store, "00", "01", "02", "03", category="money")

    # when
    changes = all_changes(reclassifier)
    before = store.counts().categories
    number = reclassifier.apply(changes)
    again = all_changes(reclassifier)

    # then
    to_money = {one.file.document for one in changes if one.decision.classification.category == "money"}
    assert to_money == {"04", "05", "06", "07"}
    assert before == {"sport": LIKE + UNLIKE - 4, "money": 4}
    assert number == len(changes)
    assert store.counts().categories["money"] == LIKE
    assert again == []


def test_what_a_person_decided_is_never_filed_again(store: Store, reclassifier: Reclassifier) -> None:
    # given
    label(store, "00", "01", "02", "03", category="money")
    changes = all_changes(reclassifier)

    # when
    label(store, "04", category="music")  # after the look, before it is applied
    reclassifier.apply(changes)

    # then
    stands = store.files(Filter(documents=("04",)))[0]
    assert stands.classification
    assert (stands.classification.category, stands.state) == ("music", FileState.FILED)
    assert all(one.file.document not in {"00", "01", "02", "03", "04"} for one in all_changes(reclassifier))


def test_what_has_no_vector_of_this_model_stays_as_it_is(store: Store, reclassifier: Reclassifier) -> None:
    # given: filed with the vectors of another model, and everything is being embedded anew
    add(store, "/in/filed", TEXT, document="filed")
    filed = Classification("money", 0.95, Tier.SIMILARITY, "", None, taxonomy=TAXONOMY.digest)
    with store.writing() as write:
        write.decide("filed", Decision(filed))
    label(store, "00", "01", "02", "03", category="music")

    # when
    changes = all_changes(reclassifier)

    # then
    assert {"04", "05"} <= {one.file.document for one in changes}
    assert "filed" not in {one.file.document for one in changes}


def test_it_looks_only_where_it_is_told_and_goes_on_where_it_was_stopped(
    store: Store, reclassifier: Reclassifier
) -> None:
    # given
    label(store, "00", "01", "02", "03", category="money")

    # when
    one = all_changes(reclassifier, Filter(folders=(Path("/in/05"),)))
    [rest] = reclassifier.look(start=6)

    # then
    assert [change.file.document for change in one] == ["05"]
    assert {"06", "07"} <= {change.file.document for change in rest.changes}
    assert "04" not in {change.file.document for change in rest.changes}
    assert (rest.done, rest.total) == (LIKE + UNLIKE, LIKE + UNLIKE)


def test_after_a_correction_the_similar_ones_are_counted(store: Store, reclassifier: Reclassifier) -> None:
    # when
    label(store, "00", "01", "02", "03", category="money")

    # then
    expected = len(all_changes(reclassifier))
    assert reclassifier.affected(["00", "03"]) == expected
    assert reclassifier.affected(["no such document"]) == 0


def test_what_the_model_said_before_counts_and_what_another_one_said_does_not(store: Store) -> None:
    # given
    model = Deaf(SETTINGS)
    reclassifier = Reclassifier(store, lambda: Cascade(TAXONOMY, model, None, SETTINGS, store))
    said = {"sport": -9.0, "money": -9.0, "music": -0.001}
    made = Classification("sport", 0.6, Tier.SMALL_MODEL, "", ReviewCause.UNSURE, (), 0, TAXONOMY.digest)
    for document, name in (("10", model.model), ("11", "another")):
        answer = ModelAnswer(answering(name, "completion"), said, dict.fromkeys(said, 1 / 3))
        with store.writing() as write:
            write.decide(document, Decision(made, name, answers=(answer,)))

    # when
    tenth, eleventh = (reclassifier.decision(document) for document in ("10", "11"))

    # then
    assert tenth
    assert eleventh
    assert (tenth.classification.category, tenth.classification.tier) == ("music", Tier.SMALL_MODEL)
    assert eleventh.classification.tier is Tier.RULES


def test_a_proposal_follows_what_is_decided_meanwhile(store: Store, reclassifier: Reclassifier) -> None:
    # given
    label(store, "00", "01", "02", "03", category="money")

    # when
    first = reclassifier.proposal("05")
    second = reclassifier.proposal("06")

    # then
    assert first
    assert second
    assert [one.classification.category for one in (first, second)] == ["money", "money"]
    assert reclassifier.proposal("no such document") is None


def test_what_was_looked_at_by_a_taxonomy_of_before_is_left_as_it_is(store: Store) -> None:
    # given
    model = Deaf(SETTINGS)
    cascades = [Cascade(TAXONOMY, model, model, SETTINGS, store)]
    reclassifier = Reclassifier(store, lambda: cascades[-1])
    label(store, "00", "01", category="money")
    looked = [change for found in reclassifier.look() for change in found.changes]
    assert looked

    # when
    fewer = Taxonomy.from_categories([{"id": "sport"}, {"id": "music"}])
    cascades.append(Cascade(fewer, model, model, SETTINGS, store))

    # then
    assert reclassifier.apply(looked) == 0
