"""A copied file has the times of its original, on systems that set them while it is open and on others."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from twolane.organize.disk.copying import copy_whole
from twolane.organize.disk.metadata import metadata_of
from twolane.organize.disk.places import OpenPlace
from twolane.system import kind


@pytest.mark.parametrize("system", ["linux", "win32"])
def test_a_copy_is_given_the_times_of_its_original(
    system: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    words, changed_ns = b"words " * 1000, 1_500_000_000_000_000_000
    (tmp_path / "letter.txt").write_bytes(words)
    os.utime(tmp_path / "letter.txt", ns=(changed_ns, changed_ns))
    really = os.utime

    def by_path(path: str | int, *, ns: tuple[int, int]) -> None:
        if isinstance(path, int):
            raise TypeError("path should be string, bytes or os.PathLike, not int")
        really(path, ns=ns)

    monkeypatch.setattr(kind, "KIND", system)
    if system == "win32":
        monkeypatch.setattr(os, "utime", by_path)

    # when
    with (tmp_path / "letter.txt").open("rb") as source:
        like = metadata_of(source.fileno())
        target = OpenPlace(tmp_path / "copy.txt", None)
        made = copy_whole(source, like, hashlib.sha256(words).hexdigest(), target)

    # then
    found = (tmp_path / "copy.txt").stat()
    assert (tmp_path / "copy.txt").read_bytes() == words
    assert found.st_mtime_ns == made.modified_ns == changed_ns
