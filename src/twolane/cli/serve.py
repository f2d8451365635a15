"""`twolane serve`: the API, the page, and workers on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from twolane.cli.context import Context, Json, output_for, warn_of_fit


def serve(
    ctx: typer.Context,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port; 0 takes a free one.")] = None,
    workers: Annotated[bool, typer.Option(help="Also work off the queue in this process.")] = True,
    json: Json = False,
) -> None:
    """Serve the API and the page, and file what is queued. Ctrl-C ends it."""
    from twolane.api.server import serve as serve_api

    context: Context = ctx.obj
    output = output_for(json)

    def ready(url: str) -> None:
        output.value({"url": url})
        output.line(f"twolane is at {url} — Ctrl-C ends it", "bold")

    with context.app() as app:
        warn_of_fit(app.settings, output)
        server = app.settings.server
        if workers:
            app.start_workers()
        app.preload()
        serve_api(app, host or server.host, server.port if port is None else port, ready)
