"""Asks questions in other languages, in other inflections and with slips: is the file found?

    python -m eval across|inflected|mistyped|found [--out FOLDER] [--seed 1] [--set NAME=VALUE]

The files and the questions are in `eval/data/across` and `eval/data/inflected`; all of it was written for
this and is invented. Every file of a set is in one library, in all languages. The questions go through the
product with a stand-in for the chat model: a file is found where the words that answer are among the sources
that the model would be given, and a question is refused where the gate asks no model. Beside it: what is
found where only documents in the languages of the question and of its answer are looked at, and what plain
words and plain vectors find among as many. `found` runs all three.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.library import NO_CHAT_MODEL, VECTORS_ALONE, add_settings, chosen_settings, fill
from eval.provenance import provenance
from eval.questions import Asked, QuestionSet, read_across, read_inflected, read_mistyped
from eval.scoring import wilson
from twolane.answers import RefusalCause, RefusalEvent, SourcesEvent
from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.documents import EVERYTHING, Filter, FoundPassage
from twolane.store.values import Hit

ALL = "found"
SETS = ("across", "inflected", "mistyped")
TOP = 5
# What is to be reached: the least share that is found among the first, the largest that is refused.
BARS = {"across": (0.95, 1.0), "inflected": (0.95, 0.02), "mistyped": (0.95, 0.02)}
_AT_ONCE = {RefusalCause.NOTHING_FOUND, RefusalCause.UNCLEAR}


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a question: the place of what answers it among the sources, None without it.

    `in_pair` is that among documents in the languages of the question and of the file; `by_words` and
    `by_vectors` are the places that the search by words alone and by vectors alone gives it.
    """

    question: Asked
    place: int | None
    refused: bool
    in_pair: int | None = None
    by_words: int | None = None
    by_vectors: int | None = None


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, and print a table for each set; ends with 1 where a bar is not reached."""
    options = _options(argv)
    made_with = provenance()
    reached = []
    with tempfile.TemporaryDirectory(prefix="twolane-eval-") as scratch:
        out: Path = (options.out or Path(scratch)).resolve()
        for name in SETS if options.set == ALL else (options.set,):
            found = measure(read(name, options.seed), out / name, chosen_settings(options))
            (out / f"{name}.json").write_text(json.dumps(report(name, found, made_with), indent=1), "utf-8")
            reached.append(is_reached(name, found))
            print(
                f"## {name}: {made_with}\n\n{table(found)}\n\n{'reached' if reached[-1] else 'NOT reached'}\n"
            )
    return 0 if all(reached) else 1


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="eval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", choices=(ALL, *SETS))
    parser.add_argument("--out", type=Path, help="keep the libraries and the single results here")
    parser.add_argument("--seed", type=int, default=1, help="of the slips")
    add_settings(parser)
    return parser.parse_args(argv)


def read(name: str, seed: int) -> QuestionSet:
    """Read a set by its name; `seed` draws the slips."""
    if name == "mistyped":
        return read_mistyped(seed)
    return read_across() if name == "across" else read_inflected()


def measure(questions: QuestionSet, out: Path, settings: dict[str, str]) -> list[Found]:
    """Fill a library with the files, where it does not have them yet, and ask all questions."""
    folder = out / "files"
    folder.mkdir(parents=True, exist_ok=True)
    for file in questions.files:
        (folder / file.name).write_text(file.text, "utf-8")
    flags = {"data_dir": str(out / "library")} | NO_CHAT_MODEL | VECTORS_ALONE | settings
    fill([folder], flags)
    with open_app(load_settings(flags=flags)) as app:
        return [ask(app, one) for one in questions.questions]


def ask(app: App, question: Asked) -> Found:
    """Ask a question, and look for what answers it."""
    sources, refused = _asked(app, question.text)
    languages = (question.language, question.file.language)
    in_pair, _ = _asked(app, question.text, Filter(languages=languages))
    store, embedder = app.store, app.models.embedder()
    by_words = store.search_words(store.query_words(question.text), TOP)
    vector = embedder.embed([question.text], "question")[0] if embedder else None
    by_vectors = store.search_vector(vector, TOP) if vector is not None else []
    return Found(
        question,
        place(question, sources),
        refused,
        place(question, in_pair),
        place(question, _passages(app, by_words)),
        place(question, _passages(app, by_vectors)),
    )


def _asked(app: App, question: str, within: Filter = EVERYTHING) -> tuple[list[FoundPassage], bool]:
    """Return the sources of a question, and whether no model is asked."""
    sources: list[FoundPassage] = []
    refused = False
    for event in app.ask(question, within=within):
        if isinstance(event, SourcesEvent):
            sources = [source.passage for source in event.sources]
        elif isinstance(event, RefusalEvent):
            refused = event.cause in _AT_ONCE
    return sources, refused


def _passages(app: App, hits: Iterable[Hit]) -> list[FoundPassage]:
    return app.store.passages([hit.passage_id for hit in hits])


def place(question: Asked, passages: Sequence[FoundPassage]) -> int | None:
    """Return the place of the first passage that answers, from 1."""
    wanted = " ".join(question.answer.split())
    for number, passage in enumerate(passages, 1):
        if passage.path.name == question.file.name and wanted in " ".join(passage.text.split()):
            return number
    return None


def is_reached(name: str, found: Sequence[Found]) -> bool:
    """Say whether a set's bars are reached."""
    least, most = BARS[name]
    return _share(found, _among) >= least and _share(found, _refused) <= most


