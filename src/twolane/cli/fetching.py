"""`twolane models pull`: fetches models to where they belong: to Ollama, or into twolane's own folder."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli import completing
from twolane.cli.context import EXIT_MODEL, Context, Json, output_for
from twolane.cli.output import Output, size
from twolane.config.lane_settings import LaneSettings
from twolane.config.settings import Settings
from twolane.errors import ModelError, ModelUnreachableError, NotFoundError, SettingsError

if TYPE_CHECKING:
    from twolane.llm.base import PullProgress


PulledNames = Annotated[
    list[str] | None,
    typer.Argument(
        help="Models by name; none means those that the settings use.", autocompletion=completing.models
    ),
]


def pull(
    ctx: typer.Context,
    names: PulledNames = None,
    source: Annotated[
        Path | None, typer.Option("--path", help="Take one of twolane's own from this file or folder.")
    ] = None,
    accept_terms: Annotated[bool, typer.Option(help="Accept the terms of a model that has its own.")] = False,
    json: Json = False,
) -> int:
    """Fetch models: Ollama's by Ollama, others into twolane's own folder; it goes on where it stopped.

    Of twolane itself only this and `runtime build` use the network.
    """
    from twolane.lanes.wanted import homes_of, wanted_models

    context: Context = ctx.obj
    output = output_for(json)
    settings = context.settings()
    lanes = [lane for name in names or () for lane in homes_of(settings, name)]
    failed = 0
    for lane in lanes or [one.lane for one in wanted_models(settings)]:
        try:
            fetch(lane, settings, output, source=source, accept_terms=accept_terms, again=bool(names))
        except ModelError as error:  # the other models are fetched all the same
            output.error(error)
            failed = EXIT_MODEL
        else:
            output.value({"name": lane.model, "present": True})
    return failed


def fetch(
    lane: LaneSettings,
    settings: Settings,
    output: Output,
    *,
    source: Path | None = None,
    accept_terms: bool = False,
    again: bool = False,
) -> None:
    """Fetch a lane's model to where it belongs, and show how far it is.

    Raises `ModelError`, and `NotFoundError` where nothing is known that could have it. What is there
    already is left alone; `again` asks a server all the same, which may find a newer one.
    `source` and `accept_terms` are for twolane's own models.
    """
    from twolane.lanes.wanted import is_same_model, places
    from twolane.llm.stock.opening import open_stock

    name = lane.model
    if lane.runtime == "embedded":
        _fetch_own(name, settings, output, source, accept_terms=accept_terms)
        return
    if source is not None:
        raise SettingsError(f"--path: {name} is kept by a server", "--path is for models of twolane's own")
    with closing(open_stock(lane, settings.models_dir)) as stock:
        try:
            if not again and any(is_same_model(info.name, name) for info in stock.models()):
                output.line(f"{name}: already at {lane.url}")
                return
            follow(name, stock.pull(name), output)
        except ModelUnreachableError as error:
            if not any(
                place.runtime == lane.runtime for place in places(settings)
            ):  # asked on the off chance
                raise NotFoundError(
                    f"twolane has no model {name!r} of its own, and no Ollama answers at {lane.url}",
                    "`twolane models list` shows what there is; or start Ollama, if it is one of its models",
                ) from error
            raise ModelUnreachableError(f"{name}: {error.what}", error.remedy) from error
        output.line(f"{name}: pulled by {stock.where}")


def _fetch_own(
    name: str, settings: Settings, output: Output, source: Path | None, *, accept_terms: bool
) -> None:
    from twolane.llm.catalogue.models import find_model, is_present
    from twolane.llm.catalogue.pull import pull as pull_model

    entry = find_model(name, settings.models_dir)
    if is_present(name, settings.models_dir) and source is None:
        output.line(f"{name}: already here")
        return
    accepted = accept_terms or (entry.must_accept and _accepts(entry.terms, output))
    follow(name, pull_model(name, settings.models_dir, path=source, accept_terms=accepted), output)
    output.line(f"{name}: fetched and verified")


def _accepts(terms: str, output: Output) -> bool:
    output.line(terms)
    return sys.stdin.isatty() and typer.confirm("Do you accept these terms?")


def follow(name: str, steps: Iterable[PullProgress], output: Output) -> None:
    """Show how far a fetch is, with its rate since it began."""
    started, first_bytes = time.monotonic(), -1
    with output.progress(name) as bar:
        for step in steps:
            first_bytes = step.done_bytes if first_bytes < 0 else first_bytes
            rate = (step.done_bytes - first_bytes) / max(0.1, time.monotonic() - started)
            text = f"{size(step.done_bytes)} of {size(step.total_bytes)}, {size(rate)}/s, {step.step}"
            bar.update(step.done_bytes, step.total_bytes, text if step.total_bytes else step.step)
