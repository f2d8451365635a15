"""How Ollama runs the lanes' models: which it shares, how often it keeps a context, how to set it up."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from twolane.hardware.machine.base import OllamaLimits
from twolane.hardware.machine.ollama_server import PROMPT_CACHE_MIB, port_of
from twolane.hardware.plan.loads import ModelLoad

_MIB = 1 << 20
# What an Ollama should keep of old prompts, and what it can be held to where even that finds no room.
_CACHE_STEPS_MIB = (512, 256, 128, 0)
_NO_LIMIT_BYTES = 1 << 50


@dataclass(frozen=True, slots=True)
class Advice:
    """Lines for Ollama's environment, why it cannot work at all, and what could not be seen of it."""

    settings: tuple[str, ...]
    refusals: tuple[str, ...]
    notes: tuple[str, ...]


def as_served(loads: Sequence[ModelLoad], servers: Sequence[OllamaLimits]) -> list[ModelLoad]:
    """Return the loads as Ollama holds them: one for lanes that share a model, with the server's slots.

    The number of slots is the server's, for every model there but embedding models; where it is not known,
    the largest that a lane there asks for. Ollama's own choice is one.
    """
    held: dict[Hashable, ModelLoad] = {}
    for index, load in enumerate(loads):
        if not load.is_ollama:
            held[index] = load
            continue
        served = _with_limits(load, loads, servers)
        key = (_server(load), _model(load), load.context_tokens, load.threads)
        if first := held.get(key):
            use, loaded = f"{first.use} and {load.use}", first.loaded or load.loaded
            served = replace(first, use=use, loaded=loaded)
        held[key] = served
    return list(held.values())


def _with_limits(load: ModelLoad, loads: Sequence[ModelLoad], servers: Sequence[OllamaLimits]) -> ModelLoad:
    limits = _limits_at(load, servers)
    slots = limits.num_parallel
    if slots is None:
        slots = max(other.slots for other in loads if other.is_ollama and _server(other) == _server(load))
    cache = load.prompt_cache_bytes
    if limits.prompt_cache_mib is not None:
        cache = limits.prompt_cache_mib * _MIB if limits.prompt_cache_mib >= 0 else _NO_LIMIT_BYTES
    return replace(
        load,
        slots=1 if load.use == "vectors" else max(1, slots),
        cache_type=limits.cache_type or load.cache_type,
        prompt_cache_bytes=cache,
    )


def prompt_cache_mib(loads: Sequence[ModelLoad], spare_bytes: int) -> int | None:
    """Return what each model's old prompts must be held to, to find room; None where they do as it is.

    None also where Ollama keeps no more of them than it should: what else grows is held by its own limits.
    """
    local = [load.grows_bytes for load in loads if load.is_ollama and load.local and load.shape]
    others_bytes = sum(load.grows_bytes for load in loads if not load.is_ollama and load.local)
    if others_bytes + sum(local) <= spare_bytes or max(local, default=0) <= _CACHE_STEPS_MIB[0] * _MIB:
        return None
    for mib in _CACHE_STEPS_MIB:
        if others_bytes + sum(min(grows, mib * _MIB) for grows in local) <= spare_bytes:
            return mib
    return 0


def advise(loads: Sequence[ModelLoad], limits: Sequence[OllamaLimits], cache_mib: int | None) -> Advice:
    """Say how the loads' Ollama servers should be set up; `cache_mib` is what old prompts must be held to."""
    settings: list[str] = []
    refusals: list[str] = []
    notes: list[str] = []
    asked = [load for load in loads if load.is_ollama]
    servers = {_server(load): load.url for load in sorted(asked, key=lambda load: load.url)}
    for server, url in servers.items():
        here = [load for load in asked if _server(load) == server]
        known = _limits_at(here[0], limits)
        mark = f"  # at {url}" if len(servers) > 1 else ""
        settings += [f"{line}{mark}" for line in _settings(here, known, cache_mib)]
        refusals += _refusals(here, known, url)
        if known.unread and here[0].local:
            notes.append(
                f"Ollama's environment{f' at {url}' if url else ''} could not be read ({known.unread}): "
                f"counted as if nothing stood in it but OLLAMA_NUM_PARALLEL={_slots(here)}"
            )
    return Advice(tuple(settings), tuple(refusals), tuple(notes))


def _settings(here: Sequence[ModelLoad], known: OllamaLimits, cache_mib: int | None) -> list[str]:
    settings = [
        f"OLLAMA_MAX_LOADED_MODELS={len({_model(load) for load in here})}",
        f"OLLAMA_NUM_PARALLEL={_slots(here)}",
    ]
    # The llama.cpp inside reads it; Ollama does not document it. Without it: 8 GiB for each model.
    best, own = _CACHE_STEPS_MIB[0] if cache_mib is None else cache_mib, known.prompt_cache_mib
    chosen = own is not None and own != PROMPT_CACHE_MIB and (cache_mib is None or 0 <= own <= best)
    settings.append(f"LLAMA_ARG_CACHE_RAM={own if chosen else best}")
    if any(load.shape and load.shape.window_row and load.use == "filing" for load in here):
        settings.append("LLAMA_ARG_SWA_FULL=1")
    return settings


def _refusals(here: Sequence[ModelLoad], known: OllamaLimits, url: str) -> list[str]:
    refusals: list[str] = []
    models = {_model(load): load.model for load in here}
    names = {model: sorted({load.model for load in here if _model(load) == model}) for model in models}
    most = known.max_loaded_models
    if most and 0 < most < len(models):
        refusals.append(
            f"Ollama at {url} keeps {most} model{'s' if most > 1 else ''} in memory, and {len(models)} "
            f"are wanted ({', '.join(sorted(models.values()))}): each would throw another one out. Start it "
            f"with OLLAMA_MAX_LOADED_MODELS={len(models)}, or give each lane an Ollama of its own"
        )
    for model, own in sorted(names.items()):
        ways = {(load.context_tokens, load.threads) for load in here if _model(load) == model}
        if len(ways) > 1:
            one = own[0] if len(own) == 1 else f"one model file ({' and '.join(own)})"
            refusals.append(
                f"both lanes use {one} at {url} in different ways, and Ollama loads it anew each time: "
                "set the same context_tokens and threads for both, or another model for one"
            )
    return refusals


def _limits_at(load: ModelLoad, servers: Sequence[OllamaLimits]) -> OllamaLimits:
    """Return what is known of a load's server: by its port, or else of one that hides its own."""
    if not load.local:
        return OllamaLimits()
    port = port_of(load.url)
    hidden = next((each for each in servers if each.unread), OllamaLimits())
    return next((each for each in servers if each.port == port), hidden)


def _slots(here: Sequence[ModelLoad]) -> int:
    return max(load.slots for load in here)


def _server(load: ModelLoad) -> str:
    return load.url.rstrip("/").replace("//localhost", "//127.0.0.1")


def _model(load: ModelLoad) -> str:
    """Return what tells models apart at a server: their file where it is known, for names may share one."""
    return load.weights or load.model.removesuffix(":latest")
