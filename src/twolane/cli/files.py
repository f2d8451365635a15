"""`twolane files` and `twolane correct`: what has been filed where, and a person's word on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from twolane.cli.add import row
from twolane.cli.context import Context, Json, output_for
from twolane.cli.output import Output
from twolane.documents import Decision, FileState, Filter
from twolane.errors import NotFoundError


def files(
    ctx: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help="Only files at and under these.")] = None,
    category: Annotated[str, typer.Option(help="Only this category.")] = "",
    state: Annotated[FileState | None, typer.Option(help="Only files in this state.")] = None,
    text: Annotated[str, typer.Option(help="Only files with this in their path or title.")] = "",
    json: Json = False,
) -> None:
    """List files with their category, confidence and state; of a single one also every decision on it."""
    from twolane.api.schemas.files import FileHistoryOut, FileOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        within = Filter(
            categories=(category,) if category else (),
            states=(state,) if state else (),
            folders=tuple(path.expanduser().resolve() for path in paths or ()),
            name=text,
        )
        records = app.library.find(within).files
        single = len(records) == 1 and within.folders == (records[0].path,)
        history = app.review.history(records[0]) if single else ()
        for record in records:
            output.value(FileHistoryOut.of(record, history) if single else FileOut.model_validate(record))
        output.table(
            ("file", "category", "confidence", "tier", "seconds", "note"), [row(one) for one in records]
        )
        if single:
            _history(output, history)
        output.line(f"{len(records)} files")


def _history(output: Output, decisions: Sequence[Decision]) -> None:
    """Show who decided what on a file's document, and when."""
    rows = [
        (
            f"{datetime.fromtimestamp(decision.at, UTC).astimezone():%Y-%m-%d %H:%M}" if decision.at else "",
            decision.classification.tier.words,
            decision.by,
            decision.classification.category,
            f"{decision.classification.confidence:.2f}",
        )
        for decision in decisions
    ]
    output.table(("decided", "tier", "by", "category", "confidence"), rows)


def correct(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="A file that has been added.")],
    category: Annotated[str, typer.Argument(help="The category it belongs to.")],
    json: Json = False,
) -> None:
    """Say what a file is: a person's decision stands above every model's."""
    from twolane.api.schemas.files import FileOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        record = app.library.file_at(path.expanduser().resolve())
        if record is None:
            raise NotFoundError(f"{path} is not in the library", "add it with `twolane add`")
        corrected = app.review.correct(record.file_id, category)
        output.value(FileOut.model_validate(corrected))
        output.line(f"{path}: {category}")
