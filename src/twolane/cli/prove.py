"""`twolane prove`: every claim of the strategy measured on this machine, with its own models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli import completing
from twolane.cli.context import Context, Json, output_for, warn_of_fit
from twolane.cli.output import Output

if TYPE_CHECKING:
    from twolane.measure.prove.strategy import Proof

_STYLES = {"holds": "green", "does not hold here": "bold red", "could not be measured": "yellow"}

_Only = Annotated[
    list[str] | None,
    typer.Option(
        help="Only this: speed, drop, chat, questions, memory, workers or isolation.",
        autocompletion=completing.experiments,
    ),
]


def prove(
    ctx: typer.Context,
    only: _Only = None,
    repeats: Annotated[int, typer.Option(min=0, max=50, help="Rounds; 0 is 2, or 1 with --quick.")] = 0,
    quick: Annotated[bool, typer.Option("--quick", help="Measure less: only an impression.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do not go on from a run that was stopped.")] = False,
    report: Annotated[Path | None, typer.Option(help="Where the HTML report goes.")] = None,
    json: Json = False,
) -> None:
    """Measure two lanes against one model, claim by claim. Ctrl-C stops; the same command goes on.

    It takes about half an hour on two cores, and with --quick some minutes. Your library is not touched; keep
    the machine quiet meanwhile.
    """
    from twolane.measure.as_found import as_found
    from twolane.measure.prove.experiment import Scale
    from twolane.measure.prove.run import ProveRun
    from twolane.measure.prove.strategy import experiments
    from twolane.measure.report.html import write_html

    context: Context = ctx.obj
    output = output_for(json)
    settings = context.settings()
    warn_of_fit(settings, output)
    folder = settings.data_dir / "prove"
    with as_found(settings, output.notice), output.progress("measuring") as bar:
        run = ProveRun(
            settings,
            experiments(only or ()),
            Scale.of(quick=quick, repeats=repeats),
            folder,
            lambda progress: bar.update(progress.done, progress.total, progress.now),
        )
        try:
            proof = run.prove(fresh=fresh)
        except KeyboardInterrupt:
            output.line("stopped: what is finished is kept, and the same command goes on from it")
            raise
    path = report or folder / "report.html"
    write_html(proof.report, path)
    run.forget()
    _print(proof, output)
    output.value({"report": path, "kept": run.kept})
    if run.kept:
        output.line(f"{run.kept} measurements are of the run that was stopped")
    output.line(f"report: {path}")


def _print(proof: Proof, output: Output) -> None:
    for finding in proof.findings:
        output.value(finding)
        output.line(f"{finding.experiment}: {finding.claim}")
        output.line(f"  {finding.verdict.value}: {finding.reason}", _STYLES[finding.verdict.value])
        for figure in finding.figures:
            output.line(f"    {figure.name}: {figure.sample.text()} {figure.unit}, p95 {figure.p95:.3g}")
