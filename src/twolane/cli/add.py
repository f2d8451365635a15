"""`twolane add`: files and indexes documents, and shows how far it is."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli.context import EXIT_SOME_FAILED, Context, Json, output_for, warn_of_fit
from twolane.cli.output import Output
from twolane.documents import FileRecord, FileState, Filter, display_path
from twolane.system.paths import path_of_named

if TYPE_CHECKING:
    from twolane.app import App
    from twolane.store.values import ScanResult

_POLL_S = 0.25
_LONGEST_POLL_S = 2.0
_PAUSES = 20  # counting what is left of many files takes a while itself: it is paused for so many times that
_MOST_ROWS = 60
_MOST_NAMED = 3
_LISTED_AT_ONCE = 500


def add(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files and folders; a few files by name go first.")],
    redo: Annotated[bool, typer.Option(help="Read everything anew, changed or not.")] = False,
    emptied: Annotated[bool, typer.Option("--emptied", help="An empty folder's files are deleted.")] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Only queue: a server's workers do it.")] = False,
    json: Json = False,
) -> int:
    """File and index documents. Nothing is moved or changed; run it again to go on where it stopped."""
    from twolane.doctor import check_filing

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        if not no_wait:
            check_filing(app)
            warn_of_fit(app.settings, output, ("filing",))
        if model := app.library.stale_vectors():
            output.line(f"the index holds vectors of {model}: `twolane models reembed` embeds all files anew")
        found = app.library.add(paths, redo=redo, emptied=emptied, named=True)
        output.line(found_words(found))
        roots = [path_of_named(path) for path in paths]
        if not no_wait:
            work_off(app, roots, output)
        return _report(app, roots, found, output)


def found_words(found: ScanResult) -> str:
    """Return what a scan has found as a line for people."""
    parts = [f"{found.new} new", f"{found.changed} changed", f"{found.unchanged} unchanged"]
    parts += [f"{found.again} tried again"] if found.again else []
    parts += [f"{found.moved} moved"] if found.moved else []
    why = [f"{found.excluded} excluded by you"] if found.excluded else []
    why += [f"{found.clutter} by names of what is no document"] if found.clutter else []
    left_out = f" ({', '.join(why)}: `twolane exclude` lists them)" if why else ""
    parts += [f"{found.skipped} skipped{left_out}"] if found.skipped else []
    parts += [f"{found.gone} gone"] if found.gone else []
    return "found: " + ", ".join(parts)


def work_off(app: App, roots: Sequence[Path], output: Output) -> None:
    """Do what is queued of files at and under the roots, and show how far it is."""
    total = app.library.pending(roots)
    if not total.jobs:
        return
    started = time.monotonic()
    try:
        with output.progress("filing") as bar:
            delayed: list[str] = []
            app.workers.start(lambda event: delayed.append(event.error) if event.error else None)
            while True:
                began = time.monotonic()
                left = app.library.pending(roots)
                counting_s = time.monotonic() - began
                if not left.jobs:
                    break
                filed = total.files - left.files
                rate = filed / max(0.001, time.monotonic() - started)
                more = "" if left.files else f", indexing {left.jobs}"
                if delayed:
                    more = f", waiting: {delayed[-1]}"
                bar.update(filed, total.files, f"{filed}/{total.files} files, {rate:.1f}/s{more}")
                delayed.clear()
                app.workers.wait(min(max(_POLL_S, _PAUSES * counting_s), _LONGEST_POLL_S))
            bar.update(total.files, total.files, f"{total.files}/{total.files} files")
    except KeyboardInterrupt:
        left = app.library.pending(roots)
        output.line(f"stopped: {left.files} files still to be done; run the same command again to go on")
        raise


def _report(app: App, roots: Sequence[Path], found: ScanResult, output: Output) -> int:
    from twolane.api.schemas.files import FileOut

    states: Counter[FileState] = Counter()
    rows: list[tuple[str, ...]] = []
    copies, given_up = 0, list[str]()
    for record in _files(app, roots):
        output.value(FileOut.model_validate(record))
        states[record.state] += 1
        copies += bool(record.copies)
        if record.state is FileState.QUARANTINED:
            given_up.append(display_path(record.path.name))
        if record.state is not FileState.SKIPPED and len(rows) < _MOST_ROWS:
            rows.append(row(record, roots))
    output.table(("file", "category", "confidence", "tier", "seconds", "note"), rows)
    more = states.total() - states[FileState.SKIPPED] - len(rows)
    if more:
        output.line(f"… and {more} more: `twolane files` lists all")
    output.line(", ".join(f"{number} {state.value}" for state, number in states.items()) or "nothing to do")
    if given_up:
        named = ", ".join(given_up[:_MOST_NAMED]) + (", …" if len(given_up) > _MOST_NAMED else "")
        output.line(
            f"{len(given_up)} given up ({named}): `twolane files --state quarantined` says why; "
            "add them again to try again"
        )
    if asking := app.library.pending(roots).later:
        output.line(
            f"facts of {asking} are still to be asked of the small model: `twolane serve` does it when idle"
        )
    if asked := app.placements.count():
        output.line(f"{asked} moved by you may belong to other categories: `twolane review` asks")
    if copies:
        output.line(f"{copies} have copies or other versions: `twolane duplicates` lists them")
    summary = {"found": found, "states": {state.value: number for state, number in states.items()}}
    output.value(summary)
    return EXIT_SOME_FAILED if states[FileState.QUARANTINED] else 0


def _files(app: App, roots: Sequence[Path]) -> Iterator[FileRecord]:
    """Return the files under the roots, read page by page: all at once took more memory than filing them."""
    within = Filter(folders=tuple(roots))
    for offset in count(0, _LISTED_AT_ONCE):
        page = app.library.find(within, limit=_LISTED_AT_ONCE, offset=offset).files
        yield from page
        if len(page) < _LISTED_AT_ONCE:
            return


def row(record: FileRecord, roots: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return a file's row of the summary table."""
    result = record.classification
    root = next((root for root in roots if root in record.path.parents), None)
    path = record.path.relative_to(root) if root else record.path
    note = record.note or ("review" if record.state is FileState.REVIEW else "")
    if result is None:
        return display_path(path), f"({record.state.value})", "", "", "", note
    return (
        display_path(path),
        result.category or "none of these",
        f"{result.confidence:.2f}",
        result.tier.words,
        f"{result.seconds:.2f}",
        note,
    )
