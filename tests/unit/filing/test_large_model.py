"""The large model as the last tier before a person."""

from __future__ import annotations

from collections.abc import Sequence

from twolane.config.lane_settings import FilingSettings
from twolane.documents import LeftOut, Tier
from twolane.errors import ModelUnreachableError
from twolane.filing.cascade import Cascade
from twolane.filing.taxonomy import Taxonomy
from twolane.llm.base import Choice, Prompt
from twolane.llm.runtimes.scripted import ScriptedLLM

TAXONOMY = Taxonomy.from_categories(
    [
        {"id": "sport", "name": "Sport", "description": "match team goal"},
        {"id": "music", "name": "Music", "description": "song album band"},
        {"id": "money", "name": "Money", "description": "bank shares market"},
    ]
)
SMALL = FilingSettings(model="small", runtime="scripted")
LARGE = FilingSettings(model="large", runtime="scripted")


class DecidedLLM(ScriptedLLM):
    """A model that finds one label likely as soon as a word of it stands in the document, or has gone."""

    def __init__(self, settings: FilingSettings, *, certainty: float, gone: bool = False) -> None:
        super().__init__(settings)
        self._certainty = certainty
        self._gone = gone
        self.asked = 0

    def choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        if self._gone:
            raise ModelUnreachableError("large cannot be reached", "start its server")
        self.asked += 1
        is_music = "Quartett" in str(prompt)
        return Choice(
            tuple(labels), tuple(self._certainty * (is_music and label == "Music") - 1 for label in labels)
        )


def test_the_large_model_is_asked_about_what_the_others_are_not_sure_of() -> None:
    # given
    small, large = DecidedLLM(SMALL, certainty=0.1), DecidedLLM(LARGE, certainty=8.0)
    filing = Cascade(TAXONOMY, small, None, SMALL, large=large)

    # when
    decision = filing.decide("Ein Quartett von 1826")

    # then
    made = decision.classification
    assert (made.category, made.tier, made.left_out) == ("music", Tier.LARGE_MODEL, ())
    assert "the large model agrees" in made.reason
    assert [answer.model for answer in decision.answers] == ["small, completion", "large, chat"]


def test_what_the_large_model_said_is_not_asked_again() -> None:
    # given
    small, large = DecidedLLM(SMALL, certainty=0.1), DecidedLLM(LARGE, certainty=8.0)
    filing = Cascade(TAXONOMY, small, None, SMALL, large=large)
    first = filing.decide("Ein Quartett von 1826")
    asked = small.asked, large.asked

    # when
    again = filing.decide("Ein Quartett von 1826", answers=first.answers, may_ask=False)

    # then
    assert again.classification.scores == first.classification.scores
    assert again.answers == first.answers
    assert (small.asked, large.asked) == asked


def test_nothing_waits_for_a_large_model_that_has_gone() -> None:
    # given
    small, large = DecidedLLM(SMALL, certainty=0.1), DecidedLLM(LARGE, certainty=8.0, gone=True)
    filing = Cascade(TAXONOMY, small, None, SMALL, large=large)

    # when
    made = filing.decide("Ein Quartett von 1826", patient=True).classification

    # then
    assert made.left_out == (LeftOut(Tier.LARGE_MODEL, "large cannot be reached"),)
    assert made.review
