"""`twolane mail`: new mails of the mailboxes that the settings name, looked at or taken."""

from __future__ import annotations

import typer

from twolane.cli.context import EXIT_SOME_FAILED, Context, Json, output_for
from twolane.cli.output import Output, counted, shown_moment, size

cli = typer.Typer(
    help="New mails of the mailboxes that the settings name ([[mail]]); nothing there is changed."
)


@cli.callback(invoke_without_command=True)
def mail(ctx: typer.Context) -> None:
    """Mailboxes; without a command it is told how each stands."""
    if ctx.invoked_subcommand is None:
        status(ctx)


@cli.command("status")
def status(ctx: typer.Context, json: Json = False) -> None:
    """Show how far each mailbox is taken, without asking its server."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        standings = app.mails.standings()
    rows = []
    for one in standings:
        output.value(one)
        looked = shown_moment(one.looked_at) if one.looked_at else "never"
        state = "failing" if one.error else "well" if one.looked_at else "not looked at"
        rows.append((one.account, one.folder, str(one.taken), looked, state))
    output.table(("mailbox", "folder", "mails", "last look", "state"), rows)
    for one in standings:
        if one.error:
            output.line(one.error)
            output.line(f"  → {one.remedy}")
    output.line(counted(len(standings), "mailbox", "mailboxes"))


@cli.command("check")
def check(ctx: typer.Context, json: Json = False) -> None:
    """Show which mails would be taken, and take none."""
    context: Context = ctx.obj
    output = output_for(json)
    failed = False
    with context.app() as app:
        for found in app.mails.check():
            output.value(found)
            if not found.error:
                title = f"{found.account}, {found.folder}"
                output.line(f"{title}: {found.mails} new mails, {size(found.size_bytes)}", "bold")
                rows = [(one.sent, one.sender, one.subject, size(one.size_bytes)) for one in found.first]
                if rows:
                    output.table(("sent", "from", "subject", "size"), rows)
                if found.mails > len(rows):
                    output.line(f"and {found.mails - len(rows)} more")
            else:
                failed = True
                _fault(output, found.error, found.remedy)
    if failed:
        raise typer.Exit(EXIT_SOME_FAILED)


@cli.command("fetch")
def fetch(ctx: typer.Context, json: Json = False) -> None:
    """Take new mails with what is attached to them; workers file them."""
    context: Context = ctx.obj
    output = output_for(json)
    failed = False
    with context.app() as app:
        before = {(one.account, one.folder): one for one in app.mails.standings()}
        for one in app.mails.fetch():
            output.value(one)
            was = before[one.account, one.folder]
            if one.taken > was.taken or not one.error:
                output.line(f"{one.account}, {one.folder}: {one.taken - was.taken} mails taken")
            if one.left > was.left:
                output.line(
                    f"{one.left - was.left} mails were too large or are gone (server.upload_limit_bytes)"
                )
            if one.error:
                failed = True
                _fault(output, one.error, one.remedy)
    if failed:
        raise typer.Exit(EXIT_SOME_FAILED)


def _fault(output: Output, error: str, remedy: str) -> None:
    output.notice(f"{error}\n  → {remedy}" if remedy else error)