def table(found: Sequence[Found]) -> str:
    """Return the shares a group with their intervals; of a set with slips, a slip as well."""
    lines = [
        f"| question | asked | among the first {TOP} (95 %) | first (95 %) | refused (95 %) "
        "| in both languages alone | by words alone | by vectors alone |",
        "|" + " --- |" * 8,
    ]
    return "\n".join(lines + [_line(name, group) for name, group in _groups(found).items()])


def report(name: str, found: Sequence[Found], made_with: str) -> dict[str, Any]:
    """Return everything that was found out, for a file."""
    groups = {
        group: {"asked": len(ones)} | {figure: _figure(ones, of) for figure, of in _FIGURES.items()}
        for group, ones in _groups(found).items()
    }
    return {"set": name, "made_with": made_with, "groups": groups, "rows": [asdict(one) for one in found]}


def _groups(found: Sequence[Found]) -> dict[str, list[Found]]:
    groups: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        groups[one.question.group].append(one)
    for one in found:
        if one.question.slip:
            groups[f"a letter {one.question.slip}"].append(one)
    return groups | {"all": list(found)}


def _line(name: str, group: Sequence[Found]) -> str:
    shares = []
    for figure in ("found", "first", "refused"):
        of = _figure(group, _FIGURES[figure])
        shares.append(f"{of['share']:.3f} ({of['low']:.2f} to {of['high']:.2f})")
    plain = [f"{_share(group, _FIGURES[figure]):.3f}" for figure in ("in_pair", "by_words", "by_vectors")]
    return f"| {' | '.join([name, str(len(group)), *shares, *plain])} |"


def _figure(group: Sequence[Found], of: Callable[[Found], bool]) -> dict[str, float]:
    low, high = wilson(sum(map(of, group)), len(group))
    return {"share": _share(group, of), "low": low, "high": high}


def _share(group: Sequence[Found], of: Callable[[Found], bool]) -> float:
    return sum(map(of, group)) / len(group)


def _among(one: Found) -> bool:
    return one.place is not None and one.place <= TOP


def _refused(one: Found) -> bool:
    return one.refused


_FIGURES: dict[str, Callable[[Found], bool]] = {
    "found": _among,
    "first": lambda one: one.place == 1,
    "refused": _refused,
    "in_pair": lambda one: one.in_pair is not None,
    "by_words": lambda one: one.by_words is not None,
    "by_vectors": lambda one: one.by_vectors is not None,
}


if __name__ == "__main__":
    sys.exit(main())
