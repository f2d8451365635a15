"""The residency plan: whether both lanes' models, the embedder and twolane itself fit, before loading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from twolane.hardware.machine.base import Machine, OllamaLimits
from twolane.hardware.machine.ollama_gpus import gpu_rooms, gpu_shares, usable_gpus
from twolane.hardware.plan.loads import ELSEWHERE, MEMORY, Item, ModelLoad, estimate
from twolane.hardware.plan.ollama import advise, as_served, prompt_cache_mib

Verdict = Literal["fits", "fits if", "does not fit", "unknown"]
SPREAD = "several GPUs"

_OURSELVES_BYTES = 180_000_000  # 75 to 110 MB, and a child of 70 MB that reads files
_EMBEDDER_BYTES = 370_000_000  # ONNX Runtime, and a tokenizer of 250,000 pieces, which takes most of it
_SYSTEM_BYTES = 1 << 30  # what an operating system needs beside us, an eighth of a small machine at most


@dataclass(frozen=True, slots=True)
class MemoryPlace:
    """Somewhere models can be: what they need there, what is free (None: unknown), and what there is.

    `room_bytes` is what models can have of it at most, `grows_bytes` what may be added in use.
    """

    name: str
    needed_bytes: int
    free_bytes: int | None
    total_bytes: int | None
    room_bytes: int | None = None
    grows_bytes: int = 0


@dataclass(frozen=True, slots=True)
class ResidencyPlan:
    """The verdict, and everything it rests on.

    `conditions` are what must be so for it to fit; `refusals` say why it cannot work at all; `settings` are
    the exact lines for Ollama's environment. `too_large` says what does not fit as it is set now, even where
    a condition would mend it. `notes` say what could not be seen, and is assumed.
    """

    verdict: Verdict
    items: tuple[Item, ...]
    places: tuple[MemoryPlace, ...]
    conditions: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    too_large: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def plan_residency(
    machine: Machine,
    loads: Sequence[ModelLoad],
    *,
    embedder_bytes: int = 0,
    reading_bytes: int = 0,
    ollama: Sequence[OllamaLimits] = (),
    in_turn: bool = False,
) -> ResidencyPlan:
    """Say whether everything fits on the machine.

    `embedder_bytes` is the size of the embedded embedder's file, `reading_bytes` the most that reading files
    may take beside, `ollama` what is known of the Ollama servers here. Lanes that compute `in_turn` may each
    have all the cores.
    """
    served = as_served(loads, ollama)
    placed, beside = _place(machine, served), _beside_models(embedder_bytes, reading_bytes)
    plan = settled = _settle(machine, placed, beside)
    plan = replace(plan, too_large=plan.refusals)
    if plan.too_large:
        smaller, shorter = _smaller(machine, served, beside)
        if smaller:
            served, placed = shorter, _place(machine, shorter)
            plan = replace(plan, verdict="fits if", conditions=(smaller,), refusals=())
            settled = _settle(machine, placed, beside)
    memory, cache_mib = settled.places[0], None
    if memory.room_bytes is not None and not settled.refusals:
        cache_mib = prompt_cache_mib(served, memory.room_bytes - memory.needed_bytes)
    caches = [] if cache_mib is None else [f"LLAMA_ARG_CACHE_RAM={cache_mib} stands in Ollama's environment"]
    threads = _threads_advice(machine, served, placed, in_turn=in_turn)
    conditions = [*plan.conditions, *caches, *threads, *_metal_advice(machine, placed)]
    advice = advise(loads, ollama, cache_mib)
    refusals = [*advice.refusals, *plan.refusals]
    verdict: Verdict = plan.verdict
    if refusals:
        verdict = "does not fit"
    elif conditions and verdict == "fits":
        verdict = "fits if"
    return replace(
        plan,
        verdict=verdict,
        conditions=tuple(conditions),
        refusals=tuple(refusals),
        settings=advice.settings,
        notes=advice.notes,
    )


def _place(machine: Machine, loads: Sequence[ModelLoad]) -> list[Item]:
    """Put each model where its runtime will: Ollama's on a GPU that holds it, the chat model first."""
    instructions = machine.instructions.known(())
    room, shares = gpu_rooms(machine), gpu_shares(machine)
    items: dict[int, Item] = {}
    for index, load in sorted(enumerate(loads), key=lambda pair: "chat" not in pair[1].use):
        item = estimate(load, instructions)
        if room and load.is_ollama and load.local and load.shape:
            on_gpu = _on_one_gpu(load, room) or _on_several_gpus(load, room, shares)
            note = f"{item.source}; no GPU here holds it whole, so it is slower"
            item = on_gpu or replace(item, source=note)
        items[index] = item
    return [items[index] for index in sorted(items)]


