"""`twolane up`: from nothing to a first answer: settings, models, your folders, and the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli import completing
from twolane.cli.context import EXIT_MODEL, Context, Json, output_for
from twolane.cli.init import write_settings
from twolane.cli.readying import make_ready
from twolane.cli.serve import serve_library
from twolane.config.folders import configuration_folder

if TYPE_CHECKING:
    from twolane.app import App

_Profile = Annotated[
    str | None,
    typer.Option(
        help="A profile, A to E, for settings that are not there yet.", autocompletion=completing.profiles
    ),
]


def up(
    ctx: typer.Context,
    folders: Annotated[list[Path] | None, typer.Argument(help="Files and folders to take in.")] = None,
    profile: _Profile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Fetch the models that are lacking, unasked.")] = False,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port; 0 takes a free one.")] = None,
    json: Json = False,
) -> int:
    """Make everything ready, take your folders in and serve the page: settings, models, documents, address.

    What is there already is left as it is: run it again whenever you like. Settings of its own making are
    your user's, so that every command finds them.
    """
    from twolane.cli.add import found_words
    from twolane.client.found import serving

    context: Context = ctx.obj
    output = output_for(json)
    settings = context.settings()
    if settings.source:
        output.line(f"settings: {settings.source}")
    else:
        write_settings(configuration_folder(), profile, context, output)
        settings = context.settings()
    if not make_ready(settings, output, yes=yes, later="`twolane models pull`, or the same with --yes"):
        return EXIT_MODEL

    def take_in(app: App) -> None:
        if folders:
            found = app.library.add(folders, named=True)
            output.value({"found": found})
            output.line(found_words(found))
        if waiting := app.library.pending().jobs:
            output.line(f"{waiting:,} steps are queued: the page and `twolane top` show how far they are")

    if server := serving(settings.data_dir):
        server.close()
        with context.app() as app:
            take_in(app)
        output.value({"url": server.url})
        output.line(f"twolane is at {server.url} already", "bold")
        return 0
    serve_library(context, output, host=host, port=port, opened=take_in)
    return 0
