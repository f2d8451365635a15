"""`twolane serve`: the API, the page and, unless switched off, workers on this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli.context import Context, Json, output_for, warn_of_fit
from twolane.cli.output import Output

if TYPE_CHECKING:
    from twolane.app import App
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
    login: Annotated[
        bool | None,
        typer.Option(
            "--login/--no-login",
            help="Whether those who come have to show who they are (server.login). "
            "With --no-login everybody who reaches the port may see and change everything.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Serve the API and the page, and file what is queued. Ctrl-C ends it; SIGTERM lets answers end first."""
    context: Context = ctx.obj
    if login is not None:
        context.flags["server.login"] = login
    serve_library(context, output_for(json), host=host, port=port, workers=workers)


def serve_library(
    context: Context,
    output: Output,
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
    opened: Callable[[App], None] = lambda _: None,
) -> None:
    """Serve until it is ended; `opened` is called with the library before anything of it is worked on."""
    from twolane.api.server import serve as serve_api
    from twolane.doctor import unfinished_plans
    from twolane.lanes.keeping import kept_loaded

    def ready(url: str) -> None:
        address, _, start = url.partition("/?")
        output.value({"url": address, "page": url})
        output.line(f"twolane is at {url} — Ctrl-C ends it", "bold")
        if start:
            output.line("That address lets in once, whoever opens it first: `twolane open` makes another.")
        if not app.settings.server.login:
            output.line(
                "There is no login: everybody who reaches it may see and change everything.", "yellow"
            )

    if workers:
        context.flags["filing.workers"] = workers
    with context.app() as app:
        lanes: tuple[LaneName, ...] = ("chat",) if workers == 0 else ("filing", "chat")
        warn_of_fit(app.settings, output, lanes)
        for check in unfinished_plans(app):
            output.line(f"{check.what}: {check.remedy}", "yellow")
        opened(app)
        server = app.settings.server
        if workers != 0:
            app.workers.start()
        app.mails.start()
        app.folders.start()
        kept = kept_loaded(lanes, app.lanes, app.poller.known_health, app.warm, notes=app.poller.notes)
        with kept, app.backups.by_plan():
            serve_api(app, host or server.host, server.port if port is None else port, ready)
