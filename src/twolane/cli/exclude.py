"""`twolane exclude`: what is never to come into the library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli.context import Context, Json, output_for
from twolane.cli.output import Output, counted, shown_moment
from twolane.cli.remove import confirmed, show_removed
from twolane.documents import display_path
from twolane.errors import SettingsError
from twolane.store.taken_out import ExclusionKind
from twolane.system.paths import path_of_named

if TYPE_CHECKING:
    from twolane.app import App


def exclude(
    ctx: typer.Context,
    path: Annotated[Path | None, typer.Argument(help="A file, or a folder with all in it.")] = None,
    name: Annotated[
        str, typer.Option(metavar="PATTERN", help="All files and folders of such names: '*.bak'.")
    ] = "",
    content: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What is in this file, wherever it lies.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Exclude it no more.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List what is excluded.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> int:
    """Keep files out of the library, however they would come. Without anything, list what is kept out.

    Files that are in the library already are taken out of it; they stay where they are. Names that systems
    and programs use for what is no document are left out too: the list shows them, --remove takes them in.
    """
    context: Context = ctx.obj
    output = output_for(json)
    given = [
        (ExclusionKind.PATH, path_of_named(path) if path else None),
        (ExclusionKind.NAME, name or None),
        (ExclusionKind.CONTENT, content),
    ]
    meant = [(kind, value) for kind, value in given if value is not None]
    if len(meant) > 1 or (list_ and meant) or (remove and not meant):
        raise SettingsError("one path, --name or --content is meant", "as in: twolane exclude --name '*.bak'")
    with context.app() as app:
        if not meant:
            _list(app, output)
            return 0
        [(kind, value)] = meant
        if kind is ExclusionKind.CONTENT:
            value = app.keeping_out.content_of(Path(value))
        if remove:
            app.keeping_out.admit(kind, value)
            output.value({"kind": kind, "value": display_path(value), "excluded": False})
            output.line("excluded no more: the next `twolane add` takes in what it meant")
            return 0
        return _exclude(app, kind, value, output, yes=yes)


def _exclude(app: App, kind: ExclusionKind, value: str | Path, output: Output, *, yes: bool) -> int:
    from twolane.api.schemas.taken_out import RemovedOut

    number = app.keeping_out.meant(kind, value)
    if number and not yes:
        output.line(f"meant in the library: {counted(number)}, to be taken out of it, not from the disk")
        if not confirmed("Exclude them?", output):
            output.line("nothing was excluded")
            return 0
    removed = app.keeping_out.exclude(kind, value)
    output.value(RemovedOut.model_validate(removed))
    output.line(f"excluded: {display_path(value)}")
    return show_removed(removed, output) if removed.files or removed.left else 0


def _list(app: App, output: Output) -> None:
    from twolane.api.schemas.taken_out import ExclusionOut

    rows = []
    for one in app.keeping_out.exclusions():
        output.value(ExclusionOut.of(one))
        rows.append((one.kind.value, one.shown or "(a path that is forgotten)", shown_moment(one.at), one.by))
    output.table(("kind", "excluded", "since", "by"), rows)
    output.line(counted(len(rows), "exclusion"))
    _list_clutter(app, output)


def _list_clutter(app: App, output: Output) -> None:
    from twolane.api.schemas.taken_out import ClutterOut

    by_reason: dict[str, list[str]] = {}
    for one in app.keeping_out.clutter():
        output.value(ClutterOut.model_validate(one))
        shown = one.pattern.strip() + ("/" if one.is_folder else "")
        by_reason.setdefault(one.why, []).append(shown if one.is_left_out else f"({shown} is taken in)")
    output.line()
    output.line("left out by their names, since they are no documents:", "dim")
    for why, names in by_reason.items():
        output.line(f"  {why}: {', '.join(names)}")
    output.line("`twolane exclude --name NAME --remove` has the next scan take in one of these")
