"""`LLMService`: both lanes as one object, each with its own model."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from twolane import LLMService
from twolane.cancel import Cancel, Cancelled, working_for
from twolane.config.loading import load_settings
from twolane.config.settings import Settings
from twolane.errors import SettingsError, TwolaneError
from twolane.hardware.machine.probe import probe
from twolane.jobs.pools import Workers
from twolane.service import OpenedLibrary

SCRIPTED = {
    "filing.runtime": "scripted",
    "filing.model": "small",
    "chat.runtime": "scripted",
    "chat.model": "large",
    "embedding.runtime": "off",
}


def settings(tmp_path: Path, **flags: str) -> Settings:
    given = {name.replace("__", "."): value for name, value in flags.items()}
    return load_settings(flags=SCRIPTED | {"data_dir": str(tmp_path)} | given, env={})


def service(tmp_path: Path, **flags: str) -> LLMService:
    return LLMService(settings(tmp_path, **flags))


def test_each_lane_has_its_model(tmp_path: Path) -> None:
    # when
    with service(tmp_path) as both:
        names = both.classifier_model, both.chat_model
        classified = both.classify("Invoice no. 17, total due 40 EUR")
        answer = both.chat("What did the boiler's maintenance cost?")

    # then
    assert names == ("small", "large")
    assert classified.category
    assert answer.refused  # there are no files


def test_a_model_that_surely_does_not_fit_is_refused_before_it_loads(tmp_path: Path) -> None:
    # given a context that no machine of today holds
    huge = {"chat__runtime": "embedded", "chat__model": "smollm2:135m", "chat__context_tokens": "1048576"}
    with service(tmp_path, **huge, chat__concurrency="256") as both:
        # when / then
        with pytest.raises(SettingsError, match="can be had"):
            both.chat("Anything?")
        assert both.classify("Invoice no. 17, total due 40 EUR").category


def test_a_pair_that_surely_does_not_fit_together_is_refused_at_the_second_lane(tmp_path: Path) -> None:
    # given models of which each takes three fifths of the memory here
    memory = probe(gpus=False).memory.value
    assert memory
    slots = 1 + memory.total_bytes // 30_000_000_000
    tokens = int(0.6 * memory.total_bytes / 24_064 / slots)
    lanes = {
        f"{lane}__{name}": value
        for lane in ("filing", "chat")
        for name, value in (
            ("runtime", "embedded"),
            ("model", "smollm2:135m"),
            ("context_tokens", str(tokens)),
            ("concurrency", str(slots)),
        )
    }
    with closing(OpenedLibrary(settings(tmp_path, **lanes))) as library:
        # when a program only files, it works
        library.check_fit("filing")

        # then
        with pytest.raises(SettingsError, match="can be had"):
            library.check_fit("chat")
        library.check_fit("filing")


def test_nothing_is_opened_any_more_once_it_is_closed(tmp_path: Path) -> None:
    # given
    both = service(tmp_path)
    both.close()

    # when / then
    with pytest.raises(TwolaneError, match="closed"):
        both.classify("Invoice no. 17, total due 40 EUR")
    both.close()


def test_a_text_states_facts(tmp_path: Path) -> None:
    # given
    text = "Invoice No. NP-118\nInvoice date: 12 March 2024\n\nThank you.\n\nTotal due: 480.00 EUR\n"

    # when
    with service(tmp_path) as both:
        facts = {fact.spec.id: fact.value.value for fact in both.facts(text) if fact.value}

    # then
    assert facts["date"] == "2024-03-12"
    assert (facts["number"], facts["total_due"]) == ("NP-118", "480.00 EUR")


def test_nobody_waits_for_files_that_nobody_awaits_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a library whose files are never filed
    (tmp_path / "invoice.txt").write_text("Invoice no. 17, total due 40 EUR\n")
    monkeypatch.setattr(Workers, "start", lambda _: None)
    work = Cancel()
    work.cancel()

    # when / then
    with service(tmp_path) as both, working_for(work), pytest.raises(Cancelled):
        both.add(tmp_path / "invoice.txt")
