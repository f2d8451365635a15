"""What readers declare of the parts of their formats, held against files that have them."""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Iterator

import pytest
from tests.unit.extract import parts
from tests.unit.extract.parts.example import Example

from twolane.extract.base import Limits, SourceFile
from twolane.extract.declared import Care, FilePart, Format
from twolane.extract.formats import formats
from twolane.extract.read import READERS, read_source
from twolane.extract.readers.picture.ocr import available


def _examples() -> Iterator[Example]:
    for module in pkgutil.iter_modules(parts.__path__):
        if not module.name.startswith("test_") and module.name != "example":
            yield from importlib.import_module(f"{parts.__name__}.{module.name}").EXAMPLES


EXAMPLES = tuple(_examples())
DECLARED = [(one, part) for one in formats() for part in FilePart if one.care(part) is not Care.NONE]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: f"{one.format}-{one.part.name}-{one.shows}")
def test_a_part_is_read_or_said_as_its_reader_declares(example: Example) -> None:
    (declared,) = [one for one in formats() if one.name == example.format]

    if example.ocr != "off" and not available(example.ocr) and not os.environ.get("CI"):
        pytest.skip(f"{example.ocr} is not installed")

    reading = read_source(SourceFile.of(example.content, example.name), Limits(ocr=example.ocr))

    assert reading.media_type in declared.media_types
    if declared.care(example.part) is Care.READ:
        assert example.shows in " ".join(reading.text.split())
    else:
        assert declared.care(example.part) is Care.SAID
        assert example.shows not in reading.text
        assert example.note
        assert example.note in reading.note
        assert reading.seen < 1 or "hidden text was left out" in reading.note


@pytest.mark.parametrize(("declared", "part"), DECLARED, ids=lambda one: getattr(one, "name", str(one)))
def test_each_declared_part_has_an_example(declared: Format, part: FilePart) -> None:
    assert any(one.format == declared.name and one.part is part for one in EXAMPLES)


UNDECLARED: set[str] = set()


def test_each_reader_declares_its_formats() -> None:
    assert {name for name, reader in READERS.items() if not getattr(reader, "FORMATS", ())} == UNDECLARED


def test_no_part_is_both_read_and_only_said() -> None:
    assert [one.name for one in formats() if one.read & one.said] == []
