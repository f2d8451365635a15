"""Asks the questions of a set through the product's own parts and judges the answers.

    python -m eval squad2 --evals FOLDER [--one-index | --library FOLDER] [--no-model] [--limit 60]
        [--kind answerable ...] [--seed 1] [--out FOLDER] [--resume] [--set NAME=VALUE]

FOLDER holds `rag/<set>` and `score.py`; the environment variable EVALS names it too. The documents of the
set, or with --one-index those of all sets of questions, are added to a library under --out; --library names
one that holds them already. Answers and figures are written under --out; the set's own scorer is run, too.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.answered import AT_ONCE, Figure, judge, kind_of
from eval.library import NO_CHAT_MODEL, VECTORS_ALONE, add_settings, chosen_settings, fill
from eval.provenance import provenance
from eval.retrieval import documents_of
from eval.sets import Row, add_evals, evals_of, rows_of, written_out
from twolane.answers import CitationEvent, CitationStatus, DoneEvent, ErrorEvent, RefusalEvent, SourcesEvent
from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.documents import FoundPassage

SETS = ("squad2", "financebench", "hotpot_sample", "rag_injection")

Named = Callable[[Path], str]


@dataclass(frozen=True, slots=True)
class RagSet:
    """A set of questions, its documents, and how a document's path reads in the set's labels."""

    name: str
    folders: tuple[Path, ...]
    questions: Path
    named: Named


def main(argv: Sequence[str] | None = None) -> int:
    """Run one set, and print its figures and the scorer's."""
    options = _options(argv)
    made_with = provenance()
    out: Path = options.out or Path("eval-runs") / options.set
    out.mkdir(parents=True, exist_ok=True)
    chosen = find_set(options.set, options.evals, out)
    flags = {"data_dir": str(options.library or out / "library")} | VECTORS_ALONE | chosen_settings(options)
    if options.library is None:
        others = documents_of(options.evals, out) if options.one_index else ()
        folders = dict.fromkeys([*chosen.folders, *others])
        print(fill(list(folders), flags | NO_CHAT_MODEL), file=sys.stderr)
    asked = sample(chosen.questions, options.kind, options.limit, options.seed)
    predictions = out / ("gate.jsonl" if options.no_model else "pred.jsonl")
    with open_app(load_settings(flags=flags | NO_CHAT_MODEL if options.no_model else flags)) as app:
        _predict(app, asked, predictions, chosen.named, options)
        model = "" if options.no_model else app.lanes["chat"].model
    figures = judge(asked, {row["id"]: row for row in rows_of(predictions)})
    report = {
        "set": options.set,
        "one_index": options.one_index or options.library is not None,
        "model": model,
        "made_with": made_with,
        "speed": _speed(predictions),
        "figures": {name: asdict(figure) for name, figure in figures.items()},
    }
    (out / ("gate.json" if options.no_model else "answers.json")).write_text(
        json.dumps(report, indent=1), "utf-8"
    )
    print(table(figures))
    return 0 if options.no_model else _score(options.evals / "score.py", asked, predictions)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="eval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", choices=SETS)
    add_evals(parser)
    parser.add_argument("--out", type=Path, help="folder for the library and the predictions")
    parser.add_argument("--one-index", action="store_true", help="the documents of all sets in one library")
    parser.add_argument("--library", type=Path, help="use this library, which holds the documents already")
    parser.add_argument("--no-model", action="store_true", help="only see whether a model would be asked")
    parser.add_argument("--kind", action="append", help="ask only questions of this kind, such as answerable")
    parser.add_argument("--limit", type=int, default=0, help="a random sample of so many of each kind")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--resume", action="store_true", help="keep the answers that are there")
    add_settings(parser)
    options = parser.parse_args(argv)
    options.evals = evals_of(parser, options)
    return options


def find_set(name: str, evals: Path, out: Path) -> RagSet:
    """Find a set's documents and questions; a set kept as one file is written out as a file a document."""
    rag = evals / "rag"
    if name == "hotpot_sample":
        return RagSet(
            name,
            (written_out(rag / name / "corpus.jsonl", out / "documents" / name),),
            rag / name / "questions.jsonl",
            lambda path: path.stem,
        )
    if name == "rag_injection":
        folder = evals / "nasty" / name
        return RagSet(
            name,
            (rag / "squad2" / "docs", folder / "docs"),
            folder / "questions.jsonl",
            lambda path: path.name,
        )
    return RagSet(name, (rag / name / "docs",), rag / name / "questions.jsonl", lambda path: path.name)


