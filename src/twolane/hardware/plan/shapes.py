"""What of a model decides its memory: read from its file, told by its server, or known from a table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from twolane.hardware.plan.gguf_file import read_gguf

Source = Literal["its file", "its server", "the table", "its name"]


@dataclass(frozen=True, slots=True)
class ModelShape:
    """The sizes of a model.

    `full_row` and `window_row` count the numbers that one token leaves in the cache: in all layers that see
    the whole context, and in those that see only the last `window_tokens`. `tensor_bytes` are the weights by
    type where the file was read; `weight_bits` is what a weight takes where the file's quantisation is the
    library's usual one. `source` says where all this is from; a shape from a name is a guess.
    """

    name: str
    weights_bytes: int
    full_row: int
    embedding: int
    feed_forward: int
    vocabulary: int
    context_tokens: int
    window_row: int = 0
    window_tokens: int = 0
    tensor_bytes: Mapping[str, int] = field(default_factory=dict)
    source: Source = "the table"
    weight_bits: float = field(default=4.9, compare=False)


# Of these families every n-th layer sees the whole context, and the others a window. Elsewhere a window is
# not used by llama.cpp (phi3) or unknown: then all layers count as whole, which errs to the safe side.
_WHOLE_EVERY = {"gemma2": 2, "gemma3": 6, "gemma3n": 5, "cohere2": 4, "gpt-oss": 2, "gptoss": 2}


def shape_of_file(name: str, path: Path) -> ModelShape:
    """Read a model's shape from its GGUF file. Raises `OSError` and `ValueError`."""
    file = read_gguf(path)
    return shape_of_metadata(
        name, file.metadata, file.size_bytes, "its file", file.vocabulary, file.tensor_bytes
    )


def shape_of_metadata(
    name: str,
    metadata: Mapping[str, Any],
    weights_bytes: int,
    source: Source = "its server",
    vocabulary: int = 0,
    tensor_bytes: Mapping[str, int] | None = None,
) -> ModelShape:
    """Return a shape from GGUF metadata, as a file or Ollama's `/api/show` has it.

    Raises `ValueError` where what is needed is not told.
    """
    kind = str(metadata.get("general.architecture", ""))

    def told(key: str) -> Any:
        return metadata.get(f"{kind}.{key}")

    try:
        layers, embedding = int(told("block_count")), int(told("embedding_length"))
        heads = _by_layer(told("attention.head_count"), layers)
        kv_heads = _by_layer(told("attention.head_count_kv") or heads, layers)
        usual = embedding // max(1, *heads)
        length = int(told("attention.key_length") or usual) + int(told("attention.value_length") or usual)
        context, feed_forward = int(told("context_length")), max(_by_layer(told("feed_forward_length"), 1))
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name}: its metadata do not tell its sizes ({kind or 'no architecture'})"
        ) from error
    rows = [count * length for count in kv_heads]
    if rank := told("attention.kv_lora_rank"):  # DeepSeek's compressed cache: one small row for all heads
        rows = [int(rank) + int(told("rope.dimension_count") or 64)] * layers
    window = _by_layer(told("attention.sliding_window") or 0, 1)[0]
    whole = (
        _whole_layers(kind, layers, told("attention.sliding_window_pattern")) if window else [True] * layers
    )
    return ModelShape(
        name,
        weights_bytes,
        full_row=sum(row for row, all_of_it in zip(rows, whole, strict=True) if all_of_it),
        embedding=embedding,
        feed_forward=feed_forward,
        vocabulary=int(told("vocab_size") or vocabulary or 150_000),
        context_tokens=context,
        window_row=sum(row for row, all_of_it in zip(rows, whole, strict=True) if not all_of_it),
        window_tokens=window,
        tensor_bytes=dict(tensor_bytes or {}),
        source=source,
    )


def _by_layer(value: Any, layers: int) -> list[int]:
    """Return a number for each layer: some models have one for all, some a list."""
    return [int(item) for item in value] if isinstance(value, list | tuple) else [int(value)] * layers


def _whole_layers(kind: str, layers: int, pattern: Any) -> list[bool]:
    if isinstance(pattern, list | tuple) and len(pattern) == layers:
        return [not windowed for windowed in pattern]
    every = int(pattern) if isinstance(pattern, int) and pattern > 0 else _WHOLE_EVERY.get(kind, 1)
    return [(layer + 1) % every == 0 for layer in range(layers)]


def _row(
    name: str,
    weights_bytes: int,
    sizes: tuple[int, int, int, int, int],
    vocabulary: int,
    context_tokens: int,
    window: tuple[int, int] = (0, 1),
    bits: float = 4.9,
) -> ModelShape:
    """Build a shape of (layers, kv heads, head length, embedding, feed forward) and (window, every)."""
    layers, kv_heads, head, embedding, feed_forward = sizes
    whole = layers // window[1]
    return ModelShape(
        name,
        weights_bytes,
        whole * kv_heads * head * 2,
        embedding,
        feed_forward,
        vocabulary,
        context_tokens,
        (layers - whole) * kv_heads * head * 2,
        window[0],
        weight_bits=bits,
    )


