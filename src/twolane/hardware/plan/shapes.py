"""The sizes that decide a model's memory: from its file, its server, or a table of known models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from twolane.hardware.plan.gguf_file import read_gguf
from twolane.llm.catalogue.data import read_data

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

    Raises `ValueError` where a size that is needed is missing.
    """
    kind = str(metadata.get("general.architecture", ""))

    def size(key: str) -> Any:
        return metadata.get(f"{kind}.{key}")

    try:
        layers, embedding = int(size("block_count")), int(size("embedding_length"))
        heads = _by_layer(size("attention.head_count"), layers)
        kv_heads = _by_layer(size("attention.head_count_kv") or heads, layers)
        usual = embedding // max(1, *heads)
        length = int(size("attention.key_length") or usual) + int(size("attention.value_length") or usual)
        context, feed_forward = int(size("context_length")), max(_by_layer(size("feed_forward_length"), 1))
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name}: its metadata do not hold its sizes ({kind or 'no architecture'})"
        ) from error
    rows = [count * length for count in kv_heads]
    if rank := size("attention.kv_lora_rank"):  # DeepSeek's compressed cache: one small row for all heads
        rows = [int(rank) + int(size("rope.dimension_count") or 64)] * layers
    window = _by_layer(size("attention.sliding_window") or 0, 1)[0]
    pattern = size("attention.sliding_window_pattern")
    whole = _whole_layers(kind, layers, pattern) if window else [True] * layers
    return ModelShape(
        name,
        weights_bytes,
        full_row=sum(row for row, all_of_it in zip(rows, whole, strict=True) if all_of_it),
        embedding=embedding,
        feed_forward=feed_forward,
        vocabulary=int(size("vocab_size") or vocabulary or 150_000),
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
    every = int(pattern) if isinstance(pattern, int) and pattern > 0 else _table()["whole_every"].get(kind, 1)
    return [(layer + 1) % every == 0 for layer in range(layers)]


@cache
def _table() -> Mapping[str, Any]:
    return read_data("shapes")


@cache
def known_shapes() -> Mapping[str, ModelShape]:
    """Return the models whose sizes are known by name."""
    return {name: _shape(name, **sizes) for name, sizes in _table()["models"].items()}


def _shape(
    name: str,
    *,
    layers: int,
    kv_heads: int,
    head_length: int,
    whole_every: int = 1,
    **sizes: Any,
) -> ModelShape:
    """Build a shape from what the table says of a model."""
    whole = layers // whole_every
    row = kv_heads * head_length * 2  # keys and values
    return ModelShape(name, full_row=whole * row, window_row=(layers - whole) * row, **sizes)


_NO_SIZE = {"latest", "instruct", "chat", "text", "it"}
# What a weight takes in llama.cpp's types, scales and the larger types of some layers included.
_QUANTISED = re.compile(r"(?<![a-z0-9])(?:i?q([2-8])(?:_[a-z0-9]+)*|b?f(?:p)?(16|32))(?![a-z0-9])")
_BITS = {"2": 3.2, "3": 4.0, "4": 4.9, "5": 5.7, "6": 6.6, "7": 7.5, "8": 8.5, "16": 16.0, "32": 32.0}


def known_shape(name: str) -> ModelShape | None:
    """Return a model's shape by its name: from the table, or guessed from a size such as "8b", or None.

    A quantisation in the name, such as "q8_0" or "fp16", scales the weights; that is a guess too.
    """
    plain = name.rpartition("/")[2].lower()
    if plain in known_shapes():
        return known_shapes()[plain]
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
        size = dict(tag.split(":") for tag in _table()["default_tags"]).get(family, "")
    for end in range(len(variants), -1, -1):
        wanted = f"{family}:{'-'.join([size, *variants[:end]])}" if size else family
        if shape := known_shapes().get(_table()["other_names"].get(wanted, wanted)):
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
