"""`twolane mcp`: the library's tools for a program that starts this one and talks to it by stdio."""

from __future__ import annotations

import asyncio
import threading
from typing import Annotated

import typer

from twolane.cli.context import Context, Json, warn_of_fit
from twolane.cli.output import JsonOutput
from twolane.cli.worker import stopped_by_signals

_LOOK_EVERY_S = 0.2


def mcp(
    ctx: typer.Context,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Offer only the tools that change nothing.")
    ] = False,
    json: Json = False,  # noqa: ARG001 - standard output is the protocol's, which is JSON; errors follow it
) -> None:
    """Serve the library's tools by the Model Context Protocol, over standard input and output.

    For programs that start it, such as agents and editors; `twolane serve` offers the same over HTTP at /mcp.
    """
    from twolane.api.state import asks_of
    from twolane.mcp.base import ToolCaller
    from twolane.mcp.opening import open_protocol

    context: Context = ctx.obj
    protocol = open_protocol()
    with stopped_by_signals() as stop, context.app() as app:
        warn_of_fit(app.settings, JsonOutput(), ("chat",))  # it prints nothing: the output is the protocol's
        serving = protocol.serve_stdio(ToolCaller(app, is_owner=True), asks_of(app.settings), reads=read_only)
        # A thread that waits for a line of input cannot be broken off: this one is left behind.
        thread = threading.Thread(target=asyncio.run, args=(serving,), name="twolane-mcp", daemon=True)
        thread.start()
        while thread.is_alive() and not stop.is_set():
            thread.join(_LOOK_EVERY_S)
