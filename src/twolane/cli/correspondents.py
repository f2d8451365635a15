"""`twolane correspondents`: whom documents are from, and which of them are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli import completing
from twolane.cli.context import Context, Json, output_for
from twolane.cli.output import Output, counted, shown_moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from twolane.facts import Correspondent
    from twolane.store.values import CorrespondentChange

cli = typer.Typer(help="Whom documents are from, each with all spellings of its name.")

Named = Annotated[
    str,
    typer.Argument(
        help="A correspondent, by any spelling or its number.", autocompletion=completing.correspondents
    ),
]


@cli.callback(invoke_without_command=True)
def correspondents(ctx: typer.Context) -> None:
    """Whom documents are from, each with all spellings of its name; without a command they are listed."""
    if ctx.invoked_subcommand is None:
        list_(ctx)


@cli.command("list")
def list_(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(help="Only those with this in one of their spellings.")] = "",
    json: Json = False,
) -> None:
    """List correspondents with their spellings, and how many documents are from each."""
    context: Context = ctx.obj
    with context.app() as app:
        _show(output_for(json), app.correspondents.list(text))


@cli.command("merge")
def merge(
    ctx: typer.Context,
    into: Named,
    others: Annotated[
        list[str], typer.Argument(help="Those that are the same.", autocompletion=completing.correspondents)
    ],
    json: Json = False,
) -> None:
    """Make correspondents the same: later papers in any of their spellings are from that one."""
    context: Context = ctx.obj
    with context.app() as app:
        _show(output_for(json), [app.correspondents.merge(into, *others)])


@cli.command("rename")
def rename(
    ctx: typer.Context,
    named: Named,
    name: Annotated[str, typer.Argument(help="The name that is to be shown.")],
    json: Json = False,
) -> None:
    """Show a correspondent by another name; its spellings stay."""
    context: Context = ctx.obj
    with context.app() as app:
        _show(output_for(json), [app.correspondents.rename(named, name)])


@cli.command("part")
def part(
    ctx: typer.Context,
    named: Named,
    spelling: Annotated[str, typer.Argument(help="The spelling that is somebody else.")],
    json: Json = False,
) -> None:
    """Make a spelling a correspondent of its own again: it is never merged back by itself."""
    context: Context = ctx.obj
    with context.app() as app:
        own = app.correspondents.part(named, spelling)
        _show(output_for(json), [app.correspondents.find(named), own])


@cli.command("undo")
def undo(
    ctx: typer.Context,
    change: Annotated[int, typer.Argument(help="The number of a change; without it, your last one.")] = 0,
    json: Json = False,
) -> None:
    """Take a change of correspondents back; `twolane correspondents changes` lists them."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        undone = app.correspondents.undo(change)
        if undone is None:
            output.line("there is nothing to take back")
        else:
            _changes(output, [undone])


@cli.command("changes")
def changes(ctx: typer.Context, json: Json = False) -> None:
    """List what was merged, renamed and taken apart, by whom and why."""
    context: Context = ctx.obj
    with context.app() as app:
        _changes(output_for(json), app.correspondents.changes())


@cli.command("suggest")
def suggest(
    ctx: typer.Context,
    merge_proven: Annotated[
        bool, typer.Option("--merge", help="First merge all that the evidence proves to be the same.")
    ] = False,
    json: Json = False,
) -> None:
    """List pairs that may be the same, and why; what is proven is merged when papers come in."""
    from twolane.api.schemas.correspondents import SenderPairOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        merged = list(app.correspondents.settle_all()) if merge_proven else []
        found = app.correspondents.suggestions()
        for each in (*merged, *found):
            output.value(SenderPairOut.model_validate(each))
        rows = [("merged", each) for each in merged] + [("perhaps", each) for each in found]
        output.table(
            ("", "one", "other", "why"),
            [(what, each.one.name, each.other.name, each.reason) for what, each in rows],
        )
        output.line(f"{counted(len(found), 'pair')} may be the same" if found else "no pair looks the same")


def _show(output: Output, found: Iterable[Correspondent]) -> None:
    from twolane.api.schemas.correspondents import CorrespondentOut

    rows = []
    for one in found:
        output.value(CorrespondentOut.model_validate(one))
        others = ", ".join(name for name in one.names if name != one.name)
        rows.append((str(one.correspondent_id), one.name, str(one.documents), others))
    output.table(("number", "name", "documents", "also written"), rows)
    output.line(counted(len(rows), "correspondent"))


def _changes(output: Output, changes: Iterable[CorrespondentChange]) -> None:
    from twolane.api.schemas.correspondents import CorrespondentsChangeOut

    rows = []
    for change in changes:
        output.value(CorrespondentsChangeOut.model_validate(change))
        at = shown_moment(change.at)
        by = "the evidence" if change.by_evidence else change.by
        stands = "taken back" if change.undone_at else ""
        rows.append((str(change.change_id), at, by, change.kind.value, change.reason, stands))
    output.table(("number", "changed", "by", "what", "why", ""), rows)
