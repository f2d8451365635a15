"""`twolane conversations`: what was asked and answered, kept, searched, exported and deleted."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli import completing
from twolane.cli.context import Context, Json, output_for
from twolane.cli.output import Output, counted, shown_moment
from twolane.errors import ConflictError

if TYPE_CHECKING:
    from twolane.answers import Conversation
    from twolane.api.schemas.conversations import ConversationTurnsOut
    from twolane.app import App

cli = typer.Typer(help="What was asked and answered in conversations that are kept.")

Named = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="The conversation, by its id or how that begins.",
        autocompletion=completing.conversations,
    ),
]


class ExportFormat(StrEnum):
    """The forms that a conversation is exported in."""

    MARKDOWN = "markdown"
    JSON = "json"


@cli.callback(invoke_without_command=True)
def conversations(ctx: typer.Context) -> None:
    """Conversations that are kept; without a command they are listed."""
    if ctx.invoked_subcommand is None:
        list_(ctx)


@cli.command("list")
def list_(
    ctx: typer.Context,
    query: Annotated[
        str, typer.Argument(help="Only those with all these words in title, questions or answers.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    json: Json = False,
) -> None:
    """List conversations, the newest first."""
    from twolane.api.schemas.conversations import ConversationOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        found = app.conversations.list(query, limit=limit)
    for one in found.conversations:
        output.value(ConversationOut.model_validate(one))
    rows = [
        (one.conversation_id, shown_moment(one.updated_at), str(one.turn_count), one.title)
        for one in found.conversations
    ]
    output.table(("id", "last asked", "questions", "title"), rows)
    output.line(counted(found.total, "conversation"))


@cli.command("show")
def show(ctx: typer.Context, conversation: Named, json: Json = False) -> None:
    """Print a conversation with its answers, and the files and pages they rest on."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        whole = app.conversations.find(conversation)
        output.value(_shape(app, whole))
        output.stream(f"{app.conversations.markdown(whole)}\n")


@cli.command("rename")
def rename(
    ctx: typer.Context,
    conversation: Named,
    title: Annotated[str, typer.Argument(help="The title that it is to have.")],
    json: Json = False,
) -> None:
    """Give a conversation another title."""
    context: Context = ctx.obj
    with context.app() as app:
        named = app.conversations.find(conversation).conversation_id
        _say(output_for(json), app.conversations.rename(named, title), "is called")


@cli.command("delete")
def delete(ctx: typer.Context, conversation: Named, json: Json = False) -> None:
    """Delete a conversation with all its questions and answers, for good."""
    context: Context = ctx.obj
    with context.app() as app:
        gone = app.conversations.find(conversation)
        app.conversations.delete(gone.conversation_id)
        _say(output_for(json), gone, "is deleted:")


@cli.command("export")
def export(
    ctx: typer.Context,
    conversation: Named,
    to: Annotated[
        Path | None, typer.Argument(help="A new file, or a folder; without it, it is printed.")
    ] = None,
    format: Annotated[ExportFormat, typer.Option(help="The form.")] = ExportFormat.MARKDOWN,
    json: Json = False,
) -> None:
    """Write a conversation as Markdown, with its sources as footnotes, or as JSON."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        whole = app.conversations.find(conversation)
        shape = _shape(app, whole)
        is_json = format is ExportFormat.JSON
        text = shape.model_dump_json(indent=2) if is_json else app.conversations.markdown(whole)
        name = app.conversations.file_name(whole, "json" if is_json else "markdown")
    if to is None:
        output.value(shape if is_json else {"name": name, "text": text})
        output.stream(f"{text}\n")
        return
    path = to / name if to.is_dir() else to
    _write_new(path, text)
    output.value({"path": str(path)})
    output.line(f"written to {path}")


def _write_new(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ConflictError(f"{path} is there already", "name another file: none is overwritten") from error
    except OSError as error:
        raise ConflictError(f"{path} cannot be written: {error.strerror}", "name another file") from error


def _shape(app: App, whole: Conversation) -> ConversationTurnsOut:
    from twolane.api.schemas.conversations import ConversationTurnsOut, paths_of

    return ConversationTurnsOut.of(whole, app.library.file_ids(paths_of(whole.turns)))


def _say(output: Output, one: Conversation, what: str) -> None:
    from twolane.api.schemas.conversations import ConversationOut

    output.value(ConversationOut.model_validate(one))
    output.line(f"{one.conversation_id} {what} {one.title}")
