"""`twolane hardware`, and what `init`, `doctor`, `add` and `serve` make of the machine."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from standins.models import CHAT_MODEL
from standins.ollama import GENERATES, FakeOllama
from standins.program import Program, small_pair

from twolane.app import describe_lane
from twolane.config.loading import load_settings
from twolane.hardware.machine.base import Machine, MachineMemory, Measurement
from twolane.lanes.fit import check_fit, plan_settings

MACHINES = Path(__file__).parents[2] / "unit" / "hardware" / "machines"


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Program]:
    def program(**settings: str) -> Program:
        return Program(tmp_path, {name.replace("__", "."): value for name, value in settings.items()})

    return program


def test_the_machine_is_shown_with_a_profile_and_a_plan(program: Callable[..., Program]) -> None:
    # when
    told = program().ok("hardware", "--json").values[0]
    shown = program().ok("hardware").out

    # then
    machine = Machine.from_json(json.dumps(told))
    assert machine.memory.value
    assert told["proposal"]["profile"]["name"] in "ABCDE"
    assert told["plan"]["verdict"] in {"fits", "fits if"}
    assert {item["what"] for item in told["plan"]["items"]} >= {"filing: qwen2.5-coder:0.5b", "vectors"}
    assert "would change its mind" in shown
    assert not (program().data_dir / "library.db").exists()


def test_a_machine_recorded_elsewhere_is_judged(program: Callable[..., Program]) -> None:
    # when
    shown = program(chat__model="llama3.1:8b", filing__model="llama3.2:1b").ok(
        "hardware", "--recorded", MACHINES / "core-ultra-7-32gb.json"
    )

    # then
    assert "Intel(R) Core(TM) Ultra 7 155H" in shown.out
    assert "6 performance, 10 efficient" in shown.out
    assert "proposed: profile D" in shown.out
    assert "OLLAMA_MAX_LOADED_MODELS=2" in shown.out
    # and its own cores are shared, not this machine's: no threads are too many for it
    assert "add up to" not in shown.out


def test_init_takes_the_profile_that_suits_unless_another_is_given(program: Callable[..., Program]) -> None:
    # when
    proposed = program().ok("init", "proposed", "--json").values[0]
    given = program().ok("init", "given", "--profile", "A")

    # then
    home = program().home
    text = (home / "proposed" / "twolane.toml").read_text()
    assert proposed["proposal"]["profile"]["name"] == proposed["profile"]["name"]
    assert tomllib.loads(text)["chat"]["model"] == proposed["profile"]["chat"]["model"]
    assert tomllib.loads((home / "given" / "twolane.toml").read_text())["chat"]["concurrency"] == 2
    assert "proposed: profile" in given.out
    assert "profile A here: it " in given.out
    assert "Ollama's environment: OLLAMA_NUM_PARALLEL=2" in given.out


def test_what_surely_does_not_fit_is_refused_before_it_loads(program: Callable[..., Program]) -> None:
    # given a context that no machine of today holds
    huge = small_pair() | {"filing.context_tokens": "1048576", "filing.concurrency": "256"}
    huge |= {"chat.context_tokens": "1048576", "chat.concurrency": "256"}
    refusing, document = Program(program().home, huge), program().home / "note.txt"
    document.write_text("An invoice over 12 euros.")

    # when
    added, served = refusing.run("add", document), refusing.run("serve", "--port", "0")
    worked, compared = refusing.run("worker"), refusing.run("compare", CHAT_MODEL)
    checked = refusing.run("doctor", "--json")

    # then
    for refused in (added, served, worked, compared):
        assert refused.code == 2
        assert "can be had" in refused.err
        assert "check_fit = false" in refused.err
    assert any("fit:" in finding["what"] for finding in checked.values if finding["level"] == "problem")
    assert refusing.model_process("filing") is None


def test_what_ollama_says_of_a_model_goes_into_the_plan(tmp_path: Path) -> None:
    # given a lane with a server elsewhere, and a stand-in here that answers /api/show and /api/tags
    with FakeOllama() as server:
        flags = {
            "data_dir": str(tmp_path),
            "chat.model": GENERATES,
            "chat.url": f"http://elsewhere.invalid:1,{server.url}",
            "filing.use_model": "false",
        }
        settings = load_settings(flags=flags, env={})
        machine = Machine(
            "linux", "x86_64", memory=Measurement(MachineMemory(32_000_000_000, 30_000_000_000))
        )
        # when
        plan = plan_settings(settings, machine, describe=describe_lane)
        checked = check_fit(settings, ("chat",), describe_lane)

    # then
    assert checked
    for told in (checked, plan):
        elsewhere, here = told.items[:2]
        assert {elsewhere.what, here.what} == {f"chat: {GENERATES}"}
        assert (elsewhere.source, elsewhere.place) == ("another machine's memory", "elsewhere")
        assert (here.source, here.place) == ("its server", "memory")
