"""`twolane models`: what each lane's runtime has: list, show, delete, verify, and what is in memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from twolane.cli import completing
from twolane.cli.adding import add
from twolane.cli.context import EXIT_MODEL, Context, Json, output_for
from twolane.cli.fetching import pull
from twolane.cli.output import Output, counted, shown_moment, size
from twolane.cli.reembed import reembed
from twolane.cli.remove import confirmed
from twolane.config.settings import Settings
from twolane.errors import ConflictError, ModelError, ModelFileError, ModelMissingError

if TYPE_CHECKING:
    from twolane.lanes.wanted import WantedModel
    from twolane.llm.base import ModelInfo

_UNKNOWN = "-"

cli = typer.Typer(
    help="The models of your lanes, at whatever runs them: Ollama, another server, or twolane itself.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

OwnNames = Annotated[
    list[str] | None,
    typer.Argument(
        help="Models that twolane runs itself; none means all that are here.",
        autocompletion=completing.models,
    ),
]


@cli.command("list")
def list_(ctx: typer.Context, json: Json = False) -> int:
    """List the models that are there, at each server and of twolane's own, and those that are lacking."""
    from twolane.lanes.wanted import places, wanted_models
    from twolane.llm.stock.opening import open_stock

    context: Context = ctx.obj
    output = output_for(json)
    settings = context.settings()
    wanted, failed = wanted_models(settings), 0
    for lane in places(settings):
        used = {one.name: one for one in wanted if one.is_at(lane)}
        with closing(open_stock(lane, settings.models_dir)) as stock:
            try:
                if lane.runtime == "embedded":
                    _list_own(settings, used, output)
                else:
                    _list_served(stock.where, lane.runtime, stock.models(), used, output)
            except ModelError as error:
                output.error(error)
                failed = EXIT_MODEL
    return failed


def _list_own(settings: Settings, used: dict[str, WantedModel], output: Output) -> None:
    from twolane.llm.catalogue.models import all_models, is_present

    rows = []
    for entry in all_models(settings.models_dir):
        present = is_present(entry.name, settings.models_dir)
        used_by = ", ".join(used[entry.name].uses) if entry.name in used else ""
        shown = {"name": entry.name, "kind": entry.kind, "size_bytes": entry.size_bytes}
        shown |= {"licence": entry.licence, "present": present, "used_by": used_by}
        output.value(shown | {"runtime": "embedded", "where": str(settings.models_dir)})
        here = "yes" if present else "no"
        rows.append((entry.name, size(entry.size_bytes), here, used_by, entry.purpose))
    output.table(
        ("model", "size", "here", "used by", "for"), rows, f"twolane itself, in {settings.models_dir}"
    )


def _list_served(
    where: str, runtime: str, models: Sequence[ModelInfo], used: dict[str, WantedModel], output: Output
) -> None:
    from twolane.lanes.wanted import is_same_model

    left = dict(used)
    rows = []
    for info in sorted(models, key=lambda info: not any(is_same_model(name, info.name) for name in used)):
        named = next((name for name in left if is_same_model(name, info.name)), "")
        used_by = ", ".join(left.pop(named).uses) if named else ""
        shown = {"name": info.name, "size_bytes": info.size_bytes, "present": True, "used_by": used_by}
        output.value(shown | {"runtime": runtime, "where": where, "loaded": info.loaded})
        kind = " ".join(filter(None, (info.parameters, info.quantisation)))
        rows.append((info.name, _size(info.size_bytes), "yes", used_by, kind, _loaded(info)))
    for name, one in left.items():
        used_by = ", ".join(one.uses)
        shown = {"name": name, "size_bytes": 0, "present": False, "used_by": used_by}
        output.value(shown | {"runtime": runtime, "where": where, "loaded": False})
        rows.append((name, "", "no", used_by, "", ""))
    output.table(("model", "size", "here", "used by", "kind", "in memory"), rows, where)
    if left and runtime == "ollama":
        output.line("`twolane models pull` fetches what is lacking")


@cli.command("ps")
def ps(ctx: typer.Context, json: Json = False) -> int:
    """Show the models that are in memory, with their context, and until when."""
    from twolane.lanes.wanted import places
    from twolane.llm.stock.opening import open_stock

    context: Context = ctx.obj
    output = output_for(json)
    settings = context.settings()
    failed, rows = 0, list[tuple[str, ...]]()
    for lane in places(settings):
        if lane.runtime == "embedded":
            continue
        with closing(open_stock(lane, settings.models_dir)) as stock:
            try:
                models = stock.models()
            except ModelError as error:
                output.error(error)
                failed = EXIT_MODEL
                continue
        for info in models:
            if info.loaded or lane.runtime == "openai":
                rows.append(_in_memory(info, stock.where, output))
    rows += _own_in_memory(context, output)
    if rows:
        output.table(("model", "where", "context", "memory", "until"), rows)
    output.line(f"{counted(len(rows), 'model')} in memory" if rows else "no model is in memory")
    return failed


