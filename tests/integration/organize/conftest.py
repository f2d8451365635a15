"""Real file systems for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.support.filesystems import Disk, Disks, OnDisk


@pytest.fixture(scope="session")
def mounted_disks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disks]:
    disks = Disks(tmp_path_factory.mktemp("disks"))
    yield disks
    disks.close()


@pytest.fixture
def on_disk(mounted_disks: Disks) -> Iterator[OnDisk]:
    """Give an empty folder on a file system of a kind."""
    yield mounted_disks
    mounted_disks.emptied()


__all__ = ["Disk", "OnDisk"]
