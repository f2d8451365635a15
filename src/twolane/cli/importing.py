"""`twolane import`: takes over what another program keeps of its documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli.add import found_words, work_off
from twolane.cli.context import EXIT_SOME_FAILED, Context, Json, output_for, warn_of_fit
from twolane.cli.output import Output
from twolane.errors import SettingsError
from twolane.system.paths import path_of_named

if TYPE_CHECKING:
    from twolane.app import App
    from twolane.importing.base import ImportPlan, OtherDocument
    from twolane.importing.importer import Importer, ImportWishes
    from twolane.importing.paperless import PaperlessExport

cli = typer.Typer(help="Take over the documents of another program.", no_args_is_help=True)

_MOST_NAMED = 10


@cli.command("paperless")
def paperless(
    ctx: typer.Context,
    export: Annotated[Path, typer.Argument(help="The folder or ZIP file that `document_exporter` wrote.")],
    into: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Copy the originals there; else they stay where they are."),
    ] = None,
    as_: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="TYPE=CATEGORY", help="A type that is a category which you have."),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FIELD", help="A custom field that is a field of twolane's."),
    ] = None,
    inbox: Annotated[
        bool, typer.Option("--inbox", help="Believe what is said of documents in its inbox, too.")
    ] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what would be taken over.")] = False,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Only queue: a server's workers do it.")] = False,
    json: Json = False,
) -> int:
    """Take over an export of paperless-ngx: files, types, correspondents, dates, titles and tags.

    They count as your decisions. The export itself is never changed; run it again to go on where it stopped.
    """
    from twolane.importing.importer import Importer, ImportWishes
    from twolane.importing.paperless import open_export

    context: Context = ctx.obj
    output = output_for(json)
    wishes = ImportWishes(_pairs("--as", as_), _pairs("--field", field), inbox)
    with open_export(export) as opened, context.app() as app:
        importer = Importer(app.library, app.categories, app.review, app.facts, by=opened.name)
        documents = opened.documents()
        plan = importer.plan(documents, wishes)
        _show(output, plan)
        if preview:
            return 0
        return _bring(app, opened, documents, importer, wishes, into, output, wait=not no_wait)


def _bring(
    app: App,
    export: PaperlessExport,
    documents: Sequence[OtherDocument],
    importer: Importer,
    wishes: ImportWishes,
    into: Path | None,
    output: Output,
    *,
    wait: bool,
) -> int:
    from twolane.doctor import check_filing
    from twolane.importing.base import Imported
    from twolane.importing.placing import place

    if wait:
        check_filing(app)
        warn_of_fit(app.settings, output, ("filing",))
    with output.progress("copying" if into else "looking") as bar:
        placed = place(
            export, documents, into, lambda done: bar.update(done, len(documents), f"{done} files")
        )
    decided = importer.expect(placed.documents, wishes)
    root = path_of_named(into or export.folder or Path())
    paths = {one.path for one in placed.documents}
    output.line(found_words(app.library.add([root], leave=lambda seen: seen.path not in paths)))
    if wait:
        work_off(app, [root], output)
    number = importer.settle(decided)
    output.line(f"{len(paths)} files of {len(documents)} are in place, {number} with your decisions", "bold")
    for line in placed.failed[:_MOST_NAMED]:
        output.notice(line)
    if len(placed.failed) > _MOST_NAMED:
        output.notice(f"… and {len(placed.failed) - _MOST_NAMED} more")
    output.value(Imported(len(paths), number, placed.failed))
    return EXIT_SOME_FAILED if placed.failed else 0


def _show(output: Output, plan: ImportPlan) -> None:
    output.value(plan)
    rows = [(one.kind, one.category or "(new)", str(one.documents)) for one in plan.categories]
    output.table(("type there", "category here", "documents"), rows)
    output.line(
        f"{plan.documents} documents: {plan.dated} with a date, {plan.titled} with a title, "
        f"{plan.correspondents} correspondents, {len(plan.tags)} tags"
    )
    for line in plan.fields:
        output.line(f"custom field {line}")
    if plan.in_inbox:
        output.line(
            f"{plan.in_inbox} are in its inbox: twolane files them itself (--inbox believes what is said)"
        )
    for line in plan.left:
        output.line(f"not taken over: {line}")


def _pairs(option: str, texts: Sequence[str] | None) -> dict[str, str]:
    pairs = {}
    for text in texts or ():
        name, equals, value = (part.strip() for part in text.rpartition("="))
        if not equals or not name or not value:
            raise SettingsError(f"{option} {text}: is not NAME=VALUE", f"as in {option} Rechnung=invoice")
        pairs[name] = value
    return pairs
