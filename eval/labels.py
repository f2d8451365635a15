"""What the documents of `eval/data/fields` state, and what agrees with that."""

from __future__ import annotations

import re
import tomllib
import unicodedata
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from twolane.facts import LANGUAGE, FieldType
from twolane.fields.catalogue import known_fields

FOLDER = Path(__file__).parent / "data" / "fields"
HALVES = ("dev", "held")
OWN = "own"
NOT_SCORED = "?"
_ALIKE = {FieldType.NAME: 85.0, FieldType.TEXT: 85.0, FieldType.NUMBER: 100.0}  # percent


@dataclass(frozen=True, slots=True)
class LabelledDocument:
    """A document of one half with what it states: the defensible values of each field, the best one first."""

    set: str
    file: str
    half: str
    group: str
    kind: str
    language: str
    values: Mapping[str, tuple[str, ...]]

    def path(self, evals: Path | None) -> Path | None:
        """Return where the file is, None where it is in a folder that is not here."""
        if self.set == OWN:
            return FOLDER / self.half / "files" / self.file
        return evals / "classification" / self.set / "files" / self.file if evals else None

    @property
    def is_scan(self) -> bool:
        """Whether the text has to be read off a picture."""
        return Path(self.file).suffix in {".png", ".jpg"} or "scan" in Path(self.file).stem


def half_of(group: str) -> str:
    """Return the half that the papers of a sender or layout belong to."""
    return HALVES[zlib.crc32(f"half:{group}".encode()) % 2]


def read_labels(halves: Sequence[str] = HALVES) -> list[LabelledDocument]:
    """Read the labels of these halves."""
    return [
        _document(half, table)
        for half in halves
        for table in tomllib.loads((FOLDER / half / "labels.toml").read_text("utf-8"))["document"]
    ]


def agrees(field: str, value: str, accepted: Sequence[str]) -> bool:
    """Tell whether a value is one of those that could be defended."""
    return any(_same(known_fields()[field].type, value, one) for one in accepted)


def fold(text: str) -> str:
    """Return a text without case, accents and punctuation, and with single spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


def _same(kind: FieldType, value: str, wanted: str) -> bool:
    if not value or not wanted or kind not in _ALIKE:
        return value == wanted
    left, right = fold(value), fold(wanted)
    if kind is FieldType.NUMBER:
        left, right = left.replace(" ", ""), right.replace(" ", "")
    return fuzz.ratio(left, right) >= _ALIKE[kind]


def _document(half: str, table: Mapping[str, Any]) -> LabelledDocument:
    values = {
        key: tuple(value) if isinstance(value, list) else (value,)
        for key, value in table.items()
        if key in known_fields()
    }
    return LabelledDocument(
        table["set"], table["file"], half, table["group"], table["kind"], table[LANGUAGE], values
    )
