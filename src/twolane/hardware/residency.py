"""The residency plan: whether both lanes' models, the embedder and we ourselves fit, before loading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from twolane.hardware.machine import Machine
from twolane.hardware.ollama_gpus import gpu_rooms, gpu_shares, usable_gpus
from twolane.hardware.shapes import ModelShape

Verdict = Literal["fits", "fits if", "does not fit", "unknown"]
MEMORY = "memory"
ELSEWHERE = "elsewhere"
SPREAD = "several GPUs"

_MIB = 1 << 20
_CACHE_BITS = {"f16": 16.0, "q8_0": 8.5, "q4_0": 4.5}
_BATCH_TOKENS = 512
_CONTEXT_STEP = 256

# Measured with xllamacpp 2026.10 on Linux (x86-64, AVX-512) for SmolLM2 135M, Qwen2.5-Coder 0.5B and 1.5B
# at contexts of 1024 and 2048: this reproduces their resident memory within 1 %.
_PROCESS_BYTES = 34_000_000  # interpreter, libraries, llama.cpp before any model
_VOCABULARY_BYTES = 420  # a token's text, merges and map entries
_BUFFER_WIDTHS = (3.0, 5.6)  # of a batch: times the feed-forward and the embedding length, in 32-bit numbers
# Not measured here: CUDA's context and libraries take about this much on the card, for each process.
_GPU_PROCESS_BYTES = 450_000_000
_OURSELVES_BYTES = 180_000_000  # 75 to 110 MB, and a child of 70 MB that reads files
_EMBEDDER_BYTES = 460_000_000  # ONNX Runtime after 64 long passages at once; it gives nothing back
_SYSTEM_BYTES = 1 << 30  # what an operating system needs beside us, an eighth of a small machine at most

# Types that llama.cpp packs anew for the processor, beside the mapped file (seen in its log, x86-64): the
# copy is what it computes with, and the mapped original can be dropped by the system at any time.
_PACKED_X86 = frozenset({"Q4_0", "Q4_K", "IQ4_NL"})
_PACKED_ARM = frozenset({"Q4_0", "Q4_K", "IQ4_NL", "Q8_0"})
# Ollama keeps old prompts in memory up to this for each loaded model: llama.cpp's default.
OLLAMA_PROMPT_CACHE_BYTES = 8192 * _MIB
EMBEDDED_PROMPT_CACHE_BYTES = 256 * _MIB


@dataclass(frozen=True, slots=True)
class Load:
    """A model that is to stay resident, and how it is run.

    `shape` is None where nothing is known. `loaded` says that it is in memory already: then what it takes is
    not free any more, and not needed again. `whole_window` keeps a sliding window's full context.
    """

    use: str
    model: str
    runtime: str
    url: str = ""
    local: bool = True
    context_tokens: int = 4096
    slots: int = 1
    threads: int = 1
    shape: ModelShape | None = None
    cache_type: str = "f16"
    whole_window: bool = False
    loaded: bool = False

    @property
    def is_ollama(self) -> bool:
        return self.runtime == "ollama"


@dataclass(frozen=True, slots=True)
class Item:
    """What one thing takes: `needed_bytes` cannot be given back while it runs.

    `dropped_bytes` are seen as resident too, but the system can drop them; `grows_bytes` is what may be added
    in use. `place` is "memory", a GPU's name, "several GPUs" together, or "elsewhere": another machine's, or
    not to be known.
    """

    what: str
    place: str
    weights_bytes: int = 0
    cache_bytes: int = 0
    buffer_bytes: int = 0
    dropped_bytes: int = 0
    grows_bytes: int = 0
    source: str = ""
    loaded: bool = False

    @property
    def needed_bytes(self) -> int:
        return self.weights_bytes + self.cache_bytes + self.buffer_bytes

    @property
    def resident_bytes(self) -> int:
        return self.needed_bytes + self.dropped_bytes


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere models can be: what they need there, what is free (None: unknown), and what there is."""

    name: str
    needed_bytes: int
    free_bytes: int | None
    total_bytes: int | None


