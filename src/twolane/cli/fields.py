"""`twolane fields`: which facts are drawn out of documents, and drawing them anew."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from twolane.cli.context import Context, Json, output_for
from twolane.cli.output import counted
from twolane.documents import Filter
from twolane.system.paths import path_of_named

_POLL_S = 0.5

cli = typer.Typer(help="The facts that are drawn out of documents.", no_args_is_help=True)


@cli.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List the fields that documents can have, and which categories ask for them."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        asked = app.facts.fields()
        for one in asked:
            output.value(one)
        rows = [(one.spec.id, one.spec.name, one.spec.type.value, ", ".join(one.categories)) for one in asked]
        output.table(("field", "name", "type", "asked for by"), rows)


@cli.command()
def redo(
    ctx: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help="Only files at and under these.")] = None,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Only queue: a server's workers do it.")] = False,
    json: Json = False,
) -> None:
    """Draw all facts anew; what a person said stays. It can be stopped: the same command goes on."""
    context: Context = ctx.obj
    output = output_for(json)
    folders = tuple(path_of_named(path) for path in paths or ())
    with context.app() as app:
        total = app.facts.redo(Filter(folders=folders))
        if not no_wait and total:
            began = time.monotonic()
            app.workers.start()
            try:
                with output.progress("drawing facts") as bar:
                    while left := app.facts.left():
                        done = max(0, total - left)
                        rate = done / max(1e-3, time.monotonic() - began)
                        bar.update(done, total, f"{done}/{total} documents, {rate:.0f}/s")
                        app.workers.wait(_POLL_S)
            except KeyboardInterrupt:
                output.line(f"stopped: {app.facts.left()} left; the same command goes on, and so do workers")
                raise
            app.facts.redone()
        output.value({"documents": total})
        output.line(counted(total, "document"))
