"""The settings' residency plan: what both lanes want of a machine, and the refusal of what cannot be."""

from __future__ import annotations

from collections.abc import Callable, Collection

from twolane.addresses import OLLAMA_URL
from twolane.config import LaneSettings, Settings
from twolane.errors import ModelError, NotFoundError, SettingsError
from twolane.hardware.machine import Machine
from twolane.hardware.ollama_server import read_ollama_limits
from twolane.hardware.probe import probe
from twolane.hardware.residency import Load, OllamaLimits, Plan, plan_residency
from twolane.hardware.shapes import ModelShape, known_shape, shape_of_file, shape_of_metadata
from twolane.lanes import LaneName, in_turn, is_here, is_local, resolve_lanes
from twolane.llm.base import ModelDescription
from twolane.llm.models import file_path, find_model, is_present

Describe = Callable[[LaneName], ModelDescription | None]


def plan_settings(
    settings: Settings,
    machine: Machine,
    *,
    lanes: Collection[str] = ("filing", "chat"),
    describe: Describe | None = None,
    loaded: Collection[str] = (),
) -> Plan:
    """Say whether what the settings ask for fits on a machine, before anything is loaded.

    `describe` asks a lane's server what it says of its model; `loaded` names the lanes whose models are in
    memory already. Raises `SettingsError`.
    """
    resolved = resolve_lanes(settings)
    loads = [
        _lane_load(name, lane, settings, describe, name in loaded)
        for name, lane in resolved.items()
        if name in lanes and lane.runtime != "scripted" and (name == "chat" or settings.filing.use_model)
    ]
    embedding = settings.embedding
    if embedding.runtime == "ollama":
        url = embedding.url or OLLAMA_URL
        shape = known_shape(embedding.model)
        loads.append(Load("vectors", embedding.model, "ollama", url, is_here(embedding), 2048, shape=shape))
    return plan_residency(
        machine,
        loads,
        embedder_bytes=_embedder_bytes(settings),
        reading_bytes=settings.extract.processes * settings.extract.memory_limit_bytes,
        ollama=_limits(loads),
        in_turn=in_turn(settings, resolved["filing"], resolved["chat"]),
    )


def check_fit(settings: Settings, lanes: Collection[str] = ("filing", "chat")) -> Plan | None:
    """Refuse to load what surely cannot work; return the plan, for its warnings.

    Returns None where no model of this machine's is asked for, or `check_fit` is off. Raises `SettingsError`.
    """
    used = [lane for name, lane in resolve_lanes(settings).items() if name in lanes]
    ollama = any(lane.runtime == "ollama" and is_here(lane) for lane in used)
    if not settings.check_fit or not (ollama or any(lane.runtime == "embedded" for lane in used)):
        return None
    plan = plan_settings(settings, probe(settings.models_dir, gpus=ollama), lanes=lanes)
    guessed = any(item.source.startswith("its name") for item in plan.items)
    why = plan.refusals or plan.too_large
    if why and not guessed:
        remedy = "choose smaller models or a shorter context (`twolane hardware` shows all of it)"
        if not plan.refusals:
            remedy = f"it fits if {', and '.join(plan.conditions)}"
        raise SettingsError("; ".join(why), f"{remedy}, or set check_fit = false to start all the same")
    return plan


def _lane_load(
    name: LaneName, lane: LaneSettings, settings: Settings, describe: Describe | None, loaded: bool
) -> Load:
    embedded = lane.runtime == "embedded"
    local = embedded or (lane.runtime == "ollama" and is_here(lane))
    url = next((url for url in lane.urls if is_local(url)), lane.url)  # of several: the one that is here
    return Load(
        name,
        lane.model,
        lane.runtime,
        url,
        local,
        lane.context_tokens,
        lane.concurrency,
        lane.threads,
        _embedded_shape(lane.model, settings) if embedded else _server_shape(name, lane.model, describe),
        whole_window=embedded,
        loaded=loaded,
    )


def _embedded_shape(model: str, settings: Settings) -> ModelShape | None:
    try:
        entry = find_model(model)
        if is_present(model, settings.models_dir):
            return shape_of_file(model, file_path(entry, entry.files[0], settings.models_dir))
    except (NotFoundError, OSError, ValueError):  # a file that cannot be read is another check's finding
        pass
    return known_shape(model)


def _server_shape(name: LaneName, model: str, describe: Describe | None) -> ModelShape | None:
    try:
        told = describe(name) if describe else None
        if told and told.size_bytes:
            return shape_of_metadata(model, told.metadata, told.size_bytes)
    except (ModelError, ValueError):  # a server that does not answer is another check's finding
        pass
    return known_shape(model)


def _embedder_bytes(settings: Settings) -> int:
    if settings.embedding.runtime != "embedded":
        return 0
    try:
        return find_model(settings.embedding.model).size_bytes
    except NotFoundError:  # a folder of the user's
        return 100_000_000


def _limits(loads: Collection[Load]) -> OllamaLimits:
    return read_ollama_limits() if any(load.is_ollama and load.local for load in loads) else OllamaLimits()