@dataclass(frozen=True, slots=True)
class OllamaLimits:
    """What is known of an Ollama server's environment; None is not known, 0 is Ollama's own choice."""

    max_loaded_models: int | None = None
    num_parallel: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The verdict, and everything it rests on.

    `conditions` are what must be so for it to fit; `refusals` say why it cannot work at all; `settings` are
    the exact lines for Ollama's environment. `too_large` says what does not fit as it is set now, even where
    a condition would mend it.
    """

    verdict: Verdict
    items: tuple[Item, ...]
    places: tuple[Place, ...]
    conditions: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    too_large: tuple[str, ...] = ()


def estimate(load: Load, instructions: Sequence[str] = (), place: str = MEMORY) -> Item:
    """Return what a model takes when it has seen a prompt of its whole context."""
    what = f"{load.use}: {load.model}"
    shape = load.shape
    if not load.local:
        return Item(what, ELSEWHERE, source="another machine's memory")
    if shape is None:
        return Item(what, ELSEWHERE, source="nothing is known of this model")
    context = -(-load.context_tokens // _CONTEXT_STEP) * _CONTEXT_STEP
    batch = min(_batch_tokens(load), context)
    window = context if load.whole_window else min(context, shape.window_tokens + batch)
    numbers = shape.full_row * context + shape.window_row * window
    cache = int(numbers * _CACHE_BITS[load.cache_type] / 8) * load.slots
    widths = _BUFFER_WIDTHS[0] * shape.feed_forward + _BUFFER_WIDTHS[1] * shape.embedding
    buffers = int(batch * (4 * widths + 2 * context)) + 4 * shape.vocabulary * load.slots
    process = _PROCESS_BYTES + _VOCABULARY_BYTES * shape.vocabulary
    if place != MEMORY:
        process = _GPU_PROCESS_BYTES
    return Item(
        what,
        place,
        weights_bytes=shape.weights_bytes,
        cache_bytes=cache,
        buffer_bytes=buffers + process,
        dropped_bytes=0 if place != MEMORY or load.is_ollama else _packed_bytes(shape, instructions),
        grows_bytes=OLLAMA_PROMPT_CACHE_BYTES if load.is_ollama else EMBEDDED_PROMPT_CACHE_BYTES,
        source=shape.source,
        loaded=load.loaded,
    )


def _batch_tokens(load: Load) -> int:
    """Return how many tokens of a prompt are computed at once: Ollama takes more for long contexts."""
    tokens = load.context_tokens * load.slots
    if not load.is_ollama or tokens <= 4096:
        return _BATCH_TOKENS
    return 1024 if tokens <= 32_768 else 2048


def _packed_bytes(shape: ModelShape, instructions: Sequence[str]) -> int:
    packed = frozenset[str]()
    if "avx2" in instructions:
        packed = _PACKED_X86
    elif {"dotprod", "i8mm"} & set(instructions):
        packed = _PACKED_ARM
    return sum(size for kind, size in shape.tensor_bytes.items() if kind in packed)


def plan_residency(
    machine: Machine,
    loads: Sequence[Load],
    *,
    embedder_bytes: int = 0,
    reading_bytes: int = 0,
    ollama: OllamaLimits = OllamaLimits(),
    in_turn: bool = False,
) -> Plan:
    """Say whether everything fits on the machine.

    `embedder_bytes` is the size of the embedded embedder's file, `reading_bytes` the most that reading files
    may take beside. Lanes that compute `in_turn` may each have all the cores.
    """
    settings, refusals = _ollama_advice(loads, ollama)
    placed = _place(machine, loads)
    plan = _settle(machine, placed, embedder_bytes, reading_bytes)
    plan = replace(plan, too_large=plan.refusals)
    if plan.too_large and (smaller := _smaller(machine, loads, embedder_bytes, reading_bytes)):
        plan = replace(plan, verdict="fits if", conditions=(smaller,), refusals=())
    threads = _threads_advice(machine, loads, placed, in_turn=in_turn)
    conditions = [*plan.conditions, *threads, *_metal_advice(machine, placed)]
    refusals = [*refusals, *plan.refusals]
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
        settings=tuple(settings),
    )


def _place(machine: Machine, loads: Sequence[Load]) -> list[Item]:
    """Put each model where its runtime will: Ollama's on a GPU that holds it, the chat model first."""
    instructions = machine.instructions.known(())
    room, shares = gpu_rooms(machine), gpu_shares(machine)
    items: dict[int, Item] = {}
    for index, load in sorted(enumerate(loads), key=lambda pair: pair[1].use != "chat"):
        item = estimate(load, instructions)
        if room and load.is_ollama and load.local and load.shape:
            on_gpu = _on_one_gpu(load, room) or _on_several_gpus(load, room, shares)
            note = f"{item.source}; no GPU here holds it whole, so it is slower"
            item = on_gpu or replace(item, source=note)
        items[index] = item
    return [items[index] for index in sorted(items)]


