"""How well a model files by itself: how often it is right, and how far its confidence can be believed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from functools import partial

import numpy as np

from twolane.filing.answers import Answered, ModelAnswers
from twolane.filing.tiers.small_model import PromptForm, SmallModel, unbiased
from twolane.measure.compare.bench import Bench
from twolane.measure.compare.labels import Labelled, LabelledSet
from twolane.measure.compare.plan import DOCUMENT_COST, NEUTRAL_DOCUMENTS
from twolane.measure.compare.result import Filing
from twolane.measure.report.journal import Result
from twolane.measure.report.samples import proportion, summarise

_BINS = 10


def measure_filing(bench: Bench, labelled: LabelledSet, form: PromptForm) -> Filing | None:
    """Ask the model for each document's category, as the filing lane does it; None where no answer came.

    Rules and similarity have no say, so that the models are compared and not these. Raises `ModelError`.
    """
    asked = {"taxonomy": labelled.taxonomy.digest, "form": form}

    def neutral() -> Result:
        return [float(value) for value in SmallModel(bench.llm, labelled.taxonomy, form).neutral()]

    def one(document: Labelled) -> Result:
        model = SmallModel(bench.llm, labelled.taxonomy, form)
        started = time.perf_counter()
        said = [float(value) for value in model.logprobs(document.text)]
        return {"logprobs": said, "seconds": time.perf_counter() - started}

    bias = bench.once("neutral", asked, NEUTRAL_DOCUMENTS * DOCUMENT_COST, neutral)
    if isinstance(bias, dict):
        return None
    results = [
        bench.once("document", asked | {"document": d.digest}, DOCUMENT_COST, partial(one, d))
        for d in labelled.documents
    ]
    answered = [
        (d, result) for d, result in zip(labelled.documents, results, strict=True) if "error" not in result
    ]
    return _filing(labelled, bias, answered) if answered else None


def _filing(labelled: LabelledSet, bias: list[float], answered: Sequence[tuple[Labelled, Result]]) -> Filing:
    ids = [category.id for category in labelled.taxonomy.categories]
    even = np.full(len(ids), 1 / len(ids))
    learned = ModelAnswers.none(len(ids))
    confidences, hits, raw_hits = [], [], 0
    for document, result in answered:  # in order: each document is judged by what the ones before it taught
        said = np.array(result["logprobs"])
        shares = np.exp(logits := unbiased(said, learned, np.array(bias), alone=True)) / np.exp(logits).sum()
        learned = learned.plus([Answered(said, even)])
        confidences.append(float(shares.max()))
        hits.append(ids[int(shares.argmax())] == document.category)
        raw_hits += ids[int(said.argmax())] == document.category
    most = Counter(document.category for document, _ in answered).most_common(1)[0][1]
    return Filing(
        labelled.origin,
        labelled.is_own,
        labelled.note,
        proportion(sum(hits), len(hits)),
        proportion(raw_hits, len(hits)),
        calibration_error(confidences, hits),
        float(np.mean(confidences)),
        most / len(hits),
        summarise([result["seconds"] for _, result in answered]),
    )


def calibration_error(confidences: Sequence[float], hits: Sequence[bool]) -> float:
    """Return the expected calibration error (Naeini et al. 2015), 0 to 1, over ten bins of equal width."""
    found, right = np.asarray(confidences, float), np.asarray(hits, float)
    bins = np.minimum((found * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(found[bins == number].mean() - right[bins == number].mean()) * (bins == number).sum()
        for number in range(_BINS)
        if (bins == number).any()
    ]
    return float(sum(gaps) / len(found))
