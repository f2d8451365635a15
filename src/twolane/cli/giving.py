"""`twolane give`: files to a user, or to everybody."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twolane.cli import completing
from twolane.cli.context import Context, Json, output_for
from twolane.cli.named import known_folders
from twolane.cli.output import counted
from twolane.documents import Filter
from twolane.errors import SettingsError


def give(
    ctx: typer.Context,
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILES", help="Files, and folders with all in them.")
    ],
    to: Annotated[
        str, typer.Option("--to", metavar="NAME", help="A user.", autocompletion=completing.users)
    ] = "",
    everybody: Annotated[bool, typer.Option("--everybody", help="They have no owner any more.")] = False,
    json: Json = False,
) -> None:
    """Give files to a user, who sees them beside those they are shared with, or to everybody."""
    from twolane.api.schemas.owners import GivenOut

    if bool(to) == everybody:
        raise SettingsError("it must say to whom, in one way", "name a user: --to ada, or say --everybody")
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        within = Filter(folders=known_folders(app, paths))
        numbers = [record.file_id for record in app.library.find(within).files]
        given = app.access.owners.give(numbers, to)
    output.value(GivenOut.of(given))
    whose = f"{given.owner} owns them" if given.owner else "everybody may see them"
    output.line(f"{counted(len(given.before))}: {whose} from now on")
