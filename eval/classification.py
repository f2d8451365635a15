"""Files the documents of a set through the product itself and has the set's scorer judge the categories.

    python -m eval bbc_news --evals FOLDER [--tiers similarity|model|both] [--limit 60] [--out FOLDER]

FOLDER holds `classification/<set>` and `score.py`. The documents are added to a library of their own.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from twolane.app import open_app
from twolane.config.loading import load_settings
from twolane.doctor import check_filing
from twolane.documents import FileRecord

SETS = ("bbc_news", "home_office", "contract_types", "newsgroups20", "spam_ham")
TIERS = {
    "both": {},
    "similarity": {"filing.use_model": "false"},
    "model": {"embedding.runtime": "off"},
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one set and print the scorer's numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--evals", type=Path, required=True)
    parser.add_argument("--tiers", choices=tuple(TIERS), default="both")
    parser.add_argument("--limit", type=int, default=0, help="a seeded sample of so many files")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--setting", action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args(argv)
    source = options.evals / "classification" / options.set
    out = options.out or Path("eval-runs") / f"{options.set}-{options.tiers}"
    out.mkdir(parents=True, exist_ok=True)
    taxonomy = out / "taxonomy.toml"
    taxonomy.write_text(taxonomy_text(source / "categories.json"), "utf-8")
    labels = _chosen(source / "labels.csv", options.limit, out)
    flags = {"data_dir": str(out.absolute() / "library"), "filing.taxonomy": str(taxonomy.absolute())}
    flags |= TIERS[options.tiers] | dict(item.split("=", 1) for item in options.setting)
    records, seconds = file_all([source / row["path"] for row in labels], flags)
    _write(out / "pred.csv", source, records)
    score = [sys.executable, str(options.evals / "score.py"), "classify", "--labels", str(out / "labels.csv")]
    report = json.loads(
        subprocess.run([*score, "--pred", str(out / "pred.csv")], capture_output=True, check=True).stdout
    )
    report["files_per_minute"] = round(60 * len(records) / seconds, 1)
    asked = [record.classification.seconds for record in records if record.classification]
    report["seconds_a_document_median"] = round(statistics.median(asked), 3) if asked else None
    report["tiers"] = tiers(records)
    print(json.dumps(report, indent=1, ensure_ascii=False))
    return 0


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


def file_all(paths: Sequence[Path], flags: dict[str, str]) -> tuple[list[FileRecord], float]:
    """Add the files and wait until all is done; returns their records and the seconds it took."""
    with open_app(load_settings(flags=flags)) as app:
        check_filing(app)
        started = time.monotonic()
        app.library.add(paths)
        roots = [path.resolve() for path in paths]
        app.workers.start()
        while app.library.pending().files:
            app.workers.wait(1.0)
        return [record for root in roots if (record := app.library.file_at(root))], time.monotonic() - started


def tiers(records: Sequence[FileRecord]) -> dict[str, int]:
    """Count which tier decided how many files."""
    names = [record.classification.tier.value if record.classification else "none" for record in records]
    return {name: names.count(name) for name in dict.fromkeys(names)}


def _chosen(labels: Path, limit: int, out: Path) -> list[dict[str, str]]:
    with labels.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    chosen = random.Random(1).sample(rows, min(limit or len(rows), len(rows)))
    with (out / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(chosen)
    return chosen


def _write(predictions: Path, source: Path, records: Sequence[FileRecord]) -> None:
    with predictions.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "label", "confidence"))
        for record in records:
            path = record.path.relative_to(source.resolve()).as_posix()
            result = record.classification
            writer.writerow(
                (path, result.category, round(result.confidence, 4)) if result else (path, "", "")
            )


if __name__ == "__main__":
    sys.exit(main())
