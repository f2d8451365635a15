"""Says which models of the settings are there, and fetches the others once that is wanted."""

from __future__ import annotations

import sys
from contextlib import closing

import typer

from twolane.cli.fetching import fetch
from twolane.cli.output import Output
from twolane.config.lane_settings import LaneSettings
from twolane.config.settings import Settings
from twolane.errors import ModelError
from twolane.installed import EMBEDS_HERE, RUNS_HERE, check_embedded
from twolane.text.printable import one_line


def make_ready(settings: Settings, output: Output, *, later: str, yes: bool = False) -> bool:
    """Fetch the models that are lacking, asked for or with `yes`; return whether all are there then.

    Nobody is asked where there is no terminal. A server that does not answer, and a model that cannot be had,
    are told, and the others are fetched all the same. `later` is told where some are left to fetch.
    """
    lacking, is_whole = _look(settings, output)
    if not lacking:
        return is_whole
    names = ", ".join(dict.fromkeys(lane.model for lane in lacking))
    if not yes:
        asks = not output.json and sys.stdin.isatty() and sys.stdout.isatty()
        if not asks or not typer.confirm(f"Fetch {one_line(names)} now?", default=True):
            output.line(f"next: {later}")
            return False
    left = False
    for lane in lacking:
        try:
            fetch(lane, settings, output)
        except ModelError as error:
            output.error(error)
            left = True
    if left:
        output.line(f"next: {later}")
    return is_whole and not left


def _look(settings: Settings, output: Output) -> tuple[list[LaneSettings], bool]:
    """Say of each place what it has; return what can be fetched there, and whether all else is as it must be.

    A server that is no Ollama fetches nothing on request.
    """
    from twolane.lanes.wanted import is_same_model, places, wanted_models
    from twolane.llm.stock.opening import open_stock

    lacking, is_whole = list[LaneSettings](), True
    wanted = wanted_models(settings)
    for place in places(settings):
        here = [one.lane for one in wanted if one.is_at(place)]
        uses = {use for one in wanted if one.is_at(place) for use in one.uses}
        if not here:
            continue
        with closing(open_stock(place, settings.models_dir)) as stock:
            try:
                if place.runtime == "embedded":
                    check_embedded(EMBEDS_HERE, *([RUNS_HERE] if {"filing", "chat"} & uses else []))
                names = [info.name for info in stock.models()]
            except ModelError as error:
                output.error(error)
                is_whole = False
                continue
            left = [lane for lane in here if not any(is_same_model(name, lane.model) for name in names)]
            has = ", ".join(lane.model for lane in here if lane not in left)
            lacks = ", ".join(lane.model for lane in left)
            parts = [f"has {has}" if has else "", f"lacks {lacks}" if lacks else ""]
            output.line(f"{stock.where}: {'; '.join(filter(None, parts))}")
            if left and place.runtime == "openai":
                output.line("  → set the model of this lane to one that is served, or serve it there")
                is_whole = False
            else:
                lacking += left
    return lacking, is_whole
