"""`twolane undo`: brings files back that a plan has moved."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli import completing
from twolane.cli.context import EXIT_SOME_FAILED, Context, Json, output_for
from twolane.cli.moving import UNFINISHED, command, followed, tell_why
from twolane.cli.output import Output, counted
from twolane.documents import display_path
from twolane.errors import NotFoundError, SettingsError
from twolane.plans import MoveState, Plan
from twolane.system.paths import path_of_named

if TYPE_CHECKING:
    from twolane.app import App


def undo(
    ctx: typer.Context,
    plan: Annotated[
        str,
        typer.Argument(
            metavar="[PLAN|FILE]", help="A plan's name, or one file.", autocompletion=completing.plans
        ),
    ] = "",
    last: Annotated[bool, typer.Option("--last", help="What was applied last; so without any.")] = False,
    to: Annotated[
        str, typer.Option(metavar="TIME", help="All that was applied since then, as 2026-11-27T14:30.")
    ] = "",
    json: Json = False,
) -> int:
    """Bring files back to where they were, as they were; edits made since are kept.

    Folders that the plan made go where they are empty. `twolane apply` does it again.
    """
    context: Context = ctx.obj
    output = output_for(json)
    if (bool(plan), last, bool(to)).count(True) > 1:
        raise SettingsError("one thing at a time is undone", "name a plan, a file, --last, or --to TIME")
    since, before = _moment(to) if to else 0.0, 0
    with context.app() as app:
        if plan and (file := _file(app, plan)):
            back = app.organizer.undo_file(file)
            output.line(f"{display_path(file)} is where it was before the plan {back.name}")
            return _told(app, [back], output, alone=True)
        with followed(output, "bringing back") as on_progress:
            if to:
                undone = app.organizer.undo_to(since, on_progress=on_progress)
            elif plan:
                before = app.organizer.plan(plan).counts.get(MoveState.UNDONE, 0)
                undone = [app.organizer.undo(plan, on_progress=on_progress)]
            else:
                undone = [app.organizer.undo_last(on_progress=on_progress)]
        return _told(app, undone, output, before=before)


def _told(app: App, undone: list[Plan], output: Output, *, alone: bool = False, before: int = 0) -> int:
    """Say what came of it, where so many files were back `before`; return the exit code."""
    from twolane.api.schemas.plans import PlanOut

    kept = 0
    for one in undone:
        output.value(PlanOut.model_validate(one))
        if alone:
            continue
        if one.state in UNFINISHED:
            on = command("undo", one.name)
            output.line(f"stopped: {on} goes on, {command('apply', one.name)} goes back")
            return EXIT_SOME_FAILED
        stayed = tell_why(app, one, MoveState.KEPT, output)
        if back := one.counts.get(MoveState.UNDONE, 0) - before:
            output.line(
                f"{one.name}: {counted(back)} brought back; {command('apply', one.name)} does it again"
            )
        elif not stayed:
            output.line("there was nothing left to do")
        if stayed:
            output.line(f"{counted(stayed)} stayed; {command('undo', one.name)} tries them again")
        kept += stayed
    return EXIT_SOME_FAILED if kept else 0


def _file(app: App, name: str) -> Path | None:
    """Return the path where a name is not that of a plan."""
    try:
        app.organizer.plan(name)
    except NotFoundError:
        given = Path(name).expanduser()
        path = path_of_named(given.parent) / given.name  # a link that a plan made is meant itself
        if app.organizer.history(1, path=path):
            return path
        raise NotFoundError(
            f"{name} is neither a plan nor a file that a plan has moved",
            "`twolane history` shows what was done",
        ) from None
    return None


def _moment(text: str) -> float:
    try:
        return datetime.fromisoformat(text).astimezone().timestamp()
    except (ValueError, OverflowError, OSError):
        raise SettingsError(f"{text!r} is no time", "write it like 2026-11-27 or 2026-11-27T14:30") from None
