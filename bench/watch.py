"""How soon a file that is dropped into a watched folder is filed, alone and beside a burst of many.

`twolane watch` runs as a process of its own, by rules and vectors, over texts of five kinds. The time of a
file begins when it has been renamed into the folder, and ends when the process has said what it was filed as.
First files are dropped one after the other; then a burst is moved in at once, and some are dropped beside it.
`peak_mib` is the most memory that the watching process was seen to take.

    python -m bench watch [--drops N] [--burst N] [--beside N] [--words N]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
from standins.program import Program

from bench.filing.texts import write_taxonomy, write_texts

RULES_AND_VECTORS = {"filing.use_model": "false", "chat.use_model": "false", "telemetry.log_level": "error"}


class Watching:
    """A process that watches a folder, and when it said what of each file."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._changed = threading.Condition()
        self.filed_at: dict[str, float] = {}
        self.is_ready = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            now, said = time.monotonic(), json.loads(line)
            if "folder" in said:
                self.is_ready.set()
            elif "file" in said:
                with self._changed:
                    self.filed_at[os.path.basename(said["file"]["path"])] = now  # noqa: PTH119 - a text
                    self._changed.notify_all()

    def wait_for(self, name: str, limit_s: float) -> float:
        """Return when a file was filed."""
        with self._changed:
            if not self._changed.wait_for(lambda: name in self.filed_at, limit_s):
                raise TimeoutError(f"{name} was not filed within {limit_s:.0f} s")
            return self.filed_at[name]


def dropped(watching: Watching, path: Path, folder: Path, limit_s: float) -> float:
    """Drop a file; return the seconds until it was filed."""
    begun = time.monotonic()
    path.rename(folder / path.name)
    return watching.wait_for(path.name, limit_s) - begun


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Return the median, the 95th percentile and the longest."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    return {"p50_s": statistics.median(ordered), "p95_s": p95, "longest_s": ordered[-1]}


def measure(place: Path, *, drops: int, burst: int, beside: int, words: int) -> dict[str, Any]:
    """Run both parts; a number of 0 leaves one out."""
    folder = place / "inbox"
    folder.mkdir()
    settings = RULES_AND_VECTORS | {"filing.taxonomy": str(write_taxonomy(place / "taxonomy.toml"))}
    texts = write_texts(place / "texts", drops + beside + burst + 1, words)
    first, alone, with_burst, many = (
        texts[0],
        texts[1 : drops + 1],
        texts[drops + 1 :][:beside],
        texts[-burst:],
    )
    found: dict[str, Any] = {"date": time.strftime("%Y-%m-%d"), "commit": _commit(), "words": words}
    with Program(place, settings).started("watch", "--json", folder) as process:
        watching, peak = Watching(process), 0.0
        assert watching.is_ready.wait(120)
        dropped(watching, first, folder, 120)  # the embedder is loaded by then
        found["alone"] = spread([dropped(watching, path, folder, 60) for path in alone])
        if burst:
            (place / "many").mkdir()
            for path in many:
                path.rename(place / "many" / path.name)
            begun = time.monotonic()
            (place / "many").rename(folder / "many")
            times = []
            for number, path in enumerate(with_burst):
                time.sleep(max(0.0, begun + 5 * (number + 1) - time.monotonic()))
                times.append(dropped(watching, path, folder, 120))
                peak = max(peak, psutil.Process(process.pid).memory_info().rss / 2**20)
            still_waiting = sum(path.name not in watching.filed_at for path in many)
            for path in many:
                watching.wait_for(path.name, 3600)
            took_s = max(watching.filed_at[path.name] for path in many) - begun
            found["beside a burst"] = spread(times) | {"waiting_at_the_last": still_waiting}
            found["burst"] = {"files": burst, "filed_in_s": took_s, "peak_mib": round(peak)}
    found["load"] = os.getloadavg()[0]
    return found


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    )
    return done.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--drops", type=int, default=60, help="files that are dropped one after the other")
    parser.add_argument("--burst", type=int, default=20_000, help="files that come at once; 0: none")
    parser.add_argument("--beside", type=int, default=20, help="files dropped beside the burst, each 5 s")
    parser.add_argument("--words", type=int, default=150)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(measure(Path(place), **vars(args))), flush=True)


if __name__ == "__main__":
    main()
