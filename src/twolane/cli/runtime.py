"""`twolane runtime`: what the embedded models compute with: show, build for this processor, remove."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from twolane.cli.context import Context, Json, output_for
from twolane.cli.output import Bar, Output, size
from twolane.config.settings import Settings
from twolane.errors import ModelMissingError
from twolane.llm.runtimes.kernels.kept import Agreement, KeptKernels
from twolane.llm.runtimes.kernels.source import BuildStep

cli = typer.Typer(help="What computes the models that twolane runs itself.", rich_markup_mode=None)


@cli.callback(invoke_without_command=True)
def runtime(ctx: typer.Context) -> None:
    """What computes the models that twolane runs itself; without a command it is shown."""
    if ctx.invoked_subcommand is None:
        show(ctx)


@cli.command("show")
def show(ctx: typer.Context, json: Json = False) -> None:
    """Show whether kernels of this processor are used, and what they gain or would gain."""
    from twolane.llm.runtimes.kernels.standing import standing

    context: Context = ctx.obj
    output = output_for(json)
    found = standing(context.settings().models_dir)
    output.value(found)
    output.line(found.what)
    if found.remedy:
        output.line(f"  → {found.remedy}")


@cli.command("build")
def build(
    ctx: typer.Context,
    source: Annotated[
        Path | None, typer.Option("--path", help="The source package, or its folder, to take it from.")
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, max=64, help="Files compiled at once, behind all other programs.")
    ] = 2,
    model: Annotated[
        str, typer.Option(help="The model to check the answers with; the settings' small one by default.")
    ] = "",
    json: Json = False,
) -> None:
    """Compile kernels for this processor, check their answers, and use them. Stopped, it goes on later.

    Their source comes over the network, from the package index, unless --path names it.
    """
    from twolane.llm.runtimes.kernels.building import build_kernels
    from twolane.llm.runtimes.kernels.checking import check_kernels

    context: Context = ctx.obj
    output = output_for(json)
    settings = context.settings()
    chosen = model or _model_here(settings)
    kept = KeptKernels(settings.models_dir)
    with output.progress("kernels") as bar:
        if not kept.is_whole():
            _show_steps(bar, build_kernels(kept, jobs, source))
        _show_steps(bar, check_kernels(kept, chosen, settings.models_dir))
    built = kept.here()
    if built is None or built.agreement is None:
        return
    output.value({**asdict(built), "folder": str(kept.folder(built))})
    _show_agreement(output, built.agreement)
    output.line("used from the next start of a model on; `twolane runtime remove` takes them away")


def _show_steps(bar: Bar, steps: Iterable[BuildStep]) -> None:
    for step in steps:
        bar.update(step.done, step.total, _words(step))


def _words(step: BuildStep) -> str:
    if step.total > 1_000_000:  # bytes
        return f"{step.step}, {size(int(step.done))} of {size(int(step.total))}"
    return f"{step.step}, {step.done:.0f} of {step.total:.0f}" if step.total else step.step


def _model_here(settings: Settings) -> str:
    """Return the smallest model that is fetched and generates. Raises `ModelMissingError` where none is."""
    from twolane.lanes.resolve import used_models
    from twolane.llm.catalogue.models import find_model, is_present, known_models

    used = [name for name, uses in used_models(settings).items() if uses != ["vectors"]]
    names = [*used, *(entry.name for entry in known_models())]
    here = [n for n in names if find_model(n).kind == "chat" and is_present(n, settings.models_dir)]
    if not here:
        raise ModelMissingError(
            "kernels are checked with a model, and none is fetched yet", "`twolane models pull`, then again"
        )
    return min(here, key=lambda name: (name not in used, find_model(name).size_bytes))


def _show_agreement(output: Output, found: Agreement) -> None:
    output.line(
        f"kernels: {found.gain:.2f} times as fast in reading prompts of {found.model} "
        f"({found.lowest_gain:.2f} to {found.highest_gain:.2f} in pairs); probabilities differ by "
        f"{found.largest_difference:.3f} at most"
    )


@cli.command("remove")
def remove(ctx: typer.Context, json: Json = False) -> None:
    """Remove the kernels that were built: the package's own compute from the next start of a model on."""
    context: Context = ctx.obj
    output = output_for(json)
    removed = KeptKernels(context.settings().models_dir).remove()
    output.value({"removed": removed})
    output.line(f"removed: {', '.join(removed)}" if removed else "there are none")
