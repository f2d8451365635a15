"""`twolane ask` and `twolane chat`: questions over the files, answers with numbered sources."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli.context import EXIT_NOT_IN_FILES, Context, Json, output_for, warn_of_fit
from twolane.cli.output import Output, plain
from twolane.documents import (
    AnswerEvent,
    DoneEvent,
    ErrorEvent,
    RefusalEvent,
    Source,
    SourcesEvent,
    TextEvent,
    Turn,
    display_path,
)
from twolane.errors import ModelError

if TYPE_CHECKING:
    from twolane.app import App


def ask(
    ctx: typer.Context,
    question: Annotated[str, typer.Argument(help="The question.")],
    json: Json = False,
) -> int:
    """Answer a question over the filed documents, with the files and pages it rests on."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        warn_of_fit(app.settings, output, ("chat",))
        done = _answer(app, question, (), output)
        return EXIT_NOT_IN_FILES if done.refused else 0


def chat(ctx: typer.Context, json: Json = False) -> None:
    """Ask one question after the other; Ctrl-C ends an answer, Ctrl-D or an empty line ends the chat."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        warn_of_fit(app.settings, output, ("chat",))
        output.line("Ask about your files. Ctrl-C ends an answer, Ctrl-D ends the chat.", "dim")
        history: list[Turn] = []
        for question in _questions(json):
            try:
                done = _answer(app, question, history, output)
            except KeyboardInterrupt:
                output.line(" … stopped")
                continue
            except ModelError as error:
                output.error(error)
                continue
            if not done.refused:
                history.append(Turn(question, done.text))


def _questions(json: bool) -> Iterator[str]:
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        while question := input("" if json else "\n> ").strip():
            yield question


def _answer(app: App, question: str, history: Sequence[Turn], output: Output) -> DoneEvent:
    """Print an answer as it comes. Raises `ModelError` where it ends in an error."""
    sources: tuple[Source, ...] = ()
    done = DoneEvent("")
    events = app.ask(question, history)
    with contextlib.closing(events):  # type: ignore[type-var]  # closing this generator cancels the model
        for event in events:
            output.value({"event": _name(event), **plain(event)})
            if isinstance(event, SourcesEvent):
                sources = event.sources
            elif isinstance(event, TextEvent):
                output.stream(event.text)
            elif isinstance(event, RefusalEvent):
                output.line(event.reason)
            elif isinstance(event, ErrorEvent):
                raise ModelError(event.what, event.remedy)
            elif isinstance(event, DoneEvent):
                done = event
    output.line()
    for source in sources:
        if source.number in done.cited:
            passage = source.passage
            output.line(f"[{source.number}] {display_path(passage.path)}, page {passage.page}", "dim")
    return done


def _name(event: AnswerEvent) -> str:
    return type(event).__name__.removesuffix("Event").lower()
