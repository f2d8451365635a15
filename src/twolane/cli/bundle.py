"""`twolane bundle`: packages, models and digests in a folder, for a machine without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.bundle.target import PLATFORMS, PYTHONS
from twolane.cli import completing
from twolane.cli.context import Context, Json, output_for
from twolane.cli.output import Output, counted, size

if TYPE_CHECKING:
    from twolane.bundle.make import BundlePlan


def bundle(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A new folder, or one of a bundle that was stopped.")],
    platform: Annotated[
        str, typer.Option(help=f"The machine it is for: {', '.join(PLATFORMS)}; else as this one.")
    ] = "",
    python: Annotated[str, typer.Option(help=f"Its Python: {', '.join(PYTHONS)}; else as here.")] = "",
    models: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            help="A model to take in; else those that the settings use.",
            autocompletion=completing.models,
        ),
    ] = None,
    no_models: Annotated[
        bool, typer.Option("--no-models", help="Take in no models: servers have them.")
    ] = False,
    lock: Annotated[Path | None, typer.Option(help="Another list of exact versions with digests.")] = None,
    accept_terms: Annotated[
        bool, typer.Option(help="Accept the terms of models that have their own.")
    ] = False,
    json: Json = False,
) -> None:
    """Fetch all that twolane needs into a folder, to be installed elsewhere without a network.

    It uses the network as `models pull` does. Stopped, it goes on where it was. On the other machine:
    `python3 FOLDER/install.py`.
    """
    from twolane.bundle.lock import default_lock
    from twolane.bundle.make import BundlePlan
    from twolane.bundle.target import target_of
    from twolane.lanes.resolve import used_models

    context: Context = ctx.obj
    output = output_for(json)
    settings = context.settings()
    names = [] if no_models else models or list(used_models(settings))
    plan = BundlePlan(
        folder.expanduser(),
        target_of(platform, python),
        lock or default_lock(),
        names,
        settings.models_dir,
        accept_terms,
    )
    _made(plan, output)


def _made(plan: BundlePlan, output: Output) -> None:
    from twolane.bundle.make import BundleStep, make_bundle

    with output.progress("bundle") as bar:

        def show(step: BundleStep) -> None:
            done, total = (size(step.done), size(step.total)) if step.is_bytes else (step.done, step.total)
            bar.update(step.done, step.total, f"{done} of {total}, {step.what}")

        made = make_bundle(plan, show)
    output.line(f"{made.folder}: {counted(made.files)}, {size(made.size_bytes)}, for {plan.target.platform}")
    output.line(f"the digest of its SHA256SUMS is {made.sums_sha256}")
    output.line(f"on that machine, with Python {plan.target.python}: python3 {made.folder.name}/install.py")
    output.value(made)
