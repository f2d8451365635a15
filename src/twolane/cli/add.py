"""`twolane add`: files and indexes documents, and shows how far it is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli.added import report
from twolane.cli.context import Context, Json, Wide, output_for, warn_of_fit
from twolane.cli.following import follow
from twolane.cli.named import nothing_at
from twolane.cli.output import Output
from twolane.errors import NotFoundError
from twolane.system.paths import path_of_named

if TYPE_CHECKING:
    from twolane.app import App
    from twolane.store.values import ScanResult


def add(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files and folders; a few files by name go first.")],
    redo: Annotated[bool, typer.Option(help="Read everything anew, changed or not.")] = False,
    emptied: Annotated[bool, typer.Option("--emptied", help="An empty folder's files are deleted.")] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Only queue: a server's workers do it.")] = False,
    wide: Wide = False,
    json: Json = False,
) -> int:
    """File and index documents. Nothing is moved or changed; run it again to go on where it stopped."""
    from twolane.doctor import check_filing

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        if not no_wait:
            check_filing(app)
            warn_of_fit(app.settings, output, ("filing",))
        if model := app.library.stale_vectors():
            output.line(f"the index holds vectors of {model}: `twolane models reembed` embeds all files anew")
        try:
            found = app.library.add(paths, redo=redo, emptied=emptied, named=True)
        except NotFoundError:
            absent = next((path for path in paths if not os.path.lexists(path_of_named(path))), None)
            if absent is None:
                raise
            raise nothing_at(app, absent) from None  # with what lies where it may have been meant
        output.line(found_words(found))
        roots = [path_of_named(path) for path in paths]
        if not no_wait:
            work_off(app, roots, output)
        return report(app, roots, found, output, wide=wide)


def found_words(found: ScanResult) -> str:
    """Return what a scan has found as a line for people."""
    parts = [f"{found.new} new", f"{found.changed} changed", f"{found.unchanged} unchanged"]
    parts += [f"{found.again} tried again"] if found.again else []
    parts += [f"{found.moved} moved"] if found.moved else []
    why = [f"{found.excluded} excluded by you"] if found.excluded else []
    why += [f"{found.clutter} by names of what is no document"] if found.clutter else []
    left_out = f" ({', '.join(why)}: `twolane exclude` lists them)" if why else ""
    parts += [f"{found.skipped} skipped{left_out}"] if found.skipped else []
    parts += [f"{found.gone} gone"] if found.gone else []
    return "found: " + ", ".join(parts)


def work_off(app: App, roots: Sequence[Path], output: Output) -> None:
    """Do what is queued of files at and under the roots, and show how far it is."""
    if not app.library.pending(roots).jobs:
        return
    try:
        with output.progress("filing") as bar:
            follow(app, roots, bar)
    except KeyboardInterrupt:
        left = app.library.pending(roots)
        output.line(f"stopped: {left.files} files still to be done; run the same command again to go on")
        raise