def _in_memory(info: ModelInfo, where: str, output: Output) -> tuple[str, ...]:
    until = None if math.isinf(info.loaded_until) else info.loaded_until or None
    output.value(
        {
            "name": info.name,
            "where": where,
            "context_tokens": info.context_tokens,
            "memory_bytes": info.memory_bytes,
            "for_ever": math.isinf(info.loaded_until),
            "until": until,
        }
    )
    context = f"{info.context_tokens:,}" if info.context_tokens else _UNKNOWN
    return info.name, where, context, _size(info.memory_bytes), _until(info)


def _own_in_memory(context: Context, output: Output) -> list[tuple[str, ...]]:
    """Return rows of the models that a process of twolane's own runs now."""
    import psutil

    rows = list[tuple[str, ...]]()
    with context.app() as app:
        for name, lane in app.lanes.items():
            if lane.runtime != "embedded" or not lane.use_model or not app.poller.lane(name).health.loaded:
                continue
            pid = app.models.process(name)
            held_bytes = psutil.Process(pid).memory_info().rss if pid and psutil.pid_exists(pid) else 0
            shown = {"name": lane.model, "where": "twolane itself", "context_tokens": lane.context_tokens}
            shown |= {"memory_bytes": held_bytes, "for_ever": False, "until": None, "process": pid}
            output.value(shown)
            where = f"twolane itself, process {pid}"
            rows.append((lane.model, where, f"{lane.context_tokens:,}", _size(held_bytes), "twolane ends"))
    return rows


def _until(info: ModelInfo) -> str:
    if math.isinf(info.loaded_until):
        return "for ever"
    return shown_moment(info.loaded_until) if info.loaded_until else "the server decides"


def _loaded(info: ModelInfo) -> str:
    if not info.loaded:
        return ""
    return "for ever" if math.isinf(info.loaded_until) else f"until {shown_moment(info.loaded_until)[-5:]}"


def _size(number_bytes: int) -> str:
    return size(number_bytes) if number_bytes else ""


@cli.command("show")
def show(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="A model of `models list`.", autocompletion=completing.models)],
    json: Json = False,
) -> None:
    """Show what is known of a model: its size, kind, longest context, licence, and what uses it."""
    from twolane.lanes.wanted import homes_of, is_same_model, wanted_models
    from twolane.llm.stock.opening import open_stock

    context: Context = ctx.obj
    output = output_for(json)
    settings = context.settings()
    uses = [use for one in wanted_models(settings) if is_same_model(one.name, name) for use in one.uses]
    for lane in homes_of(settings, name):
        with closing(open_stock(lane, settings.models_dir)) as stock:
            card = stock.show(name)
        output.value({"name": card.name, "where": card.where, "used_by": uses, **card.facts})
        facts = {"where": card.where, **card.facts, "used by": ", ".join(dict.fromkeys(uses)) or "no lane"}
        output.table((card.name, ""), list(facts.items()))


@cli.command("rm")
def rm(
    ctx: typer.Context,
    names: Annotated[
        list[str], typer.Argument(help="Models of `models list`.", autocompletion=completing.models)
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Delete what a lane uses, too.")] = False,
    json: Json = False,
) -> None:
    """Delete models where they are kept: at Ollama, or of twolane's own. A lane's model needs --force."""
    from twolane.lanes.wanted import homes_of, is_same_model, wanted_models
    from twolane.llm.stock.opening import open_stock

    context: Context = ctx.obj
    output = output_for(json)
    settings = context.settings()
    for name in names:
        uses = [use for one in wanted_models(settings) if is_same_model(one.name, name) for use in one.uses]
        if uses and not force:
            what = f"{name} is in use: {', '.join(uses)}"
            raise ConflictError(what, "set another model first, or say --force")
        homes, lacking = homes_of(settings, name), list[ModelMissingError]()
        for lane in homes:
            with closing(open_stock(lane, settings.models_dir)) as stock:
                if not yes and not confirmed(f"Delete {name} from {stock.where}?", output):
                    output.line(f"{name}: kept")
                    continue
                try:
                    stock.remove(name)
                except ModelMissingError as error:  # other servers may have it
                    lacking.append(error)
                    continue
                output.line(f"{name}: deleted from {stock.where}")
                output.value({"name": name, "where": stock.where, "deleted": True})
        if lacking and len(lacking) == len(homes):
            raise lacking[0]


@cli.command("verify")
def verify(ctx: typer.Context, names: OwnNames = None, json: Json = False) -> int:
    """Read the models of twolane's own whole and compare their digests; a damaged file is deleted."""
    from twolane.llm.catalogue.models import all_models, is_present
    from twolane.llm.catalogue.models import verify as verify_model

    context: Context = ctx.obj
    output = output_for(json)
    settings = context.settings()
    here = [
        entry.name for entry in all_models(settings.models_dir) if is_present(entry.name, settings.models_dir)
    ]
    bad = 0
    for name in names or here:
        try:
            verify_model(name, settings.models_dir)
        except (ModelFileError, ModelMissingError) as error:
            output.error(error)
            bad += 1
        else:
            output.line(f"{name}: whole")
            output.value({"name": name, "whole": True})
    return 1 if bad else 0


cli.command("pull")(pull)
cli.command("add")(add)
cli.command("reembed")(reembed)
