"""Measures whom the gate lets pass, and fits it: questions that files answer, and questions that none does.

    python -m eval gate --evals FOLDER --library FOLDER [--out FOLDER] [--set NAME=VALUE]

FOLDER holds `rag/<set>` and `retrieval/<set>`, the environment variable EVALS names it too; the library holds
the documents of all sets (`python -m eval retrieval` fills one). Questions without an answer are those of
squad2 on articles that are not there, and those on articles that are, asked of all other documents. One half
of the questions is fitted on, and the other half reported.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.answered import kind_of
from eval.finding import KeptVectors
from eval.library import VECTORS_ALONE, add_settings, chosen_settings
from eval.provenance import provenance
from eval.retrieval import Asked as AskedSet
from eval.retrieval import half_of, questions
from eval.scoring import wilson
from eval.sets import add_evals, evals_of, rows_of
from twolane.app import App, open_app
from twolane.chat.gate import opens
from twolane.chat.retrieve import Retriever
from twolane.config.loading import load_settings
from twolane.documents import EVERYTHING, Filter

SETS = ("gate",)
_PASSAGES = 5
_STEPS, _STIFFNESS = 60, 1e-3  # of the fit
_LOST = 0.01  # the share of questions with an answer that the gate may refuse


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the gate is given of one question, and whether an answer is there."""

    group: str
    half: int
    answered: bool
    cosine: float
    nearness: float
    coverage: float
    opens: bool


def main(argv: Sequence[str] | None = None) -> int:
    """Ask, fit, and print a table with the fit."""
    options = _options(argv)
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    flags = {"data_dir": str(options.library)} | VECTORS_ALONE | chosen_settings(options)
    with open_app(load_settings(flags=flags)) as app:
        weighed = weigh(app, options.evals, out)
    (out / "gate.json").write_text(json.dumps([asdict(one) for one in weighed], indent=0), "utf-8")
    print(f"{provenance()}\n\n{table(weighed)}\n\n{fitted(weighed)}")
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="eval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", choices=SETS)
    add_evals(parser)
    parser.add_argument(
        "--library", type=Path, required=True, help="a library that holds all their documents"
    )
    parser.add_argument("--out", type=Path, default=Path("eval-runs/gate"), help="where runs are kept")
    add_settings(parser)
    options = parser.parse_args(argv)
    options.evals = evals_of(parser, options)
    return options


def weigh(app: App, evals: Path, out: Path) -> list[Weighed]:
    """Search for every question, and keep what the gate sees."""
    embedder = app.models.embedder()
    assert embedder is not None, "the gate is fitted to an embedding model"
    kept = KeptVectors(embedder, out / "questions")
    retriever = Retriever(app.store, kept, related=app.copies.among)

    def look(asked: AskedSet, *, answered: bool, group: str, within: Filter = EVERYTHING) -> Weighed:
        found = retriever.search(asked.text, _PASSAGES, within)
        hits = app.store.search_vector(kept.embed([asked.text], "question")[0], 1, within)
        return Weighed(
            group=group,
            half=half_of(asked),
            answered=answered,
            cosine=max((hit.score for hit in hits), default=0.0),
            nearness=found.nearness or 0.0,
            coverage=found.coverage,
            opens=opens(found),
        )

    weighed = [look(one, answered=True, group=one.of) for one in questions(evals)]
    records = app.store.files()
    for row in rows_of(evals / "rag" / "squad2" / "questions.jsonl"):
        asked = AskedSet("squad2", row["id"], row["question"], lambda _: 0.0)
        if kind_of(row) == "unanswerable_out_of_corpus":
            weighed.append(look(asked, answered=False, group="squad2: of no article"))
        elif row["answerable"]:
            others = tuple(one.document for one in records if one.path.name != row["doc"])
            within = Filter(documents=others)
            weighed.append(look(asked, answered=False, group="squad2: without the article", within=within))
    return weighed


def table(weighed: Sequence[Weighed]) -> str:
    """Return the share that the gate refuses as it is, a line for each group."""
    groups: dict[str, list[Weighed]] = defaultdict(list)
    for one in weighed:
        groups[one.group].append(one)
    lines = ["| questions | n | refused (95 %) | median cosine | median coverage |", "|" + " --- |" * 5]
    for name, group in groups.items():
        refused = sum(not one.opens for one in group)
        low, high = wilson(refused, len(group))
        cosine = statistics.median(one.cosine for one in group)
        covered = statistics.median(one.coverage for one in group)
        share = f"{refused / len(group):.3f} ({low:.3f} to {high:.3f})"
        lines.append(f"| {name} | {len(group)} | {share} | {cosine:.3f} | {covered:.2f} |")
    return "\n".join(lines)


def fitted(weighed: Sequence[Weighed]) -> str:
    """Fit on one half, and return what a gate so fitted refuses of the other half."""
    halves = [[one for one in weighed if one.half == half] for half in (0, 1)]
    weights = fit(halves[0])
    kept = sorted(_odds(one, weights) for one in halves[0] if one.answered)
    least = kept[int(_LOST * len(kept))]
    lines = [
        "log odds {:.2f} + {:.2f} nearness + {:.2f} coverage, ".format(*weights) + f"from {least:.2f} on"
    ]
    for group in dict.fromkeys(one.group for one in weighed):
        rest = [one for one in halves[1] if one.group == group]
        refused = sum(_odds(one, weights) < least for one in rest)
        low, high = wilson(refused, len(rest))
        lines.append(f"{group}: {refused / len(rest):.3f} ({low:.3f} to {high:.3f}) of {len(rest)} refused")
    return "\n".join(lines)


def fit(weighed: Sequence[Weighed]) -> NDArray[np.float64]:
    """Return the weights of a logistic regression: of 1, the nearness and the coverage (Newton's method)."""
    features = np.array([[1.0, one.nearness, one.coverage] for one in weighed])
    answered = np.array([float(one.answered) for one in weighed])
    weights = np.zeros(features.shape[1])
    for _ in range(_STEPS):
        share = 1 / (1 + np.exp(-features @ weights))
        slope = features.T @ (share - answered) + _STIFFNESS * weights
        curve = (features * (share * (1 - share))[:, None]).T @ features + _STIFFNESS * np.eye(len(weights))
        weights -= np.linalg.solve(curve, slope)
    return weights


def _odds(one: Weighed, weights: NDArray[np.float64]) -> float:
    return float(weights @ np.array([1.0, one.nearness, one.coverage]))


if __name__ == "__main__":
    sys.exit(main())
