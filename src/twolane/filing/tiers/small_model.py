"""The third tier: the small model's probabilities for the categories' names, corrected for its bias."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np

from twolane.documents import ModelAnswer, Tier
from twolane.errors import PromptTooLongError
from twolane.filing.answers import ModelAnswers
from twolane.filing.excerpt import excerpt
from twolane.filing.learn import Learning
from twolane.filing.numbers import Floats, softmax
from twolane.filing.taxonomy import Category, Taxonomy
from twolane.filing.tiers.base import Case, Opinion, combined, finite
from twolane.llm.base import Choice, ChoiceQuestion, Message, Model, Prompt

PromptForm = Literal["completion", "chat"]
DecisionModel = Literal["auto", "yes", "no"]

# Of a document, by an estimate that is low: about 600 characters of English, and the same in any script.
DOCUMENT_TOKENS = 130
_QUESTION = "Which of these categories does the document belong to?"
_FEWEST_TOKENS = 20

# Texts that belong to no category: the model's answers to them show its bias.
_NEUTRAL = (
    "N/A",
    "[document]",
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore.",
    "This page was left blank on purpose. It has a number and a date, and nothing else is known about it.",
)
# The neutral texts, and a spread of 1, count as much as this many documents of every category.
_PRIOR_DOCUMENTS = 2.0
# The model's weight before its skill at telling categories apart is known, as if from so many documents.
_PRIOR_WEIGHT = 0.5
_PRIOR_ASKED = 20.0
_MOST_WEIGHT = 1.5
# Where the cheaper tiers are as sure as this, the model is not asked.
_SURE = 0.9


class SmallModel:
    """A taxonomy as a prompt; safe to use from several threads."""

    def __init__(
        self, llm: Model, taxonomy: Taxonomy, form: PromptForm, decision_model: DecisionModel = "auto"
    ) -> None:
        self._llm = llm
        self._form = form
        self._decision_model = decision_model
        self.model = llm.model
        self.answering = answering(llm.model, form)
        self.labels = _labels(taxonomy)
        self._categories = "\n".join(
            f"- {label}: {category.description}" if category.description else f"- {label}"
            for label, category in zip(self.labels, taxonomy.categories, strict=True)
        )
        meanings = {
            label: category.description
            for label, category in zip(self.labels, taxonomy.categories, strict=True)
        }
        self._question = ChoiceQuestion(_QUESTION, meanings)

    def logprobs(self, text: str) -> Floats:
        """Return the logarithm of each label's share of the labels' joint probability.

        A document that is too long for the model's context is cut further. Raises `ModelError`.
        """
        limit = DOCUMENT_TOKENS
        while True:
            try:
                choice = self._ask(excerpt(text, limit))
            except PromptTooLongError:
                if limit <= _FEWEST_TOKENS:
                    raise
                limit //= 2
                continue
            raw = finite(np.array(choice.logprobs), len(self.labels), self.model)
            shares: Floats = raw - np.logaddexp.reduce(raw)
            return shares

    def neutral(self) -> Floats:
        """Return the model's mean answer to the neutral texts. Raises `ModelError`."""
        mean: Floats = np.mean([self.logprobs(text) for text in _NEUTRAL], axis=0)
        return mean

    def _ask(self, document: str) -> Choice:
        """Ask by a prompt and its likeliest next words, or in one pass where it is a decision model."""
        decides = self._llm.decides() if self._decision_model == "auto" else self._decision_model == "yes"
        if decides:
            return self._llm.decide(document, self._question)
        return self._llm.choose(self._prompt(document), self.labels)

    def _prompt(self, document: str) -> Prompt:
        # The document must not close the fence around it.
        fenced = re.sub(r"<<<+|>>>+", "", document).strip()
        parts = {
            role: template.strip("\n").format(categories=self._categories, document=fenced)
            for role, template in _templates()[self._form].items()
        }
        if self._form == "completion":
            return parts["prompt"]
        return (
            Message("system", parts["system"]),
            Message("user", parts["user"]),
            Message("assistant", parts["assistant"]),
        )


def answering(model: str, form: PromptForm) -> str:
    """Return the name under which a model's answers are stored: they depend on the form of its prompt."""
    return f"{model}, {form}"


