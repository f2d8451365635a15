"""`twolane models reembed`: embed every document again, after a change of the embedding model."""

from __future__ import annotations

from typing import Annotated

import typer

from twolane.cli.context import Context, Json, output_for

_POLL_S = 0.25


def reembed(
    ctx: typer.Context,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Only queue: a server's workers do it.")] = False,
    json: Json = False,
) -> None:
    """Embed every document anew with the model of the settings; searches use words alone meanwhile."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        number = app.library.reembed()
        output.line(f"{number} documents to embed")
        output.value({"documents": number})
        if no_wait or not number or app.models.embedder() is None:
            return
        with output.progress("embedding") as bar:
            app.workers.start()
            total = app.library.pending().jobs
            while left := app.library.pending().jobs:
                total = max(total, left)
                bar.update(total - left, total, f"{total - left}/{total} documents")
                app.workers.wait(_POLL_S)
            bar.update(total, total, f"{total}/{total} documents")
        output.line(f"{app.library.counts().vectors} passages have vectors of {app.library.vector_model()}")
