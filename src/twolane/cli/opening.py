"""`twolane open`: the page of the server that serves this library, in a browser."""

from __future__ import annotations

import html
import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from twolane.announced import write_private
from twolane.cli.context import Context, Json, output_for
from twolane.config.environment import has_screen
from twolane.errors import ConflictError, ServerError


def open_(
    ctx: typer.Context,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    json: Json = False,
) -> None:
    """Open the page of this library's server: without users, by an address that lets in once."""
    from twolane.client.found import serving

    context: Context = ctx.obj
    output = output_for(json)
    settings = context.settings()
    server = serving(settings.data_dir)
    if server is None:
        raise ServerError("no server serves this library here", "start one: twolane serve")
    try:
        url = str(server.post("/session/start", {})["url"])
    except ConflictError:  # it has users, who sign in
        url = server.url
    finally:
        server.close()
    output.value({"url": url})
    output.line(url, "bold")
    if sys.stdout.isatty() and not (no_browser or json) and has_screen():
        webbrowser.open(_leading_to(url, settings.data_dir / "run" / "open.html").as_uri())


def _leading_to(url: str, page: Path) -> Path:
    """Write a page that leads on: others on this machine see what programs are started with."""
    address = html.escape(url, quote=True)
    write_private(page, f'<!doctype html><meta http-equiv="refresh" content="0; url={address}">')
    return page
