"""`twolane watch`: files what comes into folders, and says what became of each file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twolane.cli.context import Context, Json, output_for, warn_of_fit
from twolane.cli.output import Output, short_path
from twolane.cli.worker import stopped_by_signals
from twolane.config.settings import WatchedFolder
from twolane.documents import Arrival, FileState, FolderStanding, FolderWatch, display_path
from twolane.errors import SettingsError

_LOOK_S = 0.1


def watch(
    ctx: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FOLDER", help="Folders; those of the settings by default."),
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Move what is surely filed to where its category goes.")
    ] = False,
    poll_s: Annotated[
        float, typer.Option(min=0, max=86_400, help="Look at all of it so often, and wait for no event.")
    ] = 0.0,
    json: Json = False,
) -> None:
    """File what comes into folders as it comes, until Ctrl-C or SIGTERM."""
    from twolane.doctor import check_filing
    from twolane.lanes.keeping import kept_loaded

    context: Context = ctx.obj
    output = output_for(json)
    with stopped_by_signals() as stop, context.app() as app:
        folders = [WatchedFolder(path=path, apply=apply, poll_s=poll_s) for path in paths or ()]
        folders = folders or list(app.settings.folder)
        if not folders:
            raise SettingsError(
                "no folder to watch was named", "`twolane watch FOLDER`, or [[folder]] in the settings"
            )
        for folder in folders:
            if folder.path.expanduser().is_file():
                raise SettingsError(
                    f"{display_path(folder.path)} is no folder", "single files are added by `twolane add`"
                )
        check_filing(app)
        warn_of_fit(app.settings, output, ("filing",))
        app.workers.start()
        app.folders.start(folders, report=True)
        said: dict[Path, FolderStanding] = {}
        with kept_loaded(("filing",), app.lanes, app.poller.known_health, app.warm, notes=app.poller.notes):
            while not stop.wait(_LOOK_S):
                _say_standings(app.folders.own(), said, output)
                for arrival in app.folders.arrived():
                    _say_arrival(arrival, output)
        output.line("ending: running jobs may finish")


def _say_standings(standings: list[FolderStanding], said: dict[Path, FolderStanding], output: Output) -> None:
    """Print how each folder stands where that is news."""
    for one in standings:
        before = said.get(one.path)
        is_news = before is None or (before.watch, before.fault) != (one.watch, one.fault)
        found = one.found - (before.found if before else 0)
        if one.watch is FolderWatch.STARTING or not (is_news or found):
            continue
        said[one.path] = one
        output.value({"folder": one})
        if is_news:
            output.line(standing_line(one), "bold")
            if one.remedy:
                output.line(f"→ {one.remedy}")
        if found:
            output.line(f"{short_path(one.path)}: {found} files that were there already are filed meanwhile")


def _say_arrival(arrival: Arrival, output: Output) -> None:
    from twolane.api.schemas.files import FileOut

    file = arrival.file
    output.value({"file": FileOut.model_validate(file).model_dump(mode="json"), "seconds": arrival.seconds})
    result = file.classification
    what = file.state.value
    if result is not None and file.state in {FileState.FILED, FileState.REVIEW}:
        what = f"{result.category or 'none of these'} {result.confidence:.2f} {result.tier.words}"
        what += ", to be reviewed" if file.state is FileState.REVIEW else ""
    note = f" ({file.note})" if file.note else ""
    output.line(f"{short_path(file.path)}: {what}{note}, {arrival.seconds:.1f} s")


def standing_line(one: FolderStanding) -> str:
    """Return how a folder stands, in a line for people."""
    shown = display_path(one.path)
    if one.watch is FolderWatch.ELSEWHERE:
        return f"{shown}: another process watches it"
    if one.watch is FolderWatch.AWAY:
        return one.fault
    how = f"{shown}: watched by {one.watch.value}" + (", emptied by itself" if one.apply else "")
    waiting = f", {one.waiting} files still being written" if one.waiting else ""
    return how + waiting + (f"; {one.fault}" if one.fault else "")
