"""`twolane runtime`: what the embedded models compute with: show, build for this processor, remove."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli import completing
from twolane.cli.context import Context, Json, output_for
from twolane.cli.output import Bar, Output, size
from twolane.config.settings import Settings
from twolane.errors import ModelMissingError, NotFoundError
from twolane.llm.runtimes.kernels.kept import Agreement, KeptKernels
from twolane.llm.runtimes.kernels.source import BuildStep

if TYPE_CHECKING:
    from twolane.llm.catalogue.models import ModelEntry

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
        str,
        typer.Option(
            help="The model to check the answers with; all that the settings use by default.",
            autocompletion=completing.models,
        ),
    ] = "",
    json: Json = False,
) -> None:
    """Compile kernels for this processor, check their answers, and use them. Stopped, it goes on later.

    Their source comes over the network, from the package index, unless --path names it.
    """
    from twolane.llm.runtimes.kernels.building import build_kernels
    from twolane.llm.runtimes.kernels.checking import check_kernels, models_to_compare

    context: Context = ctx.obj
    output = output_for(json)
    settings = context.settings()
    here = _models_here(settings, model)
    compared = models_to_compare(here)
    kept = KeptKernels(settings.models_dir)
    with output.progress("kernels") as bar:
        if not kept.is_whole() or kept.others_may_write():
            _show_steps(bar, build_kernels(kept, jobs, source))
        for entry in compared:
            _show_steps(bar, check_kernels(kept, entry.name, settings.models_dir))
    built = kept.here()
    if built is None or built.agreement is None:
        return
    too_large = [entry.name for entry in here if entry not in compared]
    folder = str(kept.folder(built))
    output.value(
        {**asdict(built), "folder": folder, "compared": [e.name for e in compared], "too_large": too_large}
    )
    _show_agreement(output, built.agreement)
    if too_large:
        output.line(f"not compared, for the free memory does not hold them twice: {', '.join(too_large)}")
    output.line("used from the next start of a model on; `twolane runtime remove` takes them away")


def _show_steps(bar: Bar, steps: Iterable[BuildStep]) -> None:
    for step in steps:
        bar.update(step.done, step.total, _words(step))


def _words(step: BuildStep) -> str:
    if step.total > 1_000_000:  # bytes
        return f"{step.step}, {size(int(step.done))} of {size(int(step.total))}"
    return f"{step.step}, {step.done:.0f} of {step.total:.0f}" if step.total else step.step


def _models_here(settings: Settings, chosen: str) -> list[ModelEntry]:
    """Return the chosen model, or all that generate, are used and fetched; else the smallest that is fetched.

    Raises `NotFoundError` where the chosen one is not known, `ModelMissingError` where none is fetched.
    """
    from twolane.lanes.resolve import resolve_lanes
    from twolane.llm.catalogue.models import all_models, find_model

    models_dir = settings.models_dir
    if chosen:
        return [find_model(chosen, models_dir)]
    lanes = resolve_lanes(settings).values()
    used = [lane.model for lane in lanes if lane.use_model and lane.runtime == "embedded"]
    if here := _fetched(dict.fromkeys(used), models_dir):
        return here
    if here := _fetched([entry.name for entry in all_models(models_dir)], models_dir):
        return [min(here, key=lambda entry: entry.size_bytes)]
    raise ModelMissingError(
        "kernels are checked with a model, and none is fetched yet", "`twolane models pull`, then again"
    )


def _fetched(names: Iterable[str], models_dir: Path) -> list[ModelEntry]:
    """Return those of these models that generate and are here; a file of the user's own is one too."""
    from twolane.llm.catalogue.models import find_model, is_present

    found = []
    for name in names:
        with suppress(NotFoundError):
            if is_present(name, models_dir) and (entry := find_model(name, models_dir)).kind == "chat":
                found.append(entry)
    return found


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