class SmallModelTier:
    """Obeys `FilingTier`: the model is asked about documents that the tiers before it are not sure of."""

    tier = Tier.SMALL_MODEL
    asked_below = _SURE

    def __init__(self, taxonomy: Taxonomy, model: SmallModel) -> None:
        self._categories = taxonomy.categories
        self._model = model

    def look(self, case: Case, before: Sequence[Opinion], learning: Learning) -> Opinion | None:
        given = self._given(case)
        if not case.text or (given is None and not case.may_be_asked):
            return None
        try:
            neutral = learning.once(f"neutral {self._model.answering}", self._model.neutral)
            logprobs = self._model.logprobs(case.text) if given is None else given
        except PromptTooLongError:  # the taxonomy alone is too long for the model
            return None
        logits = self._unbiased(logprobs, learning, neutral, alone=not before)
        shares = combined(before, len(self._categories))
        answer = ModelAnswer(self._model.answering, self._by_category(logprobs), self._by_category(shares))
        return Opinion(self.tier, logits, self._reason(logits), self._model.model, answer=answer)

    def _unbiased(self, logprobs: Floats, learning: Learning, neutral: Floats, *, alone: bool) -> Floats:
        return unbiased(logprobs, learning.learned().answers, neutral, alone=alone)

    def _given(self, case: Case) -> Floats | None:
        """Return what this model has said of the document before, if it was asked for these categories."""
        ids = [category.id for category in self._categories]
        answer = next((one for one in case.answers if one.model == self._model.answering), None)
        if answer is None or answer.logprobs.keys() != set(ids):
            return None
        return np.array([answer.logprobs[category_id] for category_id in ids])

    def _reason(self, logits: Floats) -> Callable[[int], str]:
        shares = softmax(logits)
        top = int(shares.argmax())
        agrees = f"the {self.tier.words} agrees ({shares[top]:.2f})"
        differs = f'the {self.tier.words} says "{self._categories[top].name}" ({shares[top]:.2f})'
        return lambda best: agrees if best == top else differs

    def _by_category(self, values: Floats) -> dict[str, float]:
        return {category.id: float(value) for category, value in zip(self._categories, values, strict=True)}


def unbiased(logprobs: Floats, learned: ModelAnswers, neutral: Floats, *, alone: bool = False) -> Floats:
    """Return logits without the model's bias for some labels, weighted by how well it tells them apart.

    Bias and spread of each label are means over the categories, as if documents were evenly spread over them;
    each category's mean starts from the neutral texts. So this is contextual calibration (Zhao et al. 2021)
    before the first document, and becomes batch calibration (Zhou et al. 2023), made safe for uneven
    collections. The weight is that of a linear discriminant with equal spreads: how much more a label gets in
    its own category than in others, in spreads. The categories come from rules and similarity, never from the
    model itself, so that a model at chance ends with no weight; a model that is `alone` has the weight 1.
    """
    asked = learned.asked[:, None]
    total = _PRIOR_DOCUMENTS + asked
    bias = ((_PRIOR_DOCUMENTS * neutral + learned.logprobs) / total).mean(axis=0)
    around = learned.squares - 2 * bias * learned.logprobs + asked * bias**2
    spread = np.sqrt(((_PRIOR_DOCUMENTS + around) / total).mean(axis=0))
    weight = 1.0 if alone else _weight(learned, spread)
    logits: Floats = weight * (logprobs - bias) / spread
    return logits


def _weight(learned: ModelAnswers, spread: Floats) -> float:
    """Return how far apart, in spreads, a label lies in its own category and in the others."""
    asked = learned.asked.sum()
    means = learned.logprobs / np.maximum(learned.asked, 1e-9)[:, None] / spread
    own = np.diag(means)
    others = (means.sum(axis=0) - own) / (len(own) - 1)
    distances = learned.asked * (own - others)
    apart = (_PRIOR_WEIGHT * _PRIOR_ASKED + distances.sum()) / (_PRIOR_ASKED + asked)
    return float(np.clip(apart, 0.0, _MOST_WEIGHT))


def _labels(taxonomy: Taxonomy) -> tuple[str, ...]:
    """Return the names that the model is to answer with: "Resume" for "Resume / CV" where that is unique."""
    short = tuple(_short(category) for category in taxonomy.categories)
    if len({label.casefold() for label in short}) == len(short):
        return short
    return tuple(category.name for category in taxonomy.categories)


def _short(category: Category) -> str:
    return re.split(r"\s+/\s+|\s*[,;(]", category.name)[0].strip() or category.name


@cache
def _templates() -> dict[str, dict[str, str]]:
    text = files("twolane.filing").joinpath("prompts.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
