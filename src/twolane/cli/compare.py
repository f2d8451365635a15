"""`twolane compare`: models against each other, measured on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli import completing
from twolane.cli.context import EXIT_MODEL, Context, Json, output_for
from twolane.cli.output import Output

if TYPE_CHECKING:
    from twolane.app import App
    from twolane.measure.compare.labels import LabelledSet
    from twolane.measure.compare.plan import ComparisonPlan
    from twolane.measure.compare.result import ModelResult
    from twolane.measure.compare.run import Contender
    from twolane.measure.report.journal import Journal, Progress


_Models = Annotated[
    list[str],
    typer.Argument(
        help="Models of `models list`, .gguf files, or a server's.", autocompletion=completing.models
    ),
]


def compare(
    ctx: typer.Context,
    models: _Models,
    url: Annotated[
        str, typer.Option(help="Ask this server for all of them; /v1 at its end is OpenAI's.")
    ] = "",
    labels: Annotated[
        Path | None, typer.Option(help="Files with known categories: CSV or JSON lines with path, category.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write an HTML report with plots.")] = None,
    context_tokens: Annotated[int, typer.Option(help="Context length; 0 is the chat lane's.")] = 0,
    quick: Annotated[bool, typer.Option(help="A quick look, with too few values to decide by.")] = False,
    fresh: Annotated[bool, typer.Option(help="Forget what a stopped run has measured already.")] = False,
    json: Json = False,
) -> int:
    """Compare models on this machine: speed, memory, context, filing, answers, instructions.

    One model is in memory at a time. Stop it at any time: the same command goes on where it was.
    """
    from twolane.app import describe_lane
    from twolane.lanes.fit import check_lane
    from twolane.measure.compare.labels import labelled_set
    from twolane.measure.compare.plan import shipped_plan
    from twolane.measure.compare.report import comparison_report
    from twolane.measure.compare.run import contenders, opened_journal
    from twolane.measure.report.html import write_html
    from twolane.measure.report.plots import check_plots

    if report is not None:
        check_plots()
    context: Context = ctx.obj
    output = output_for(json)
    plan = shipped_plan(quick=quick)
    with context.app() as app:
        found = contenders(app, models, url, context_tokens)
        for model in found:  # what surely does not fit is refused before anything is loaded
            check_lane(app.settings, model.lane, describe_lane)
        labelled = labelled_set(app, labels, plan.documents)
        _warn(app, output)
        with opened_journal(app.settings.data_dir / "prove", fresh=fresh) as journal:
            results = _measure(app, found, plan, labelled, journal, output)
            _show(results, labelled, output, quick=quick)
            if report is not None:
                write_html(comparison_report(results, labelled, quick=quick), report)
                output.line(f"report: {report}")
            failed = any(result.error for result in results)
            if not failed:
                journal.clear()
    return EXIT_MODEL if failed else 0


def _warn(app: App, output: Output) -> None:
    """Warn of what else uses this machine: a loaded model of this library, or another program."""
    from twolane.measure.report.facts import busy_note

    if note := busy_note():
        output.line(f"! {note}", "yellow")
    for name, lane in app.lanes.items():
        if lane.runtime == "embedded" and app.poller.lane(name).health.loaded:
            output.line(f"! the {name} lane's model is in use: its work makes these figures worse", "yellow")


def _measure(
    app: App,
    models: list[Contender],
    plan: ComparisonPlan,
    labelled: LabelledSet,
    journal: Journal,
    output: Output,
) -> list[ModelResult]:
    from twolane.measure.as_found import as_found
    from twolane.measure.compare.run import compare as compare_models

    if len(journal):
        output.line(f"going on: {len(journal)} measurements of the last run are kept")
    results: list[ModelResult] = []
    lanes = [model.lane for model in models]
    with as_found(app.settings, output.notice, lanes), output.progress("comparing") as bar:

        def show(now: Progress) -> None:
            bar.update(now.done, now.total, now.now)

        try:
            for result in compare_models(app, models, plan, labelled, journal, show):
                output.value(result)
                results.append(result)
        except KeyboardInterrupt:
            output.line(f"{len(journal)} measurements are kept: the same command goes on from here")
            raise
    return results


def _show(results: list[ModelResult], labelled: LabelledSet, output: Output, *, quick: bool) -> None:
    from twolane.measure.compare.table import table
    from twolane.measure.compare.verdict import conclusions
    from twolane.measure.report.html import Cell

    shown = table(results)
    rows = [[cell.text if isinstance(cell, Cell) else cell for cell in row] for row in shown.rows]
    output.table(shown.columns, rows, title=shown.caption)
    output.line(f"filed: {len(labelled.documents)} documents, {labelled.origin}. {labelled.note}")
    for result in results:
        if result.error:
            output.line(f"{result.model}: {result.error}", "bold red")
            continue
        for verdict in result.verdicts:
            output.line(f"{result.model} for {verdict.lane}: {verdict.fit}", "bold")
            for reason in verdict.reasons:
                output.line(f"  {reason}")
    for conclusion in () if quick else conclusions(results):
        output.line(conclusion, "bold green")
