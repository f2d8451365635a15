"""The encoding of protocol buffers, as far as a file of ONNX needs it.

A message is a row of fields: a key, which is the field's number and how its value is written, and the value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

VARINT, BYTES, FLOAT32 = 0, 2, 5
_FLOAT64 = 1


def key(field: int, wire_type: int) -> bytes:
    return varint(field << 3 | wire_type)


def number_field(field: int, value: int) -> bytes:
    return key(field, VARINT) + varint(value % (1 << 64))


def bytes_field(field: int, value: bytes) -> bytes:
    """Return a field that holds bytes, a text or a message."""
    return key(field, BYTES) + varint(len(value)) + value


def varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message, by where in the whole it begins, where its value does, and where that ends."""

    number: int
    wire_type: int
    at: int
    start: int
    end: int


def fields(content: memoryview, start: int, end: int) -> Iterator[Field]:
    """Yield the fields of the message that stands there. Raises `ValueError` where it is none."""
    at = start
    while at < end:
        named, value = _read_varint(content, at, end)
        wire_type = named & 7
        size = {_FLOAT64: 8, FLOAT32: 4}.get(wire_type, 0)
        if wire_type == BYTES:
            size, value = _read_varint(content, value, end)
        elif wire_type == VARINT:
            size = _read_varint(content, value, end)[1] - value
        if not 0 < value + size <= end or (not size and wire_type != BYTES):
            raise ValueError("it is cut off, or of another kind")
        yield Field(named >> 3, wire_type, at, value, value + size)
        at = value + size


def _read_varint(content: memoryview, at: int, end: int) -> tuple[int, int]:
    number = shift = 0
    for place in range(at, end):
        number |= (content[place] & 0x7F) << shift
        if content[place] <= 0x7F:
            return number, place + 1
        shift += 7
    raise ValueError("it is cut off")