def _on_one_gpu(load: Load, room: dict[str, int]) -> Item | None:
    """Put a model on the first GPU that has room for all of it, and take that room; None where none has."""
    for name, free in room.items():
        item = estimate(load, place=name)
        if item.needed_bytes <= free:
            room[name] -= item.needed_bytes
            return item
    return None


def _on_several_gpus(load: Load, room: dict[str, int], shares: dict[str, float]) -> Item | None:
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


def gpus_hold(machine: Machine, loads: Sequence[Load]) -> bool:
    """Say whether the GPUs hold every model, each on one of them or spread over several."""
    return all(item.place not in {MEMORY, ELSEWHERE} for item in _place(machine, loads))


def _settle(machine: Machine, models: Sequence[Item], embedder_bytes: int, reading_bytes: int) -> Plan:
    """Add up what is needed at each place, and hold it against what is there."""
    items = [
        *models,
        Item("twolane itself", MEMORY, buffer_bytes=_OURSELVES_BYTES, grows_bytes=reading_bytes),
    ]
    if embedder_bytes:
        items.append(Item("vectors", MEMORY, embedder_bytes, buffer_bytes=_EMBEDDER_BYTES, source="its file"))
    places = [_memory_place(machine, items), *_gpu_places(machine, items)]
    refusals, conditions = [], []
    for place in places:
        if place.total_bytes is None:
            continue
        room = place.total_bytes - (_reserve(machine) if place.name == MEMORY else 0)
        if place.needed_bytes > room:
            refusals.append(
                f"{place.name}: {_gb(place.needed_bytes)} are needed, "
                f"and of {_gb(place.total_bytes)} no more than {_gb(max(0, room))} can be had"
            )
        elif place.free_bytes is not None and place.needed_bytes > place.free_bytes:
            less = _gb(place.needed_bytes - place.free_bytes)
            conditions.append(f"other programs give back {less} of {place.name}")
    return Plan(
        _verdict(items, places[0], refusals, conditions),
        tuple(items),
        tuple(places),
        tuple(conditions),
        tuple(refusals),
    )


def _verdict(items: Sequence[Item], memory: Place, refusals: list[str], conditions: list[str]) -> Verdict:
    if refusals:
        return "does not fit"
    if memory.total_bytes is None or any("nothing is known" in item.source for item in items):
        return "unknown"
    return "fits if" if conditions else "fits"


def _memory_place(machine: Machine, items: Sequence[Item]) -> Place:
    memory = machine.memory.value
    needed = _needed_at(MEMORY, items)
    if memory is None:
        return Place(MEMORY, needed, None, None)
    return Place(MEMORY, needed, _with_loaded(memory.free_bytes, MEMORY, items), memory.total_bytes)


