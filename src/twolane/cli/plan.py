"""`twolane plan` and `twolane plans`: where each file would go, before anything is moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from twolane.cli import completing
from twolane.cli.context import Context, InCategory, Json, output_for
from twolane.cli.moving import command, done_so
from twolane.cli.named import category_ids, nothing_at
from twolane.cli.output import Output, counted, short_path, shown_moment
from twolane.documents import Filter, display_path
from twolane.plans import DraftPlan, LeftCause, Move, MoveKind, MoveState, OrganizeRule, Plan
from twolane.system.paths import path_of_named

if TYPE_CHECKING:
    from twolane.app import App

cli = typer.Typer(help="Plans that are kept: where files would go, and what was done.", no_args_is_help=True)

_FILES_A_FOLDER = 3
_MOST_FOLDERS = 40
_MOST_LEFT = 5
_TOLD = {LeftCause.TAKEN, LeftCause.UNSAFE_NAME}  # of these it is told which files they are
_AT_ONCE = 1000
_Name = Annotated[str, typer.Argument(help="The plan's name.", autocompletion=completing.plans)]
_Kinds = Literal["move", "copy", "hard-link", "symbolic-link"]


def plan(
    ctx: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help="Only files at and under these.")] = None,
    rule: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CATEGORY=TEMPLATE",
            help="Where a category's files go, as invoice='{date:%Y}/{name}{ext}'; * is every category.",
        ),
    ] = None,
    preset: Annotated[str, typer.Option(help="A ready-made order: see --presets.")] = "",
    root: Annotated[Path | None, typer.Option(help="The folder that files go to.")] = None,
    kind: Annotated[_Kinds | None, typer.Option(help="What is done with the files.")] = None,
    category: InCategory = "",
    unsure: Annotated[bool, typer.Option("--unsure", help="Plan what waits for you, too.")] = False,
    save: Annotated[str, typer.Option(metavar="NAME", help="Keep the plan under this name.")] = "",
    dry: Annotated[bool, typer.Option("--dry", help="Keep nothing.")] = False,
    presets: Annotated[bool, typer.Option("--presets", help="List the ready-made orders.")] = False,
    json: Json = False,
) -> None:
    """Show where each file would go, and keep that as a plan; no file is moved before `twolane apply`."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        if presets:
            _show_presets(app, output)
            return
        folders = tuple(path_of_named(path) for path in paths or ())
        _check_paths(app, folders)
        within = Filter(folders=folders, categories=category_ids(app, category))
        draft = app.organizer.draft(
            within,
            [OrganizeRule.parse(text) for text in rule or ()],
            preset=preset,
            kind=MoveKind(kind.replace("-", "_")) if kind else None,
            unsure=unsure,
            root=root.expanduser().absolute() if root else None,
        )
        kept = app.organizer.save(draft, save) if draft.moves and not dry else None
        _show_draft(draft, kept, output)


