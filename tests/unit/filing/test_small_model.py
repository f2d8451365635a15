"""The small model as the cascade asks it: by a prompt, or as a decision model."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from twolane.config.lane_settings import FilingSettings
from twolane.documents import Tier
from twolane.errors import PromptTooLongError
from twolane.filing.cascade import Cascade
from twolane.filing.taxonomy import Taxonomy
from twolane.filing.tiers.small_model import DecisionModel, SmallModel
from twolane.llm.base import Choice, ChoiceQuestion, Prompt
from twolane.llm.runtimes.scripted import ScriptedLLM

TAXONOMY = Taxonomy.from_categories(
    [
        {"id": "sport", "name": "Sport", "description": "match team goal player league cup win"},
        {"id": "money", "name": "Money / banking", "description": "bank shares market profit tax price"},
        {"id": "music", "name": "Music", "description": ""},
    ]
)
SETTINGS = FilingSettings(context_tokens=2048, runtime="scripted", model="decider")


class Recorded(ScriptedLLM):
    """A model that notes how it is asked; states longer than `most_chars` are too long for it."""

    most_chars = 10_000

    def __init__(self, *, decides: bool) -> None:
        super().__init__(SETTINGS, decides=decides)
        self.states: list[str] = []
        self.questions: list[ChoiceQuestion] = []
        self.prompts: list[Prompt] = []

    def choose(self, prompt: Prompt, labels: Sequence[str]) -> Choice:
        self.prompts.append(prompt)
        return super().choose(prompt, labels)

    def decide(self, state: str, question: ChoiceQuestion) -> Choice:
        self.states.append(state)
        self.questions.append(question)
        if len(state) > self.most_chars:
            raise PromptTooLongError("too long", "send less")
        return super().decide(state, question)


def test_a_decision_model_gets_the_document_and_what_each_category_means() -> None:
    # given
    llm = Recorded(decides=True)

    # when
    result = Cascade(TAXONOMY, llm, None, SETTINGS).classify("the bank's profit and its shares")

    # then
    assert result.category == "money"
    assert result.tier is Tier.SMALL_MODEL
    assert not llm.prompts
    assert llm.states[-1] == "the bank's profit and its shares"
    assert dict(llm.questions[-1].options) == {
        "Sport": "match team goal player league cup win",
        "Money": "bank shares market profit tax price",
        "Music": "",
    }


@pytest.mark.parametrize("setting", ["yes", "no"])
def test_a_setting_decides_where_a_server_does_not_say(setting: DecisionModel) -> None:
    # given a model that says the contrary of the setting
    llm = Recorded(decides=setting == "no")
    model = SmallModel(llm, TAXONOMY, "completion", setting)

    # when
    if setting == "no":
        model.logprobs("a match")

        # then
        assert len(llm.prompts) == 1
    else:
        with pytest.raises(Exception, match="not a decision model"):
            model.logprobs("a match")
    assert bool(llm.states) is (setting == "yes")


def test_a_document_that_is_too_long_for_a_decision_model_is_cut() -> None:
    # given
    llm = Recorded(decides=True)
    llm.most_chars = 200

    # when
    logprobs = SmallModel(llm, TAXONOMY, "completion").logprobs("match " * 1000)

    # then
    assert logprobs.argmax() == 0
    assert [len(state) <= 200 for state in llm.states][-1]
    assert len(llm.states) > 1
