"""`twolane files` and `twolane correct`: what has been filed where, and a person's word on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from twolane.cli import completing
from twolane.cli.added import NOT_READ, READ_AGAIN
from twolane.cli.context import Context, InCategory, Json, Wide, added_file, output_for
from twolane.cli.facts import field_and_value, show_facts
from twolane.cli.filters import Conditions, From, Languages, Names, Tags, To, wanted
from twolane.cli.named import category_ids, say_if_empty
from twolane.cli.output import Output, counted, short_path, shown_moment
from twolane.documents import Decision, FileList, FileRecord, FileState, Filter
from twolane.errors import SettingsError

if TYPE_CHECKING:
    from twolane.app import App

_COLUMNS = ("file", "date", "correspondent", "category", "confidence", "note")


Sort = Literal["path", "name", "date", "added", "correspondent", "category", "state", "confidence"]
_Sort = Annotated[Sort, typer.Option("--sort", "--order", help="By date and added: the newest first.")]


_State = Annotated[FileState | None, typer.Option(help="Only files in this state.")]
_Text = Annotated[str, typer.Option(help="Only files with this in their path or title.")]
_OnlyCategory = Annotated[
    str, typer.Option(help="Only this one, and none within it.", autocompletion=completing.categories)
]


@dataclass(frozen=True, slots=True)
class _ListPart:
    """Which part of a list is shown: a limit of 0 is all."""

    sort: Sort
    reverse: bool
    limit: int
    offset: int


def files(
    ctx: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help="Only files at and under these.")] = None,
    category: InCategory = "",
    only_category: _OnlyCategory = "",
    state: _State = None,
    text: _Text = "",
    from_: From = None,
    to: To = None,
    correspondent: Names = None,
    tag: Tags = None,
    language: Languages = None,
    field: Conditions = None,
    sort: _Sort = "path",
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="How many at most; 0 is all.")] = 0,
    offset: Annotated[int, typer.Option(min=0, help="How many to leave out before them.")] = 0,
    wide: Wide = False,
    json: Json = False,
) -> None:
    """List files with their facts, category and state; of a single one also all that is known of it."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        within = wanted(
            app,
            paths,
            category=category,
            only_category=only_category,
            state=state,
            text=text,
            days=(from_, to),
            correspondents=correspondent,
            tags=tag,
            languages=language,
            conditions=field,
        )
        if say_if_empty(app, output):
            return
        part = _ListPart(sort, reverse, limit, offset)
        _show(app, within, part, output, wide=wide)


def _show(app: App, within: Filter, part: _ListPart, output: Output, *, wide: bool) -> None:
    from twolane.api.schemas.files import FileOut

    found = _listed(app, within, part)
    records = found.files
    if len(records) == 1 and within.folders == (records[0].path,):
        _one(app, records[0], output)
        return
    for record in records:
        output.value(FileOut.model_validate(record))
    with output.pages(len(records)):
        output.table(_COLUMNS, [_row(one) for one in records], wide=wide)
        output.line(_count(found, part.offset))


def _listed(app: App, within: Filter, part: _ListPart) -> FileList:
    """Return the part of the list that is wanted; what the library does not sort by is sorted here."""
    if part.sort != "confidence":
        return app.library.find(
            within, limit=part.limit, offset=part.offset, order=part.sort, reverse=part.reverse
        )
    every = sorted(app.library.find(within).files, key=_confidence, reverse=part.reverse)
    until = part.offset + part.limit if part.limit else None
    return FileList(tuple(every[part.offset : until]), len(every))


def _count(found: FileList, offset: int) -> str:
    shown = len(found.files)
    if shown == found.total:
        return counted(shown)
    if not shown:
        return f"none from {offset + 1} on: there are {found.total} files"
    return f"files {offset + 1} to {offset + shown} of {found.total}"


def _row(record: FileRecord) -> tuple[str, ...]:
    """Return a file's row of the list."""
    result = record.classification
    dated = record.dated_at.isoformat() if record.dated_at else ""
    note = record.note or ("review" if record.state is FileState.REVIEW else "")
    category = (result.category or "none of these") if result else f"({record.state.value})"
    confidence = f"{result.confidence:.2f}" if result else ""
    notes = ", ".join([*(f"#{tag}" for tag in record.tags), note]).strip(", ")
    return short_path(record.path), dated, record.correspondent, category, confidence, notes


def _confidence(record: FileRecord) -> float:
    return record.classification.confidence if record.classification else -1.0


def _one(app: App, record: FileRecord, output: Output) -> None:
    """Show a file with its facts, and who decided what on it."""
    from twolane.api.schemas.files import FileHistoryOut

    decisions, facts = app.review.history(record), app.facts.of(record)
    seen = app.access.owners.is_seen_by_others(record)
    output.value(FileHistoryOut.of(record, decisions, facts, seen_by_others=seen))
    output.table(_COLUMNS, [_row(record)])
    show_facts(output, facts)
    _history(output, decisions)
    if record.state in NOT_READ:
        output.line(READ_AGAIN)
    output.line(counted(1))


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
    category: Annotated[
        str, typer.Argument(help="The category it belongs to.", autocompletion=completing.categories)
    ] = "",
    none: Annotated[bool, typer.Option("--none", help="It belongs to none of the categories.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last correction of it back.")] = False,
    field: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD=VALUE",
            help="A fact of it: date=2025-03-31, or date=none; with --undo its name.",
            autocompletion=completing.fields,
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
        chosen = category_ids(app, category)
        corrected = review.undo(number) if undo else review.correct(number, *(chosen or ("",)))
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
    seen = app.access.owners.is_seen_by_others(record)
    output.value(FileHistoryOut.of(record, app.review.history(record), facts, seen_by_others=seen))
    show_facts(output, facts)
