"""`twolane migrate-store`: a library moves to another store, and can be stopped and started again."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from twolane.cli.audited import ToldBehind, audited
from twolane.cli.context import Context, Json, output_for
from twolane.config.addresses import without_password
from twolane.errors import SettingsError


def migrate_store(
    ctx: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="FROM", help="A store's address, as for store_url, or @FILE with it.")
    ],
    target: Annotated[str, typer.Argument(metavar="TO", help="Another one, which is empty.")],
    json: Json = False,
) -> None:
    """Copy a library into another store, such as from SQLite to PostgreSQL, and verify it.

    Stop every twolane that uses either. Stopped anywhere, the same command goes on. Nothing of FROM changes.
    """
    from twolane.app import move_library

    context: Context = ctx.obj
    output = output_for(json)
    # as settings, so that they are checked as `store_url` is, with the same messages
    source, target = _address(source), _address(target)
    stores = [context.settings(store_url=url) for url in (source, target)]
    started, first = time.monotonic(), -1
    rows = 0
    with audited(ToldBehind(stores[1])), output.progress("moving") as bar:
        for step in move_library(stores[0], stores[1]):
            first = step.done if first < 0 else first
            rows = step.total // 2
            rate = (step.done - first) / max(0.1, time.monotonic() - started)
            bar.update(step.done, step.total, f"{step.doing}, {rate:,.0f} rows/s")
    shown = without_password(target)
    output.line(f"{shown} holds the library now: {rows} rows, counted and compared")
    password = " (with its password)" if shown != target else ""
    output.line(f"set store_url = {shown!r}{password} to use it")
    output.value({"to": shown, "rows": rows, "verified": True})


def _address(argument: str) -> str:
    """Return an address, read from a file after @: other users can see a program's arguments."""
    if not argument.startswith("@"):
        return argument
    try:
        return Path(argument[1:]).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{argument[1:]} cannot be read: {error}", "name a file that holds the address"
        ) from error
