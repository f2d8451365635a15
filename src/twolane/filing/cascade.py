"""The filing cascade: it asks the tiers in turn, cheapest first, until a category is sure enough."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from twolane.config.lane_settings import FilingSettings
from twolane.documents import (
    Classification,
    Decision,
    FilingProof,
    LeftOut,
    ModelAnswer,
    ReviewCause,
    Score,
    Tier,
)
from twolane.errors import ModelBusyError, ModelError, ModelUnreachableError
from twolane.filing.confidence import ComparedDecision, Confidence
from twolane.filing.learn import AsLearned, Learned, Learner, Learning, Unlearned
from twolane.filing.numbers import Floats, tempered
from twolane.filing.taxonomy import Taxonomy
from twolane.filing.tiers.base import (
    Case,
    DocumentVector,
    FilingTier,
    Opinion,
    combined,
    contradicted,
    finite,
)
from twolane.filing.tiers.hints import HintsTier
from twolane.filing.tiers.history import HistoryTier
from twolane.filing.tiers.large_model import LargeModelTier
from twolane.filing.tiers.rules import RulesTier
from twolane.filing.tiers.similarity import SimilarityTier
from twolane.filing.tiers.small_model import PromptForm, SmallModel, SmallModelTier
from twolane.llm.base import Embedder, Model
from twolane.store.base import Teaching

_CHARS_READ = 30_000
# Documents wait so long for a model's server that has just gone away: a restart takes less. It is less than
# the patience of the workers, after which an outage would count as the documents' own fault.
_OUTAGE_WAIT_S = 60.0
_log = logging.getLogger(__name__)


class _Outages:
    """The tiers whose server is away, by the seconds of the monotonic clock of the first and last failure."""

    def __init__(self) -> None:
        self._failures: dict[Tier, tuple[float, float]] = {}

    def note(self, tier: Tier, error: ModelError | None) -> None:
        """Note how a tier was asked just now."""
        if not isinstance(error, (ModelUnreachableError, ModelBusyError)):
            self._failures.pop(tier, None)
            return
        now = time.monotonic()
        first, last = self._failures.get(tier, (now, now))
        self._failures[tier] = (now if now - last > _OUTAGE_WAIT_S else first, now)

    def is_short(self, tier: Tier) -> bool:
        """Say whether a tier's server is away, and has not been for long."""
        first, last = self._failures.get(tier, (0.0, _OUTAGE_WAIT_S))
        return last - first < _OUTAGE_WAIT_S