# The sizes that Ollama's library shows for these names (in its usual quantisation, mostly Q4_K_M; exact ones
# for the models that twolane fetches itself), and the models' own published configurations.
_Q4_0, _Q8_0, _F16, _MXFP4 = 4.6, 8.5, 16.0, 4.25
_KNOWN = (
    _row("llama3.2:1b", 1_320_000_000, (16, 8, 64, 2048, 8192), 128_256, 131_072, bits=_Q8_0),
    _row("llama3.2:3b", 2_020_000_000, (28, 8, 128, 3072, 8192), 128_256, 131_072),
    _row("llama3.1:8b", 4_920_000_000, (32, 8, 128, 4096, 14_336), 128_256, 131_072),
    _row("llama3.1:70b", 42_500_000_000, (80, 8, 128, 8192, 28_672), 128_256, 131_072),
    _row("llama3.3:70b", 42_500_000_000, (80, 8, 128, 8192, 28_672), 128_256, 131_072),
    _row("llama3:8b", 4_660_000_000, (32, 8, 128, 4096, 14_336), 128_256, 8192, bits=_Q4_0),
    _row("llama2:7b", 3_830_000_000, (32, 32, 128, 4096, 11_008), 32_000, 4096, bits=_Q4_0),
    _row("llama2:13b", 7_370_000_000, (40, 40, 128, 5120, 13_824), 32_000, 4096, bits=_Q4_0),
    _row("codellama:7b", 3_830_000_000, (32, 32, 128, 4096, 11_008), 32_016, 16_384, bits=_Q4_0),
    _row("mistral:7b", 4_370_000_000, (32, 8, 128, 4096, 14_336), 32_768, 32_768),
    _row("mistral-nemo:12b", 7_070_000_000, (40, 8, 128, 5120, 14_336), 131_072, 131_072, bits=_Q4_0),
    _row("phi3:mini", 2_200_000_000, (32, 32, 96, 3072, 8192), 32_064, 131_072),
    _row("phi3:medium", 7_900_000_000, (40, 10, 128, 5120, 17_920), 32_064, 131_072, bits=_Q4_0),
    _row("phi4:14b", 9_050_000_000, (40, 10, 128, 5120, 17_920), 100_352, 16_384),
    _row("phi4-mini:3.8b", 2_490_000_000, (32, 8, 128, 3072, 8192), 200_064, 131_072),
    _row("gemma:2b", 1_680_000_000, (18, 1, 256, 2048, 16_384), 256_000, 8192, bits=_Q4_0),
    _row("gemma:7b", 5_010_000_000, (28, 16, 256, 3072, 24_576), 256_000, 8192, bits=_Q4_0),
    _row("gemma2:2b", 1_630_000_000, (26, 4, 256, 2304, 9216), 256_000, 8192, (4096, 2), bits=_Q4_0),
    _row("gemma2:9b", 5_440_000_000, (42, 8, 256, 3584, 14_336), 256_000, 8192, (4096, 2), bits=_Q4_0),
    _row("gemma3:270m", 253_113_024, (18, 1, 256, 640, 2048), 262_144, 32_768, (512, 6)),
    _row("gemma3:1b", 815_000_000, (26, 1, 256, 1152, 6912), 262_144, 32_768, (512, 6)),
    _row("gemma3:4b", 3_340_000_000, (34, 4, 256, 2560, 10_240), 262_144, 131_072, (1024, 6)),
    _row("gemma3:12b", 8_150_000_000, (48, 8, 256, 3840, 15_360), 262_144, 131_072, (1024, 6)),
    _row("tinyllama", 638_000_000, (22, 4, 64, 2048, 5632), 32_000, 2048, bits=_Q4_0),
    _row("qwen:0.5b", 395_000_000, (24, 16, 64, 1024, 2816), 151_936, 32_768, bits=_Q4_0),
    _row("qwen:4b", 2_330_000_000, (40, 20, 128, 2560, 6912), 151_936, 32_768, bits=_Q4_0),
    _row("qwen2.5:7b", 4_680_000_000, (28, 4, 128, 3584, 18_944), 152_064, 32_768),
    _row("qwen2.5-coder:0.5b", 491_400_064, (24, 2, 64, 896, 4864), 151_936, 32_768),
    _row("qwen2.5-coder:1.5b", 1_117_320_768, (28, 2, 128, 1536, 8960), 151_936, 32_768),
    _row("qwen2.5-coder:7b", 4_680_000_000, (28, 4, 128, 3584, 18_944), 152_064, 32_768),
    _row("smollm2:135m", 98_362_432, (30, 3, 64, 576, 1536), 49_152, 8192),
    _row("smollm2:1.7b", 1_820_000_000, (24, 32, 64, 2048, 8192), 49_152, 8192, bits=_Q8_0),
    _row("qwen3:0.6b", 523_000_000, (28, 8, 128, 1024, 3072), 151_936, 40_960),
    _row("qwen3:1.7b", 1_360_000_000, (28, 8, 128, 2048, 6144), 151_936, 40_960),
    _row("qwen3:4b", 2_500_000_000, (36, 8, 128, 2560, 9728), 151_936, 262_144),
    _row("qwen3:4b-instruct", 2_500_000_000, (36, 8, 128, 2560, 9728), 151_936, 262_144),
    _row("qwen3:8b", 5_230_000_000, (36, 8, 128, 4096, 12_288), 151_936, 40_960),
    _row("qwen3:14b", 9_280_000_000, (40, 8, 128, 5120, 17_408), 151_936, 40_960),
    _row("gpt-oss:20b", 13_800_000_000, (24, 8, 64, 2880, 2880), 201_088, 131_072, (128, 2), bits=_MXFP4),
    _row("nomic-embed-text", 274_000_000, (12, 12, 64, 768, 3072), 30_522, 2048, bits=_F16),
)
KNOWN_SHAPES = {shape.name: shape for shape in _KNOWN}
# What Ollama's library means by a name without a size, and its other names for models of the table.
_DEFAULT_TAGS = dict(
    name.split(":")
    for name in (
        *("llama3.3:70b", "llama3.2:3b", "llama3.1:8b", "llama3:8b", "llama2:7b", "codellama:7b"),
        *("mistral:7b", "mistral-nemo:12b", "phi3:mini", "phi4:14b", "phi4-mini:3.8b", "gemma:7b"),
        *("gemma2:9b", "gemma3:4b", "qwen:4b", "qwen2.5:7b", "qwen2.5-coder:7b", "qwen3:8b"),
        *("smollm2:1.7b", "gpt-oss:20b"),
    )
)
_OTHER_NAMES = {"phi3:3.8b": "phi3:mini", "phi3:14b": "phi3:medium", "tinyllama:1.1b": "tinyllama"}
_NO_SIZE = {"latest", "instruct", "chat", "text", "it"}
# What a weight takes in llama.cpp's types, scales and the larger types of some layers included.
_QUANTISED = re.compile(r"(?<![a-z0-9])(?:i?q([2-8])(?:_[a-z0-9]+)*|b?f(?:p)?(16|32))(?![a-z0-9])")
_BITS = {"2": 3.2, "3": 4.0, "4": 4.9, "5": 5.7, "6": 6.6, "7": 7.5, "8": 8.5, "16": 16.0, "32": 32.0}