@cli.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List the plans that are kept, the newest first."""
    from twolane.api.schemas.plans import PlanOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        rows = []
        for one in app.organizer.plans(_AT_ONCE):
            output.value(PlanOut.model_validate(one))
            rows.append((one.name, one.state.value, str(one.total), shown_moment(one.made_at), one.options))
        if rows:
            output.table(("plan", "state", "files", "made", "with"), rows)
        else:
            output.line("no plan is kept: `twolane plan FOLDER` makes one")


@cli.command("show")
def show(ctx: typer.Context, name: _Name, json: Json = False) -> None:
    """Show a plan with its moves, and what became of each."""
    from twolane.api.schemas.plans import MoveOut, PlanOut

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        found = app.organizer.plan(name)
        output.value(PlanOut.model_validate(found))
        moves = list(_all_moves(app, name))
        for move in moves:
            output.value(MoveOut.model_validate(move))
        _table(moves, output)
        counts = ", ".join(f"{number} {state.value}" for state, number in found.counts.items())
        output.line(f"{found.name}: {found.state.value}, {counts}; made {shown_moment(found.made_at)}")
        output.line(found.options)


@cli.command("forget")
def forget(ctx: typer.Context, name: _Name, json: Json = False) -> None:
    """Forget a plan that was not applied; files are not touched."""
    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        app.organizer.forget(name)
    output.value({"forgotten": name})
    output.line(f"{name} is forgotten; no file was touched")


def _check_paths(app: App, paths: Sequence[Path]) -> None:
    """Raise `NotFoundError` for a path where nothing is and nothing was added."""
    for path in paths:
        if not path.is_dir() and app.library.file_at(path) is None:
            raise nothing_at(app, path)


def _show_presets(app: App, output: Output) -> None:
    from twolane.api.schemas.plans import PresetOut

    rows = []
    for one in app.organizer.presets():
        output.value(PresetOut.model_validate(one))
        rows.append((one.id, one.words, one.example))
    output.table(("preset", "what it is", "as in"), rows)


def _show_draft(draft: DraftPlan, kept: Plan | None, output: Output) -> None:
    """Show what would be moved by folder, what is left, and how to go on."""
    from twolane.api.schemas.plans import LeftFileOut, MoveOut, PlannedOut, PlanOut

    for move in draft.moves:
        output.value(MoveOut.model_validate(move))
    for left in draft.left:
        output.value(LeftFileOut.model_validate(left))
    output.value(
        PlannedOut(
            total=len(draft.moves),
            left_counts=dict(draft.left_counts),
            options=draft.options,
            plan=PlanOut.model_validate(kept) if kept else None,
        )
    )
    _table(draft.moves, output)
    _show_left(draft, output)
    if not draft.moves:
        lies = sum(draft.left_counts.values())
        output.line(
            "no file is to be moved" if lies else "no file of the library is there: `twolane add` adds"
        )
        return
    done = done_so(draft.moves[0].kind)
    folders = len({move.target.parent for move in draft.moves})
    output.line(f"{counted(len(draft.moves), 'file')} would be {done}, to {counted(folders, 'folder')}")
    if kept:
        output.line(f"kept as {kept.name}: {command('apply', kept.name)} does it")
    else:
        output.line("nothing is kept: without --dry it would be, to be applied")


def _table(moves: Sequence[Move], output: Output) -> None:
    """Show the first files of each folder, and how many more there are."""
    folders = [(folder, list(some)) for folder, some in groupby(moves, lambda move: move.target.parent)]
    rows = [row for folder, some in folders[:_MOST_FOLDERS] for row in _rows(folder, some)]
    if rows:
        output.table(("goes to", "files", "from"), rows)
    if more := folders[_MOST_FOLDERS:]:
        files = counted(sum(len(some) for _, some in more), "file")
        output.line(f"… and {counted(len(more), 'more folder')} with {files}: `--json` lists all")


def _rows(folder: Path, moves: Sequence[Move]) -> Iterator[tuple[str, ...]]:
    yield f"{short_path(folder)}/", str(len(moves)), ""
    for move in moves[:_FILES_A_FOLDER]:
        state = "" if move.state is MoveState.PROPOSED else move.state.value
        note = ": ".join(filter(None, (state, move.note)))
        yield f"  {display_path(move.target.name)}", "", short_path(move.source) + (note and f" ({note})")
    if len(moves) > _FILES_A_FOLDER:
        yield f"  … and {len(moves) - _FILES_A_FOLDER} more", "", ""


def _show_left(draft: DraftPlan, output: Output) -> None:
    rows = []
    for cause in LeftCause:
        if number := draft.left_counts.get(cause, 0):
            rows.append((cause.words, str(number), ""))
            named = [one for one in draft.left if one.cause is cause] if cause in _TOLD else []
            rows += (("", "", f"{short_path(one.path)}: {one.detail}") for one in named[:_MOST_LEFT])
    if rows:
        output.table(("stays where it is", "files", "of them"), rows)


def _all_moves(app: App, name: str) -> Iterator[Move]:
    offset = 0
    while moves := app.organizer.moves(name, limit=_AT_ONCE, offset=offset):
        yield from moves
        offset += len(moves)
