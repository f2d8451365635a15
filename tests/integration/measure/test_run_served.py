"""A run on a server that remembers prompts: no paper twice, and the memory is what the server says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from standins.ollama import GENERATES, FakeOllama

from twolane.config.lane_settings import ChatSettings, EmbeddingSettings, FilingSettings
from twolane.config.settings import Settings
from twolane.measure.prove.experiment import Finding, Scale
from twolane.measure.prove.run import ProveRun
from twolane.measure.prove.strategy import experiments


def users(tmp_path: Path, url: str) -> Settings:
    """Two models of one server; the name of one is short for its name with `:latest`."""
    return Settings(
        data_dir=tmp_path / "library",
        filing=FilingSettings(model=GENERATES, runtime="ollama", url=url),
        chat=ChatSettings(model="large", runtime="ollama", url=url),
        embedding=EmbeddingSettings(runtime="off"),
    )


def findings(settings: Settings, folder: Path, only: str, repeats: int) -> tuple[Finding, ...]:
    """Run one experiment on the small scale, and keep its journal as if it had been stopped."""
    return (
        ProveRun(settings, experiments([only]), Scale.of(quick=True, repeats=repeats), folder)
        .prove()
        .findings
    )


def papers_seen(server: FakeOllama) -> list[str]:
    """Return the documents whose category the server was asked for, but for the short neutral ones."""
    asked = (seen.body for seen in server.asked("/api/generate", "/api/chat") if seen.body.get("logprobs"))
    prompts = (
        str(body.get("prompt") or body["messages"][-2 if body["messages"][-1]["role"] == "assistant" else -1])
        for body in asked
    )
    documents = (re.split("<<<+|>>>+", prompt)[-2] for prompt in prompts)
    return [document for document in documents if len(document) > 200]


def test_no_set_up_files_what_another_has_filed(tmp_path: Path) -> None:
    # given
    with FakeOllama() as server:
        server.models["large:latest"] = ["completion"]
        settings = users(tmp_path, server.url)

        # when
        findings(settings, tmp_path / "prove", "workers", repeats=1)
        first = len(papers_seen(server))
        findings(settings, tmp_path / "prove", "workers", repeats=2)  # goes on with its second round
        seen = papers_seen(server)

    # then
    assert first == (2 + 4 + 1) + (2 + 4 + 2)  # each level warms up with two
    assert len(seen) == 2 * first
    assert len(set(seen)) == len(seen)


def test_the_memory_of_a_served_model_is_what_its_server_says_of_it(tmp_path: Path) -> None:
    # given
    with FakeOllama() as server:
        server.models["large:latest"] = ["completion"]

        # when
        both, filing = findings(users(tmp_path, server.url), tmp_path / "prove", "memory", repeats=1)

    # then
    assert [figure.p50 * 1e9 for figure in both.figures] == pytest.approx([6000, 3000])
    assert [figure.p50 * 1e9 for figure in filing.figures] == pytest.approx([3000, 3000])


def test_rules_alone_prove_nothing_of_a_small_model(tmp_path: Path) -> None:
    # given
    settings = Settings(
        data_dir=tmp_path / "library",
        filing=FilingSettings(runtime="scripted", use_model=False),
        chat=ChatSettings(runtime="scripted"),
        embedding=EmbeddingSettings(runtime="off"),
    )

    # when
    model, lane = findings(settings, tmp_path / "prove", "speed", repeats=1)

    # then
    assert model.verdict.value == "could not be measured"
    assert "0 of 4 in two lanes, 4 of 4 in one model" in model.reason
    assert lane.verdict.value != "could not be measured"
