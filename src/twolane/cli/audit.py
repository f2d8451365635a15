"""`twolane audit`: who did what."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from twolane.access.audit import AuditAct
from twolane.cli import completing
from twolane.cli.context import Context, Json, added_file, output_for
from twolane.cli.output import shown_moment


def audit(
    ctx: typer.Context,
    user: Annotated[str, typer.Option(help="Only what this user did.", autocompletion=completing.users)] = "",
    act: Annotated[list[AuditAct] | None, typer.Option(help="Only this; may be given again.")] = None,
    file: Annotated[Path | None, typer.Option(help="Only what was done with this file.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="From this day on.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="Before this day.")
    ] = None,
    before: Annotated[int, typer.Option(min=0, metavar="ID", help="Only events before this one.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many, the newest first.")] = 50,
    json: Json = False,
) -> None:
    """Show who asked, saw, changed and removed what, when and from where; the newest first."""
    from twolane.api.schemas.audit import AuditEventOut
    from twolane.store.admitted import AuditFilter

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        file_id = added_file(app, file).file_id if file else 0
        within = AuditFilter(user, tuple(act or ()), file_id, _moment(since), _moment(until))
        found = app.access.audit.newest(within, limit=limit, before=before)
        has_users = app.access.users.any()
        if user and not found:
            app.access.users.get(user)  # who is no user may yet have done something, at this machine
    for event in found:
        output.value(AuditEventOut.model_validate(event))
    rows = [
        (
            shown_moment(event.at),
            _line(event.user or event.means or "?"),
            event.act,
            _line(event.target or event.detail),
            event.sender,
            event.outcome,
        )
        for event in found
    ]
    if rows:
        output.table(("when", "who", "did", "what", "from", "outcome"), rows)
    else:
        why = "" if has_users else ": without users, only tokens and failed ways in are written down"
        output.line(f"nothing{why}")
    if len(found) == limit:
        output.line(f"earlier: twolane audit --before {found[-1].audit_id}")


def _line(text: str) -> str:
    """Return a text in one line: what strangers send must not look like further rows."""
    return " ".join(text.split())


def _moment(day: datetime | None) -> float:
    return day.astimezone().timestamp() if day else 0.0
