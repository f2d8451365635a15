"""Facts drawn out of documents without a model: what it costs of a processor, a file.

Each file of the folders is read once; then its fields are drawn out of its text again and again, and the
least time counts, by this process's CPU. `every` asks for what all documents have, `invoice` for what
invoices do.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from twolane.documents import Reading, ReadStatus
from twolane.extract.base import Limits
from twolane.extract.read import open_file, read_open
from twolane.facts import FieldSpec
from twolane.fields.catalogue import OF_EVERY_DOCUMENT, known_fields
from twolane.fields.draw import draw

ROOT = Path(__file__).parents[1]
FOLDERS = (ROOT / "examples" / "texts", ROOT / "examples" / "inbox", ROOT / "eval/data/fields/dev")
INVOICE = ("number", "customer_number", "net", "tax", "total_due", "due_date", "period", "iban", "vat_id")
ASKED = {"every": OF_EVERY_DOCUMENT, "invoice": (*OF_EVERY_DOCUMENT, *INVOICE)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=FOLDERS, help="folders of files")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args()
    read = list(_readings(options.folders))
    figures = {
        name: _figures(read, [known_fields()[field] for field in fields], options.repeats)
        for name, fields in ASKED.items()
    }
    print(f"{len(read)} files with text, {sum(len(one.text) for _, one in read):,} characters")
    for name, figure in figures.items():
        print(f"{name:8} " + "  ".join(f"{key} {value:.2f}" for key, value in figure.items()))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _readings(folders: Sequence[Path]) -> Iterator[tuple[Path, Reading]]:
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        reading = read_open(open_file(str(path)), path.name, Limits(ocr="off"))
        if reading.status is ReadStatus.TEXT:
            yield path, reading


def _figures(
    read: Sequence[tuple[Path, Reading]], specs: Sequence[FieldSpec], repeats: int
) -> dict[str, float]:
    """Return the mean, the middle and the most CPU milliseconds a file."""
    least = [min(_cpu_ms(path, reading, specs) for _ in range(repeats + 1)) for path, reading in read]
    return {"mean_ms": statistics.mean(least), "median_ms": statistics.median(least), "most_ms": max(least)}


def _cpu_ms(path: Path, reading: Reading, specs: Sequence[FieldSpec]) -> float:
    begun = time.process_time()
    draw(reading, path, specs)
    return (time.process_time() - begun) * 1000


if __name__ == "__main__":
    main()
