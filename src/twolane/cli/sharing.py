"""`twolane share`, `unshare` and `shares`: who sees what lies in a folder or a category."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli import completing
from twolane.cli.context import Context, Json, output_for
from twolane.cli.output import counted, shown_moment
from twolane.documents import display_path
from twolane.errors import NotFoundError, SettingsError
from twolane.principal import EVERYBODY, Share, ShareKind
from twolane.system.paths import path_of_named
from twolane.text.suggesting import choice

if TYPE_CHECKING:
    from twolane.app import App

Place = Annotated[
    str,
    typer.Argument(
        metavar="FOLDER|CATEGORY",
        help="A folder, or a category by its id; ./name is a folder.",
        autocompletion=completing.categories,
    ),
]


def share(
    ctx: typer.Context,
    place: Place,
    with_: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="NAME",
            help="A user, a group as @family, or * for everybody.",
            autocompletion=completing.audience,
        ),
    ] = None,
    private: Annotated[
        bool, typer.Option("--private", help="Only owners of its files and administrators see it.")
    ] = False,
    json: Json = False,
) -> None:
    """Let these alone see what lies in a folder or a category, beside owners of files and administrators."""
    from twolane.api.schemas.access import ShareIn

    if private == bool(with_):
        raise SettingsError(
            "nobody is named with whom it is shared", "name them: --with ada --with @family, or --private"
        )
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        kind, where = _place(app, place)
        set_ = app.access.shares.set(kind, where, with_ or ())
    output.value(ShareIn(kind=set_.kind, place=set_.place, audience=sorted(set_.audience)))
    output.line(f"{_shown(set_)} is seen by {_audience(set_)}, owners of its files and administrators")


def unshare(ctx: typer.Context, place: Place, json: Json = False) -> None:
    """Take back who sees a folder or a category: it is seen as what is around it."""
    from twolane.api.schemas.access import UnsharedIn

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        kind, where = _place(app, place, may_be_gone=True)
        app.access.shares.unset(kind, where)
    output.value(UnsharedIn(kind=kind, place=where))
    output.line(f"{where} is seen as what is around it")


def shares(ctx: typer.Context, json: Json = False) -> None:
    """List the folders and categories that not everybody sees, and who does."""
    from twolane.access.audit import MACHINE
    from twolane.api.schemas.access import ShareOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        found = app.access.shares.list()
    for one in found:
        output.value(ShareOut.of(one))
    rows = [
        (_shown(one.share), _audience(one.share), one.by or MACHINE, shown_moment(one.at)) for one in found
    ]
    output.table(("what", "is seen by", "set by", "since"), rows)
    output.line(counted(len(found), "share") if found else "no shares: everybody sees what has no owner")


def _place(app: App, place: str, *, may_be_gone: bool = False) -> tuple[ShareKind, str]:
    """Return which folder or category is meant. Raises `NotFoundError` where there is neither."""
    if place in app.taxonomy.by_id:
        return ShareKind.CATEGORY, place
    folder = path_of_named(Path(place))
    if folder.is_dir() or (may_be_gone and os.sep in place):
        return ShareKind.FOLDER, str(folder)
    if may_be_gone:
        return ShareKind.CATEGORY, place
    raise NotFoundError(
        f"{place} is neither a folder here nor a category",
        choice(place, app.taxonomy.by_id, see="`twolane taxonomy`"),
    )


def _audience(share: Share) -> str:
    if EVERYBODY in share.audience:
        return "everybody"
    return ", ".join(sorted(share.audience)) or "nobody else"


def _shown(share: Share) -> str:
    return display_path(share.place) if share.kind is ShareKind.FOLDER else f"the category {share.place}"