class Cascade:
    """The tiers over one taxonomy; safe to use from several threads.

    Without a model, rules and similarity decide; without an embedder, rules and the model; without both,
    rules alone. The `large` model is asked last, and nothing waits for it. The cascade learns from the
    documents of the library in `store`: the first ones are filed by the categories' descriptions and the
    model's answers to neutral texts, later ones also by similar documents. `on_classified` is called with
    each result for which a model might be asked, and must not raise. `vector_model` is the name
    of the documents' vectors, "" without an embedder.
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
        large: Model | None = None,
        large_form: PromptForm = "chat",
        on_classified: Callable[[Classification], None] | None = None,
    ) -> None:
        self.taxonomy = taxonomy
        self._taxonomy = leaves = taxonomy.leaves()
        self._max_error = settings.max_error
        self._sure: tuple[Sequence[ComparedDecision], Confidence] | None = None
        self._on_classified = on_classified
        self._outages = _Outages()
        model = SmallModel(llm, leaves, prompt_form, settings.decision_model) if llm else None
        tiers: list[FilingTier] = [HistoryTier(taxonomy), RulesTier(taxonomy), HintsTier(leaves)]
        if embedder:
            tiers.append(SimilarityTier(leaves, embedder))
        if model:
            tiers.append(SmallModelTier(leaves, model))
        if large:
            tiers.append(LargeModelTier(leaves, SmallModel(large, leaves, large_form)))
        self._tiers = tuple(tiers)
        self.vector_model = embedder.form.vector_model if embedder else ""
        self._learning: Learning = (
            Learner(
                store,
                taxonomy,
                embedder=self.vector_model,
                model=model.answering if model else "",
            )
            if store
            else Unlearned(leaves)
        )

    def classify(
        self, text: str, *, path: Path | None = None, media_type: str = "", title: str = ""
    ) -> Classification:
        """Return a text's category, with the tier that decided and why; see `decide`."""
        return self.decide(text, path=path, media_type=media_type, title=title).classification

    def decide(
        self,
        text: str,
        *,
        path: Path | None = None,
        media_type: str = "",
        title: str = "",
        vector: DocumentVector | None = None,
        earlier: str = "",
        answers: tuple[ModelAnswer, ...] = (),
        may_ask: bool = True,
        document: str = "",
        learned: Learned | None = None,
        patient: bool = True,
    ) -> Decision:
        """Decide on a document.

        Only the decision's row in the library is learned from, not this call. `vector` gives the
        document's own vector where a tier asks for it; without it the beginning of the text is embedded.
        `earlier` is what a person decided on an earlier version, and `answers` what models said of the
        document under this taxonomy before: they are not asked again, nor is any model unless one `may_ask`.
        `document` is its hash where it is one of the library: some of them are drawn for review. `learned` is
        what `learned` has returned, where the caller decides on several documents at once.

        A tier that fails is left out, and the classification says so. Only where the others are not sure
        without it and its server has just gone away, a `patient` caller gets its `ModelUnreachableError` or
        `ModelBusyError` instead, to ask again soon. See docs/why/filing.md#a-tier-that-fails-is-left-out.
        """
        started = time.perf_counter()
        case = Case(_head(text, title), path, media_type, vector, earlier, answers, may_ask, document)
        learning = AsLearned(learned or self._learning.learned(), self._learning)
        opinions, failures = self._ask(case, learning)
        decision = self._decided(case, opinions, failures, self._confidence(learning.learned().pairs))
        seconds = time.perf_counter() - started
        decision = replace(decision, classification=replace(decision.classification, seconds=seconds))
        if patient and decision.classification.review_cause is ReviewCause.INCOMPLETE:
            for tier, error in failures:
                if tier is not Tier.LARGE_MODEL and self._outages.is_short(tier):
                    raise error
        if self._on_classified is not None and may_ask:
            self._on_classified(decision.classification)
        return decision

    def _ask(self, case: Case, learning: Learning) -> tuple[list[Opinion], list[tuple[Tier, ModelError]]]:
        """Return what the tiers say, and what those said that failed."""
        size = len(self._taxonomy.categories)
        opinions: list[Opinion] = []
        failures: list[tuple[Tier, ModelError]] = []
        for tier in self._tiers:
            if combined(opinions, size).max() >= tier.asked_below:
                continue
            try:
                opinion = tier.look(case, opinions, learning)
                if opinion is not None:
                    finite(opinion.logits, size, opinion.by or tier.tier.words)
            except ModelError as error:
                _log.warning("%s left out: %s", tier.tier.words, error)
                failures.append((tier.tier, error))
                self._outages.note(tier.tier, error)
                continue
            self._outages.note(tier.tier, None)
            if opinion is not None:
                opinions.append(opinion)
                if opinion.final:
                    break
        return opinions, failures

    def shares_of(self, vectors: Floats) -> Floats:
        """Return what vectors (documents, dimensions) say: probabilities (documents, leaves)."""
        return self._similarity().shares(vectors, self._learning)

    def described(self) -> Floats:
        """Return vectors of the leaves' names and descriptions alone (leaves, dimensions), of length 1."""
        return self._similarity().described(self._learning)

    def _similarity(self) -> SimilarityTier:
        return next(tier for tier in self._tiers if isinstance(tier, SimilarityTier))

    def learned(self) -> Learned:
        """Return what has been learned by now. Raises `StoreError`."""
        return self._learning.learned()

    def proof(self) -> FilingProof:
        """Return what people's decisions prove of the machine's by now. Raises `StoreError`."""
        return self._confidence(self.learned().pairs).proof

    def _confidence(self, pairs: Sequence[ComparedDecision]) -> Confidence:
        """Return how sure decisions are by these pairs, worked out anew only where they have changed."""
        sure = self._sure  # one look: another thread may put another one there
        if sure is None or sure[0] is not pairs:
            sure = self._sure = pairs, Confidence(pairs, self._max_error)
        return sure[1]

    def _decided(
        self,
        case: Case,
        opinions: Sequence[Opinion],
        failures: Sequence[tuple[Tier, ModelError]],
        confidence: Confidence,
    ) -> Decision:
        """Return the decision that the opinions amount to."""
        probabilities = combined(opinions, len(self._taxonomy.categories))
        order = np.argsort(-probabilities, kind="stable")
        ids = [category.id for category in self._taxonomy.categories]
        best, tier = ids[order[0]], opinions[-1].tier if opinions else Tier.RULES
        given = float(probabilities[order[0]])
        likely = confidence.of(given, tier, best) if opinions else 0.0
        if opinions:
            probabilities = tempered(probabilities, likely)
        sure = float(probabilities[order[0]])
        claimed = any(opinion.claims == order[0] and not opinion.weak for opinion in opinions)
        # not by its share, which is half of two at least, however often the machine was wrong about it
        accepted = claimed or confidence.accepts(likely)
        cause = _doubt(opinions, len(ids), missing=bool(failures), accepted=accepted)
        if cause is None and case.document and confidence.samples(case.document):
            cause = ReviewCause.SAMPLED
        classification = Classification(
            best,
            sure,
            tier,
            _reason(case, opinions, failures, int(order[0])),
            cause,
            tuple(Score(ids[place], float(probabilities[place])) for place in order),
            taxonomy=self._taxonomy.digest,
            left_out=tuple(LeftOut(tier, str(error.what)) for tier, error in failures),
        )
        answers = tuple(opinion.answer for opinion in opinions if opinion.answer is not None)
        by = opinions[-1].by if opinions else ""
        return Decision(classification, by, answers=answers, uncalibrated=given)


def _doubt(
    opinions: Sequence[Opinion], categories: int, *, missing: bool, accepted: bool
) -> ReviewCause | None:
    """Return why the category cannot stand without a person, if it cannot."""
    if contradicted(opinions, categories):
        return ReviewCause.CONTRADICTED
    if any(opinion.unlike for opinion in opinions):
        return ReviewCause.UNLIKE
    if accepted:
        return None
    return ReviewCause.INCOMPLETE if missing else ReviewCause.UNSURE


def _reason(
    case: Case, opinions: Sequence[Opinion], failures: Sequence[tuple[Tier, ModelError]], best: int
) -> str:
    """Return in words what each tier that gave evidence says of the best category, and which ones failed."""
    if not case.text and not opinions:
        return "there is no text, and no rule fits the file"
    reasons = [opinion.reason(best) for opinion in opinions]
    said = "; ".join(reason for reason in reasons if reason) or "nothing speaks for any category"
    return "; ".join([said, *(f"without the {tier.words}: {error.what}" for tier, error in failures)])


def _head(text: str, title: str) -> str:
    """Return the title and the beginning of a text, with white space and empty lines made single."""
    beginning = text[:_CHARS_READ]
    if title and title not in beginning[:300]:
        beginning = f"{title[:200]}\n{beginning}"
    beginning = re.sub(r"[^\S\n]+", " ", beginning.replace("\0", " "))
    return re.sub(r"\s*\n\s*", "\n", beginning).strip()
