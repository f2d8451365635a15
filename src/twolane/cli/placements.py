"""`twolane placements`: files that you have put into folders of other categories, and what that says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli.context import Context, Json, added_file, output_for
from twolane.cli.keys import END, ENTER
from twolane.cli.output import Output
from twolane.documents import FileRecord, Filter, display_path
from twolane.errors import FileReplacedError, NotFoundError

if TYPE_CHECKING:
    from twolane.app import App
    from twolane.store.placed import Placement

cli = typer.Typer(help="Files that you have put into folders of other categories.")

_LISTED = 50
_YES, _NO, _LATER, _QUIT = "y", "n", "s", "q"
_KEYS = "y or Enter files it so, n does not and never asks again, s asks later, q ends"

Named = Annotated[Path, typer.Argument(metavar="FILE", help="A file that is asked about.")]


@cli.callback(invoke_without_command=True)
def placements(ctx: typer.Context) -> None:
    """What your moves may say of files; without a command they are listed."""
    if ctx.invoked_subcommand is None:
        list_(ctx)


@cli.command("list")
def list_(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = _LISTED,
    json: Json = False,
) -> None:
    """List the files that lie in the folder of another category, by your own hand."""
    from twolane.api.schemas.placements import PlacementOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        found, total = app.placements.list(limit=limit), app.placements.count()
        names = _names(app)
    for one in found:
        output.value(PlacementOut.model_validate(one))
    rows = [
        (display_path(one.path), names.get(one.category, one.category), names.get(one.filed_as, one.filed_as))
        for one in found
    ]
    if rows:
        output.table(("file", "lies among", "filed as"), rows)
    output.line(f"{total} to be asked about" + (": `twolane review` asks" if total else ""))


@cli.command("accept")
def accept(ctx: typer.Context, file: Named, json: Json = False) -> None:
    """File a file under the category of the folder that you put it into; filing learns from it."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        record = app.placements.accept(added_file(app, file).file_id)
        category = record.classification.category if record.classification else ""
        _say(output, record, f"is filed as {_names(app).get(category, category)}")


@cli.command("decline")
def decline(ctx: typer.Context, file: Named, json: Json = False) -> None:
    """Leave a file in its category; it is not asked about again."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        record = app.placements.decline(added_file(app, file).file_id)
        _say(output, record, "stays as it is filed")


def ask_about_placements(app: App, within: Filter, output: Output, key: Callable[[], str]) -> bool:
    """Ask about each file that was put into the folder of another category; False ends the session."""
    names = _names(app)
    for one in app.placements.list():
        if within.folders and not any(one.path.is_relative_to(folder) for folder in within.folders):
            continue
        output.line(_question(one, names), "bold")
        output.line(_KEYS, "dim")
        while (pressed := key()) not in {_YES, ENTER, _NO, _LATER, _QUIT, END}:
            pass
        if pressed in {_QUIT, END}:
            return False
        if pressed != _LATER:
            _answer(app, one, output, accepted=pressed != _NO)
    return True


def _question(one: Placement, names: dict[str, str]) -> str:
    name, folder = display_path(one.path.name), display_path(one.folder.name)
    now = f" (it is filed as {names.get(one.filed_as, one.filed_as)})" if one.filed_as else ""
    return f"You put {name} into {folder}: file it as {names.get(one.category, one.category)}?{now}"


def _answer(app: App, one: Placement, output: Output, *, accepted: bool) -> None:
    try:
        if accepted:
            app.placements.accept(one.file_id)
        else:
            app.placements.decline(one.file_id)
    except (FileReplacedError, NotFoundError) as error:
        output.notice(str(error))
        return
    output.line("→ filed so" if accepted else "→ stays as it is filed", "green" if accepted else "")


def _names(app: App) -> dict[str, str]:
    return {one.id: one.name for one in app.taxonomy.titled()}


def _say(output: Output, record: FileRecord, what: str) -> None:
    from twolane.api.schemas.files import FileOut

    output.value(FileOut.model_validate(record))
    output.line(f"{display_path(record.path)} {what}")
