"""Models of servers are compared through the same port: over real HTTP, to servers of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from standins.ollama import GENERATES, FakeOllama
from standins.openai import MODEL, FakeOpenAI

from twolane.app import open_app
from twolane.config.loading import load_settings
from twolane.errors import ModelMissingError
from twolane.measure.compare.labels import labelled_set
from twolane.measure.compare.plan import shipped_plan
from twolane.measure.compare.result import ModelResult
from twolane.measure.compare.run import compare, contenders
from twolane.measure.report.journal import Journal

QUICK = shipped_plan(quick=True)


def compared(tmp_path: Path, model: str, url: str) -> ModelResult:
    """Compare one model of a server, quickly."""
    flags = {"data_dir": str(tmp_path / "library"), "embedding.runtime": "off"}
    with open_app(load_settings(env={}, flags=flags)) as app:
        labelled = labelled_set(app, None, QUICK.documents)
        found = contenders(app, [model], url)
        return next(compare(app, found, QUICK, labelled, Journal(tmp_path / "journal.jsonl")))


def test_an_ollama_says_its_memory_and_is_asked_to_let_go(tmp_path: Path) -> None:
    # given
    with FakeOllama() as server:
        # when
        result = compared(tmp_path, GENERATES, server.url)
        sizes = {launch["num_ctx"] for _, launch in server.loads}
        kept = server.kept[GENERATES]

    # then
    assert (result.runtime, result.error, result.failures) == ("ollama", "", 0)
    assert result.memory
    assert (result.memory.resident_bytes, result.memory.source) == (3000, "the server's own figure")
    assert result.load
    assert result.load.seconds
    assert sizes == {4096}  # one context length: another would load the model anew
    assert kept in {0, "0"}


def test_a_server_that_keeps_its_model_has_no_load_time_and_no_memory(tmp_path: Path) -> None:
    # given
    with FakeOpenAI(context_tokens=4096) as server:
        # when
        result = compared(tmp_path, MODEL, f"{server.url}/v1")

    # then
    assert (result.runtime, result.error, result.failures) == ("openai", "", 0)
    assert result.load
    assert result.load.seconds is None
    assert "cannot be asked" in result.load.note
    assert result.memory
    assert result.memory.resident_bytes is None
    assert len(result.speeds) == 3


def test_a_model_that_the_server_lacks_is_told_before_anything_is_measured(tmp_path: Path) -> None:
    with FakeOllama() as server, pytest.raises(ModelMissingError, match="nope"):
        compared(tmp_path, "nope:1b", server.url)
