"""A large library: memory while it is filled, and how soon corrections count in it."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.filing.ingest import RULES_AND_VECTORS, add
from bench.filing.taken import Taken
from bench.filing.texts import KINDS
from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.documents import Filter

_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Corrected:
    """How long the first decision took that knew all corrections: in their own process, and in a new one.

    The latter includes opening the library and the embedder. `documents` were in the library.
    """

    documents: int
    corrections: int
    correcting_s: float
    same_process_s: float
    new_process_s: float
    next_s: float


def fill(folder: Path, taxonomy: Path, home: Path) -> Taken:
    """File a folder of many files, by rules and vectors."""
    return add(folder, RULES_AND_VECTORS | {"filing.taxonomy": str(taxonomy)}, home)


def correct_some(home: Path, taxonomy: Path, corrections: int) -> Corrected:
    """Correct files of the library that `fill` has made, then time the next decisions."""
    flags = RULES_AND_VECTORS | {"data_dir": str(home / "library"), "filing.taxonomy": str(taxonomy)}
    text = "The minister of Oldmere told the parliament on Monday that the new treaty needs a vote."
    with open_app(load_settings(flags=flags)) as app:
        app.classify_text(text)
        documents = app.library.counts().documents
        began_s = time.monotonic()
        for record, category in zip(_some(app, corrections), itertools.cycle(KINDS), strict=False):
            app.review.correct(record, category)
        corrected_s = time.monotonic()
        app.classify_text(text)
        same_s = time.monotonic() - corrected_s
        next_s = statistics.median(_timed(app, text) for _ in range(5))
    opened_s = time.monotonic()
    with open_app(load_settings(flags=flags)) as app:
        app.classify_text(text)
        new_s = time.monotonic() - opened_s
    return Corrected(documents, corrections, corrected_s - began_s, same_s, new_s, next_s)


def memory_table(taken: Taken, files: int) -> Iterator[str]:
    """Yield the lines of a table of memory over the tenths of a run."""
    yield "| share of the time | " + " | ".join(f"{(tenth + 1) * 10} %" for tenth in range(_TENTHS)) + " |"
    yield "|" + " --- |" * (_TENTHS + 1)
    per_tenth: list[list[float]] = [[] for _ in range(_TENTHS)]
    for at_s, mib in taken.memory:
        per_tenth[min(_TENTHS - 1, int(_TENTHS * at_s / taken.wall_s))].append(mib)
    medians = [statistics.median(values) if values else 0.0 for values in per_tenth]
    yield "| MiB, median | " + " | ".join(f"{mib:,.0f}" for mib in medians) + " |"
    yield ""
    yield (
        f"{files:,} files in {taken.wall_s:.0f} s, {1000 * taken.cpu_s / files:.1f} CPU ms a file, "
        f"greatest {taken.peak_mib:,.0f} MiB; in the last tenth of the time {medians[-1] / medians[2]:.2f} "
        "times that of the third."
    )


def corrected_lines(found: Corrected) -> Iterator[str]:
    """Yield what the corrections took."""
    yield (
        f"{found.corrections} corrections in a library of {found.documents:,} documents took "
        f"{found.correcting_s:.2f} s. The first decision after them took {found.same_process_s:.3f} s in the "
        f"same process and the others {found.next_s:.3f} s; in a new one, which opens the library and the "
        f"embedder first, {found.new_process_s:.2f} s."
    )


def _some(app: App, number: int) -> Sequence[int]:
    return [record.file_id for record in app.library.find(Filter(), limit=number).files]


def _timed(app: App, text: str) -> float:
    began_s = time.monotonic()
    app.classify_text(text)
    return time.monotonic() - began_s
