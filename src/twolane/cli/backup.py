"""`twolane backup` and `twolane backups`: keep the library in one file, and look at what was kept."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli.audited import ToldBehind, audited
from twolane.cli.context import Context, Json, output_for
from twolane.cli.output import Output
from twolane.documents import display_path

if TYPE_CHECKING:
    from twolane.backup.values import BackupFile, BackupStep, OnStep

EXIT_FAULTY = 1
_SCALE = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
_AGES = ((86_400.0, "day"), (3_600.0, "hour"), (60.0, "minute"))


def backup(
    ctx: typer.Context,
    target: Annotated[
        Path | None,
        typer.Argument(help="A file that is not there yet, or a folder; else backup.folder, by its plan."),
    ] = None,
    with_files: Annotated[
        bool, typer.Option("--with-files", help="Pack your documents too, not only what is known of them.")
    ] = False,
    json: Json = False,
) -> None:
    """Keep the library in one file: decisions, categories, facts, conversations, plans and its own uploads.

    It may be used meanwhile. Your documents stay where they are, and out of it unless asked. Without a
    target it is made in backup.folder, and those that are superfluous by then are removed.
    """
    from twolane.app import open_backups

    context: Context = ctx.obj
    output = output_for(json)
    settings = context.settings()
    with audited(ToldBehind(settings)), watched(output) as on_step:
        backups = open_backups(settings)
        made = (
            backups.make(target, with_files=with_files, on_step=on_step)
            if target
            else backups.make_planned(with_files=with_files, on_step=on_step)
        )
    if made is None:
        return
    output.value(made)
    packed = f", {made.copies} of its own files" if made.copies else ""
    packed += f", {made.documents} documents" if made.documents else ""
    output.line(f"{display_path(made.path)}: {size_words(made.size_bytes)}, the library{packed}", "bold")
    if made.left:
        output.line(f"{made.left} documents could not be read and are not in it", "yellow")
    output.line("it was read back and is whole; `twolane restore` puts it back")


def backups(
    ctx: typer.Context,
    folder: Annotated[Path | None, typer.Argument(help="Where they are; else backup.folder.")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Read each of them whole.")] = False,
    json: Json = False,
) -> int:
    """List the backups in a folder, newest first; exits with 1 where one cannot be used."""
    from twolane.app import open_backups

    context: Context = ctx.obj
    output = output_for(json)
    verbs = open_backups(context.settings())
    found = verbs.found(folder)
    if verify:
        with watched(output) as on_step:
            found = [verbs.verified(one, on_step=on_step) for one in found]
    for one in found:
        output.value(one)
    rows = [
        (one.path.name, age_words(one.made_at), size_words(one.size_bytes), _state(one, verify))
        for one in found
    ]
    if rows:
        output.table(("backup", "age", "size", "state"), rows)
    else:
        output.line("no backups there by the names that `twolane backup FOLDER` gives")
        output.line("one of another name: `twolane restore --verify FILE` looks at it")
    return EXIT_FAULTY if any(one.fault for one in found) else 0


@contextmanager
def watched(output: Output) -> Iterator[OnStep]:
    """Yield what shows the steps of a backup, with their rate."""
    began: dict[str, float] = {}
    with output.progress("backup") as bar:

        def show(step: BackupStep) -> None:
            started = began.setdefault(step.doing, time.monotonic())
            rate = step.done / max(0.1, time.monotonic() - started)
            shown = f", {size_words(rate)}/s" if step.in_bytes else ""
            bar.update(step.done, step.total, step.doing + shown)

        yield show


def size_words(size_bytes: float) -> str:
    """Return a size as people read it."""
    scale, unit = next(((scale, unit) for scale, unit in _SCALE if size_bytes >= scale), (1.0, "bytes"))
    return f"{size_bytes / scale:.{0 if scale == 1.0 else 1}f} {unit}"


def age_words(moment: float) -> str:
    """Return how long ago a moment was, as people read it."""
    age_s = max(0.0, time.time() - moment)
    for length_s, name in _AGES:
        if age_s >= length_s:
            number = int(age_s // length_s)
            return f"{number} {name}{'s' if number > 1 else ''}"
    return "just now"


def _state(one: BackupFile, verified: bool) -> str:
    return one.fault or ("whole" if verified else "readable")
