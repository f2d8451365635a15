"""Writes a graph of operators as an ONNX file: protocol buffers, in the few messages that a model needs."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Numbers of messages' fields and of types: onnx.proto3 of ONNX 1.12 (IR version 8).
_IR_VERSION = 8
_OPSET = 17
_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int64": 7}
_VARINT, _BYTES, _FLOAT32 = 0, 2, 5

MICROSOFT = "com.microsoft"
"""The domain of the operators that onnxruntime adds to the standard's: fused and quantised ones."""


class OnnxGraph:
    """A graph that grows: every method returns the name of the value that it adds."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []
        self._inputs: list[bytes] = []
        self._outputs: list[bytes] = []

    def input(self, name: str, kind: str, shape: Sequence[int | str]) -> str:
        """Add an input; a dimension that is known only when the graph runs has a name."""
        self._inputs.append(_value(name, kind, shape))
        return name

    def output(self, name: str, kind: str, shape: Sequence[int | str]) -> str:
        """Make a value an output."""
        self._outputs.append(_value(name, kind, shape))
        return name

    def constant(self, name: str, array: NDArray[Any]) -> str:
        """Add a constant of type float32, uint8, int8 or int64."""
        little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        dims = b"".join(_number(1, size) for size in array.shape)
        kind = _number(2, _TYPES[array.dtype.name])
        self._constants.append(dims + kind + _bytes(8, name.encode()) + _bytes(9, little.tobytes()))
        return name

    def node(
        self, kind: str, inputs: Sequence[str], output: str, *more: str, domain: str = "", **attributes: Any
    ) -> str:
        """Add an operator; an input of "" is left out, attributes are of type int, float or str."""
        self._nodes.append(
            b"".join(_bytes(1, name.encode()) for name in inputs)
            + b"".join(_bytes(2, name.encode()) for name in (output, *more))
            + _bytes(3, output.encode())
            + _bytes(4, kind.encode())
            + b"".join(_bytes(5, _attribute(name, value)) for name, value in attributes.items())
            + _bytes(7, domain.encode())
        )
        return output

    def to_bytes(self, name: str) -> bytes:
        """Return the file."""
        graph = (
            b"".join(_bytes(1, node) for node in self._nodes)
            + _bytes(2, name.encode())
            + b"".join(_bytes(5, constant) for constant in self._constants)
            + b"".join(_bytes(11, value) for value in self._inputs)
            + b"".join(_bytes(12, value) for value in self._outputs)
        )
        operators = b"".join(
            _bytes(8, _bytes(1, domain.encode()) + _number(2, version))
            for domain, version in (("", _OPSET), (MICROSOFT, 1))
        )
        return _number(1, _IR_VERSION) + _bytes(2, b"twolane") + _bytes(7, graph) + operators


def _attribute(name: str, value: float | str) -> bytes:
    encoded = _bytes(1, name.encode())
    if isinstance(value, str):
        return encoded + _bytes(4, value.encode()) + _number(20, 3)
    if isinstance(value, int):
        return encoded + _number(3, value) + _number(20, 2)
    return encoded + _key(2, _FLOAT32) + struct.pack("<f", value) + _number(20, 1)


def _value(name: str, kind: str, shape: Sequence[int | str]) -> bytes:
    dims = [_number(1, size) if isinstance(size, int) else _bytes(2, size.encode()) for size in shape]
    tensor = _number(1, _TYPES[kind]) + _bytes(2, b"".join(_bytes(1, dim) for dim in dims))
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, tensor))


def _key(field: int, wire_type: int) -> bytes:
    return _varint(field << 3 | wire_type)


def _number(field: int, value: int) -> bytes:
    return _key(field, _VARINT) + _varint(value % (1 << 64))


def _bytes(field: int, value: bytes) -> bytes:
    return _key(field, _BYTES) + _varint(len(value)) + value


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])
