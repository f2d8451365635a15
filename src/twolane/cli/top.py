"""`twolane top`: both lanes live, of this library or of a running server."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.live import Live

from twolane.api import API_PREFIX
from twolane.cli.context import Context, Json, output_for
from twolane.cli.keys import reading_keys
from twolane.cli.top_screen import screen
from twolane.documents import display_path
from twolane.errors import NotFoundError, TwolaneError
from twolane.telemetry.metrics import parse
from twolane.telemetry.standing import Standing, Standings, Trouble, Words

_MOST_TROUBLES = 5
_ASK_S = 10.0

Look = Callable[[], Standing]


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
            output.value(look())
            with contextlib.suppress(KeyboardInterrupt), reading_keys(keyboard=False) as key:
                while not once:
                    key(every)
                    output.value(look())
        elif once or not console.is_terminal:
            console.print(screen(look(), height=1000))
        else:
            _live(console, look, every)


def _live(console: Console, look: Look, every: float) -> None:
    """Show each look until somebody leaves; a server that is away for a while is waited for."""
    standing, away = look(), ""
    with contextlib.suppress(KeyboardInterrupt), reading_keys() as key:
        with Live(console=console, screen=True, auto_refresh=False) as live:
            while True:
                live.update(screen(standing, height=console.height, away=away), refresh=True)
                if key(every) in {"q", "Q", "\x1b", "\x03"}:
                    return
                try:
                    standing, away = look(), ""
                except TwolaneError as error:
                    away = error.what


@contextlib.contextmanager
def _looking_at(context: Context, url: str | None) -> Iterator[Look]:
    if url:
        with httpx.Client(base_url=url, timeout=_ASK_S, trust_env=False) as client:
            standings = Standings(url)
            yield lambda: _look_at_server(client, url, standings)
        return
    with context.app() as app:
        standings = Standings(display_path(app.settings.data_dir))

        def look() -> Standing:
            watcher = app.watcher()
            words = {lane.name: Words(lane.detail, lane.remedy) for lane in watcher.lookout.lanes()}
            parked = app.library.parked(_MOST_TROUBLES)
            troubles = [Trouble(f"{job.kind} of file {job.file_id}", job.error) for job in parked]
            return standings.add(parse(watcher.render().decode()), words, troubles)

        yield look


def _look_at_server(client: httpx.Client, url: str, standings: Standings) -> Standing:
    try:
        samples = parse(_get(client, "/metrics").text)
        status: dict[str, Any] = _get(client, f"{API_PREFIX}/status").json()
        failed = _get(client, f"{API_PREFIX}/files?state=quarantined&limit={_MOST_TROUBLES}").json()["files"]
        words = {lane["name"]: Words(lane["detail"], lane["remedy"]) for lane in status["lanes"]}
        troubles = [Trouble(str(file["name"]), str(file["note"])) for file in failed]
    except httpx.HTTPError as error:
        raise NotFoundError(
            f"nothing answers at {url}: {error}", "start it with `twolane serve`, or correct --url"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise NotFoundError(f"{url} is no twolane of this version", "correct --url, or update it") from error
    return standings.add(samples, words, troubles)


def _get(client: httpx.Client, path: str) -> httpx.Response:
    return client.get(path).raise_for_status()
