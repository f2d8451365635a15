"""`twolane files` and `twolane correct`: what has been filed where, and a person's word on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from twolane.cli.context import Context, Json, added_file, output_for
from twolane.cli.facts import field_and_value, show_facts
from twolane.cli.output import Output, short_path, shown_moment
from twolane.documents import Decision, FileRecord, FileState, Filter
from twolane.errors import SettingsError
from twolane.system.paths import path_of_named

if TYPE_CHECKING:
    from twolane.app import App

_COLUMNS = ("file", "date", "correspondent", "category", "confidence", "note")


_Days = ["%Y-%m-%d"]
_From = Annotated[
    datetime | None, typer.Option("--from", formats=_Days, help="Only documents of this day on.")
]
_To = Annotated[datetime | None, typer.Option("--to", formats=_Days, help="Only documents up to this day.")]
_Names = Annotated[list[str] | None, typer.Option(help="Only what is from them; several times for several.")]
_Tags = Annotated[list[str] | None, typer.Option(help="Only documents with this tag, or one of these.")]
_Languages = Annotated[list[str] | None, typer.Option(help="Only this language, such as de.")]
_Conditions = Annotated[
    list[str] | None,
    typer.Option(metavar="CONDITION", help="Such as total_due>=100 or number=RE-1; all must hold."),
]
_Order = Annotated[Literal["path", "date", "added"], typer.Option(help="By path, or newest first.")]


def files(
    ctx: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help="Only files at and under these.")] = None,
    category: Annotated[str, typer.Option(help="Only this category, and those within it.")] = "",
    only_category: Annotated[str, typer.Option(help="Only this one, and none within it.")] = "",
    state: Annotated[FileState | None, typer.Option(help="Only files in this state.")] = None,
    text: Annotated[str, typer.Option(help="Only files with this in their path or title.")] = "",
    from_: _From = None,
    to: _To = None,
    correspondent: _Names = None,
    tag: _Tags = None,
    language: _Languages = None,
    field: _Conditions = None,
    order: _Order = "path",
    json: Json = False,
) -> None:
    """List files with their facts, category and state; of a single one also all that is known of it."""
    from twolane.api.schemas.files import FileOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        within = Filter(
            categories=(category,) if category else (),
            only_categories=(only_category,) if only_category else (),
            states=(state,) if state else (),
            dated_from=_day(from_),
            dated_to=_day(to),
            folders=tuple(path_of_named(path) for path in paths or ()),
            languages=tuple(language or ()),
            name=text,
            correspondents=app.facts.correspondents(correspondent or ()),
            tags=tuple(tag or ()),
            fields=app.facts.conditions(field or ()),
        )
        records = app.library.find(within, order=order).files
        if len(records) == 1 and within.folders == (records[0].path,):
            _one(app, records[0], output)
            return
        for record in records:
            output.value(FileOut.model_validate(record))
        output.table(_COLUMNS, [_row(one) for one in records])
        output.line(f"{len(records)} files")


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _row(record: FileRecord) -> tuple[str, ...]:
    """Return a file's row of the list."""
    result = record.classification
    dated = record.dated_at.isoformat() if record.dated_at else ""
    note = record.note or ("review" if record.state is FileState.REVIEW else "")
    category = (result.category or "none of these") if result else f"({record.state.value})"
    confidence = f"{result.confidence:.2f}" if result else ""
    notes = ", ".join([*(f"#{tag}" for tag in record.tags), note]).strip(", ")
    return short_path(record.path), dated, record.correspondent, category, confidence, notes


def _one(app: App, record: FileRecord, output: Output) -> None:
    """Show a file with its facts, and who decided what on it."""
    from twolane.api.schemas.files import FileHistoryOut

    decisions, facts = app.review.history(record), app.facts.of(record)
    output.value(FileHistoryOut.of(record, decisions, facts))
    output.table(_COLUMNS, [_row(record)])
    show_facts(output, facts)
    _history(output, decisions)
    output.line("1 files")


def _history(output: Output, decisions: Sequence[Decision]) -> None:
    """Show who decided what on a file's document, and when."""
    rows = [
        (
            shown_moment(decision.at) if decision.at else "",
            decision.classification.tier.words,
            decision.by,
            decision.classification.category or "none of these",
            f"{decision.classification.confidence:.2f}",
            "taken back" if decision.undone_at else "",
        )
        for decision in decisions
    ]
    output.table(("decided", "tier", "by", "category", "confidence", ""), rows)


def correct(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="A file that has been added.")],
    category: Annotated[str, typer.Argument(help="The category it belongs to.")] = "",
    none: Annotated[bool, typer.Option("--none", help="It belongs to none of the categories.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last correction of it back.")] = False,
    field: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD=VALUE", help="A fact of it: date=2025-03-31, or date=none; with --undo its name."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Say what a file is, or what it states: a person's decision stands above every model's."""
    from twolane.api.schemas.files import FileOut

    if bool(category) + none + undo + bool(field) != (2 if undo and field else 1):
        raise SettingsError(
            "a category, --field, --none or --undo is needed, and only one of them",
            "as in: twolane correct letter.pdf contract",
        )
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        record = added_file(app, path)
        if field:
            _correct_fields(app, record, field, undo=undo, output=output)
            return
        review, number = app.review, record.file_id
        corrected = review.undo(number) if undo else review.correct(number, category)
        output.value(FileOut.model_validate(corrected))
        stands = corrected.classification.category if corrected.classification else "not decided"
        output.line(f"{path}: {stands or 'none of these'}")
        if not json and (affected := app.reclassifier.affected([corrected.document])):
            output.line(
                f"{affected} similar files would be filed otherwise now: `twolane reclassify --preview`"
            )


def _correct_fields(
    app: App, record: FileRecord, fields: Sequence[str], *, undo: bool, output: Output
) -> None:
    """Take a person's word on fields, or take it back, and show what is known of the file then."""
    from twolane.api.schemas.files import FileHistoryOut

    for text in fields:
        if undo:
            record = app.facts.undo(record.file_id, text)
        else:
            field, value = field_and_value(text)
            record = app.facts.correct(record.file_id, field, value)
    facts = app.facts.of(record)
    output.value(FileHistoryOut.of(record, app.review.history(record), facts))
    show_facts(output, facts)
