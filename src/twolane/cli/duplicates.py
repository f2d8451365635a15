"""`twolane duplicates`: files that are one paper or versions of it, and a person's word on two of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli.context import Context, Json, added_file, output_for
from twolane.cli.output import Output, short_path
from twolane.errors import SettingsError

if TYPE_CHECKING:
    from twolane.app import App
    from twolane.store.values import CopyGroup

_MOST_ROWS = 300


def duplicates(
    ctx: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help="One file, or two with a word on them.")] = None,
    same: Annotated[bool, typer.Option("--same", help="The two files are the same paper.")] = False,
    differ: Annotated[bool, typer.Option("--differ", help="The two files are two papers.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the word on the two files back.")] = False,
    json: Json = False,
) -> None:
    """List files that are the same, nearly the same, or versions of each other: the newest of each first."""
    context: Context = ctx.obj
    output = output_for(json)
    given = paths or []
    if same + differ + undo > 1 or (len(given) != 2 * (same + differ + undo) and (same or differ or undo)):
        raise SettingsError(
            "--same, --differ and --undo are each said of two files, one at a time",
            "as in: twolane duplicates offer.pdf offer-v2.pdf --differ",
        )
    if len(given) > 1 and not (same or differ or undo):
        raise SettingsError("of several files nothing is said", "name one, or add --same or --differ to two")
    with context.app() as app:
        numbers = [added_file(app, path).file_id for path in given]
        if same or differ:
            groups = [app.copies.decide(*numbers, same=same)]
        elif undo:
            groups = [app.copies.undo(*numbers)]
        else:
            _catch_up(app, output)
            groups = [app.copies.of(numbers[0])] if numbers else list(app.copies.groups().groups)
        _show(groups, output, asked=numbers[0] if numbers else 0)


def _catch_up(app: App, output: Output) -> None:
    """Look at what was filed before copies were sought; nothing where all was looked at."""
    with output.progress("comparing") as bar:
        for done in app.copies.catch_up():
            bar.update(done, done, f"{done} documents compared")


def _show(groups: list[CopyGroup], output: Output, *, asked: int) -> None:
    from twolane.api.schemas.copies import CopyGroupOut

    rows: list[tuple[str, ...]] = []
    for group in groups:
        output.value(CopyGroupOut.of(group))
        for place, copy in enumerate(group.files):
            kind = "this file" if copy.file.file_id == asked else copy.kind.words if place or asked else ""
            kind = ", ".join(filter(None, ("" if place else "newest", kind)))
            day = copy.file.dated_at.isoformat() if copy.file.dated_at else _day(copy.changed_at)
            rows.append((short_path(copy.file.path), kind, day, copy.reason if place or asked else ""))
    more = sum(len(group.files) - 1 for group in groups if group.files)
    if not more:
        output.line(
            "it is no copy or version of another file" if asked else "no file is a copy or version of another"
        )
        return
    output.table(("file", "", "date", "why"), rows[:_MOST_ROWS])
    if len(rows) > _MOST_ROWS:
        output.line(f"… and {len(rows) - _MOST_ROWS} more: `--json` lists all")
    others = sum(len(group.files) > 1 for group in groups)
    output.line(
        f"{more} files are copies or versions of {'another one' if others == 1 else f'{others} others'}"
    )


def _day(at: float) -> str:
    return f"file of {datetime.fromtimestamp(at, UTC).astimezone():%Y-%m-%d}" if at else ""
