"""Measures what is found: one index of all sets of documents, each set's questions by its own measure.

    python -m eval retrieval --evals FOLDER [--library FOLDER] [--out FOLDER] [--half 0|1] [--way found ...]

FOLDER holds `rag/<set>` and `retrieval/<set>`; the environment variable EVALS names it too. The documents of
all sets are added to one library, under --out where none is named. No chat model is asked. Vectors of
questions are kept under --out, so that the next run takes seconds.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.finding import WAYS, KeptVectors, Way
from eval.library import VECTORS_ALONE, add_settings, chosen_settings, fill
from eval.provenance import provenance
from eval.sets import Row, add_evals, evals_of, rows_of, written_out
from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.documents import FoundPassage

SETS = ("retrieval",)
_DEPTH = 10
_TOP = 5
_RESAMPLES = 2000

Judge = Callable[[Sequence[FoundPassage]], float]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a set, and how well passages, best first, answer it: 0 to 1."""

    of: str
    key: str
    text: str
    judge: Judge


def main(argv: Sequence[str] | None = None) -> int:
    """Ask every question of all sets in each way, and print a line of figures for each."""
    options = _options(argv)
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    library: Path = options.library or out / "library"
    flags = {"data_dir": str(library)} | VECTORS_ALONE | chosen_settings(options)
    if not library.exists():
        print(fill(list(documents_of(options.evals, out)), flags), file=sys.stderr)
    asked = [one for one in questions(options.evals) if options.half is None or half_of(one) == options.half]
    made_with = provenance()
    with open_app(load_settings(flags=flags)) as app:
        for name in options.way or WAYS:
            print(
                json.dumps({"way": name, "made_with": made_with} | _run(app, WAYS[name], asked, out)),
                flush=True,
            )
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="eval", description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("set", choices=SETS)
    add_evals(parser)
    parser.add_argument("--library", type=Path, help="a library that holds all their documents")
    parser.add_argument("--out", type=Path, default=Path("eval-runs/retrieval"), help="where runs are kept")
    parser.add_argument("--half", type=int, choices=(0, 1), help="ask only this half of the questions")
    parser.add_argument("--way", action="append", choices=tuple(WAYS), help="how to find; all without it")
    add_settings(parser)
    options = parser.parse_args(argv)
    options.evals = evals_of(parser, options)
    return options


def half_of(asked: Asked) -> int:
    """Return in which half of its set a question is: weights are chosen on one and reported on the other."""
    return random.Random(f"{asked.of} {asked.key}").randrange(2)


def documents_of(evals: Path, out: Path) -> Iterator[Path]:
    """Yield the folders of all sets' documents; a set in one file is written out as a file a document."""
    yield evals / "rag" / "squad2" / "docs"
    yield evals / "rag" / "financebench" / "docs"
    for corpus in (
        evals / "rag" / "hotpot_sample" / "corpus.jsonl",
        evals / "retrieval" / "scifact_mini" / "corpus.jsonl.gz",
        evals / "retrieval" / "cranfield" / "corpus.jsonl.gz",
    ):
        yield written_out(corpus, out / "documents" / corpus.parent.name)


def questions(evals: Path) -> list[Asked]:
    """Return the questions of all sets that have an answer in their documents."""
    rag, retrieval = evals / "rag", evals / "retrieval"
    return [
        *(Asked("squad2", r["id"], r["question"], _passage(r)) for r in _answerable(rag / "squad2")),
        *(Asked("hotpot", r["id"], r["question"], _both(r)) for r in _answerable(rag / "hotpot_sample")),
        *(Asked("financebench", r["id"], r["question"], _page(r)) for r in _answerable(rag / "financebench")),
        *_judged(retrieval / "scifact_mini", "scifact", "dev.tsv"),
        *_judged(retrieval / "cranfield", "cranfield", "test.tsv"),
    ]


def _answerable(folder: Path) -> Iterator[Row]:
    return (row for row in rows_of(folder / "questions.jsonl") if row.get("answerable", True))


def _judged(folder: Path, name: str, judgements: str) -> Iterator[Asked]:
    relevant: dict[str, set[str]] = {}
    lines = (folder / "qrels" / judgements).read_text("utf-8").splitlines()[1:]
    for query, document, score, *_ in (line.split("\t") for line in lines):
        if int(score) > 0:
            relevant.setdefault(query, set()).add(document)
    for row in rows_of(folder / "queries.jsonl"):
        if row["_id"] in relevant:
            yield Asked(name, row["_id"], row["text"], _ndcg(folder.name, relevant[row["_id"]]))


def _passage(row: Row) -> Judge:
    """Judge by whether one of the first passages of the right document holds an answer, word for word."""
    answers = [f" {_plain(answer)} " for answer in row["answers"]]
    return lambda found: float(
        any(
            passage.path.name == row["doc"] and any(one in f" {_plain(passage.text)} " for one in answers)
            for passage in found[:_TOP]
        )
    )


def _both(row: Row) -> Judge:
    """Judge by whether all right documents are among the first passages."""
    return lambda found: float(set(row["gold_docs"]) <= {passage.path.stem for passage in found[:_TOP]})


def _page(row: Row) -> Judge:
    """Judge by whether a right page is among the first passages."""
    right = {(evidence["doc"], evidence["page"]) for evidence in row["evidence"]}
    return lambda found: float(any((one.path.name, one.page) in right for one in found[:_TOP]))


def _ndcg(folder: str, relevant: set[str]) -> Judge:
    """Judge by nDCG@10 over documents, each at the place of its first passage; all are equally relevant."""
    ideal = sum(1 / math.log2(place + 2) for place in range(min(_DEPTH, len(relevant))))

    def judge(found: Sequence[FoundPassage]) -> float:
        documents = list(dict.fromkeys((folder in one.path.parts, one.path.stem) for one in found))[:_DEPTH]
        gains = (
            1 / math.log2(place + 2)
            for place, (inside, name) in enumerate(documents)
            if inside and name in relevant
        )
        return sum(gains) / ideal

    return judge


def _run(app: App, way: Way, asked: Sequence[Asked], out: Path) -> Row:
    """Return the mean of each set with its interval of 95 %, and what a question took beside its vector."""
    embedder = app.models.embedder()
    assert embedder is not None, "these ways of finding need an embedding model"
    find = way(app, KeptVectors(embedder, out / "questions"))
    values: dict[str, list[float]] = {}
    took_s = []
    for one in asked:
        began_s = time.perf_counter()
        found = find(one.text)
        took_s.append(time.perf_counter() - began_s)
        values.setdefault(one.of, []).append(one.judge(found))
    figures: Row = {name: _figure(scores) for name, scores in values.items()}
    return figures | {"median_ms": round(1000 * statistics.median(took_s), 1)}


def _figure(scores: Sequence[float]) -> str:
    chosen = random.Random(1)
    means = sorted(statistics.fmean(chosen.choices(scores, k=len(scores))) for _ in range(_RESAMPLES))
    low, high = means[int(_RESAMPLES * 0.025)], means[int(_RESAMPLES * 0.975)]
    return f"{statistics.fmean(scores):.3f} [{low:.3f}, {high:.3f}] n={len(scores)}"


def _plain(text: str) -> str:
    letters = "".join(char for char in text.lower() if char.isalnum() or char.isspace())
    return " ".join(word for word in letters.split() if word not in {"a", "an", "the"})