def _gpu_places(machine: Machine, items: Sequence[Item]) -> list[Place]:
    places, shares = [], gpu_shares(machine)
    for name, gpu in zip(gpu_rooms(machine), usable_gpus(machine), strict=True):
        share = shares.get(name, 0.0)
        needed = _needed_at(name, items) + int(_needed_at(SPREAD, items) * share)
        free = _with_loaded(gpu.free_bytes, name, items)
        if free is not None:
            free += int((_with_loaded(0, SPREAD, items) or 0) * share)
        places.append(Place(name, needed, free, gpu.memory_bytes))
    return places


def _needed_at(place: str, items: Sequence[Item]) -> int:
    return sum(item.needed_bytes for item in items if item.place == place)


def _with_loaded(free_bytes: int | None, place: str, items: Sequence[Item]) -> int | None:
    """Count as free what our own models hold already."""
    if free_bytes is None:
        return None
    return free_bytes + sum(item.needed_bytes for item in items if item.place == place and item.loaded)


def _reserve(machine: Machine) -> int:
    """Return what must be left to the system; within a container it has its own."""
    memory = machine.memory.value
    if memory is None or memory.limit:
        return 0
    return min(_SYSTEM_BYTES, memory.total_bytes // 8)


def _smaller(machine: Machine, loads: Sequence[Load], embedder_bytes: int, reading_bytes: int) -> str:
    """Return the longest context of the chat lane with which all would fit, as a condition; or ""."""
    chat = next((load for load in loads if load.use == "chat"), None)
    context = chat.context_tokens // 2 if chat else 0
    while chat and context >= 1024:
        shorter = [replace(load, context_tokens=context) if load is chat else load for load in loads]
        settled = _settle(machine, _place(machine, shorter), embedder_bytes, reading_bytes)
        if settled.verdict != "does not fit":
            return f"chat.context_tokens is {context}, not {chat.context_tokens}"
        context //= 2
    return ""


def _threads_advice(
    machine: Machine, loads: Sequence[Load], placed: Sequence[Item], *, in_turn: bool
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


def _ollama_advice(loads: Sequence[Load], limits: OllamaLimits) -> tuple[list[str], list[str]]:
    """Return (settings, refusals) for models that share an Ollama server."""
    settings: list[str] = []
    refusals: list[str] = []
    servers = sorted({load.url for load in loads if load.is_ollama})
    for url in servers:
        here = [load for load in loads if load.is_ollama and load.url == url]
        models = {load.model for load in here}
        mark = f"  # at {url}" if len(servers) > 1 else ""
        settings.append(f"OLLAMA_MAX_LOADED_MODELS={len(models)}{mark}")
        settings.append(f"OLLAMA_NUM_PARALLEL={max(load.slots for load in here)}{mark}")
        # The llama.cpp inside reads it; Ollama does not document it. Without it: 8 GiB for each model.
        settings.append(f"LLAMA_ARG_CACHE_RAM=512{mark}")
        if any(load.shape and load.shape.window_row and load.use == "filing" for load in here):
            settings.append(f"LLAMA_ARG_SWA_FULL=1{mark}")
        most = limits.max_loaded_models
        if most and most < len(models):
            refusals.append(
                f"Ollama at {url} keeps {most} model{'s' if most > 1 else ''} in memory, and {len(models)} "
                f"are wanted ({', '.join(sorted(models))}): each would throw another one out. Start it with "
                f"OLLAMA_MAX_LOADED_MODELS={len(models)}, or give each lane an Ollama of its own"
            )
        for model in sorted(models):
            ways = {(load.context_tokens, load.threads) for load in here if load.model == model}
            if len(ways) > 1:
                refusals.append(
                    f"both lanes use {model} at {url} in different ways, and Ollama loads it anew each time: "
                    "set the same context_tokens and threads for both, or another model for one"
                )
    return settings, refusals


def _gb(number_bytes: int) -> str:
    return f"{number_bytes / 1e9:.1f} GB"
