"""`twolane apply`: does what a plan proposes."""

from __future__ import annotations

from typing import Annotated

import typer

from twolane.cli import completing
from twolane.cli.context import EXIT_SOME_FAILED, Context, Json, output_for
from twolane.cli.moving import UNFINISHED, command, done_so, followed, tell_why
from twolane.cli.output import counted
from twolane.plans import MoveState


def apply(
    ctx: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            help="The plan's name: `twolane plans list` shows them.", autocompletion=completing.plans
        ),
    ],
    json: Json = False,
) -> int:
    """Move files as a plan says; nothing is ever replaced, and `twolane undo` takes it back.

    What was interrupted goes on when it is run again.
    """
    from twolane.api.schemas.plans import PlanOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        before = app.organizer.plan(name).counts.get(MoveState.DONE, 0)
        with followed(output, "moving") as on_progress:
            done = app.organizer.apply(name, on_progress=on_progress)
        output.value(PlanOut.model_validate(done))
        moved = done.counts.get(MoveState.DONE, 0)
        if done.state in UNFINISHED:
            output.line(
                f"stopped: {moved} of {counted(done.total)} where they go; {command('apply', name)} goes on"
            )
            tell_why(app, done, MoveState.STARTED, output)
            return EXIT_SOME_FAILED
        if left := tell_why(app, done, MoveState.LEFT, output):
            output.line(f"{counted(left)} stayed in place; {command('apply', name)} tries them again")
        if moved > before:
            [first] = app.organizer.moves(name, limit=1)
            what = f"{counted(moved - before)} {done_so(first.kind)}"
            output.line(f"{what}; {command('undo', name)} takes it back")
        elif not left:
            output.line("there was nothing left to do")
    return EXIT_SOME_FAILED if left else 0
