"""Files in order: how long a plan of many files takes, and how fast it is applied and undone.

The files are small and lie on the disk of the folder that is named, some hundred in each folder; all change
their folder and keep their disk. Each step is a process of its own, whose peak memory is told with that of
one that only opens the library. The journal is synced to the disk as users have it.

    python -m bench organize [--files N ...] [--runs N] [--folder FOLDER] [--out FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from standins.desk import CATEGORIES, Desk, desk, disagreements

_FOLDER_FILES = 500
_NAME = "bench"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a step has taken, as a process of its own."""

    seconds: float
    cpu_s: float
    peak_mb: float


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, nargs="+", default=[10_000, 20_000, 40_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the files and the library lie")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    rows = []
    for count in given.files:
        runs = []
        for _ in range(given.runs):
            with tempfile.TemporaryDirectory(dir=given.folder) as folder:
                runs.append(measure(Path(folder), count))
        rows.append(summary(count, runs))
        print(json.dumps(rows[-1]), flush=True)
    if given.out:
        given.out.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")


def measure(folder: Path, count: int) -> dict[str, Taken]:
    """Plan, apply and undo in a new library of so many files."""
    data, inbox = folder / "library", folder / "inbox"

    def step(work: Callable[[Desk], object]) -> Taken:
        return in_process(lambda: _opened(data, inbox, work))

    step(lambda one: write(one, count))
    os.sync()
    taken = {"open": step(lambda one: one.store.counts())}
    taken["plan"] = step(lambda one: one.organizer.draft())
    step(lambda one: one.organizer.save(one.organizer.draft(), _NAME))
    taken["apply"] = step(lambda one: one.apply(_NAME))
    step(_checked)
    taken["undo"] = step(lambda one: one.undo(_NAME))
    step(_checked)
    return taken


def write(one: Desk, count: int) -> None:
    """Write files, some hundred a folder, and add them."""
    for number in range(count):
        folder = one.inbox / f"{number // _FOLDER_FILES:04}"
        folder.mkdir(exist_ok=True)
        one.write(f"{folder.name}/letter {number:06}.txt", f"number {number}", CATEGORIES[number % 3])
    one.add()


def _checked(one: Desk) -> None:
    wrong = list(disagreements(one, _NAME))
    assert not wrong, wrong[:3]


def _opened(data: Path, inbox: Path, work: Callable[[Desk], object]) -> None:
    with desk(data, inbox) as opened:
        work(opened)


def in_process(work: Callable[[], None]) -> Taken:
    """Do something in a process of its own."""
    began_s = time.monotonic()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    _, status, used = os.wait4(child, 0)
    assert status == 0, "a step has failed"
    seconds = time.monotonic() - began_s
    return Taken(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def summary(count: int, runs: list[dict[str, Taken]]) -> dict[str, object]:
    """Return the figures of all runs with so many files: median, least and most."""
    row: dict[str, object] = {"files": count, "runs": len(runs)}
    for step in ("plan", "apply", "undo"):
        seconds = sorted(run[step].seconds - run["open"].seconds for run in runs)
        rates = sorted(count / one for one in seconds)
        row[step] = {
            "seconds": [round(one, 2) for one in (median(seconds), seconds[0], seconds[-1])],
            "files_a_second": [round(one) for one in (median(rates), rates[0], rates[-1])],
            "cpu_s": round(median(run[step].cpu_s - run["open"].cpu_s for run in runs), 2),
            "peak_mb": round(max(run[step].peak_mb for run in runs)),
        }
    row["open_peak_mb"] = round(max(run["open"].peak_mb for run in runs))
    return row


if __name__ == "__main__":
    main()
