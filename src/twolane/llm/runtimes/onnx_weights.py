"""A model of ONNX without its weights, which are then mapped from its file instead of read.

Why: docs/why/models.md#weights-of-the-embedder-are-mapped.
"""

from __future__ import annotations

import mmap
from pathlib import Path

from twolane.llm.building.protobuf import BYTES, bytes_field, fields, number_field

# Numbers of messages' fields: onnx.proto3.
_GRAPH, _INITIALIZER, _RAW_DATA = 7, 5, 9
_EXTERNAL_DATA, _KEY, _VALUE, _DATA_LOCATION, _EXTERNAL = 13, 1, 2, 14, 1
# Small constants steer the graph and are read when it is optimised.
_SMALLEST_BYTES = 4096


def without_weights(path: Path) -> bytes:
    """Return a model whose large tensors say where in its file they lie. Raises `OSError` or `ValueError`."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        with memoryview(mapped) as content:
            return _model(content, path.name.encode())


def _model(content: memoryview, name: bytes) -> bytes:
    parts = [
        bytes_field(_GRAPH, _graph(content, each.start, each.end, name))
        if each.number == _GRAPH
        else bytes(content[each.at : each.end])
        for each in fields(content, 0, len(content))
    ]
    return b"".join(parts)


def _graph(content: memoryview, start: int, end: int, name: bytes) -> bytes:
    parts = [
        bytes_field(_INITIALIZER, _tensor(content, each.start, each.end, name))
        if each.number == _INITIALIZER and each.end - each.start >= _SMALLEST_BYTES
        else bytes(content[each.at : each.end])
        for each in fields(content, start, end)
    ]
    return b"".join(parts)


def _tensor(content: memoryview, start: int, end: int, name: bytes) -> bytes:
    parts: list[bytes] = []
    for each in fields(content, start, end):
        if each.number == _RAW_DATA and each.wire_type == BYTES:
            offset, length = str(each.start).encode(), str(each.end - each.start).encode()
            parts += [_place(b"location", name), _place(b"offset", offset), _place(b"length", length)]
            parts.append(number_field(_DATA_LOCATION, _EXTERNAL))
        else:
            parts.append(bytes(content[each.at : each.end]))
    return b"".join(parts)


def _place(key: bytes, value: bytes) -> bytes:
    return bytes_field(_EXTERNAL_DATA, bytes_field(_KEY, key) + bytes_field(_VALUE, value))
