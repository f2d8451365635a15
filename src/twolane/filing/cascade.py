"""The filing cascade: it asks the tiers in turn, cheapest first, until a category is sure enough."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twolane.config.settings import FilingSettings
from twolane.documents import Classification, Decision, Score, Tier
from twolane.filing.learn import Floats, Learned, Learner, Learning, Unlearned
from twolane.filing.taxonomy import Taxonomy
from twolane.filing.tiers.base import Case, FilingTier, Opinion, combined
from twolane.filing.tiers.rules import RulesTier
from twolane.filing.tiers.similarity import Similarity, SimilarityTier
from twolane.filing.tiers.small_model import PromptForm, SmallModel, SmallModelTier
from twolane.llm.base import Embedder, Model
from twolane.store.base import Teaching

_CHARS_READ = 30_000


@dataclass(frozen=True, eq=False)
class Outcome:
    """A decision of the cascade, with the document's vector by `vector_model` where it was embedded."""

    decision: Decision
    vector: Floats | None = None
    vector_model: str = ""


class Cascade:
    """The tiers over one taxonomy; safe to use from several threads.

    Without a model, rules and similarity decide; without an embedder, rules and the model; without both,
    rules alone. The cascade learns from the documents of the library in `store`: the first ones are filed by
    the categories' descriptions and the model's answers to neutral texts, later ones also by similar
    documents. `on_classified` is called with each result, and must not raise.
    """

    def __init__(
        self,
        taxonomy: Taxonomy,
        llm: Model | None,
        embedder: Embedder | None,
        settings: FilingSettings,
        store: Teaching | None = None,
        *,
        prompt_form: PromptForm = "completion",
        on_classified: Callable[[Classification], None] | None = None,
    ) -> None:
        self._taxonomy = taxonomy
        self._review_below = settings.review_below
        self._on_classified = on_classified
        self._similarity = Similarity(taxonomy, embedder) if embedder else None
        model = SmallModel(llm, taxonomy, prompt_form) if llm else None
        tiers: list[FilingTier] = [RulesTier(taxonomy)]
        if self._similarity:
            tiers.append(SimilarityTier(taxonomy, self._similarity))
        if model:
            tiers.append(SmallModelTier(taxonomy, model))
        self._tiers = tuple(tiers)
        self._learning: Learning = (
            Learner(
                store,
                taxonomy,
                embedder=embedder.model if embedder else "",
                model=model.answering if model else "",
            )
            if store
            else Unlearned(taxonomy)
        )

    def classify(
        self, text: str, *, path: Path | None = None, media_type: str = "", title: str = ""
    ) -> Classification:
        """Return a text's category, with the tier that decided and why; see `decide`."""
        return self.decide(text, path=path, media_type=media_type, title=title).decision.classification

    def decide(
        self, text: str, *, path: Path | None = None, media_type: str = "", title: str = ""
    ) -> Outcome:
        """Decide on a document.

        Only the decision's row in the library is learned from, not this call.

        Raises the `ModelError` of the model or the embedder.
        """
        started = time.perf_counter()
        case = Case(_head(text, title), path, media_type)
        opinions: list[Opinion] = []
        for tier in self._tiers:
            if combined(opinions, len(self._taxonomy.categories)).max() >= tier.asked_below:
                continue
            opinion = tier.look(case, opinions, self._learning)
            if opinion is not None:
                opinions.append(opinion)
                if opinion.final:
                    break
        return self._decided(case, opinions, started)

    def learned(self) -> Learned:
        """Return what has been learned by now. Raises `StoreError`."""
        return self._learning.learned()

    def vector(self, text: str, title: str = "") -> Floats | None:
        """Return the vector that `decide` compares a document by; None without an embedder or text."""
        head = _head(text, title)
        return self._similarity.vector(head) if self._similarity and head else None

    def _decided(self, case: Case, opinions: Sequence[Opinion], started: float) -> Outcome:
        probabilities = combined(opinions, len(self._taxonomy.categories))
        order = np.argsort(-probabilities, kind="stable")
        ids = [category.id for category in self._taxonomy.categories]
        scores = tuple(Score(ids[place], float(probabilities[place])) for place in order)
        classification = Classification(
            scores[0].category,
            scores[0].probability,
            opinions[-1].tier if opinions else Tier.RULES,
            _reason(case, opinions, int(order[0])),
            review=scores[0].probability < self._review_below,
            scores=scores,
            seconds=time.perf_counter() - started,
            taxonomy=self._taxonomy.digest,
        )
        if self._on_classified is not None:
            self._on_classified(classification)
        answer = next((opinion.answer for opinion in opinions if opinion.answer is not None), None)
        decision = Decision(classification, opinions[-1].by if opinions else "", answer=answer)
        embedded = next((opinion for opinion in opinions if opinion.vector is not None), None)
        return Outcome(decision, embedded.vector, embedded.by) if embedded else Outcome(decision)


def _reason(case: Case, opinions: Sequence[Opinion], best: int) -> str:
    """Return in words what each tier that gave evidence says of the best category."""
    if not case.text and not opinions:
        return "there is no text, and no rule fits the file"
    reasons = [opinion.reason(best) for opinion in opinions]
    return "; ".join(reason for reason in reasons if reason) or "nothing speaks for any category"


def _head(text: str, title: str) -> str:
    """Return the title and the beginning of a text, with white space and empty lines made single."""
    beginning = text[:_CHARS_READ]
    if title and title not in beginning[:300]:
        beginning = f"{title[:200]}\n{beginning}"
    beginning = re.sub(r"[^\S\n]+", " ", beginning.replace("\0", " "))
    return re.sub(r"\s*\n\s*", "\n", beginning).strip()
