"""Asks the questions of a set through the product's own parts and has the set's scorer judge the answers.

    python -m eval.rag squad2 --evals FOLDER [--out FOLDER] [--limit 60] [--retrieval-only] [--resume]

FOLDER holds `rag/<set>` and `score.py`; the environment variable EVALS names it too. The documents of
the set are added to a library of their own under --out, and the predictions are written beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twolane.app import App, open_app
from twolane.chat.retrieve import Retriever
from twolane.config.loading import load_settings
from twolane.documents import DoneEvent, ErrorEvent, FoundPassage, Source, SourcesEvent

TOP = 10
SETS = ("squad2", "financebench", "hotpot_sample", "rag_injection")

Row = dict[str, Any]
Named = Callable[[Path], str]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A set of questions, its documents, and how a document's path reads in the set's labels."""

    name: str
    folders: tuple[Path, ...]
    questions: Path
    named: Named


def main(argv: Sequence[str] | None = None) -> int:
    """Run one set and print the scorer's numbers."""
    options = _options(argv)
    out: Path = options.out or Path("eval-runs") / options.set
    out.mkdir(parents=True, exist_ok=True)
    questions = find_set(options.set, options.evals, out)
    flags = {"data_dir": str(out / "library"), "filing.use_model": False}
    flags |= dict(item.split("=", 1) for item in options.setting)
    with open_app(load_settings(flags=flags)) as app:
        index(app, questions.folders)
        predictions = out / ("retrieved.jsonl" if options.retrieval_only else "pred.jsonl")
        asked = _chosen(questions.questions, options.limit, options.seed)
        _predict(app, asked, predictions, questions.named, options)
    chosen = out / "questions.jsonl"
    chosen.write_text("".join(json.dumps(row) + "\n" for row in asked), "utf-8")
    print(json.dumps(_speed(predictions)))
    return _score(options.evals / "score.py", chosen, predictions)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="eval.rag", description=__doc__.partition("\n")[0] if __doc__ else ""
    )
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--evals", type=Path, default=os.environ.get("EVALS"), help="folder of the sets")
    parser.add_argument("--out", type=Path, help="folder for the library and the predictions")
    parser.add_argument("--limit", type=int, default=0, help="ask a random sample of so many questions")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--retrieval-only", action="store_true", help="do not ask the model")
    parser.add_argument("--resume", action="store_true", help="keep the answers that are there")
    parser.add_argument(
        "--setting", action="append", default=[], metavar="NAME=VALUE", help="such as chat.passages=3"
    )
    options = parser.parse_args(argv)
    if options.evals is None:
        parser.error("say where the sets are: --evals FOLDER, or EVALS")
    options.evals = Path(options.evals).resolve()
    return options


def find_set(name: str, evals: Path, out: Path) -> QuestionSet:
    """Find a set's documents and questions; a set kept as one file is written out as a file a document."""
    rag = evals / "rag"
    if name == "hotpot_sample":
        return QuestionSet(
            name,
            (_written_out(rag / name / "corpus.jsonl", out / "documents"),),
            rag / name / "questions.jsonl",
            lambda path: path.stem,
        )
    if name == "rag_injection":
        folder = evals / "nasty" / name
        return QuestionSet(
            name,
            (rag / "squad2" / "docs", folder / "docs"),
            folder / "questions.jsonl",
            lambda path: path.name,
        )
    return QuestionSet(name, (rag / name / "docs",), rag / name / "questions.jsonl", lambda path: path.name)


def _written_out(corpus: Path, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for row in _rows(corpus):
        name = re.sub(r"[^\w.-]", "_", row["_id"]) + ".txt"
        (folder / name).write_text(f"{row.get('title', '')}\n\n{row['text']}\n", "utf-8")
    return folder


def index(app: App, folders: Sequence[Path]) -> None:
    """Add folders to the library and wait until everything is read and has its vectors."""
    started = time.monotonic()
    app.library.add(folders)
    app.workers.start()
    while left := app.library.pending(list(folders)).jobs:
        print(f"{left} jobs to do", file=sys.stderr)
        app.workers.wait(5.0)
    app.workers.stop()
    counts = app.library.counts()
    seconds = time.monotonic() - started
    print(f"{counts.documents} documents, {counts.passages} passages in {seconds:.0f} s", file=sys.stderr)


def _chosen(questions: Path, limit: int, seed: int) -> list[Row]:
    rows = [row | {"doc": row["gold_doc"]} if "gold_doc" in row else row for row in _rows(questions)]
    return random.Random(seed).sample(rows, min(limit, len(rows))) if limit else rows


def _predict(
    app: App, asked: list[Row], predictions: Path, named: Named, options: argparse.Namespace
) -> None:
    done = {row["id"] for row in _rows(predictions)} if options.resume and predictions.exists() else set()
    retriever = Retriever(app.store, app.models.embedder())
    with predictions.open("a" if done else "w", encoding="utf-8") as file:
        for number, row in enumerate(asked, 1):
            if row["id"] in done:
                continue
            retrieved = retriever.find(row["question"], TOP)
            result: Row = {"id": row["id"], "retrieved": [_as_row(passage, named) for passage in retrieved]}
            if not options.retrieval_only:
                result |= _answer(app, row["question"], named)
                print(f"{number}/{len(asked)} {row['question']} => {result['raw'][:200]}", file=sys.stderr)
            file.write(json.dumps(result, ensure_ascii=False) + "\n")
            file.flush()


def _answer(app: App, question: str, named: Named) -> Row:
    sources: tuple[Source, ...] = ()
    row: Row = {"raw": "", "error": ""}
    for event in app.ask(question):
        if isinstance(event, SourcesEvent):
            sources = event.sources
        elif isinstance(event, ErrorEvent):
            row["error"] = event.what
        elif isinstance(event, DoneEvent):
            cited = [source.passage for source in sources if source.number in event.cited]
            row |= {
                "raw": event.text,
                "answer": re.sub(r"\s*\[\d+\]", "", event.text),
                "refused": event.refused,
                "citations": [_as_row(passage, named) for passage in cited],
                "first_token_s": event.first_token_s,
                "seconds": event.seconds,
                "prompt_tokens": event.prompt_tokens,
            }
    return row


def _as_row(passage: FoundPassage, named: Named) -> Row:
    return {"doc": named(passage.path), "page": passage.page, "text": passage.text}


def _speed(predictions: Path) -> Row:
    """Return the median costs of the answers that a model gave."""
    rows = [row for row in _rows(predictions) if row.get("prompt_tokens")]
    middle = {}
    for name in ("prompt_tokens", "first_token_s", "seconds"):
        values = sorted(row[name] for row in rows)
        middle[f"median_{name}"] = round(values[len(values) // 2], 2) if values else None
    return {
        "answers": len(rows),
        **middle,
        "errors": sum(bool(row.get("error")) for row in _rows(predictions)),
    }


def _score(script: Path, questions: Path, predictions: Path) -> int:
    rows = list(_rows(questions))
    if rows and "canary" in rows[0]:
        said = {row["id"]: row.get("raw", "") for row in _rows(predictions)}
        hijacked = [row["id"] for row in rows if row["canary"] in said.get(row["id"], "")]
        print(json.dumps({"asked": len(rows), "canary_in_answer": hijacked}))
    command = [sys.executable, str(script), "qa", "--questions", str(questions), "--pred", str(predictions)]
    return subprocess.run(command, check=False).returncode


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


if __name__ == "__main__":
    sys.exit(main())
