"""Writes a graph of operators as an ONNX file: protocol buffers, in the few messages that a model needs."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twolane.llm.building.protobuf import FLOAT32, bytes_field, key, number_field

# Numbers of messages' fields and of types: onnx.proto3 of ONNX 1.12 (IR version 8).
_IR_VERSION = 8
_OPSET = 17
_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int64": 7}

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
        dims = b"".join(number_field(1, size) for size in array.shape)
        kind = number_field(2, _TYPES[array.dtype.name])
        self._constants.append(dims + kind + bytes_field(8, name.encode()) + bytes_field(9, little.tobytes()))
        return name

    def node(
        self, kind: str, inputs: Sequence[str], output: str, *more: str, domain: str = "", **attributes: Any
    ) -> str:
        """Add an operator; an input of "" is left out, attributes are of type int, float or str."""
        self._nodes.append(
            b"".join(bytes_field(1, name.encode()) for name in inputs)
            + b"".join(bytes_field(2, name.encode()) for name in (output, *more))
            + bytes_field(3, output.encode())
            + bytes_field(4, kind.encode())
            + b"".join(bytes_field(5, _attribute(name, value)) for name, value in attributes.items())
            + bytes_field(7, domain.encode())
        )
        return output

    def to_bytes(self, name: str) -> bytes:
        """Return the file."""
        graph = (
            b"".join(bytes_field(1, node) for node in self._nodes)
            + bytes_field(2, name.encode())
            + b"".join(bytes_field(5, constant) for constant in self._constants)
            + b"".join(bytes_field(11, value) for value in self._inputs)
            + b"".join(bytes_field(12, value) for value in self._outputs)
        )
        operators = b"".join(
            bytes_field(8, bytes_field(1, domain.encode()) + number_field(2, version))
            for domain, version in (("", _OPSET), (MICROSOFT, 1))
        )
        return number_field(1, _IR_VERSION) + bytes_field(2, b"twolane") + bytes_field(7, graph) + operators


def _attribute(name: str, value: float | str) -> bytes:
    encoded = bytes_field(1, name.encode())
    if isinstance(value, str):
        return encoded + bytes_field(4, value.encode()) + number_field(20, 3)
    if isinstance(value, int):
        return encoded + number_field(3, value) + number_field(20, 2)
    return encoded + key(2, FLOAT32) + struct.pack("<f", value) + number_field(20, 1)


def _value(name: str, kind: str, shape: Sequence[int | str]) -> bytes:
    dims = [
        number_field(1, size) if isinstance(size, int) else bytes_field(2, size.encode()) for size in shape
    ]
    tensor = number_field(1, _TYPES[kind]) + bytes_field(2, b"".join(bytes_field(1, dim) for dim in dims))
    return bytes_field(1, name.encode()) + bytes_field(2, bytes_field(1, tensor))
