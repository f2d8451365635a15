"""Reads what a GGUF file says of its model, without reading the model."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_LONGEST_ARRAY = 4096  # lists by layer are shorter; a vocabulary is longer


@dataclass(frozen=True, slots=True)
class GgufFile:
    """A GGUF file's metadata by their usual names, its size, and the bytes of its tensors by type.

    `tensor_bytes` leaves out the token embeddings, whose type is `embedding_type`: they are looked up, never
    multiplied, so no runtime packs them anew.
    """

    metadata: Mapping[str, Any]
    size_bytes: int
    tensor_bytes: Mapping[str, int]
    embedding_type: str
    vocabulary: int


def read_gguf(path: Path) -> GgufFile:
    """Read a file's metadata and list of tensors, in about 0.1 s. Raises `OSError` and `ValueError`."""
    stat = path.stat()
    return _read(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=32)
def _read(path: Path, size_bytes: int, _modified_ns: int) -> GgufFile:
    import numpy as np

    try:
        from gguf import GGUFReader, GGUFValueType
    except ImportError as error:
        raise ValueError("what reads model files comes with the extra `embedded`") from error

    class HeadReader(GGUFReader):
        """Passes over long lists: the library makes an array of each token of a vocabulary, for 12 s."""

        def _get_field_parts(
            self, orig_offs: int, raw_type: int
        ) -> tuple[int, list[Any], list[int], list[Any]]:
            plain: tuple[int, list[Any], list[int], list[Any]]
            if GGUFValueType(raw_type) == GGUFValueType.ARRAY:
                kind = GGUFValueType(int(self._get(orig_offs, np.uint32)[0]))
                count = int(self._get(orig_offs + 4, np.uint64)[0])
                if count > _LONGEST_ARRAY and kind != GGUFValueType.ARRAY:
                    lengths[len(lengths)] = count
                    return self._long(orig_offs + 12, kind, count) - orig_offs, [], [], [kind]
            plain = super()._get_field_parts(orig_offs, raw_type)
            return plain

        def _long(self, at: int, kind: GGUFValueType, count: int) -> int:
            if kind != GGUFValueType.STRING:
                return at + count * np.dtype(self.gguf_scalar_to_np[kind]).itemsize
            read = struct.Struct("<Q" if self.byte_order == "I" else ">Q").unpack_from
            head: Any = self.data
            data = memoryview(head)
            for _ in range(count):
                at += 8 + read(data, at)[0]
            return at

    lengths: dict[int, int] = {}
    try:
        reader = HeadReader(path)
    except (struct.error, IndexError, KeyError, TypeError, OverflowError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no whole GGUF file: {error}") from error
    metadata = {name: field.contents() for name, field in reader.fields.items() if field.data}
    sizes: Counter[str] = Counter()
    embedding_type, vocabulary = "", max(lengths.values(), default=0)
    for tensor in reader.tensors:
        if tensor.name == "token_embd.weight":
            embedding_type, vocabulary = tensor.tensor_type.name, int(tensor.shape[-1])
        else:
            sizes[tensor.tensor_type.name] += int(tensor.n_bytes)
    return GgufFile(metadata, size_bytes, sizes, embedding_type, vocabulary)
