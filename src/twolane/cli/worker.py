"""`twolane worker`: does a lane's jobs on any machine that reaches the queue and the store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli.context import Context, Json, output_for, warn_of_fit
from twolane.system.signals import asking_to_end, handled
from twolane.telemetry.endpoint import open_endpoint

if TYPE_CHECKING:
    from twolane.documents import LaneName
    from twolane.lanes.poller import Poller

_WAIT_S = 0.5
_LANES_S = 2.0  # shorter than a probe waits


class Lane(StrEnum):
    """The lanes with jobs; questions are answered by `twolane serve`."""

    FILING = "filing"


def worker(
    ctx: typer.Context,
    lane: Annotated[Lane, typer.Option(help="Whose jobs to do.")] = Lane.FILING,
    concurrency: Annotated[
        int | None, typer.Option(min=1, max=256, help="Files in work at once (filing.workers).")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="Where /livez, /readyz, /metrics are; 0 is nowhere.")
    ] = None,
    json: Json = False,
) -> None:
    """Do queued jobs until Ctrl-C or SIGTERM: then running ones may end, and the rest is given back."""
    from twolane.lanes.keeping import kept_loaded

    context: Context = ctx.obj
    output = output_for(json)
    if concurrency:  # the model then gets as many requests at once
        context.flags.update({"filing.workers": concurrency, "filing.concurrency": concurrency})
    with stopped_by_signals() as stop, context.app() as app, ExitStack() as stack:
        warn_of_fit(app.settings, output, ("filing",))
        settings = app.settings.worker
        port = settings.port if port is None else port
        if port:
            render = app.instruments().render
            lanes: dict[str, Callable[[], str]] = {
                name: partial(_lane_fault, app.poller, name) for name in app.lanes
            }
            endpoint = open_endpoint(
                settings.host, port, app.workers.readiness, render, dead=app.workers.liveness, lanes=lanes
            )
            stack.enter_context(endpoint)
            port = endpoint.port
        app.workers.start()
        stack.enter_context(
            kept_loaded(("filing",), app.lanes, app.poller.known_health, app.warm, notes=app.poller.notes)
        )
        fault = app.workers.queue_fault()
        output.value({"lane": lane.value, "port": port, "fault": fault})
        output.line(f"working for the {lane.value} lane — Ctrl-C ends it", "bold")
        if fault:
            output.line(f"{fault}: looking into the library every {app.workers.poll_s:.0f} s meanwhile")
        while not stop.wait(_WAIT_S):  # on Windows, Ctrl-C does not interrupt a wait without a limit
            pass
        output.line("ending: running jobs may finish")
        app.workers.stop()


def _lane_fault(poller: Poller, lane: LaneName) -> str:
    from twolane.lanes.readiness import lanes_fault

    return lanes_fault(poller.recent_lanes(_LANES_S), lane)


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """Yield an event that Ctrl-C and SIGTERM set; a second signal has its usual effect."""
    stop = threading.Event()

    def handle(*_: object) -> None:
        stop.set()

    with handled(handle, *asking_to_end(), once=True):
        yield stop
