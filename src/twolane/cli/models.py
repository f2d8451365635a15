"""`twolane models`: the models that twolane can run itself: list, pull, verify."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from twolane.cli.context import Context, Json, output_for
from twolane.cli.output import Output, size
from twolane.config.settings import Settings
from twolane.errors import ModelFileError, ModelMissingError

cli = typer.Typer(help="The models that twolane runs itself.", no_args_is_help=True, rich_markup_mode=None)

Names = Annotated[
    list[str] | None, typer.Argument(help="Models of the list; none means those that the settings use.")
]


@cli.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List the models that twolane can fetch and run."""
    from twolane.lanes.resolve import used_models
    from twolane.llm.catalogue.models import is_present, known_models

    context: Context = ctx.obj
    output = output_for(json)
    settings = context.settings()
    used = used_models(settings)
    rows = []
    for entry in known_models():
        present, used_by = is_present(entry.name, settings.models_dir), ", ".join(used.get(entry.name, ()))
        shown = {"name": entry.name, "kind": entry.kind, "size_bytes": entry.size_bytes}
        output.value({**shown, "licence": entry.licence, "present": present, "used_by": used_by})
        here = "yes" if present else "no"
        rows.append((entry.name, size(entry.size_bytes), here, used_by, entry.licence, entry.purpose))
    output.table(("model", "size", "fetched", "used by", "licence", "for"), rows)
    output.line(f"kept in {settings.models_dir}")


@cli.command("pull")
def pull(
    ctx: typer.Context,
    names: Names = None,
    source: Annotated[Path | None, typer.Option("--path", help="A file or folder to take it from.")] = None,
    accept_terms: Annotated[bool, typer.Option(help="Accept the terms of a model that has its own.")] = False,
    json: Json = False,
) -> None:
    """Fetch models and verify them. It uses the network, as only `runtime build` does too, and resumes."""
    from twolane.lanes.resolve import used_models
    from twolane.llm.catalogue.models import find_model, is_present

    context: Context = ctx.obj
    output = output_for(json)
    settings = context.settings()
    for name in names or used_models(settings):
        entry = find_model(name)
        if is_present(name, settings.models_dir) and source is None:
            output.line(f"{name}: already here")
        else:
            accepted = accept_terms or (entry.must_accept and _accepts(entry.terms, output))
            fetch(name, settings, output, source=source, accept_terms=accepted)
        output.value({"name": name, "present": True})


def _accepts(terms: str, output: Output) -> bool:
    output.line(terms)
    return sys.stdin.isatty() and typer.confirm("Do you accept these terms?")


def fetch(
    name: str, settings: Settings, output: Output, *, source: Path | None = None, accept_terms: bool = False
) -> None:
    """Fetch a model of the list, and show how far it is. Raises as `pull` of the catalogue does."""
    from twolane.llm.catalogue.pull import pull as pull_model

    started, first_bytes = time.monotonic(), -1
    with output.progress(name) as bar:
        for step in pull_model(name, settings.models_dir, path=source, accept_terms=accept_terms):
            first_bytes = step.done_bytes if first_bytes < 0 else first_bytes
            rate = (step.done_bytes - first_bytes) / max(0.1, time.monotonic() - started)
            text = f"{size(step.done_bytes)} of {size(step.total_bytes)}, {size(rate)}/s, {step.step}"
            bar.update(step.done_bytes, step.total_bytes, text)
    output.line(f"{name}: fetched and verified")


@cli.command("verify")
def verify(ctx: typer.Context, names: Names = None, json: Json = False) -> int:
    """Read the fetched models whole and compare their digests; a damaged file is deleted."""
    from twolane.llm.catalogue.models import is_present, known_models
    from twolane.llm.catalogue.models import verify as verify_model

    context: Context = ctx.obj
    output = output_for(json)
    settings = context.settings()
    here = [entry.name for entry in known_models() if is_present(entry.name, settings.models_dir)]
    bad = 0
    for name in names or here:
        try:
            verify_model(name, settings.models_dir)
        except (ModelFileError, ModelMissingError) as error:
            output.error(error)
            bad += 1
        else:
            output.line(f"{name}: whole")
            output.value({"name": name, "whole": True})
    return 1 if bad else 0
