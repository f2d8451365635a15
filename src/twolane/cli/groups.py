"""`twolane groups`: users that share what is shared with them together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli import completing
from twolane.cli.context import Context, Json, output_for
from twolane.cli.output import Output, counted

if TYPE_CHECKING:
    from twolane.store.admitted import UserGroup

cli = typer.Typer(help="Users that share what is shared with them together.")

Named = Annotated[
    str,
    typer.Argument(
        metavar="GROUP", help="The group's name, such as: family.", autocompletion=completing.groups
    ),
]


@cli.callback(invoke_without_command=True)
def groups(ctx: typer.Context) -> None:
    """Groups; without a command they are listed."""
    if ctx.invoked_subcommand is None:
        list_(ctx)


@cli.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List groups and their members."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        found = app.access.groups.list()
    for group in found:
        _value(output, group)
    output.table(("group", "members"), [(one.name, ", ".join(sorted(one.members))) for one in found])
    output.line(counted(len(found), "group"))


@cli.command("add")
def add(
    ctx: typer.Context,
    group: Named,
    users: Annotated[
        list[str],
        typer.Argument(metavar="USER...", help="Who is put into it.", autocompletion=completing.users),
    ],
    json: Json = False,
) -> None:
    """Put users into a group, which is made where there is none."""
    context: Context = ctx.obj
    with context.app() as app:
        changed = app.access.groups.add(group, users)
    _say(output_for(json), changed)


@cli.command("remove")
def remove(
    ctx: typer.Context,
    group: Named,
    users: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[USER...]",
            help="Who is taken out; without any, all are.",
            autocompletion=completing.users,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Take users out of a group; one without members is gone, and what it shares is shared with nobody."""
    context: Context = ctx.obj
    with context.app() as app:
        changed = app.access.groups.remove(group, users or ())
    _say(output_for(json), changed)


def _say(output: Output, group: UserGroup) -> None:
    _value(output, group)
    members = ", ".join(sorted(group.members))
    output.line(f"{group.name}: {members}" if members else f"the group {group.name} is gone")


def _value(output: Output, group: UserGroup) -> None:
    from twolane.api.schemas.access import GroupOut

    output.value(GroupOut(name=group.name, members=sorted(group.members)))
