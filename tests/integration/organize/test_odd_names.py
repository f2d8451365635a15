"""Odd names of files stay what they are through plan, apply and undo, where the disk takes them at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from chaos.names import made, there_and_back
from tests.support.filesystems import OnDisk


@pytest.mark.parametrize(("name", "share"), [("ext4", 1), ("vfat", 0.6), ("exfat", 0.6), ("casefold", 0.9)])
def test_odd_names_pass_unchanged(name: str, share: float, on_disk: OnDisk, tmp_path: Path) -> None:
    # given
    names = list(made(300))

    # when
    found = there_and_back(name, on_disk(name).path, tmp_path / "library", names)

    # then: what disks refuse or scans leave alone is not moved, and two names may be one to some disk
    assert not found.wrong
    assert found.names == len(names)
    assert found.refused <= (1 - share) * len(names)
    assert found.left + found.skipped <= 12
    assert found.moved == found.names - found.refused - found.left - found.skipped
    assert found.moved - found.kept <= 8
