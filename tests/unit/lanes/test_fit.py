"""The settings' plan on recorded machines: whose cores count, and what is refused where a size is a guess."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from twolane.config.lane_settings import LaneSettings
from twolane.config.loading import load_settings
from twolane.config.settings import Settings
from twolane.errors import SettingsError
from twolane.hardware.machine.base import Machine, Measurement, OllamaLimits
from twolane.lanes.fit import plan_settings, refuse_unfit
from twolane.llm.base import ModelDescription

MACHINES = Path(__file__).parents[1] / "hardware" / "machines"


def settings(tmp_path: Path, filing: str, chat: str, **flags: str) -> Settings:
    more = {name.replace("__", "."): value for name, value in flags.items()}
    models = {"data_dir": str(tmp_path), "filing.model": filing, "chat.model": chat}
    return load_settings(flags=models | more, env={})


def machine(name: str, *ollama: OllamaLimits) -> Machine:
    return replace(Machine.load(MACHINES / f"{name}.json"), ollama=Measurement(ollama))


@pytest.mark.parametrize(("name", "cores"), [("core-ultra-7-32gb", 6), ("rtx-4090", 16)])
def test_threads_left_open_are_shares_of_the_recorded_machines_cores(
    tmp_path: Path, name: str, cores: int
) -> None:
    # given a lane that sets one thread too many, in a machine that computes on its cores
    given = settings(tmp_path, "llama3.2:1b", "llama3.1:8b", filing__threads=str(cores + 1))
    there = replace(machine(name), gpus=Measurement(()))

    # when
    open_threads = plan_settings(settings(tmp_path, "llama3.2:1b", "llama3.1:8b"), there)
    too_many = plan_settings(given, there)

    # then
    assert not [line for line in open_threads.conditions if "threads" in line]
    assert f"are each {cores} or less" in " ".join(too_many.conditions)


def test_a_recorded_machine_is_judged_by_its_own_ollama(tmp_path: Path) -> None:
    # given
    pair = settings(tmp_path, "llama3.2:1b", "llama3.1:8b")

    # when
    plan = plan_settings(pair, machine("core-ultra-7-32gb", OllamaLimits(max_loaded_models=1)))

    # then
    assert "OLLAMA_MAX_LOADED_MODELS=2" in plan.refusals[0]


def test_a_guessed_size_refuses_only_what_is_too_large_by_far(tmp_path: Path) -> None:
    # given names of which nothing but a size is known, on 8 GB of memory
    there = machine("laptop-8gb")
    near, far = settings(tmp_path, "", "own:12b"), settings(tmp_path, "", "own:32b")

    # when
    plan = plan_settings(near, there, lanes=("chat",))
    refuse_unfit(plan, "choose a smaller one")

    # then
    assert plan.too_large
    with pytest.raises(SettingsError, match="are needed") as refused:
        refuse_unfit(plan_settings(far, there, lanes=("chat",)), "choose a smaller one")
    assert "choose a smaller one, or set check_fit = false" in refused.value.remedy


def test_what_does_not_rest_on_sizes_is_refused_whatever_is_guessed(tmp_path: Path) -> None:
    # given two models of which one's size is a guess, on an Ollama that keeps one
    pair = settings(tmp_path, "llama3.2:1b", "own:7b")
    plan = plan_settings(pair, machine("rtx-4090", OllamaLimits(max_loaded_models=1)))

    # then
    with pytest.raises(SettingsError, match="each would throw another one out"):
        refuse_unfit(plan, "choose smaller models")


def test_two_names_of_one_model_file_are_one_model_that_must_be_used_in_one_way(tmp_path: Path) -> None:
    # given
    def describe(lane: LaneSettings) -> ModelDescription:
        return ModelDescription({}, weights="sha256-" + "1" * 64)

    there = machine("core-ultra-7-32gb")
    pair = settings(tmp_path, "llama3.2:1b", "own:1b")
    alike = settings(tmp_path, "llama3.2:1b", "own:1b", filing__context_tokens="4096", filing__threads="6")

    # when
    plan = plan_settings(pair, there, describe=describe)
    same = plan_settings(alike, there, describe=describe)

    # then
    assert "both lanes use one model file (llama3.2:1b and own:1b)" in plan.refusals[0]
    assert not [line for line in same.refusals if "one model file" in line]
    assert "OLLAMA_MAX_LOADED_MODELS=1" in same.settings


def test_each_server_of_a_lane_has_its_own_lines_of_environment(tmp_path: Path) -> None:
    # given
    urls = {"filing__url": "http://127.0.0.1:11434,http://127.0.0.1:11436", "chat__url": "http://far:11434"}
    pair = settings(tmp_path, "llama3.2:1b", "llama3.1:8b", **urls)

    # when
    plan = plan_settings(pair, machine("core-ultra-7-32gb"))

    # then
    for url in ("http://127.0.0.1:11434", "http://127.0.0.1:11436", "http://far:11434"):
        assert f"OLLAMA_MAX_LOADED_MODELS=1  # at {url}" in plan.settings
