"""Giving a document its category, cheapest tier first: rules, similarity, the small model."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np

from twolane.config.settings import FilingSettings
from twolane.documents import Classification, Score, Tier
from twolane.errors import PromptTooLongError
from twolane.filing.calibrate import Calibration, Floats
from twolane.filing.rules import Evidence, Rules, quote
from twolane.filing.similarity import Similarity
from twolane.filing.small_model import PromptForm, SmallModel, unbiased
from twolane.filing.taxonomy import Taxonomy
from twolane.llm.base import Embedder, Model

# A rule that decides alone was right 31 times of 31 on the development set. Hints never decide alone: where
# many of them did, they were wrong one time in five on documents of kinds they were not written for.
_RULE_CONFIDENCE = 0.97
# What one hint adds to a category's logit, and the most hints that count.
_HINT_LOGIT = 1.6
_MOST_HINTS = 4
# Above this the small model is not asked.
_SURE = 0.9
_CHARS_READ = 30_000


@dataclass(frozen=True, slots=True)
class _Opinion:
    """What one tier makes of a document: the probability it gives each category."""

    tier: Tier
    probabilities: Floats


class Classifier:
    """The filing cascade over one taxonomy; safe to use from several threads.

    Without a model rules and similarity decide, without an embedder rules and the model, without both rules
    alone. What is learned from each document (`calibration`) serves the next ones: the first documents are
    classified by the descriptions and by what the model says of neutral texts, later ones also by where
    their like was found. Save it and hand it in again to go on where the last run ended. `on_classified` is
    told each result, and must not raise.
    """

    def __init__(
        self,
        taxonomy: Taxonomy,
        llm: Model | None,
        embedder: Embedder | None,
        settings: FilingSettings,
        calibration: Calibration | None = None,
        *,
        prompt_form: PromptForm = "completion",
        on_classified: Callable[[Classification], None] | None = None,
    ) -> None:
        self._taxonomy = taxonomy
        self._review_below = settings.review_below
        self._on_classified = on_classified
        self._rules = Rules(taxonomy)
        self._similarity = Similarity(taxonomy, embedder) if embedder else None
        self._model = SmallModel(llm, taxonomy, prompt_form) if llm else None
        parts = (taxonomy.digest, embedder.model if embedder else "", llm.model if llm else "", prompt_form)
        key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
        known = calibration if calibration and calibration.key == key else None
        self._learned = known or Calibration.fresh(key, len(taxonomy.categories))
        self._lock = Lock()

    @property
    def calibration(self) -> Calibration:
        """What was learned so far; a value that does not change."""
        return self._learned

    def classify(
        self, text: str, *, path: Path | None = None, media_type: str = "", title: str = ""
    ) -> Classification:
        """Give a document its category and say which tier decided and why.

        Raises the `ModelError` of the model or the embedder; one that is retryable is worth another try.
        """
        started = time.perf_counter()
        head = _head(text, title)
        evidence = self._rules.look(head, path, media_type)
        if evidence.decided:
            return self._by_rule(evidence, started)
        if not head:
            why = "there is no text, and no rule fits the file"
            return self._made(_Opinion(Tier.RULES, self._even()), why, started)
        return self._by_evidence(head, evidence, started)

    def _by_rule(self, evidence: Evidence, started: float) -> Classification:
        others = (1.0 - _RULE_CONFIDENCE) / (len(self._taxonomy.categories) - 1)
        decided = [category.id == evidence.decided for category in self._taxonomy.categories]
        probabilities = np.where(decided, _RULE_CONFIDENCE, others)
        return self._made(_Opinion(Tier.RULES, probabilities), evidence.reason, started)

    def _by_evidence(self, head: str, evidence: Evidence, started: float) -> Classification:
        hints = np.array([min(len(found), _MOST_HINTS) for found in evidence.hints], dtype=np.float64)
        logits = _HINT_LOGIT * hints
        opinions = [_Opinion(Tier.RULES, _softmax(logits))] if hints.any() else []
        vector = self._similarity.vector(head) if self._similarity else None
        if self._similarity and vector is not None:
            similar = self._similarity.logits(vector, self._learned)
            opinions.append(_Opinion(Tier.SIMILARITY, _softmax(similar)))
            logits = logits + similar
        without_model, said = _softmax(logits), None
        if self._model and without_model.max() < _SURE:
            said = self._ask(self._model, head)
        if said is not None:
            model = unbiased(said, self._learned, alone=not opinions)
            opinions.append(_Opinion(Tier.SMALL_MODEL, _softmax(model)))
            logits = logits + model
        probabilities = _softmax(logits)
        self._learn(vector, probabilities, said, without_model)
        tier = opinions[-1].tier if opinions else Tier.RULES
        reason = self._reason(opinions, evidence, int(probabilities.argmax()))
        return self._made(_Opinion(tier, probabilities), reason, started)

    def _ask(self, model: SmallModel, head: str) -> Floats | None:
        """Ask the small model; None where the taxonomy alone is too long for it."""
        try:
            if not len(self._learned.neutral):
                neutral = model.neutral()
                with self._lock:
                    self._learned = self._learned.with_neutral(neutral)
            return model.logprobs(head)
        except PromptTooLongError:
            return None

    def _learn(
        self, vector: Floats | None, probabilities: Floats, said: Floats | None, without_model: Floats
    ) -> None:
        with self._lock:
            learned = self._learned
            if vector is not None:
                learned = learned.with_vector(vector, probabilities)
            if said is not None:
                learned = learned.with_logprobs(said, without_model)
            self._learned = learned

    def _reason(self, opinions: list[_Opinion], evidence: Evidence, best: int) -> str:
        """Say what each tier that was heard makes of the best category."""
        names = [category.name for category in self._taxonomy.categories]
        said = []
        for opinion in opinions:
            top = int(opinion.probabilities.argmax())
            share = f"({opinion.probabilities[top]:.2f})"
            if opinion.tier is Tier.RULES:
                said.append(
                    f'words of "{names[best]}": {quote(evidence.hints[best])}' if evidence.hints[best] else ""
                )
            elif opinion.tier is Tier.SIMILARITY:
                said.append(f'similar to "{names[top]}" {share}')
            elif top == best:
                said.append(f"the small model agrees {share}")
            else:
                said.append(f'the small model says "{names[top]}" {share}')
        return "; ".join(part for part in said if part) or "nothing speaks for any category"

    def _told(self, result: Classification) -> Classification:
        if self._on_classified is not None:
            self._on_classified(result)
        return result

    def _made(self, opinion: _Opinion, reason: str, started: float) -> Classification:
        ids = [category.id for category in self._taxonomy.categories]
        order = np.argsort(-opinion.probabilities, kind="stable")
        scores = tuple(Score(ids[i], float(opinion.probabilities[i])) for i in order)
        best = scores[0]
        made = Classification(
            best.category,
            best.probability,
            opinion.tier,
            reason,
            review=best.probability < self._review_below,
            scores=scores,
            seconds=time.perf_counter() - started,
            taxonomy=self._taxonomy.digest,
        )
        return self._told(made)

    def _even(self) -> Floats:
        return np.full(len(self._taxonomy.categories), 1.0 / len(self._taxonomy.categories))


def _head(text: str, title: str) -> str:
    """Return the title and the beginning of a text, with white space and empty lines made single."""
    beginning = text[:_CHARS_READ]
    if title and title not in beginning[:300]:
        beginning = f"{title[:200]}\n{beginning}"
    beginning = re.sub(r"[^\S\n]+", " ", beginning.replace("\0", " "))
    return re.sub(r"\s*\n\s*", "\n", beginning).strip()


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max())
    shares: Floats = powers / powers.sum()
    return shares
