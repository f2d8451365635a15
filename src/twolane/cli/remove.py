"""`twolane remove`, `twolane trash` and `twolane vacuum`: files out of the library, and back into it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from twolane.cli.context import EXIT_SOME_FAILED, Context, InCategory, Json, output_for
from twolane.cli.named import category_ids, known_folders
from twolane.cli.output import Output, counted, short_path, shown_moment, size
from twolane.documents import FileState, Filter, display_path
from twolane.errors import SettingsError
from twolane.text.printable import one_line

if TYPE_CHECKING:
    from twolane.app import App
    from twolane.store.taken_out import Preview, Removed

_SHOWN = 20
_LISTED = 500
_Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def remove(
    ctx: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help="Files, and folders with all in them.")] = None,
    category: InCategory = "",
    before: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only documents that bear an earlier day.")
    ] = None,
    state: Annotated[FileState | None, typer.Option(help="Only files in this state, such as gone.")] = None,
    delete_file: Annotated[
        bool, typer.Option("--delete-file", help="The files go into the system's trash, too.")
    ] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Keep no decisions on them, no names, no answers that cite them.")
    ] = False,
    yes: _Yes = False,
    json: Json = False,
) -> int:
    """Take files out of the library, with all that it knows of them; the files stay where they are.

    They are excluded, or the next scan would bring them back: `twolane add FILE` takes one in again.
    """
    from twolane.api.schemas.taken_out import RemovedOut

    if not (paths or category or before or state):
        raise SettingsError(
            "which files are to be taken out?", "name files or folders, or --category, --before or --state"
        )
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        within = Filter(
            folders=known_folders(app, paths),
            categories=category_ids(app, category),
            dated_to=before.date() - timedelta(days=1) if before else None,
            states=(state,) if state else (),
        )
        _show_preview(app.taking_out.preview(within, shown=_SHOWN), output, delete_file=delete_file)
        if not yes and not confirmed("Take them out of the library?", output):
            output.line("nothing was taken out")
            return 0
        with output.progress("removing") as bar:
            removed = app.taking_out.remove(
                within,
                delete_file=delete_file,
                forget=forget,
                on_progress=lambda done: bar.update(done, done, f"{done} files"),
            )
        output.value(RemovedOut.model_validate(removed))
        return show_removed(removed, output, forget=forget)


def confirmed(question: str, output: Output) -> bool:
    """Ask at a terminal. Raises `SettingsError` where there is none, or JSON is wanted."""
    if output.json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise SettingsError("nothing was done: nobody can be asked here", "add --yes once you are sure")
    return typer.confirm(one_line(question))


def _show_preview(preview: Preview, output: Output, *, delete_file: bool) -> None:
    rows = [
        (
            short_path(record.path),
            (record.classification.category if record.classification else "") or f"({record.state.value})",
            size(record.size_bytes),
        )
        for record in preview.first
    ]
    output.table(("file", "category", "size"), rows)
    if (more := preview.files - len(rows)) > 0:
        output.line(f"… and {more} more")
    where = "to go into the system's trash" if delete_file else "to stay in place"
    output.line(f"{counted(preview.files)}, {where}")
    if preview.own and not delete_file:
        output.line(f"{preview.own} of them are the library's own, such as uploads: they go into the trash")


def show_removed(removed: Removed, output: Output, *, forget: bool = False) -> int:
    """Say what was taken out, and return the exit code: another one where something stays."""
    for left in removed.left:
        output.line(f"{display_path(left.path)} stays: {left.why}", "yellow")
    trashed = f", {removed.trashed} in the trash" if removed.trashed else ""
    output.line(f"taken out: {counted(removed.files)}, {counted(removed.documents, 'document')}{trashed}")
    if removed.trashed and not forget:
        output.line("`twolane trash` lists them, and `twolane trash restore NUMBER` brings one back")
    if removed.files:
        output.line("what was stored of them is overwritten in time, or at once by `twolane vacuum`")
    return EXIT_SOME_FAILED if removed.left else 0


def trash(
    ctx: typer.Context,
    verb: Annotated[Literal["list", "restore"], typer.Argument(help="List, or bring files back.")] = "list",
    numbers: Annotated[list[int] | None, typer.Argument(help="Which, by their numbers in the list.")] = None,
    every: Annotated[bool, typer.Option("--all", help="What was taken out and not deleted, too.")] = False,
    json: Json = False,
) -> None:
    """List what was taken out of the library and lies in the system's trash, or bring it back."""
    context: Context = ctx.obj
    output = output_for(json)
    if (verb == "restore") != bool(numbers):
        raise SettingsError("restore needs numbers, and list takes none", "as in: twolane trash restore 3")
    with context.app() as app:
        if verb == "restore":
            _restore(app, numbers or (), output)
        else:
            _list(app, output, trashed=not every)


def _restore(app: App, numbers: Sequence[int], output: Output) -> None:
    from twolane.api.schemas.files import FileOut

    for number in numbers:
        record = app.taking_out.restore(number)
        if record is not None:
            output.value(FileOut.model_validate(record))
            output.line(
                f"{display_path(record.path)} is back, and is read again: `twolane add` or a server does it"
            )
        else:
            output.line(
                f"number {number} is back in its place, and still excluded: `twolane exclude` says by what"
            )


def _list(app: App, output: Output, *, trashed: bool) -> None:
    from twolane.api.schemas.taken_out import RemovalOut

    removals = app.taking_out.removals(trashed=trashed, limit=_LISTED)
    for removal in removals:
        output.value(RemovalOut.model_validate(removal))
    rows = [
        (
            str(removal.removal_id),
            short_path(removal.path),
            size(removal.size_bytes),
            shown_moment(removal.at),
            "in the trash" if removal.is_trashed else "in its place",
        )
        for removal in removals
    ]
    output.table(("number", "file", "size", "taken out", "is"), rows)
    output.line(counted(len(rows)) if len(rows) < _LISTED else f"the last {_LISTED} files")


def vacuum(ctx: typer.Context, json: Json = False) -> None:
    """Rewrite the library, so that no byte of what was taken out is left in its files.

    It needs as much free space as the library takes, and writers wait meanwhile.
    """
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        app.taking_out.vacuum()
        output.value({"vacuumed": True})
        output.line("the library is written anew: nothing of what was taken out is left in it")
        output.line("older backups hold it still")
