"""`twolane doctor`: what is reachable, loaded and fits; each problem with its remedy."""

from __future__ import annotations

import typer

from twolane.cli.context import Context, Json, output_for

_MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "problem": ("✗", "bold red")}


def doctor(ctx: typer.Context, json: Json = False) -> int:
    """Check everything that both lanes need; exits with 1 where there is a problem."""
    from twolane.doctor import checkup

    context: Context = ctx.obj
    output = output_for(json)
    problems = 0
    with context.app() as app:
        for finding in checkup(app):
            output.value(finding)
            mark, style = _MARKS[finding.level]
            output.line(f"{mark} {finding.what}", style)
            if finding.remedy:
                output.line(f"  → {finding.remedy}")
            problems += finding.level == "problem"
    output.line(f"{problems} problems" if problems else "everything is in order")
    return 1 if problems else 0