def known_shape(name: str) -> ModelShape | None:
    """Return a model's shape by its name: from the table, or guessed from a size such as "8b", or None.

    A quantisation in the name, such as "q8_0" or "fp16", scales the weights; that is a guess too.
    """
    plain = name.rpartition("/")[2].lower()
    if plain in KNOWN_SHAPES:
        return KNOWN_SHAPES[plain]
    quantised = _QUANTISED.search(plain)
    family = plain[: quantised.start()].rstrip("-:_.") if quantised else plain
    shape = _in_table(family) or _by_size(name, family)
    if shape is None or quantised is None:
        return shape
    bits = _BITS[quantised[1] or quantised[2]]
    weights = int(shape.weights_bytes * bits / shape.weight_bits)
    return replace(shape, name=name, weights_bytes=weights, weight_bits=bits, source="its name")


def _in_table(name: str) -> ModelShape | None:
    """Find a name in the table: as it is, by what it means without a size, or without what follows a size."""
    family, _, tag = name.partition(":")
    size, *variants = tag.split("-")
    if not size or size in _NO_SIZE:
        size = _DEFAULT_TAGS.get(family, "")
    for end in range(len(variants), -1, -1):
        wanted = f"{family}:{'-'.join([size, *variants[:end]])}" if size else family
        if shape := KNOWN_SHAPES.get(_OTHER_NAMES.get(wanted, wanted)):
            return shape
    return None


def _by_size(name: str, plain: str) -> ModelShape | None:
    """Guess a shape from a size in the name, at about 4.9 bits a weight; the rest grows as Llama's does."""
    found = re.search(r"(?:^|[^a-z0-9.])(\d+(?:\.\d+)?)([bm])(?![a-z0-9])", plain)
    if not found:
        return None
    billions = float(found[1]) / (1000 if found[2] == "m" else 1)
    width = 2048 if billions < 2 else 3072 if billions < 6 else 4096 if billions < 12 else 5120
    row = {2048: 16_384, 3072: 57_344, 4096: 65_536, 5120: 98_304}[width]
    weights = int(billions * 620_000_000)
    return ModelShape(name, weights, row, width, 4 * width, 150_000, 131_072, source="its name")
