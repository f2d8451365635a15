"""What of a model decides its memory: read from its file, told by its server, or known from a table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from twolane.hardware.gguf_file import read_gguf

Source = Literal["its file", "its server", "the table", "its name"]


@dataclass(frozen=True, slots=True)
class ModelShape:
    """The sizes of a model.

    `full_row` and `window_row` count the numbers that one token leaves in the cache: in all layers that see
    the whole context, and in those that see only the last `window_tokens`. `tensor_bytes` are the weights by
    type where the file was read. `source` says where all this is from; a shape from a name is a guess.
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
    )


# The sizes that Ollama's library shows for these names (in its usual quantisation; exact ones for the models
# that twolane fetches itself), and the models' own published configurations.
_KNOWN = (
    _row("llama3.2:1b", 1_320_000_000, (16, 8, 64, 2048, 8192), 128_256, 131_072),
    _row("llama3.2:3b", 2_020_000_000, (28, 8, 128, 3072, 8192), 128_256, 131_072),
    _row("llama3.1:8b", 4_920_000_000, (32, 8, 128, 4096, 14_336), 128_256, 131_072),
    _row("phi3:mini", 2_200_000_000, (32, 32, 96, 3072, 8192), 32_064, 131_072),
    _row("gemma:2b", 1_680_000_000, (18, 1, 256, 2048, 16_384), 256_000, 8192),
    _row("tinyllama", 638_000_000, (22, 4, 64, 2048, 5632), 32_000, 2048),
    _row("qwen:0.5b", 395_000_000, (24, 16, 64, 1024, 2816), 151_936, 32_768),
    _row("qwen2.5-coder:0.5b", 491_400_064, (24, 2, 64, 896, 4864), 151_936, 32_768),
    _row("qwen2.5-coder:1.5b", 1_117_320_768, (28, 2, 128, 1536, 8960), 151_936, 32_768),
    _row("smollm2:135m", 98_362_432, (30, 3, 64, 576, 1536), 49_152, 8192),
    _row("gemma3:270m", 253_113_024, (18, 1, 256, 640, 2048), 262_144, 32_768, (512, 6)),
    _row("gemma3:1b", 815_000_000, (26, 1, 256, 1152, 6912), 262_144, 32_768, (512, 6)),
    _row("gemma3:4b", 3_340_000_000, (34, 4, 256, 2560, 10_240), 262_144, 131_072, (1024, 6)),
    _row("qwen3:0.6b", 523_000_000, (28, 8, 128, 1024, 3072), 151_936, 40_960),
    _row("qwen3:1.7b", 1_360_000_000, (28, 8, 128, 2048, 6144), 151_936, 40_960),
    _row("qwen3:4b-instruct", 2_500_000_000, (36, 8, 128, 2560, 9728), 151_936, 262_144),
    _row("qwen3:8b", 5_230_000_000, (36, 8, 128, 4096, 12_288), 151_936, 40_960),
    _row("gpt-oss:20b", 13_800_000_000, (24, 8, 64, 2880, 2880), 201_088, 131_072, (128, 2)),
    _row("nomic-embed-text", 274_000_000, (12, 12, 64, 768, 3072), 30_522, 2048),
)
KNOWN_SHAPES = {shape.name: shape for shape in _KNOWN}


def known_shape(name: str) -> ModelShape | None:
    """Return a model's shape by its name: from the table, or guessed from a size such as "8b", or None."""
    plain = name.rpartition("/")[2].lower().removesuffix(":latest")
    if plain in KNOWN_SHAPES:
        return KNOWN_SHAPES[plain]
    found = re.search(r"(?:^|[^a-z0-9.])(\d+(?:\.\d+)?)([bm])(?![a-z0-9])", plain)
    if not found:
        return None
    billions = float(found[1]) / (1000 if found[2] == "m" else 1)
    # At about 4.8 bits a weight; the other sizes grow as those of the Llama family do.
    width = 2048 if billions < 2 else 3072 if billions < 6 else 4096 if billions < 12 else 5120
    row = {2048: 16_384, 3072: 57_344, 4096: 65_536, 5120: 98_304}[width]
    weights = int(billions * 620_000_000)
    return ModelShape(name, weights, row, width, 4 * width, 150_000, 131_072, source="its name")
