"""`twolane top`: both lanes live, of this library or of a running server."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.live import Live

from twolane.api import API_PREFIX
from twolane.cli.context import Context, Json, output_for
from twolane.cli.keys import END, ESCAPE, reading_keys
from twolane.cli.output import plain
from twolane.cli.top_screen import View, screen
from twolane.documents import display_path
from twolane.errors import NotFoundError, SettingsError, TwolaneError
from twolane.lanes.pace import pace_of

if TYPE_CHECKING:
    import httpx

    from twolane.lanes.snapshot import Snapshot

_ASK_S = 10.0

Look = Callable[[], View]


def top(
    ctx: typer.Context,
    url: Annotated[str | None, typer.Option(help="A running server, such as http://127.0.0.1:8642.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Look once, print it and end.")] = False,
    every: Annotated[float, typer.Option(min=0.2, max=60, help="Seconds between two looks.")] = 1.0,
    json: Json = False,
) -> None:
    """Watch both lanes live: queue, rates, workers, tiers, models, errors. q or Ctrl-C leaves."""
    context: Context = ctx.obj
    console = Console()
    with _looking_at(context, url) as look:
        if json:
            output = output_for(json)
            output.value(_shown(look()))
            with contextlib.suppress(KeyboardInterrupt), reading_keys(keyboard=False) as key:
                while not once:
                    key(every)
                    output.value(_shown(look()))
        elif once or not console.is_terminal:
            console.print(screen(look(), height=1000))
        else:
            _live(console, look, every)


def _live(console: Console, look: Look, every: float) -> None:
    """Refresh the screen until a key ends it; while the server does not answer, the last view stays."""
    view, away = look(), ""
    with contextlib.suppress(KeyboardInterrupt), reading_keys() as key:
        with Live(console=console, screen=True, auto_refresh=False) as live:
            while True:
                live.update(screen(view, height=console.height, away=away), refresh=True)
                if key(every) in {"q", "Q", ESCAPE, END, "\x03"}:
                    return
                try:
                    view, away = look(), ""
                except TwolaneError as error:
                    away = error.what


def _shown(view: View) -> dict[str, Any]:
    """Return a view for programs: the shape of `twolane status --json`, its source, rates and times left."""
    pace = pace_of(view.snapshot)
    rates = {"jobs": pace.jobs, "tokens": view.tokens}
    return {
        "source": view.source,
        **plain(view.snapshot),
        "rates": rates,
        "left_s": {**pace.left_s, "filing": pace.filing_s},
    }


@contextlib.contextmanager
def _looking_at(context: Context, url: str | None) -> Iterator[Look]:
    from twolane.lanes.snapshot import TokenMeter

    meter = TokenMeter()

    def view(source: str, snapshot: Snapshot) -> View:
        return View(source, snapshot, meter.add(snapshot))

    if url:
        with _client(url) as client:
            yield lambda: view(url, _look_at_server(client, url))
        return
    with context.app() as app:
        folder = display_path(app.settings.data_dir)
        yield lambda: view(folder, app.poller.recent())


def _client(url: str) -> httpx.Client:
    import httpx

    try:
        return httpx.Client(base_url=url, timeout=_ASK_S, trust_env=False)
    except httpx.InvalidURL as error:
        raise SettingsError(f"--url is no address: {error}", "write it like http://127.0.0.1:8642") from error


def _look_at_server(client: httpx.Client, url: str) -> Snapshot:
    import httpx

    from twolane.api.schemas.status import StatusOut

    try:
        status = client.get(f"{API_PREFIX}/status").raise_for_status().content
        return StatusOut.model_validate_json(status).snapshot
    except httpx.HTTPError as error:
        raise NotFoundError(
            f"nothing answers at {url}: {error}", "start it with `twolane serve`, or correct --url"
        ) from error
    except ValueError as error:
        raise NotFoundError(f"{url} is no twolane of this version", "correct --url, or update it") from error
