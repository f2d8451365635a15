"""`twolane serve`: the API, the page and, unless switched off, workers on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli.context import Context, Json, output_for, warn_of_fit

if TYPE_CHECKING:
    from twolane.documents import LaneName


def serve(
    ctx: typer.Context,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port; 0 takes a free one.")] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=256,
            help="Files in work at once in this process (filing.workers); 0 leaves them to others.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Serve the API and the page, and file what is queued. Ctrl-C ends it; SIGTERM lets answers end first."""
    from twolane.api.server import serve as serve_api
    from twolane.doctor import unfinished_plans
    from twolane.lanes.keeping import kept_loaded

    context: Context = ctx.obj
    output = output_for(json)

    def ready(url: str) -> None:
        output.value({"url": url})
        output.line(f"twolane is at {url} — Ctrl-C ends it", "bold")

    if workers:
        context.flags["filing.workers"] = workers
    with context.app() as app:
        lanes: tuple[LaneName, ...] = ("chat",) if workers == 0 else ("filing", "chat")
        warn_of_fit(app.settings, output, lanes)
        for check in unfinished_plans(app):
            output.line(f"{check.what}: {check.remedy}", "yellow")
        server = app.settings.server
        if workers != 0:
            app.workers.start()
        app.mails.start()
        app.folders.start()
        kept = kept_loaded(lanes, app.lanes, app.poller.known_health, app.warm)
        with kept, app.backups.by_plan():
            serve_api(app, host or server.host, server.port if port is None else port, ready)
