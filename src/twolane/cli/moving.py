"""What `twolane apply` and `twolane undo` share: how far they are, what stops them, and what came of it."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from twolane.cancel import Cancel, working_for
from twolane.cli.output import Output
from twolane.documents import display_path
from twolane.plans import MoveKind, MoveState, Plan, PlanProgress, PlanState
from twolane.system.signals import INTERRUPT, handled

if TYPE_CHECKING:
    from twolane.app import App

_MOST_ROWS = 20
_AT_ONCE = 1000
UNFINISHED = {PlanState.APPLYING, PlanState.UNDOING}


@contextmanager
def followed(output: Output, title: str) -> Iterator[Callable[[PlanProgress], None]]:
    """Show how far a plan is; the first Ctrl-C ends it after what is under way, the second one at once."""
    stop, began = Cancel(), time.monotonic()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.cancel()

    with (
        handled(end, INTERRUPT, once=True),
        working_for(stop),
        output.progress(title) as bar,
    ):

        def show(progress: PlanProgress) -> None:
            rate = progress.done / max(0.001, time.monotonic() - began)
            bar.update(progress.done, progress.total, f"{progress.done}/{progress.total} files, {rate:.0f}/s")

        yield show


def tell_why(app: App, plan: Plan, state: MoveState, output: Output) -> int:
    """Show which files of a plan were left or kept, and why; return how many."""
    from twolane.api.schemas.plans import MoveOut

    count = plan.counts.get(state, 0)
    if not count:
        return 0
    rows = []
    for offset in range(0, count if output.json else _MOST_ROWS, _AT_ONCE):
        for move in app.organizer.moves(plan.name, (state,), limit=_AT_ONCE, offset=offset):
            output.value(MoveOut.model_validate(move))
            path = move.source if state is MoveState.LEFT else move.target
            rows.append((display_path(path), move.note))
    output.table(("file", "why"), rows[:_MOST_ROWS])
    if count > _MOST_ROWS:
        output.line(f"… and {count - _MOST_ROWS} more: {command('plans', 'show', plan.name)} lists all")
    return count


def command(*words: str) -> str:
    """Return a command of twolane as it can be typed again: a plan's name may have spaces in it."""
    return f"`{shlex.join(['twolane', *words])}`"


def done_so(kind: MoveKind) -> str:
    """Say what was done to files by a kind."""
    return "moved" if kind is MoveKind.MOVE else f"given a {kind.words}"