def sample(questions: Path, kinds: Sequence[str] | None, limit: int, seed: int) -> list[Row]:
    """Return the questions of these kinds, or at most `limit` of each, drawn by the seed, in their order."""
    by_kind: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    for number, row in enumerate(rows_of(questions)):
        by_kind[kind_of(row)].append((number, row | {"doc": row.get("doc") or row.get("gold_doc", "")}))
    chance = random.Random(seed)
    drawn: list[tuple[int, Row]] = []
    for kind, rows in by_kind.items():
        if not kinds or kind in kinds:
            drawn += chance.sample(rows, min(limit, len(rows))) if limit else rows
    return [row for _, row in sorted(drawn, key=lambda one: one[0])]


def _predict(
    app: App, asked: Sequence[Row], predictions: Path, named: Named, options: argparse.Namespace
) -> None:
    done = {row["id"] for row in rows_of(predictions)} if options.resume and predictions.exists() else set()
    with predictions.open("a" if done else "w", encoding="utf-8") as file:
        for number, row in enumerate(asked, 1):
            if row["id"] in done:
                continue
            result = {"id": row["id"], "kind": kind_of(row), "question": row["question"]}
            result |= answer(app, row["question"], named)
            if options.no_model:
                result = {name: value for name, value in result.items() if name not in _OF_A_MODEL}
                result["refused"] = result["cause"] in AT_ONCE
            else:
                told = result["error"] or result["raw"]
                print(f"{number}/{len(asked)} {row['question']} => {told[:200]}", file=sys.stderr)
            file.write(json.dumps(result, ensure_ascii=False) + "\n")
            file.flush()


_OF_A_MODEL = ("raw", "answer", "citations", "first_token_s", "seconds", "prompt_tokens")


def answer(app: App, question: str, named: Named) -> Row:
    """Ask a question; the row has the sources in their order, and each cited one with its status."""
    sources: dict[int, FoundPassage] = {}
    cited: dict[int, Row] = {}
    row: Row = {"raw": "", "answer": "", "refused": False, "cause": "", "error": ""}
    for event in app.ask(question):
        if isinstance(event, SourcesEvent):
            sources = {source.number: source.passage for source in event.sources}
        elif isinstance(event, CitationEvent):
            verified = event.status is CitationStatus.VERIFIED
            if verified or event.number not in cited:
                shown = _as_row(sources[event.number], named)
                spans = [[span.start, span.end] for span in event.spans]
                cited[event.number] = shown | {"status": event.status.value, "spans": spans}
        elif isinstance(event, RefusalEvent):
            row |= {"refused": True, "cause": event.cause.value}
        elif isinstance(event, ErrorEvent):
            row["error"] = event.what
        elif isinstance(event, DoneEvent):
            row |= {
                "raw": event.text,
                "answer": re.sub(r"\s*\[\d+\]", "", event.text),
                "first_token_s": event.first_token_s,
                "seconds": event.seconds,
                "prompt_tokens": event.prompt_tokens,
            }
    retrieved = [_as_row(passage, named) for passage in sources.values()]
    return row | {"citations": list(cited.values()), "retrieved": retrieved}


def _as_row(passage: FoundPassage, named: Named) -> Row:
    return {"doc": named(passage.path), "page": passage.page, "text": passage.text}


def table(figures: dict[str, Figure]) -> str:
    """Return a line a figure, with its 95 % interval."""
    lines = ["| questions | figure | share (95 %) | n |", "|" + " --- |" * 4]
    for name, figure in figures.items():
        kind, _, what = name.partition(": ")
        share = f"{figure.share:.3f} ({figure.low:.3f} to {figure.high:.3f})"
        lines.append(f"| {kind.replace('_', ' ')} | {what} | {share} | {figure.n} |")
    return "\n".join(lines)


def _speed(predictions: Path) -> Row:
    """Return the median costs of the answers that a model gave."""
    rows = [row for row in rows_of(predictions) if row.get("prompt_tokens")]
    middle: Row = {"answers": len(rows)}
    for name in ("prompt_tokens", "first_token_s", "seconds"):
        values = sorted(row[name] for row in rows)
        middle[f"median_{name}"] = round(values[len(values) // 2], 2) if values else None
    return middle


def _score(script: Path, asked: Sequence[Row], predictions: Path) -> int:
    if asked and "canary" in asked[0]:
        said = {row["id"]: row.get("raw", "") for row in rows_of(predictions)}
        hijacked = [row["id"] for row in asked if row["canary"] in said.get(row["id"], "")]
        print(json.dumps({"asked": len(asked), "canary_in_answer": hijacked}))
    questions = predictions.with_name("questions.jsonl")
    questions.write_text("".join(json.dumps(row) + "\n" for row in asked), "utf-8")
    command = [sys.executable, str(script), "qa", "--questions", str(questions), "--pred", str(predictions)]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
