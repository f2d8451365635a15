"""Files the documents of the sets by the product itself, corrects some, and scores the others' categories.

    python -m eval filing|SET --evals FOLDER [--corrections 0,5,10] [--seeds 3] [--tiers vectors|all|model]
                              [--sets SET ...] [--limit 60] [--out FOLDER] [--reuse] [--set NAME=VALUE]

FOLDER holds `classification/SET`; `filing` takes all sets. Each set is added to a library of its own, which
is copied for each choice of corrections: so many random files of each category (at most four fifths of them)
are corrected as a person does, then all others are filed again (as `twolane reclassify` does), and these are
scored. "as they came" is the library as `add` left it. Tables go to standard output, single files to --out.
Why so: docs/why/measuring.md#corrected-files-are-not-scored-and-a-fifth-of-each-category-is-never-corrected.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.library import (
    VECTORS_ALONE,
    Costs,
    add_settings,
    chosen_settings,
    fill,
    reclassify,
    records_of,
    tiers,
)
from eval.scoring import Judged, Score, score
from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.documents import FileRecord

ALL = "filing"
SETS = ("bbc_news", "newsgroups20", "contract_types", "spam_ham", "home_office")
TIERS = {"vectors": VECTORS_ALONE, "all": {}, "model": {"embedding.runtime": "off"}}
AS_THEY_CAME = "as they came"
_MOST_CORRECTED = 0.8  # of a category: the rest is what is scored


@dataclass(frozen=True, slots=True)
class Labelled:
    """A file of a set with its category, and others that could be defended."""

    path: Path
    label: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """The scores of a set after so many corrections a category."""

    set: str
    corrections: str
    score: Score
    tiers: dict[str, int]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure the sets and print the tables."""
    options = _options(argv)
    with tempfile.TemporaryDirectory(prefix="twolane-eval-") as scratch:
        out: Path = (options.out or Path(scratch)).resolve()
        rows, costs = list[Row](), dict[str, Costs]()
        for name in options.sets:
            took = measure(name, out / name, options, rows)
            if took:
                costs[name] = took
            print(table([row for row in rows if row.set == name]), file=sys.stderr, flush=True)
        print("\n".join((table(rows), "", *_paces(costs))))
        report = {"rows": [asdict(row) for row in rows], "costs": {k: asdict(v) for k, v in costs.items()}}
        (out / "filing.json").write_text(json.dumps(report, indent=1), "utf-8")
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="eval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", choices=(ALL, *SETS))
    parser.add_argument("--evals", type=Path, required=True, help="folder of the sets")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS, help="of `filing`: only these")
    parser.add_argument(
        "--corrections",
        default="0,5,10",
        help="files a category that a person corrects; an empty text: none, and nothing is filed again",
    )
    parser.add_argument("--seeds", type=int, default=3, help="how many choices of them")
    parser.add_argument("--tiers", choices=tuple(TIERS), default="vectors", help="which tiers decide")
    parser.add_argument("--limit", type=int, default=0, help="a seeded sample of so many files a set")
    parser.add_argument("--out", type=Path, help="keep libraries and predictions here")
    parser.add_argument(
        "--reuse", action="store_true", help="file again in the libraries that --out has, adding nothing"
    )
    add_settings(parser)
    options = parser.parse_args(argv)
    options.sets = options.sets if options.set == ALL else (options.set,)
    options.corrections = [int(part) for part in options.corrections.split(",") if part]
    return options


def measure(name: str, out: Path, options: argparse.Namespace, rows: list[Row]) -> Costs | None:
    """Measure one set, adding its rows; returns what filling its library took, None where it was there."""
    source = options.evals.resolve() / "classification" / name
    out.mkdir(parents=True, exist_ok=True)
    taxonomy = out / "taxonomy.toml"
    taxonomy.write_text(taxonomy_text(source / "categories.json"), "utf-8")
    files = labelled(source, options.limit)
    # what the model says of facts is measured by `eval fields`
    flags = {"filing.taxonomy": str(taxonomy), "filing.ask_fields": "false"}
    flags |= TIERS[options.tiers] | chosen_settings(options)
    first, costs = out / "library", None
    if not (options.reuse and first.exists()):
        shutil.rmtree(first, ignore_errors=True)
        costs = fill([file.path for file in files], flags | {"data_dir": str(first)})
        with open_app(load_settings(flags=flags | {"data_dir": str(first)})) as app:
            records = records_of(app, [file.path for file in files])
        judged = list(judge(files, records))
        _write(out / "as_they_came.csv", source, judged)
        rows.append(Row(name, AS_THEY_CAME, score([judged]), tiers(records)))
    for number in options.corrections:
        runs, decided = list[list[Judged]](), list[FileRecord]()
        for seed in range(options.seeds if number else 1):
            here = out / "corrected"
            shutil.rmtree(here, ignore_errors=True)
            shutil.copytree(first, here)
            with open_app(load_settings(flags=flags | {"data_dir": str(here)})) as app:
                left, records = corrected(app, files, number, seed)
            runs.append(list(judge(left, records)))
            decided += records
            _write(out / f"corrected_{number}_{seed}.csv", source, runs[-1])
            shutil.rmtree(here)
        rows.append(Row(name, str(number), score(runs), tiers(decided)))
    return costs


