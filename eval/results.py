"""Writes the section on asking of docs/results.md from the files that the measurements left.

    python -m eval results [--runs FOLDER] [--page docs/results.md]

FOLDER holds what `--out` kept: `found/<set>.json`, `retrieval.jsonl` (what `python -m eval retrieval`
printed), `orders.md` (the same of `orders`), and `<set>/answers.json` and `<set>/gate.json` of the sets of
questions. What is not there is left out, and named. The section stands between two marks; nothing else of the
page changes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from eval.answered import ANSWERABLE, OUT_OF_CORPUS
from eval.found import BARS
from eval.found import SETS as FOUND_SETS
from eval.sets import Row

NAME = "results"
BEGINS = "<!-- written by `python -m eval results` from here -->"
ENDS = "<!-- to here -->"
_ANSWERED_SETS = ("squad2", "hotpot_sample", "financebench")
_RETRIEVAL = {
    "squad2": "squad2: right passage among five (≥ 0.985)",
    "hotpot": "hotpot_sample: both documents among five (≥ 0.80)",
    "financebench": "financebench: right page among five (≥ 0.60)",
    "scifact": "scifact_mini: nDCG@10 (≥ 0.82)",
    "cranfield": "cranfield: nDCG@10 (≥ 0.55)",
}
_WANTED = {
    f"{ANSWERABLE}: holds an accepted answer": "≥ 0.72 on squad2",
    f"{ANSWERABLE}: refused": "≤ 0.05",
    f"{OUT_OF_CORPUS}: refused": "1.00",
    f"{OUT_OF_CORPUS}: answered from memory": "≤ 0.01",
    f"{ANSWERABLE}: citations to a right document": "≥ 0.97",
    f"{ANSWERABLE}: citations to a right page": "≥ 0.90",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Write the section; what is missing is named on the error stream."""
    parser = argparse.ArgumentParser(
        prog="eval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", choices=(NAME,))
    parser.add_argument("--runs", type=Path, default=Path("eval-runs"), help="what the measurements left")
    parser.add_argument("--page", type=Path, default=Path("docs/results.md"), help="the page to change")
    options = parser.parse_args(argv)
    page = options.page.read_text("utf-8")
    options.page.write_text(with_section(page, section(options.runs)), "utf-8")
    return 0


def with_section(page: str, text: str, begins: str = BEGINS, ends: str = ENDS) -> str:
    """Return the page with this text between the marks. Raises `ValueError` where it lacks them."""
    before, _, rest = page.partition(begins)
    _, ended, after = rest.partition(ends)
    if not ended:
        raise ValueError(f"the page has no section between {begins} and {ends}")
    return f"{before}{begins}\n\n{text}\n\n{ends}{after}"


def section(runs: Path) -> str:
    """Return the tables of what was measured."""
    parts: list[Callable[[Path], Iterator[str]]] = [retrieval, found, answers, orders]
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part(runs))))


def retrieval(runs: Path) -> Iterator[str]:
    """Yield the table of the sets with known passages, a column for each way to find them."""
    rows = [json.loads(line) for line in _read(runs / "retrieval.jsonl").splitlines() if line.startswith("{")]
    if not rows:
        return
    yield from ("### Finding", "")
    yield (
        "`make eval SET=retrieval EVALS=…`: all sets in one index, no chat model. Intervals hold 95 %, by a "
        f"bootstrap over questions. {rows[0].get('made_with', '')}"
    )
    yield ""
    yield "| set and measure (bar) | " + " | ".join(row["way"] for row in rows) + " |"
    yield "|" + " --- |" * (len(rows) + 1)
    for name, measure in _RETRIEVAL.items():
        yield f"| {measure} | " + " | ".join(str(row.get(name, "–")) for row in rows) + " |"
    yield (
        "| median time a question, without its vector | "
        + " | ".join(f"{row['median_ms']} ms" if "median_ms" in row else "–" for row in rows)
        + " |"
    )


def found(runs: Path) -> Iterator[str]:
    """Yield the table of our own questions, and below it the shares of each pair of languages and slip."""
    reports = [json.loads(text) for name in FOUND_SETS if (text := _read(runs / "found" / f"{name}.json"))]
    if not reports:
        return
    yield from ("### In other words than the file's", "")
    yield (
        "`make eval SET=found`: files and questions of our own in eight languages, all of a set in one "
        f"library. Intervals hold 95 % (Wilson). {reports[0]['made_with']}."
    )
    yield ""
    yield (
        "| set | asked | among five (bar) | first | refused at once | both languages alone | words alone "
        "| vectors alone |"
    )
    yield "|" + " --- |" * 8
    for report in reports:
        every = report["groups"]["all"]
        least, most = BARS[report["set"]]
        shown = [f"{_interval(every['found'])} (≥ {least})", _interval(every["first"])]
        shown.append(_interval(every["refused"]) + (f" (≤ {most})" if most < 1 else ""))
        shown += [_interval(every[name]) for name in ("in_pair", "by_words", "by_vectors")]
        yield f"| {report['set']} | {every['asked']} | {' | '.join(shown)} |"
    for report in reports:
        groups = (
            f"{name} {figures['found']['share']:.2f} of {figures['asked']}"
            for name, figures in report["groups"].items()
            if name != "all"
        )
        yield from ("", f"{report['set'].capitalize()}, among five: {', '.join(groups)}.")


def answers(runs: Path) -> Iterator[str]:
    """Yield the table of answers, and that of the gate alone."""
    for file, title in (("answers", "Answers"), ("gate", "The gate, without a model")):
        reports = [
            json.loads(text) for name in _ANSWERED_SETS if (text := _read(runs / name / f"{file}.json"))
        ]
        if not reports:
            continue
        model = reports[0]["model"]
        yield from (f"### {title}", "")
        yield (
            f"`make eval SET=… EVALS=…`{', ' + model if model else ''}; shares with Wilson's intervals, "
            f"means over an answer's citations with a bootstrap's. {reports[0]['made_with']}."
        )
        yield ""
        yield "| questions | figure (bar) | " + " | ".join(report["set"] for report in reports) + " |"
        yield "|" + " --- |" * (len(reports) + 2)
        for name in dict.fromkeys(name for report in reports for name in report["figures"]):
            kind, _, figure = name.partition(": ")
            bar = f" ({_WANTED[name]})" if name in _WANTED else ""
            shares = (_counted(report["figures"].get(name)) for report in reports)
            yield f"| {kind.replace('_', ' ')} | {figure}{bar} | {' | '.join(shares)} |"
        yield ""


def orders(runs: Path) -> Iterator[str]:
    """Yield the tables on lawful sentences and on orders, as they were printed."""
    if text := _read(runs / "orders.md").strip():
        yield from ("### Orders in documents", "", "`make eval SET=orders`.", "", text)


def _counted(figure: Row | None) -> str:
    return f"{_interval(figure)}, n={figure['n']}" if figure else "–"


def _interval(figure: Row) -> str:
    return f"{figure['share']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"


def _read(path: Path) -> str:
    if path.exists():
        return path.read_text("utf-8")
    print(f"left out, as {path} is not there", file=sys.stderr)
    return ""


if __name__ == "__main__":
    sys.exit(main())
