"""A checkout in which the container files can be tried."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.support.containers import ROOT
from tests.support.engine import Engine, opened_engine
from tests.support.stack import RealStack, build_images

TEXTS = {
    "papers": "Lease. The rent of the flat in Marlow Street is 850 euros.",
    "more/papers": "Invoice 17 of Blue Anchor Ltd. Total: 120 euros.",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with the files that compose reads."""
    for name in ("compose.yaml", "Containerfile"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    return tmp_path


@pytest.fixture(scope="package")
def engine() -> Iterator[Engine]:
    with ExitStack() as life:
        engine = opened_engine(life)
        build_images(engine)
        yield engine


@pytest.fixture(scope="package")
def stack(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStack]:
    """Start the stack with two workers; two folders are named, and one file lies in each."""
    folder = tmp_path_factory.mktemp("stack")
    for name, text in TEXTS.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "first.txt").write_text(text)
    with ExitStack() as life:
        stack = RealStack(engine, folder, life)
        stack.prepare()
        stack.script("documents.sh", "papers", "bills=more/papers")
        stack.up("--scale", "worker=2")
        yield stack
