"""`twolane history`: what plans have done."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twolane.cli.context import Context, Json, output_for
from twolane.cli.output import Output, shown_moment
from twolane.documents import display_path
from twolane.plans import MoveState, PastMove, Plan
from twolane.system.paths import path_of_named


def history(
    ctx: typer.Context,
    path: Annotated[Path | None, typer.Argument(help="A file, by where it is or was.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many, the last first.")] = 50,
    json: Json = False,
) -> None:
    """Show which plans were applied and undone, or what was done with one file."""
    from twolane.api.schemas.plans import PastMoveOut, PlanOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        if path is None:
            plans = app.organizer.begun(limit)
            for plan in plans:
                output.value(PlanOut.model_validate(plan))
            _show_plans(plans, output)
            return
        given = path.expanduser()
        moves = app.organizer.history(limit, path=path_of_named(given.parent) / given.name)
        for past in moves:
            output.value(PastMoveOut.of(past))
        _show_moves(moves, output)


def _show_plans(plans: list[Plan], output: Output) -> None:
    rows = [
        (
            plan.name,
            plan.state.value,
            ", ".join(f"{count} {state.value}" for state, count in plan.counts.items()),
            shown_moment(plan.applied_at),
            shown_moment(plan.undone_at) if plan.undone_at else "",
        )
        for plan in plans
    ]
    if rows:
        output.table(("plan", "state", "moves", "applied", "undone"), rows)
    else:
        output.line("no plan was applied yet: `twolane plan FOLDER` makes one")


def _show_moves(moves: list[PastMove], output: Output) -> None:
    if not moves:
        output.line("no plan has moved it")
    for past in moves:
        move = past.move
        output.line(f"{shown_moment(move.at)}  {past.plan}: {_words(move.state)} ({move.kind.words})")
        output.line(f"  from {display_path(move.source)}")
        output.line(f"  to   {display_path(move.target)}")
        if move.note:
            output.line(f"  {move.note}")


def _words(state: MoveState) -> str:
    return {
        MoveState.STARTED: "begun, and interrupted",
        MoveState.UNDOING: "its undo was begun, and interrupted",
        MoveState.LEFT: "left in place",
        MoveState.KEPT: "kept where it is",
    }.get(state, state.value)
