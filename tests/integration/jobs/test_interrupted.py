"""Ctrl-C in the middle of long work: the program ends soon, cleanly, and what is left can be gone on with."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from pathlib import Path

import pytest
from standins.models import EMBEDDING_MODEL, embedding_model
from standins.program import DEADLINE_S, Program, until

from twolane.store.sqlite.store import open_sqlite

pytestmark = [pytest.mark.model, pytest.mark.skipif(os.name == "nt", reason="sends signals")]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A library with a scripted model and real vectors."""
    embedding_model()
    settings = {f"{lane}.{key}": "scripted" for lane in ("filing", "chat") for key in ("runtime", "model")}
    return Program(tmp_path, settings | {"embedding.model": EMBEDDING_MODEL})


@pytest.mark.parametrize("times", [1, 2])
def test_an_interrupted_add_ends_while_a_long_document_is_embedded(program: Program, times: int) -> None:
    # given a document that takes a minute to embed
    document = program.home / "ships.txt"
    document.write_text("\n\n".join(f"Chapter {n} tells of {n} ships. " * 12 for n in range(900)))

    # when
    with program.started("add", document) as process:
        library = program.data_dir / "library.db"
        until(library.exists, "a library")
        with closing(open_sqlite(library, max_attempts=3)) as store:
            until(lambda: "embed" in store.job_counts() and store.job_counts()["embed"].running, "embedding")
            for _ in range(times):
                process.send_signal(signal.SIGINT)
            code = process.wait(DEADLINE_S)
            jobs = store.job_counts()["embed"]

    # then
    assert code == 130, (program.home / "started.log").read_text()
    assert jobs.queued + jobs.running == 1
    assert not jobs.parked
