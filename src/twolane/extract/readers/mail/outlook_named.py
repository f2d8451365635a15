"""Properties of Outlook's items that are known by names only: times, places and addresses ([MS-OXPROPS])."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from twolane.extract.readers.text import decode

_NAMES = "__nameid_version1.0"
_ENTRIES = "__substg1.0_00030102"
_PROPERTIES = "__properties_version1.0"
_MOST_NAMES = 5000
_FIRST = 0x8000
_BEGINNING = datetime(1601, 1, 1, tzinfo=UTC)
_TIME, _STRING_8, _STRING = 0x40, 0x1E, 0x1F
_TEXT_CHARS = 2000
_LABELS = {
    0x820D: "Start", 0x820E: "End", 0x8208: "Where", 0x8232: "Repeats", 0x8104: "Start", 0x8105: "Due",
    0x810F: "Done", 0x8083: "Mail", 0x8093: "Mail", 0x80A3: "Mail", 0x801A: "Address (home)",
    0x801B: "Address (work)", 0x801C: "Address", 0x802B: "Link",
}  # fmt: skip


def named_properties(top: Any, storage: Any, offset: int) -> list[tuple[str, str]]:
    """Return what an item says under the names that people want, each with its label."""
    try:
        numbers = _numbers(_stream(_folder(top, _NAMES), _ENTRIES))
        return _labelled(storage, offset, numbers)
    except (struct.error, ValueError, OverflowError, AttributeError):
        return []


def _labelled(storage: Any, offset: int, numbers: Mapping[int, int]) -> list[tuple[str, str]]:
    data = _stream(storage, _PROPERTIES)[offset:]
    found: list[tuple[str, str]] = []
    for at in range(0, min(len(data) - 15, 16 * _MOST_NAMES), 16):
        kind, number = struct.unpack_from("<HH", data, at)
        label = _LABELS.get(numbers.get(number, 0), "")
        if not label:
            continue
        if kind == _TIME:
            value = _time(struct.unpack_from("<Q", data, at + 8)[0], is_day=label in {"Due", "Done"})
        elif kind in {_STRING, _STRING_8}:
            raw = _stream(storage, f"__substg1.0_{number:04X}{kind:04X}")
            value = raw.decode("utf-16-le", "replace") if kind == _STRING else decode(raw)[0]
        else:
            continue
        row = (label, " ".join(value.strip("\0").split())[:_TEXT_CHARS])
        if row[1] and row not in found:
            found.append(row)
    return found


def _numbers(entries: bytes) -> dict[int, int]:
    """Return which well-known number each property of this file stands for."""
    found: dict[int, int] = {}
    for at in range(0, min(len(entries) - 7, 8 * _MOST_NAMES), 8):
        known, marks, index = struct.unpack_from("<IHH", entries, at)
        if not marks & 1:  # it has a number, and no text, for its name
            found.setdefault(_FIRST + index, known)
    return found


def _time(value: int, *, is_day: bool) -> str:
    moment = _BEGINNING + timedelta(microseconds=value // 10)
    if moment.year < 1900 or moment.year > 4000:
        return ""
    return moment.strftime("%Y-%m-%d" if is_day else "%Y-%m-%d %H:%M (UTC)")


def _folder(storage: Any, name: str) -> Any:
    return next((one for one in storage.storages if one.name == name), None)


def _stream(storage: Any, name: str) -> bytes:
    streams = storage.streams if storage is not None else ()
    return next((bytes(one.bytes_) for one in streams if one.name.upper() == name.upper()), b"")
