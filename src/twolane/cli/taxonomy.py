"""`twolane taxonomy`: the categories as a library has them, and every change of them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.categories import (
    AddCategory,
    ImportTaxonomy,
    MergeCategories,
    MoveCategory,
    RemoveCategory,
    RenameCategory,
    SplitCategory,
    TaxonomyChange,
)
from twolane.cli import completing
from twolane.cli.context import Context, Json, output_for
from twolane.cli.output import Output, short_path, shown_moment
from twolane.documents import display_path
from twolane.errors import SettingsError

if TYPE_CHECKING:
    from twolane.api.schemas.taxonomy import TaxonomyPreviewOut
    from twolane.app import App

cli = typer.Typer(help="The categories that files are filed under.", no_args_is_help=True)

Preview = Annotated[bool, typer.Option("--preview", help="Only show what would change.")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Only queue: a server's workers file again.")]
Named = Annotated[str, typer.Argument(help="A category's id or name.", autocompletion=completing.categories)]

_POLL_S = 0.25
_MOST_ROWS = 50


@cli.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List the categories as a tree, with how many documents are in each."""
    from twolane.api.schemas.taxonomy import CategoryOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        rows: list[tuple[str, ...]] = []
        for one in map(CategoryOut.model_validate, app.categories.listed()):
            output.value(one)
            name = "  " * one.depth + one.name
            rows.append((one.id, name, one.description, str(one.within), str(one.people)))
        output.table(("id", "category", "what belongs there", "files", "by people"), rows)
        if notice := app.categories.notice:
            output.notice(notice)


@cli.command("show")
def show(ctx: typer.Context, category: Named, json: Json = False) -> None:
    """Show all that is said of one category."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        found = app.categories.find(category)
        output.value(found)
        output.line(app.categories.shown(found))


@cli.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is called.")],
    description: Annotated[str, typer.Option("--description", help="What belongs there.")] = "",
    within: Annotated[
        str,
        typer.Option(
            "--within", help="The category that it lies within.", autocompletion=completing.categories
        ),
    ] = "",
    category_id: Annotated[str, typer.Option("--id", help="Its id; else made of the name.")] = "",
    example: Annotated[
        list[str] | None, typer.Option("--example", help="A short text as in its files; may be repeated.")
    ] = None,
    preview: Preview = False,
    no_wait: NoWait = False,
    json: Json = False,
) -> None:
    """Add a category; what waits for you is filed again."""
    change = AddCategory(name, description, within, category_id, tuple(example or ()))
    _change(ctx, change, preview=preview, no_wait=no_wait, json=json)


@cli.command("rename")
def rename(
    ctx: typer.Context,
    category: Named,
    name: Annotated[str | None, typer.Argument(help="What it is to be called.")] = None,
    description: Annotated[str | None, typer.Option("--description", help="What belongs there.")] = None,
    category_id: Annotated[str | None, typer.Option("--id", help="Another id.")] = None,
    preview: Preview = False,
    json: Json = False,
) -> None:
    """Rename a category, or describe it anew; all that is in it stays there."""
    change = RenameCategory(category, name, category_id, description)
    _change(ctx, change, preview=preview, no_wait=True, json=json)


@cli.command("merge")
def merge(
    ctx: typer.Context,
    others: Annotated[
        list[str],
        typer.Argument(help="Categories that are to be no more.", autocompletion=completing.categories),
    ],
    into: Annotated[
        str,
        typer.Option("--into", help="The category that they go into.", autocompletion=completing.categories),
    ],
    preview: Preview = False,
    no_wait: NoWait = False,
    json: Json = False,
) -> None:
    """Merge categories into another one; whatever is in them follows."""
    _change(ctx, MergeCategories(into, tuple(others)), preview=preview, no_wait=no_wait, json=json)


@cli.command("split")
def split(
    ctx: typer.Context,
    category: Named,
    parts: Annotated[
        list[str], typer.Argument(help='The new categories within it, as in "Energy: power and gas".')
    ],
    preview: Preview = False,
    no_wait: NoWait = False,
    json: Json = False,
) -> None:
    """Split a category into parts; what you put there stays until you say which part it is."""
    _change(ctx, SplitCategory(category, tuple(parts)), preview=preview, no_wait=no_wait, json=json)


@cli.command("move")
def move(
    ctx: typer.Context,
    category: Named,
    within: Annotated[
        str,
        typer.Option(
            "--within", help="What it is to lie within; else nothing.", autocompletion=completing.categories
        ),
    ] = "",
    preview: Preview = False,
    no_wait: NoWait = False,
    json: Json = False,
) -> None:
    """Move a category within another one, or out of all others."""
    _change(ctx, MoveCategory(category, within), preview=preview, no_wait=no_wait, json=json)


@cli.command("remove")
def remove(
    ctx: typer.Context,
    category: Named,
    into: Annotated[
        str, typer.Option("--into", help="Where what is in it goes.", autocompletion=completing.categories)
    ] = "",
    preview: Preview = False,
    no_wait: NoWait = False,
    json: Json = False,
) -> None:
    """Remove a category; without --into, what machines put there is filed again."""
    _change(ctx, RemoveCategory(category, into), preview=preview, no_wait=no_wait, json=json)


@cli.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A taxonomy file.")],
    preview: Preview = False,
    no_wait: NoWait = False,
    json: Json = False,
) -> None:
    """Take a taxonomy file over in place of all categories."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: the taxonomy cannot be read: {error}", "name another file") from error
    _change(ctx, ImportTaxonomy(text, str(file)), preview=preview, no_wait=no_wait, json=json)


