"""The settings' residency plan: what both lanes need of a machine, and the refusal of what cannot fit."""

from __future__ import annotations

from collections.abc import Callable, Collection

from twolane.config.lane_settings import LaneSettings
from twolane.config.ollama_host import resolve_embedding
from twolane.config.settings import Settings
from twolane.documents import LaneName
from twolane.errors import ModelError, NotFoundError, SettingsError
from twolane.hardware.machine.base import Machine
from twolane.hardware.machine.probe import probe
from twolane.hardware.plan.loads import ModelLoad
from twolane.hardware.plan.residency import ResidencyPlan, plan_residency
from twolane.hardware.plan.shapes import ModelShape, known_shape, shape_of_file, shape_of_metadata
from twolane.lanes.resolve import in_turn, is_here, resolve_lanes
from twolane.llm.base import ModelDescription
from twolane.llm.catalogue.models import file_path, find_model, is_present

Describe = Callable[[LaneSettings], ModelDescription]
# A size guessed from a model's name is assumed to be wrong by this factor at most.
_GUESS_FACTOR = 1.5


def plan_settings(
    settings: Settings,
    machine: Machine,
    *,
    lanes: Collection[str] = ("filing", "chat"),
    describe: Describe | None = None,
    loaded: Collection[str] = (),
) -> ResidencyPlan:
    """Plan whether the models of the settings fit on a machine, before anything is loaded.

    `describe` asks a lane's server to describe its model; `loaded` names the lanes whose models are in memory
    already. Threads that are not set are shares of that machine's cores. Raises `SettingsError`.
    """
    cores = machine.cores.value
    resolved = resolve_lanes(settings, cores.usable if cores else 0)
    loads = [
        _lane_load(name, server, settings, describe, loaded=name in loaded)
        for name, lane in resolved.items()
        if name in lanes and lane.use_model and lane.runtime != "scripted"
        for server in _each_server(lane)
    ]
    embedding = resolve_embedding(settings)
    if embedding.runtime == "ollama":
        shape = known_shape(embedding.model)
        loads.append(
            ModelLoad(
                "vectors", embedding.model, "ollama", embedding.url, is_here(embedding), 2048, shape=shape
            )
        )
    return plan_residency(
        machine,
        loads,
        embedder_bytes=_embedder_bytes(settings),
        reading_bytes=settings.extract.processes * settings.extract.memory_limit_bytes,
        ollama=machine.ollama.known(()),
        in_turn=in_turn(settings, resolved["chat"]),
    )


def check_fit(
    settings: Settings,
    lanes: Collection[str] = ("filing", "chat"),
    describe: Describe | None = None,
) -> ResidencyPlan | None:
    """Raise `SettingsError` for models that surely do not fit; return the plan, for its warnings.

    Returns None where no lane has a model on this machine, or where `check_fit` is off.
    """
    used = [lane for name, lane in resolve_lanes(settings).items() if name in lanes and lane.use_model]
    ollama = any(lane.runtime == "ollama" and is_here(lane) for lane in used)
    if not settings.check_fit or not (ollama or any(lane.runtime == "embedded" for lane in used)):
        return None
    machine = probe(settings.models_dir, gpus=ollama)
    plan = plan_settings(settings, machine, lanes=lanes, describe=describe)
    refuse_unfit(plan, "choose smaller models or a shorter context (`twolane hardware` shows all of it)")
    return plan


def check_lane(
    settings: Settings, lane: LaneSettings, describe: Describe | None = None
) -> ResidencyPlan | None:
    """Do what `check_fit` does for one model that is in no lane of the library."""
    load = _lane_load("chat", lane, settings, describe)
    if not settings.check_fit or not load.local:
        return None
    machine = probe(settings.models_dir, gpus=load.is_ollama)
    plan = plan_residency(machine, [load], ollama=machine.ollama.known(()))
    refuse_unfit(plan, "leave it out, or give it a shorter context", f"{lane.model}: ")
    return plan


def refuse_unfit(plan: ResidencyPlan, remedy: str, whose: str = "") -> None:
    """Raise `SettingsError` for what cannot fit: a guessed size counts only if it is far too large."""
    guessed = any(item.source.startswith("its name") for item in plan.items)
    factor = _GUESS_FACTOR if guessed else 1.0
    too_large = any(
        place.room_bytes is not None and place.needed_bytes > factor * place.room_bytes
        for place in plan.places
    )
    why = [refusal for refusal in plan.refusals if refusal not in plan.too_large]
    if too_large:
        why += plan.too_large
    if not why:
        return
    if not plan.refusals:
        remedy = f"it fits if {', and '.join(plan.conditions)}"
    raise SettingsError(whose + "; ".join(why), f"{remedy}, or set check_fit = false to start all the same")


def _each_server(lane: LaneSettings) -> list[LaneSettings]:
    """Return the lane as it is at each of its servers: each of them holds the model."""
    return [lane.model_copy(update={"url": url}) for url in lane.urls] or [lane]


def _lane_load(
    name: LaneName,
    lane: LaneSettings,
    settings: Settings,
    describe: Describe | None,
    *,
    loaded: bool = False,
) -> ModelLoad:
    embedded = lane.runtime == "embedded"
    local = embedded or (lane.runtime == "ollama" and is_here(lane))
    described = _described(lane, describe if local and not embedded else None)
    return ModelLoad(
        name,
        lane.model,
        lane.runtime,
        lane.url,
        local,
        lane.context_tokens,
        lane.concurrency,
        lane.threads,
        _embedded_shape(lane.model, settings) if embedded else _server_shape(lane, described),
        whole_window=embedded,
        loaded=loaded,
        weights=described.weights if described else "",
    )


def _embedded_shape(model: str, settings: Settings) -> ModelShape | None:
    try:
        entry = find_model(model, settings.models_dir)
        if is_present(model, settings.models_dir):
            return shape_of_file(model, file_path(entry, entry.files[0], settings.models_dir))
    except (NotFoundError, OSError, ValueError):  # another check reports a file that cannot be read
        pass
    return known_shape(model)


def _described(lane: LaneSettings, describe: Describe | None) -> ModelDescription | None:
    try:
        return describe(lane) if describe else None
    except ModelError:  # another check reports a server that does not answer
        return None


def _server_shape(lane: LaneSettings, described: ModelDescription | None) -> ModelShape | None:
    try:
        if described and described.size_bytes:
            return shape_of_metadata(lane.model, described.metadata, described.size_bytes)
    except ValueError:  # a model of an unknown kind
        pass
    return known_shape(lane.model)


def _embedder_bytes(settings: Settings) -> int:
    if settings.embedding.runtime != "embedded":
        return 0
    try:
        return find_model(settings.embedding.model, settings.models_dir).size_bytes
    except NotFoundError:  # a folder of the user's
        return 100_000_000
