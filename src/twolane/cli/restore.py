"""`twolane restore`: check a backup, and put the library back that it holds."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli.audited import ToldBehind, audited
from twolane.cli.backup import size_words, watched
from twolane.cli.context import Context, Json, output_for
from twolane.documents import display_path
from twolane.errors import ConflictError, SettingsError

if TYPE_CHECKING:
    from twolane.config.settings import Settings


def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A backup that `twolane backup` has made.")],
    to: Annotated[
        Path | None, typer.Option("--to", help="The library's folder; else that of the settings.")
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Only check the backup: write nothing.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Set a library aside that is there; it is never deleted.")
    ] = False,
    files: Annotated[
        Path | None,
        typer.Option(
            "--files", metavar="FOLDER", help="Write the documents in the backup under this folder."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Put a library back, once all of the backup has been checked; `doctor` then says how it stands."""
    from twolane.app import open_backups

    context: Context = ctx.obj
    output = output_for(json)
    if verify and (to or replace or files):
        raise SettingsError("--verify writes nothing", "leave --to, --replace and --files out")
    settings = context.settings(**({"data_dir": str(to.absolute()), "store_url": ""} if to else {}))
    backups = open_backups(settings)
    if verify:
        with watched(output) as on_step:
            found = backups.verify(file, on_step=on_step)
        output.value(found)
        output.line(
            f"{display_path(file)}: {size_words(found.size_bytes)}, {_day(found.made_at)}, whole", "bold"
        )
        return
    _require_no_server(settings)
    with audited(ToldBehind(settings)), watched(output) as on_step:
        done = backups.restore(file, set_aside=replace, files_to=files, on_step=on_step)
    output.value(done)
    rows = ", ".join(f"{done.counts.get(name, 0)} {name}" for name in ("files", "documents", "decisions"))
    output.line(f"the library of {_day(done.made_at)} is back: {rows}", "bold")
    if done.copies or done.documents:
        output.line(f"{done.copies} of its own files and {done.documents} documents are in place")
    if done.kept:
        output.line(f"{done.kept} documents are in the backup still: restore it with --files FOLDER for them")
    if done.aside:
        output.line(f"the library before it is {display_path(done.aside)}: delete it when you like")
    output.line("`twolane doctor` checks it; `twolane add` on your folders finds what has changed since")


def _require_no_server(settings: Settings) -> None:
    """Raise `ConflictError` where a server of this machine serves the library."""
    from twolane.client.found import serving

    if serving(settings.data_dir):
        raise ConflictError(
            f"a server serves the library in {display_path(settings.data_dir)} just now",
            "stop it, restore, then start it again",
        )


def _day(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))
