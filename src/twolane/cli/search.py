"""`twolane search`: the passages that say most about something, by words and by meaning."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli.context import Context, InCategory, Json, output_for
from twolane.cli.filters import Conditions, From, Languages, Names, Tags, To, wanted
from twolane.cli.named import say_if_empty
from twolane.cli.output import Output, short_path
from twolane.documents import Filter, FoundPassage
from twolane.errors import SettingsError

if TYPE_CHECKING:
    from twolane.app import App

_SHOWN_CHARS = 320


def search(
    ctx: typer.Context,
    query: Annotated[str, typer.Argument(help="Words, or what is meant.")],
    path: Annotated[list[Path] | None, typer.Option(help="Only files at and under this.")] = None,
    category: InCategory = "",
    from_: From = None,
    to: To = None,
    correspondent: Names = None,
    tag: Tags = None,
    language: Languages = None,
    field: Conditions = None,
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many passages at most.")] = 8,
    json: Json = False,
) -> None:
    """Find the passages that say most about something, in any language; no model answers."""
    from twolane.api.schemas.passages import PassagesOut

    if not query.strip():
        raise SettingsError("there is nothing to search for", 'as in: twolane search "notice period"')
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        within = wanted(
            app,
            path,
            category=category,
            days=(from_, to),
            correspondents=correspondent,
            tags=tag,
            languages=language,
            conditions=field,
        )
        if say_if_empty(app, output):
            return
        found = app.answerer().search(query, within, limit)
        shown = PassagesOut.of(found.passages, found.relevance, app.library.file_ids)
        for passage in shown.passages:
            output.value(passage)
        _show(found.passages, output)
        if not found.passages:
            output.line(_nothing(app, within))


def _show(passages: tuple[FoundPassage, ...] | list[FoundPassage], output: Output) -> None:
    """Show each passage under the name of its file and its place there."""
    for passage in passages:
        where = ", ".join(filter(None, (short_path(passage.path), passage.place)))
        output.line(where, "bold")
        text = " ".join(passage.text.split())
        output.line(f"  {text[:_SHOWN_CHARS]}{' …' if len(text) > _SHOWN_CHARS else ''}")


def _nothing(app: App, within: Filter) -> str:
    narrowing = "" if within == Filter() else ", where you search"
    waiting = app.library.pending(within.folders).jobs
    unread = "; not all files have been read yet" if waiting else ""
    return f"nothing in your files speaks of this{narrowing}{unread}"
