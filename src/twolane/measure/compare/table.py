"""The comparison as a table: what was measured in the rows, the models in the columns."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from twolane.measure.compare.result import Fit, ModelResult, figure_at
from twolane.measure.data import read_data
from twolane.measure.report.html import Cell, ReportTable, Tone
from twolane.measure.report.samples import Summary, number

NONE = "–"
WORDS: dict[Fit, str] = {"fit": "fits", "perhaps": "perhaps", "not": "does not fit"}
TONES: dict[Fit, Tone] = {"fit": "good", "perhaps": "warn", "not": "bad"}


def shown_at(result: ModelResult, path: str, digits: int = 3) -> str:
    """Write what stands at a place for people."""
    found = figure_at(result, path)
    if isinstance(found, Summary):
        return found.text(digits)
    if isinstance(found, float):
        return number(found, digits)
    if isinstance(found, tuple):
        return ", ".join(found) or "none"
    return found or NONE


def table(results: Sequence[ModelResult]) -> ReportTable:
    """Return what was measured, a column a model, with the verdicts at the end."""
    named = read_data("compare/table")
    speeds = [
        (f"{name}{_length(results, index)}", f"speeds.{index}.{figure}", digits)
        for index in range(max((len(result.speeds) for result in results), default=0))
        for name, figure, digits in named["speed"]
    ]
    rows: list[Sequence[str | Cell]] = [
        ["runs on", *(f"{result.runtime}, {result.threads} threads" for result in results)],
        *(_row(results, *each) for each in (*named["first"], *speeds)),
        ["context used, tokens", *map(_context, results)],
        *(_row(results, *each) for each in named["last"]),
        *([f"for {lane}", *(_verdict(result, lane) for result in results)] for lane in ("filing", "chat")),
    ]
    return ReportTable(
        ["measured", *(result.model for result in results)], rows, "n is how often a figure was measured"
    )


def _row(results: Sequence[ModelResult], name: str, path: str, digits: int) -> list[str]:
    return [name, *(shown_at(result, path, digits) for result in results)]


def _length(results: Sequence[ModelResult], index: int) -> str:
    """Name a length by two digits: every model cuts the same text into other tokens."""
    lengths = [result.speeds[index].prompt_tokens for result in results if index < len(result.speeds)]
    return f" at {number(float(f'{statistics.median(lengths):.1e}'))}"


def _context(result: ModelResult) -> str:
    if not result.recalls:
        return NONE
    tried = max(recall.prompt_tokens for recall in result.recalls)
    return f"{result.usable_context_tokens:,} of {tried:,} tried"


def _verdict(result: ModelResult, lane: str) -> str | Cell:
    found = next((verdict for verdict in result.verdicts if verdict.lane == lane), None)
    if result.error or found is None:
        return Cell("not measured", "bad", result.error)
    return Cell(WORDS[found.fit], TONES[found.fit], "\n".join(found.reasons))
