"""`twolane reclassify`: file again what no person has decided, by what corrections have taught since."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli.context import Context, Json, output_for
from twolane.documents import Filter
from twolane.system.paths import path_of_named

if TYPE_CHECKING:
    from twolane.api.schemas.reclassify import ChangeOut

_MOST_ROWS = 200


def reclassify(
    ctx: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help="Only files at and under these.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what would change.")] = False,
    json: Json = False,
) -> None:
    """File again what no person has decided, after corrections; no model is asked, and it can be stopped."""
    from twolane.api.schemas.reclassify import ChangeOut

    context: Context = ctx.obj
    output = output_for(json)
    within = Filter(folders=tuple(path_of_named(path) for path in paths or ()))
    shown: list[tuple[str, ...]] = []
    changed = looked_at = 0
    began = time.monotonic()
    with context.app() as app:
        try:
            with output.progress("looking" if preview else "filing again") as bar:
                for looked in app.reclassifier.look(within):
                    looked_at = looked.done
                    changed += len(looked.changes)
                    if not preview:
                        app.reclassifier.apply(looked.changes)
                    for change in map(ChangeOut.model_validate, looked.changes):
                        output.value(change)
                        if len(shown) < _MOST_ROWS:
                            shown.append(_row(change))
                    rate = looked.done / max(1e-6, time.monotonic() - began)
                    bar.update(looked.done, looked.total, f"{looked.done}/{looked.total} files, {rate:.0f}/s")
        except KeyboardInterrupt:
            output.line("stopped: what was filed again stays so; the same command goes on")
            raise
        finally:
            output.table(("file", "was", "would be" if preview else "is", "confidence", "why"), shown)
    if changed > len(shown):
        output.line(f"… and {changed - len(shown)} more: `--json` lists all")
    done = f"{changed} of {looked_at} files would be filed otherwise" if preview else f"{changed} filed anew"
    output.line(f"{done}: `twolane reclassify` does it" if preview and changed else done)


def _row(change: ChangeOut) -> tuple[str, ...]:
    before = change.file.classification
    was = _words(before.category, review=before.review) if before else ""
    now = _words(change.category, review=change.review)
    return change.file.path, was, now, f"{change.confidence:.2f}", change.reason


def _words(category: str, *, review: bool) -> str:
    return f"{category} (review)" if review else category
