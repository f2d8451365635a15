"""Files sixty documents in five languages, and looks for each by questions in two languages.

    python -m eval languages [--retrieval-only] [--out FOLDER] [--set NAME=VALUE]

The documents, their labels, the questions and the taxonomy are in `eval/data/languages`; all of it was
written for this and is invented. Each document has a question in English and one in another language than its
own. Rules and vectors decide, without the small model. A question counts as refused where the product says
that the files say nothing on it before any model is asked.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.library import VECTORS_ALONE, add_settings, chosen_settings, fill, reclassify, records_of, tiers
from eval.scoring import Judged, wilson
from twolane.answers import SourcesEvent
from twolane.app import App, open_app
from twolane.chat.retrieve import Retriever
from twolane.config.loading import load_settings
from twolane.documents import FileRecord

SETS = ("languages",)
FOLDER = Path(__file__).parent / "data" / "languages"
ENGLISH = "en"
TOP = 5


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the set."""

    path: Path
    label: str
    language: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the document that answers it; languages are ISO 639 codes."""

    text: str
    language: str
    document: Document

    @property
    def pair(self) -> str:
        if self.language == ENGLISH:
            return f"English on {self.document.language}"
        return "English documents" if self.document.language == ENGLISH else "neither is English"


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a question; `place` is that of its document among the files found, None without it."""

    question: Question
    place: int | None
    refused: bool


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(
        prog="eval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--retrieval-only", action="store_true", help="leave the categories out")
    parser.add_argument("--out", type=Path, help="keep the library and the single results here")
    add_settings(parser)
    options = parser.parse_args(argv)
    documents = read_documents()
    paths = [document.path for document in documents]
    with tempfile.TemporaryDirectory(prefix="twolane-eval-") as scratch:
        out: Path = (options.out or Path(scratch)).resolve()
        flags = {"data_dir": str(out / "library"), "filing.taxonomy": str(FOLDER / "taxonomy.toml")}
        flags |= VECTORS_ALONE | {"chat.runtime": "scripted"} | chosen_settings(options)
        fill(paths, flags)
        with open_app(load_settings(flags=flags)) as app:
            records = records_of(app, paths)
            filed = {"as they came": judge(documents, records)}
            if not options.retrieval_only:
                filed["filed again"] = judge(documents, reclassify(app, records))
                print(f"{filing_table(filed)}\n\ndecided by: {tiers(records)}\n")
            found = [find(app, question) for question in read_questions(documents)]
        print(finding_table(found))
        report = {
            "filed": {when: [asdict(one) for one, _ in judged] for when, judged in filed.items()},
            "found": [asdict(one) for one in found],
        }
        (out / "languages.json").write_text(json.dumps(report, indent=1, default=str), "utf-8")
    return 0


def read_documents() -> list[Document]:
    """Read the labels of the documents."""
    with (FOLDER / "labels.csv").open(encoding="utf-8", newline="") as file:
        return [Document(FOLDER / r["path"], r["label"], r["language"]) for r in csv.DictReader(file)]


def read_questions(documents: Sequence[Document]) -> list[Question]:
    """Read the questions on the documents."""
    by_name = {document.path.name: document for document in documents}
    with (FOLDER / "questions.csv").open(encoding="utf-8", newline="") as file:
        return [
            Question(row["question"], row["language"], by_name[row["document"]])
            for row in csv.DictReader(file)
        ]


def judge(documents: Sequence[Document], records: Sequence[FileRecord]) -> list[tuple[Judged, str]]:
    """Hold what the documents got against their labels; each with its language."""
    found = {record.path: record.classification for record in records}
    return [
        (
            Judged(
                document.path.name,
                document.label,
                got.category if got else "",
                got.confidence if got else 0.0,
                got is not None and not got.review,
            ),
            document.language,
        )
        for document in documents
        for got in [found.get(document.path)]
    ]


def find(app: App, question: Question) -> Found:
    """Search for a question as chat does, and ask it."""
    passages = Retriever(app.store, app.models.embedder()).find(question.text, 4 * TOP)
    files = list(dict.fromkeys(passage.path for passage in passages))
    wanted = question.document.path
    shown = [event for event in app.ask(question.text) if isinstance(event, SourcesEvent)]
    return Found(question, files.index(wanted) + 1 if wanted in files else None, not shown[-1].sources)


def filing_table(filed: Mapping[str, Sequence[tuple[Judged, str]]]) -> str:
    """Return the share of right categories a language at each time, and what was accepted of them."""
    lines = [
        "| documents | files | when | accuracy (95 % interval) | accepted | wrong of these |",
        "|" + " --- |" * 6,
    ]
    groups: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for when, one_time in filed.items():
        for judged, language in one_time:
            groups[language, when].append(judged)
            groups["all", when].append(judged)
    for name, when in sorted(groups, key=lambda key: (key[0] == "all", key)):
        group = groups[name, when]
        accepted = [judged for judged in group if judged.accepted]
        wrong = sum(not judged.right for judged in accepted)
        lines.append(
            f"| {name} | {len(group)} | {when} | {_share([judged.right for judged in group])} "
            f"| {len(accepted)} | {wrong} |"
        )
    return "\n".join(lines)


def finding_table(found: Sequence[Found]) -> str:
    """Return how often the document came first and among the first, and how many questions were refused."""
    lines = [
        f"| question on document | asked | it is first (95 % interval) | among the first {TOP} | refused |",
        "|" + " --- |" * 5,
    ]
    groups: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        groups[one.question.pair].append(one)
        groups["all"].append(one)
    for name in sorted(groups, key=lambda name: (name == "all", name)):
        group = groups[name]
        among = sum(one.place is not None and one.place <= TOP for one in group)
        lines.append(
            f"| {name} | {len(group)} | {_share([one.place == 1 for one in group])} "
            f"| {among / len(group):.2f} | {sum(one.refused for one in group)} |"
        )
    return "\n".join(lines)


def _share(rights: Sequence[bool]) -> str:
    low, high = wilson(sum(rights), len(rights))
    return f"{sum(rights) / len(rights):.2f} ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    sys.exit(main())
