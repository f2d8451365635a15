"""A model that is to stay in memory, and an estimate of what it takes there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twolane.hardware.machine.ollama_server import PROMPT_CACHE_MIB
from twolane.hardware.plan.shapes import ModelShape

MEMORY = "memory"
ELSEWHERE = "elsewhere"

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

# Types that llama.cpp packs anew for the processor, beside the mapped file (seen in its log, x86-64): the
# copy is what it computes with, and the mapped original can be dropped by the system at any time.
_PACKED_X86 = frozenset({"Q4_0", "Q4_K", "IQ4_NL"})
_PACKED_ARM = frozenset({"Q4_0", "Q4_K", "IQ4_NL", "Q8_0"})
EMBEDDED_PROMPT_CACHE_BYTES = 256 * _MIB


@dataclass(frozen=True, slots=True)
class ModelLoad:
    """A model that is to stay resident, and how it is run.

    `shape` is None where nothing is known. `loaded` says that it is in memory already: what it takes is then
    neither free nor needed again. `whole_window` keeps a sliding window's full context.
    `prompt_cache_bytes` is the runtime's limit for old prompts; None is its own. `weights` names the file
    behind the name, "" where the server does not say.
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
    prompt_cache_bytes: int | None = None
    weights: str = ""

    @property
    def is_ollama(self) -> bool:
        return self.runtime == "ollama"

    @property
    def grows_bytes(self) -> int:
        """What the runtime may add for old prompts; an embedding model keeps none."""
        if self.use == "vectors":
            return 0
        if self.prompt_cache_bytes is not None:
            return self.prompt_cache_bytes
        return PROMPT_CACHE_MIB * _MIB if self.is_ollama else EMBEDDED_PROMPT_CACHE_BYTES


@dataclass(frozen=True, slots=True)
class Item:
    """What one thing takes: `needed_bytes` cannot be given back while it runs.

    `dropped_bytes` are seen as resident too, but the system can drop them; `grows_bytes` is what may be added
    in use, always to the machine's own memory. `place` is "memory", a GPU's name, or "elsewhere": another
    machine's, or not to be known.
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


def estimate(load: ModelLoad, instructions: Sequence[str] = (), place: str = MEMORY) -> Item:
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
    cache = int(numbers * _CACHE_BITS.get(load.cache_type, 16.0) / 8) * load.slots
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
        grows_bytes=load.grows_bytes,
        source=shape.source,
        loaded=load.loaded,
    )


def _batch_tokens(load: ModelLoad) -> int:
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
