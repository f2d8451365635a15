"""`twolane models reembed`: embed every document again, after a change of the embedding model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli import completing
from twolane.cli.context import Context, Json, output_for
from twolane.cli.fetching import fetch
from twolane.cli.output import Output
from twolane.config.changing import change_setting
from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelMissingError, NotFoundError, SettingsError
from twolane.text.suggesting import choice

if TYPE_CHECKING:
    from twolane.app import App

_POLL_S = 0.25


def reembed(
    ctx: typer.Context,
    model: Annotated[
        str | None,
        typer.Option(
            help="The model from now on; it is fetched, and written to the settings.",
            autocompletion=completing.models,
        ),
    ] = None,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Only queue: a server's workers do it.")] = False,
    json: Json = False,
) -> None:
    """Embed every document anew with the model of the settings; searches use words alone meanwhile."""
    context: Context = ctx.obj
    output = output_for(json)
    if model:
        _take(model, context, output)
    with context.app() as app:
        _must_answer(app)
        number = app.library.reembed()
        output.line(f"{number} documents to embed")
        output.value({"documents": number})
        if no_wait or not number or app.models.embedder() is None:
            return
        with output.progress("embedding") as bar:
            app.workers.start()
            total = app.library.pending().jobs
            while left := app.library.pending().jobs:
                total = max(total, left)
                bar.update(total - left, total, f"{total - left}/{total} documents")
                app.workers.wait(_POLL_S)
            bar.update(total, total, f"{total}/{total} documents")
        output.line(f"{app.library.counts().vectors} passages have vectors of {app.library.vector_model()}")


def _must_answer(app: App) -> None:
    """Raise `ModelMissingError` where the embedder is not ready: all vectors would be dropped for nothing."""
    health = app.poller.embedder()
    if not health.ready:
        raise ModelMissingError(f"vectors: {health.detail}", health.remedy)


def _take(model: str, context: Context, output: Output) -> None:
    """Fetch an embedding model where twolane runs it itself, and make it that of the settings."""
    from twolane.llm.catalogue.models import is_present, known_models

    settings = context.settings()
    tried = context.settings(**{"embedding.model": model})
    if tried.embedding.runtime == "embedded" and not Path(model).expanduser().is_dir():
        names = [entry.name for entry in known_models() if entry.kind == "embed"]
        if model not in names:
            raise NotFoundError(
                f"twolane runs no embedding model called {model!r}",
                f"{choice(model, names)} The folder of one is one, too",
            )
        if not is_present(model, tried.models_dir):
            fetch(LaneSettings(model=model, runtime="embedded"), tried, output)
    file = change_setting(settings.source, "embedding", "model", model)
    if context.settings().embedding.model != model:
        raise SettingsError(
            f"{file} names {model} now, and something stronger names another model",
            "change TWOLANE_EMBEDDING_MODEL or the flag that does",
        )
    output.line(f"{file}: embedding.model is {model}")
