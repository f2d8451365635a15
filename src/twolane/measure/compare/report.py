"""The comparison as a report: the table of all, then each measurement with its plot and what it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twolane.measure.compare.labels import LabelledSet
from twolane.measure.compare.result import ModelResult, figure_at, sample_at
from twolane.measure.compare.table import shown_at, table
from twolane.measure.compare.verdict import conclusions
from twolane.measure.data import read_data
from twolane.measure.report.facts import machine_facts
from twolane.measure.report.html import Fact, Report, ReportTable, Section
from twolane.measure.report.plots import bar_plot, line_plot

_SPREAD = (
    "Figures are medians; in brackets stands the range of the values (of their middle 80 % from ten on), for "
    "shares the 95 % interval of Wilson."
)
_SPEEDS = {
    "Reading a prompt": ("prompt_per_s", "tokens a second"),
    "Writing an answer": ("generated_per_s", "tokens a second"),
    "Waiting for the first token": ("first_token_s", "seconds"),
}


def comparison_report(results: Sequence[ModelResult], labelled: LabelledSet, *, quick: bool) -> Report:
    """Return the report of a comparison. Raises `SettingsError` where plots cannot be drawn."""
    looked = "A quick look: too few values to decide by. " if quick else ""
    models = " · ".join(result.model for result in results)
    facts = (
        *machine_facts(),
        Fact("Models", models),
        Fact("Context", f"{max((r.context_tokens for r in results), default=0):,} tokens"),
        Fact("Filed", f"{len(labelled.documents)} documents: {labelled.origin}"),
    )
    memory, *others = (_section(row, results, labelled) for row in read_data("compare/report")["section"])
    sections = [
        *([] if quick else [Section("What to take", "\n\n".join(conclusions(results)))]),
        Section("All figures", _SPREAD, table(results)),
        *(_speed(results), memory, _context(results), *others),
    ]
    return Report("Models compared on this machine", f"{looked}{models}", facts, sections)


def _section(row: Mapping[str, Any], results: Sequence[ModelResult], labelled: LabelledSet) -> Section:
    """Return a part of the report that is declared in the data."""
    text = row["text"].format(documents=len(labelled.documents), origin=labelled.origin, note=labelled.note)
    known = [result for result in results if figure_at(result, row.get("of", "model"))]
    figures = None
    if columns := row.get("columns"):
        cells = [[r.model, *(shown_at(r, path, digits) for _, path, digits in columns)] for r in known]
        figures = ReportTable(["model", *(head for head, _, _ in columns)], cells, "", row.get("numeric", ()))
    models, plots = [result.model for result in results], []
    for plot in row["plots"]:
        series = {name: [sample_at(r, path) for r in results] for name, path in plot["series"].items()}
        if not plot.get("if_known") or any(map(any, series.values())):
            plots.append(bar_plot(plot["title"], models, series, plot["unit"]))
    return Section(row["title"], text, figures, plots)


def _speed(results: Sequence[ModelResult]) -> Section:
    longest = max((result.speeds for result in results), key=len, default=())
    if not longest:
        return Section("Speed", "No speed was measured.")
    lengths = [float(speed.prompt_tokens) for speed in longest]
    plots = []
    for title, (figure, unit) in _SPEEDS.items():
        series = {
            result.model: [sample_at(result, f"speeds.{place}.{figure}") for place in range(len(longest))]
            for result in results
        }
        plots.append(line_plot(title, lengths, series, "prompt, tokens", unit))
    return Section(
        "Speed",
        "Every prompt begins differently, so that nothing of it is in a cache. The time to the first token "
        "holds the request's way to the model too. Another program at work on the same cores costs more of "
        "the speed than its share of the cores.",
        plots=plots,
    )


def _context(results: Sequence[ModelResult]) -> Section:
    rows = [
        [
            result.model,
            f"{recall.prompt_tokens:,}",
            recall.found.text(2),
            ", ".join(f"{depth:.0%}" for depth in recall.missed_depths) or "none",
        ]
        for result in results
        for recall in result.recalls
    ]
    longest = max((len(result.recalls) for result in results), default=0)
    series = {
        name: [sample_at(result, f"recalls.{place}.found") for result in results]
        for place, name in enumerate(("short text", "longer text", "nearly all of the context")[-longest:])
    }
    return Section(
        "Context that is really used",
        "Facts are hidden at even depths of an invented text and asked for one by one. What counts is the "
        "longest text up to which at least four of five were found.",
        ReportTable(["model", "tokens", "share found", "missed at depth"], rows, numeric=[1]),
        [bar_plot("Facts found again", [result.model for result in results], series, "share")]
        if longest
        else [],
    )