def _on_one_gpu(load: ModelLoad, room: dict[str, int]) -> Item | None:
    """Put a model on the first GPU that has room for all of it, and take that room; None where none has."""
    for name, free in room.items():
        item = estimate(load, place=name)
        if item.needed_bytes <= free:
            room[name] -= item.needed_bytes
            return item
    return None


def _on_several_gpus(load: ModelLoad, room: dict[str, int], shares: dict[str, float]) -> Item | None:
    """Spread a model over several GPUs by their shares, and take that room; None where it is too large."""
    if len(shares) < 2:
        return None
    item = estimate(load, place=SPREAD)
    # The layers are divided, but each GPU has its own context and its own buffers of a batch.
    item = replace(item, buffer_bytes=item.buffer_bytes * len(shares))
    needs = {name: int(item.needed_bytes * share) for name, share in shares.items()}
    if any(need > room[name] for name, need in needs.items()):
        return None
    room.update((name, room[name] - need) for name, need in needs.items())
    return item


def gpus_hold(machine: Machine, loads: Sequence[ModelLoad]) -> bool:
    """Say whether the GPUs hold every model, each on one of them or spread over several."""
    return all(item.place not in {MEMORY, ELSEWHERE} for item in _place(machine, loads))


def _beside_models(embedder_bytes: int, reading_bytes: int) -> list[Item]:
    """Return what is in memory beside the models: the program, and the embedder where it has one."""
    items = [Item("twolane itself", MEMORY, buffer_bytes=_OURSELVES_BYTES, grows_bytes=reading_bytes)]
    if embedder_bytes:
        items.append(Item("vectors", MEMORY, embedder_bytes, buffer_bytes=_EMBEDDER_BYTES, source="its file"))
    return items


def _settle(machine: Machine, models: Sequence[Item], beside: Sequence[Item]) -> ResidencyPlan:
    """Add up what is needed at each place, and compare it with what is there."""
    items = [*models, *beside]
    places = [_memory_place(machine, items), *_gpu_places(machine, items)]
    refusals, conditions = [], []
    for place in places:
        if place.room_bytes is None or place.total_bytes is None:
            continue
        if place.needed_bytes > place.room_bytes:
            refusals.append(
                f"{place.name}: {_gb(place.needed_bytes)} are needed, "
                f"and of {_gb(place.total_bytes)} no more than {_gb(place.room_bytes)} can be had"
            )
        elif place.free_bytes is not None and place.needed_bytes > place.free_bytes:
            less = _gb(place.needed_bytes - place.free_bytes)
            conditions.append(f"other programs give back {less} of {place.name}")
    return ResidencyPlan(
        _verdict(items, places[0], refusals, conditions),
        tuple(items),
        tuple(places),
        tuple(conditions),
        tuple(refusals),
    )


def _verdict(
    items: Sequence[Item], memory: MemoryPlace, refusals: list[str], conditions: list[str]
) -> Verdict:
    if refusals:
        return "does not fit"
    if memory.total_bytes is None or any("nothing is known" in item.source for item in items):
        return "unknown"
    return "fits if" if conditions else "fits"