def labelled(source: Path, limit: int = 0) -> list[Labelled]:
    """Read a set's labels, or a seeded sample of them."""
    with (source / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if limit:
        rows = random.Random(1).sample(rows, min(limit, len(rows)))
    return [
        Labelled(
            source / row["path"], row["label"], tuple(filter(None, row.get("alt_labels", "").split("|")))
        )
        for row in rows
    ]


def taxonomy_text(categories: Path) -> str:
    """Return a set's categories as a taxonomy file."""
    text = ""
    for category in json.loads(categories.read_text("utf-8"))["categories"]:
        text += "[[category]]\n"
        text += "".join(
            f"{key} = {json.dumps(category[key])}\n"
            for key in ("id", "name", "description")
            if key in category
        )
    return text


def chosen(files: Sequence[Labelled], number: int, seed: int) -> list[Labelled]:
    """Choose the files of each category that a person corrects."""
    by_label: dict[str, list[Labelled]] = defaultdict(list)
    for file in files:
        by_label[file.label].append(file)
    chance = random.Random(seed)
    return [
        file
        for same in by_label.values()
        for file in chance.sample(same, min(number, int(_MOST_CORRECTED * len(same))))
    ]


def corrected(
    app: App, files: Sequence[Labelled], number: int, seed: int
) -> tuple[list[Labelled], list[FileRecord]]:
    """Correct some files of each category and file the others again; returns these with their records."""
    chosen_files = chosen(files, number, seed)
    for file in chosen_files:
        record = app.library.file_at(file.path)
        if record is not None and record.document:
            app.review.correct(record.file_id, file.label)
    left = [file for file in files if file not in chosen_files]
    return left, reclassify(app, records_of(app, [file.path for file in left]))


def judge(files: Sequence[Labelled], records: Iterable[FileRecord]) -> Iterator[Judged]:
    """Hold what the files got against their labels; a file without a category is wrong and not accepted."""
    found = {record.path: record for record in records}
    for file in files:
        record = found.get(file.path)
        got = record.classification if record else None
        yield Judged(
            str(file.path),
            file.label,
            got.category if got else "",
            got.confidence if got else 0.0,
            got is not None and not got.review,
            file.also,
        )


def _write(predictions: Path, source: Path, judged: Sequence[Judged]) -> None:
    with predictions.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "label", "confidence", "accepted", "wanted"))
        for one in judged:
            path = Path(one.name).relative_to(source).as_posix()
            writer.writerow((path, one.got, round(one.confidence, 4), int(one.accepted), one.wanted))


def table(rows: Sequence[Row]) -> str:
    """Return the scores as a table in Markdown; what only some sets can say is left out where none can."""
    defensible = any(row.score.lenient != row.score.accuracy for row in rows)
    heads = ["set", "corrected a category", "files", "accuracy (95 % interval)", "lenient", "macro F1", "ECE"]
    heads += ["accepted", "wrong of these", "indefensible", "decided by"]
    lines = [heads, ["---"] * len(heads)]
    for row in rows:
        s = row.score
        lines.append(
            [
                row.set,
                row.corrections,
                str(s.files),
                f"{s.accuracy:.3f} ({s.low:.3f} to {s.high:.3f})",
                *map(_figure, (s.lenient, s.macro_f1, s.ece, s.accepted, s.wrong, s.indefensible)),
                ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in row.tiers.items()),
            ]
        )
    if not defensible:
        left_out = {heads.index("lenient"), heads.index("indefensible")}
        lines = [[cell for place, cell in enumerate(line) if place not in left_out] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _paces(costs: dict[str, Costs]) -> Iterator[str]:
    for name, took in costs.items():
        yield (
            f"{name}: {60 * took.files / took.filed_s:.0f} files a minute filed, "
            f"{60 * took.files / took.whole_s:.0f} wholly indexed, {took.cpu_s / took.files:.3f} CPU s a file"
        )


if __name__ == "__main__":
    sys.exit(main())