@cli.command("export")
def export(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Where to; else it is printed.")] = None,
) -> None:
    """Write the taxonomy as a file, which can be edited and imported again."""
    context: Context = ctx.obj
    output = output_for(json=False)
    with context.app() as app:
        text = app.categories.export()
    if file is None:
        output.stream(text)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{file} cannot be written: {error}", "name another place") from error
    output.line(f"wrote {file}")


@cli.command("undo")
def undo(
    ctx: typer.Context,
    into: Annotated[
        str,
        typer.Option(
            "--into",
            help="Where those files go that you put into what was new.",
            autocompletion=completing.categories,
        ),
    ] = "",
    preview: Preview = False,
    no_wait: NoWait = False,
    json: Json = False,
) -> None:
    """Take the last change back: everything stands again where it stood."""
    from twolane.api.schemas.taxonomy import TaxonomyPreviewOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        told = app.categories.preview_undo(into=into) if preview else app.categories.undo(into=into)
        _tell(TaxonomyPreviewOut.model_validate(told), output, preview=preview)
        if not preview and not no_wait:
            _work(app, output)


@cli.command("history")
def history(ctx: typer.Context, json: Json = False) -> None:
    """List every version of the taxonomy, newest first."""
    from twolane.api.schemas.taxonomy import TaxonomyVersionOut

    context: Context = ctx.obj
    output = output_for(json)
    rows: list[tuple[str, ...]] = []
    with context.app() as app:
        for made in map(TaxonomyVersionOut.model_validate, app.categories.history()):
            output.value(made)
            rows.append(
                (str(made.version), shown_moment(made.at.timestamp()), made.what, made.by or made.origin)
            )
    output.table(("version", "when", "what", "who"), rows)


@cli.command("check")
def check(ctx: typer.Context, json: Json = False) -> None:
    """Name categories that the evidence cannot tell apart, and say why."""
    from twolane.api.schemas.taxonomy import ConfusedOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        found = [ConfusedOut.model_validate(one) for one in app.categories.check()]
    for one in found:
        output.value(one)
    output.table(("category", "and", "why"), [(one.one, one.other, one.why) for one in found])
    output.line(
        "describe them otherwise (`twolane taxonomy rename`), or merge them"
        if found
        else "every two categories are told apart, as far as the files show"
    )


@cli.command("suggest")
def suggest(
    ctx: typer.Context,
    add: Annotated[
        list[int] | None, typer.Option("--add", help="Put a proposal in, by its number; may be repeated.")
    ] = None,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Name groups by their words, without asking the chat model.")
    ] = False,
    no_wait: NoWait = False,
    json: Json = False,
) -> None:
    """Propose categories for groups of files that fit nowhere, the largest first."""
    from twolane.api.schemas.taxonomy import SuggestionOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        found = app.suggester().suggest(ask=not no_model)
        for number, one in enumerate(map(SuggestionOut.model_validate, found), 1):
            output.value(one)
            names = ", ".join(display_path(Path(path).name) for path in one.files)
            output.line(f"{number}  {one.name}: {one.description}", "bold")
            output.line(f"   {one.documents} documents, such as {names}")
        if not found:
            output.line("no group of three or more files that are like each other fits nowhere")
            return
        chosen = [found[number - 1] for number in add or () if 0 < number <= len(found)]
        if len(chosen) < len(add or ()):
            raise SettingsError(f"there are {len(found)} proposals", "name one of these numbers")
        for made in chosen:
            new = AddCategory(made.name, made.description, id=made.id, examples=made.examples)
            told = app.categories.apply(new)
            output.line(told.what, "green")
        if chosen and not no_wait:
            _work(app, output)
        elif not chosen:
            output.line("`twolane taxonomy suggest --add NUMBER` puts one in")


def _change(ctx: typer.Context, change: TaxonomyChange, *, preview: bool, no_wait: bool, json: bool) -> None:
    from twolane.api.schemas.taxonomy import TaxonomyPreviewOut
    from twolane.doctor import check_filing

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        if not preview and not no_wait and app.categories.preview(change, look=False).refiled:
            check_filing(app)
        told = app.categories.preview(change) if preview else app.categories.apply(change)
        _tell(TaxonomyPreviewOut.model_validate(told), output, preview=preview)
        if not preview and not no_wait and told.refiled:
            _work(app, output)


def _tell(told: TaxonomyPreviewOut, output: Output, *, preview: bool) -> None:
    output.value(told)
    output.line(f"not done yet: {told.what}" if preview else told.what)
    follow = [(one.category, one.into, str(one.documents), str(one.people)) for one in told.followed]
    if follow:
        output.table(("what is in", "goes to", "files", "by people"), follow)
    if told.staying:
        words = "people put there stay: `twolane review --category` asks which part"
        output.line(f"{told.staying} documents that {words}")
    if told.refiled:
        output.line(f"{told.refiled} documents that machines have filed are filed again")
    if told.changes:
        rows = [
            (
                short_path(one.file.path),
                one.file.classification.category if one.file.classification else "",
                one.category,
            )
            for one in told.changes[:_MOST_ROWS]
        ]
        output.table(("file", "was", "would be"), rows)
        output.line(f"{len(told.changes)} of the {told.looked_at} that were looked at; no model was asked")


def _work(app: App, output: Output) -> None:
    """File again what is queued, and show how far it is."""
    total = app.categories.left()
    if not total:
        return
    started = time.monotonic()
    try:
        with output.progress("filing again") as bar:
            app.workers.start()
            while left := app.categories.left():
                done = max(0, total - left)
                rate = done / max(0.001, time.monotonic() - started)
                bar.update(done, total, f"{done}/{total} documents, {rate:.1f}/s")
                app.workers.wait(_POLL_S)
    except KeyboardInterrupt:
        output.line("stopped: `twolane serve` or the next command that files goes on")
        raise
