"""A checkout in which the container files can be tried."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.support.containers import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with the files that compose reads."""
    for name in ("compose.yaml", "Containerfile"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    return tmp_path
