"""Asks questions that the catalogue answers, in three languages, and compares what it says with the papers.

    python -m eval catalogue --evals FOLDER [--out FOLDER] [--reuse] [--set NAME=VALUE]

The papers are those of `examples/inbox` and of the set `home_office`; the questions, with answers worked out
by hand, are in `eval/data/catalogue`. Pictures are not read: an answer that rests on fewer files has to say
so. The questions are asked of the library as it was filed, and again once a person has gone through the
files that waited for one; no model is asked. An answer is right where it counts the right files and adds up
to the right amounts; *said* where it says why it cannot be given, or of how many papers the amount is not
known, or which files nobody has confirmed yet, and is right in all others; *passages* where the question was
not taken for one to the catalogue.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from eval.library import VECTORS_ALONE, add_settings, chosen_settings, fill
from eval.sets import Row, add_evals, evals_of, rows_of
from twolane.answers import Answer, CatalogueEvent, Turn
from twolane.app import App, open_app
from twolane.chat.gather import gather
from twolane.config.loading import load_settings
from twolane.documents import FileState, Filter
from twolane.errors import NotFoundError

SETS = ("catalogue",)
FOLDER = Path(__file__).parent / "data" / "catalogue"
INBOX = Path(__file__).parents[1] / "examples" / "inbox"
LANGUAGES = ("en", "de", "ru")
VERDICTS = ("right", "said", "passages", "wrong")
_ADDED_UP, _ONE = {"sum", "average"}, {"latest", "earliest", "largest", "smallest"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with what is said of its answer, and what came."""

    language: str
    question: str
    verdict: str
    why: str
    answer: str


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(
        prog="eval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--out", type=Path, help="keep the library and the answers here")
    parser.add_argument("--reuse", action="store_true", help="ask the library that --out holds already")
    add_evals(parser)
    add_settings(parser)
    options = parser.parse_args(argv)
    papers = evals_of(parser, options) / "classification" / "home_office"
    with tempfile.TemporaryDirectory(prefix="twolane-eval-") as scratch:
        out: Path = (options.out or Path(scratch)).resolve()
        flags = {"data_dir": str(out / "library"), **VECTORS_ALONE, "extract.ocr": "off"}
        flags |= {"chat.runtime": "scripted"} | chosen_settings(options)
        if not options.reuse:
            fill([INBOX, papers / "files"], flags)
        judged: dict[str, list[Judged]] = {}
        with open_app(load_settings(flags=flags)) as app:
            judged["as filed"] = ask_all(app)
            review(app, papers / "labels.csv")
        fill([], flags)  # what a person decides has other facts drawn
        with open_app(load_settings(flags=flags)) as app:
            judged["reviewed"] = ask_all(app)
        print(table(judged))
        kept = {name: [_plain(one) for one in found] for name, found in judged.items()}
        (out / "catalogue.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False), "utf-8")
    return 0


def ask_all(app: App) -> list[Judged]:
    """Ask the questions of all languages, each follow-up after those before it."""
    papers: dict[str, dict[str, str]] = tomllib.loads((FOLDER / "papers.toml").read_text("utf-8"))
    unread = _unread(app)
    judged = []
    for language in LANGUAGES:
        for row in rows_of(FOLDER / f"{language}.jsonl"):
            answer = _ask(app, row)
            verdict, why = judge(row, answer, papers, unread)
            judged.append(Judged(language, row["question"], verdict, why, answer.text))
    return judged


def review(app: App, labels: Path) -> None:
    """Decide, as a person would, all files that wait for one."""
    with labels.open(encoding="utf-8", newline="") as file:
        known = {Path(row["path"]).name: row["label"] for row in csv.DictReader(file)}
    known |= tomllib.loads((FOLDER / "papers.toml").read_text("utf-8"))["review"]
    for record in app.library.find(Filter(states=(FileState.REVIEW,))).files:
        try:
            app.review.correct(record.file_id, known[record.path.name], by="eval")
        except NotFoundError as error:
            print(error.what, file=sys.stderr)


def judge(
    row: Row, answer: Answer, papers: Mapping[str, Mapping[str, str]], unread: frozenset[str]
) -> tuple[str, str]:
    """Return what is said of an answer, and why."""
    found = answer.catalogue
    if answer.error or found is None:
        return ("wrong", answer.error) if answer.error else ("passages", "")
    if answer.refused:
        return "said", answer.reason if "cannot" not in row else ""
    if wrong := _wrong(row, found, papers, unread):
        return "wrong", wrong
    doubted = bool(_unconfirmed(row, found))
    said = doubted or found.totals != tuple(row.get("totals", found.totals))
    rests = f"{found.totals}, not known: {found.without_value}, not confirmed: {found.unreviewed}"
    return ("said", rests) if said else ("right", "")


def _wrong(
    row: Row, found: CatalogueEvent, papers: Mapping[str, Mapping[str, str]], unread: frozenset[str]
) -> str:
    if "cannot" in row:
        return "it has no answer"
    if found.intent != row["intent"] and not {found.intent, row["intent"]} <= {"count", "list"}:
        return f"taken for {found.intent}"
    return _wrong_files(row, found, unread) or _wrong_amounts(row, found, papers)


def _wrong_files(row: Row, found: CatalogueEvent, unread: frozenset[str]) -> str:
    expected = {name for name in row.get("files", ()) if name not in unread}
    expected |= _unconfirmed(row, found)
    total = row.get("total", len(expected))
    if found.intent in _ONE:
        euros = [one.path.name for one in found.rows if not one.amount or one.amount.endswith("EUR")]
        return "" if set(euros) == expected else f"{euros} for {sorted(expected)}"
    if found.total != total:
        names = {one.path.name for one in found.rows}
        more, less = sorted(names - expected), sorted(expected - names)
        return f"{found.total} for {total}; too many: {more[:4]}, missing: {less[:4]}"
    if expected and {one.path.name for one in found.rows} != expected:
        return f"other files: {sorted({one.path.name for one in found.rows} ^ expected)}"
    return ""


def _unconfirmed(row: Row, found: CatalogueEvent) -> set[str]:
    """Return the files that do not belong there, of which the answer says that nobody has confirmed them."""
    right = set(row.get("files", ()))
    return {one.path.name for one in found.rows if one.review and "files" in row} - right


def _wrong_amounts(row: Row, found: CatalogueEvent, papers: Mapping[str, Mapping[str, str]]) -> str:
    """Say what is wrong with the amounts; a sum of those that are known, where it is said, is not."""
    if found.intent not in _ADDED_UP or found.totals == tuple(row["totals"]):
        return ""
    field = row.get("field", "total_due")
    known = [one for one in found.rows if one.amount]
    for one in known:
        if one.amount != papers.get(one.path.name, {}).get(field):
            return f"{one.path.name}: {one.amount} for {row['totals']}"
    told = len(known) + found.without_value == found.total and found.without_value > 0
    amounts = [Decimal(one.amount.split()[0]) for one in known]
    total = sum(amounts, Decimal()) / (len(amounts) or 1 if found.intent == "average" else 1)
    is_sum = found.totals == (f"{total:.2f} EUR",)
    return "" if told and is_sum else f"{found.totals} for {row['totals']}"


def _ask(app: App, row: Row) -> Answer:
    history: list[Turn] = []
    for question in row.get("before", ()):
        history.append(Turn(question, gather(app.ask(question, history)).text))
    return gather(app.ask(row["question"], history))


def _unread(app: App) -> frozenset[str]:
    unread = app.library.find(Filter(states=(FileState.UNREAD,))).files
    return frozenset(record.path.name for record in unread)


def table(judged: Mapping[str, Sequence[Judged]]) -> str:
    """Return a table of the verdicts by language, and a line for each answer that is not right."""
    lines = [f"| library | language | questions | {' | '.join(VERDICTS)} |", "| --- " * 7 + "|"]
    for name, found in judged.items():
        for language in LANGUAGES:
            counts = Counter(one.verdict for one in found if one.language == language)
            figures = " | ".join(str(counts[verdict]) for verdict in VERDICTS)
            lines.append(f"| {name} | {language} | {counts.total()} | {figures} |")
    for name, found in judged.items():
        lines += ["", f"{name}:"]
        lines += [
            f"  {one.verdict}: {one.question} {one.why}".rstrip() for one in found if one.verdict != "right"
        ]
    return "\n".join(lines)


def _plain(judged: Judged) -> Row:
    return {name: getattr(judged, name) for name in ("language", "question", "verdict", "why", "answer")}