def _memory_place(machine: Machine, items: Sequence[Item]) -> MemoryPlace:
    memory = machine.memory.value
    needed = _needed_at(MEMORY, items)
    grows = sum(item.grows_bytes for item in items)
    if memory is None:
        return MemoryPlace(MEMORY, needed, None, None, grows_bytes=grows)
    # Something must be left to the system; within a container it has its own.
    reserve = 0 if memory.limit else min(_SYSTEM_BYTES, memory.total_bytes // 8)
    free = _with_loaded(memory.free_bytes, MEMORY, items)
    return MemoryPlace(MEMORY, needed, free, memory.total_bytes, memory.total_bytes - reserve, grows)


def _gpu_places(machine: Machine, items: Sequence[Item]) -> list[MemoryPlace]:
    places, shares = [], gpu_shares(machine)
    for name, gpu in zip(gpu_rooms(machine), usable_gpus(machine), strict=True):
        share = shares.get(name, 0.0)
        needed = _needed_at(name, items) + int(_needed_at(SPREAD, items) * share)
        free = _with_loaded(gpu.free_bytes, name, items)
        if free is not None:
            free += int((_with_loaded(0, SPREAD, items) or 0) * share)
        places.append(MemoryPlace(name, needed, free, gpu.memory_bytes, gpu.memory_bytes))
    return places


def _needed_at(place: str, items: Sequence[Item]) -> int:
    return sum(item.needed_bytes for item in items if item.place == place)


def _with_loaded(free_bytes: int | None, place: str, items: Sequence[Item]) -> int | None:
    """Count the memory of models that are loaded already as free."""
    if free_bytes is None:
        return None
    return free_bytes + sum(item.needed_bytes for item in items if item.place == place and item.loaded)


def _smaller(
    machine: Machine, loads: Sequence[ModelLoad], beside: Sequence[Item]
) -> tuple[str, list[ModelLoad]]:
    """Return (condition, loads) with the longest context of the chat lane with which all would fit, or ""."""
    chat = next((load for load in loads if "chat" in load.use), None)
    context = chat.context_tokens // 2 if chat else 0
    while chat and context >= 1024:
        shorter = [replace(load, context_tokens=context) if "chat" in load.use else load for load in loads]
        settled = _settle(machine, _place(machine, shorter), beside)
        if settled.verdict != "does not fit":
            names = "filing.context_tokens and chat" if "filing" in chat.use else "chat"
            verb = "are" if "filing" in chat.use else "is"
            return f"{names}.context_tokens {verb} {context}, not {chat.context_tokens}", shorter
        context //= 2
    return "", []


def _threads_advice(
    machine: Machine, loads: Sequence[ModelLoad], placed: Sequence[Item], *, in_turn: bool
) -> list[str]:
    """Say where threads at work exceed the cores: then both lanes run 10 to 40 times slower, not two."""
    cores = machine.cores.value
    lanes = [load for load, item in zip(loads, placed, strict=True) if item.place == MEMORY]
    threads = (max if in_turn else sum)([load.threads for load in lanes if load.use != "vectors"] or [0])
    if cores is None or len(lanes) < 2 or cores.usable < 2 or threads <= cores.usable:
        return []
    how = "are each" if in_turn else "add up to"
    return [f"filing.threads and chat.threads {how} {cores.usable} or less, not {threads}"]


def _metal_advice(machine: Machine, models: Sequence[Item]) -> list[str]:
    """Say where Apple's GPU may not use as much of the machine's memory as the models need."""
    limits = [gpu.memory_bytes or 0 for gpu in machine.gpus.known(()) if gpu.vendor == "apple"]
    needed = _needed_at(MEMORY, models)
    if not limits or needed <= max(limits):
        return []
    return [f"Metal may use {_gb(needed)} (now {_gb(max(limits))}): `sudo sysctl iogpu.wired_limit_mb=...`"]


def _gb(number_bytes: int) -> str:
    return f"{number_bytes / 1e9:.1f} GB"
