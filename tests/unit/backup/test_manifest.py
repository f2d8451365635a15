"""The manifest of a backup: it says what it was given, and a stranger's is believed in nothing unchecked."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twolane.backup.manifest import FORMAT, manifest_bytes, parsed_manifest
from twolane.backup.values import Manifest, Member, MemberKind
from twolane.errors import BackupError

NUMBERS = st.integers(0, 1 << 60)
DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
PARTS = st.binary(min_size=1, max_size=20).filter(lambda part: not set(part) & {0, 47} and part.strip(b"."))
PATHS = st.lists(PARTS, min_size=1, max_size=4).map(lambda parts: Path("/", *map(os.fsdecode, parts)))


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    data_dir = draw(PATHS)
    library = Member(
        "library.db", MemberKind.LIBRARY, draw(PATHS), draw(NUMBERS), draw(DIGESTS), draw(NUMBERS)
    )
    copies = [
        Member(
            f"copies/{number:06}",
            MemberKind.COPY,
            data_dir.joinpath("uploads", *path.parts[1:]),
            size,
            digest,
            size,
        )
        for number, (path, size, digest) in enumerate(
            draw(st.lists(st.tuples(PATHS, NUMBERS, DIGESTS), max_size=3))
        )
    ]
    documents = [
        Member(f"documents/{number:06}", MemberKind.DOCUMENT, path, 1, "0" * 64, 0)
        for number, path in enumerate(draw(st.lists(PATHS, max_size=3)))
    ]
    return Manifest(
        FORMAT,
        draw(st.text(max_size=10)),
        draw(NUMBERS),
        draw(DIGESTS),
        draw(st.floats(0, 1e10)),
        data_dir,
        draw(st.dictionaries(st.text(max_size=8), NUMBERS, max_size=4)),
        (library, *copies, *documents),
        draw(NUMBERS),
    )


@given(manifests())
def test_what_is_written_is_read_whatever_the_names_are(manifest: Manifest) -> None:
    assert parsed_manifest(manifest_bytes(manifest)) == manifest


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(manifests(), st.data())
def test_whatever_stands_in_it_instead_is_refused_or_understood(
    manifest: Manifest, data: st.DataObject
) -> None:
    # given
    value: dict[str, Any] = json.loads(manifest_bytes(manifest))
    where = data.draw(st.sampled_from([value, *value["members"]]))
    name = data.draw(st.sampled_from(sorted(where)))
    where[name] = data.draw(VALUES)

    # when
    try:
        found = parsed_manifest(json.dumps(value).encode())
    except BackupError:
        return

    # then: what is believed stays where it belongs
    for member in found.members:
        assert ".." not in member.path.parts
        assert member.size_bytes >= 0
        if member.kind is MemberKind.COPY:
            assert member.path.is_relative_to(found.data_dir)


@given(st.binary(max_size=200))
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(BackupError) as refused:
        parsed_manifest(data)
    assert refused.value.remedy


@pytest.mark.parametrize("other", ["C:\\Users\\ada\\twolane", "\\\\server\\share\\twolane"])
def test_a_backup_of_another_kind_of_system_is_refused_with_that_reason(other: str) -> None:
    # given
    made = Manifest(FORMAT, "9", 1, "ab" * 8, 1.0, Path("/d"), {}, ())
    value: dict[str, Any] = json.loads(manifest_bytes(made))
    value["data_dir"] = quote(other)

    # when
    with pytest.raises(BackupError) as refused:
        parsed_manifest(json.dumps(value).encode())

    # then
    assert "another kind of system" in refused.value.what
    assert "Windows" in refused.value.remedy
