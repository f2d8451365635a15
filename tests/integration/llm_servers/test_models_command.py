"""`twolane models`, `init` and `up` with an Ollama over HTTP: what is there, and what becomes of faults."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from standins.ollama import FakeOllama
from standins.openai import FakeOpenAI

from twolane.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    with FakeOllama() as server:
        server.models["llama3.2:1b"] = ["completion"]
        yield server


@pytest.fixture
def run(
    server: FakeOllama, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    for name, value in {
        "OLLAMA_HOST": server.url.removeprefix("http://"),
        "TWOLANE_DATA_DIR": str(tmp_path / "library"),
        "TWOLANE_MODELS_DIR": str(tmp_path / "models"),
        "TWOLANE_EMBEDDING_RUNTIME": "off",
        "LLM_CLASSIFICATION_MODEL": "llama3.2:1b",
        "LLM_CHAT_MODEL": "llama3.1:8b",
        "COLUMNS": "100",
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["twolane", *arguments])
        code = main._run()
        out = capsys.readouterr()
        return code, out.out, out.err

    return run


def values(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_the_list_shows_the_servers_models_and_what_is_lacking_there(run: Run) -> None:
    # when
    code, out, _ = run("models", "list", "--json")

    # then
    found = {value["name"]: value for value in values(out)}
    assert code == 0
    assert (found["llama3.2:1b"]["present"], found["llama3.2:1b"]["used_by"]) == (True, "filing")
    assert (found["llama3.1:8b"]["present"], found["llama3.1:8b"]["used_by"]) == (False, "chat")
    assert found["smollm2:135m"]["runtime"] == "embedded"


def test_what_the_settings_use_is_pulled_by_its_server_and_nothing_twice(
    run: Run, server: FakeOllama
) -> None:
    # when
    code, out, _ = run("models", "pull")
    again = run("models", "pull")

    # then
    assert code == again[0] == 0
    assert "llama3.2:1b: already at" in out
    assert f"llama3.1:8b: pulled by Ollama at {server.url}" in out
    assert [seen.body["model"] for seen in server.asked("/api/pull")] == ["llama3.1:8b"]


def test_one_model_that_cannot_be_had_keeps_no_other_from_being_pulled(run: Run, server: FakeOllama) -> None:
    # when
    code, _, err = run("models", "pull", "nope:1b", "qwen3:4b")

    # then
    assert code == 3
    assert "There is no model nope:1b to pull" in err
    assert "qwen3:4b" in server.models


def test_what_is_in_memory_is_shown_with_its_context_and_until_when(run: Run, server: FakeOllama) -> None:
    # given
    server.run("llama3.2:1b", context_tokens=2048)
    server.run("small:1b", context_tokens=4096, expires_at="2030-01-02T03:04:05Z")

    # when
    code, out, _ = run("models", "ps", "--json")

    # then
    held = {value["name"]: value for value in values(out)}
    assert code == 0
    assert held.keys() == {"llama3.2:1b", "small:1b"}
    assert (held["llama3.2:1b"]["context_tokens"], held["llama3.2:1b"]["for_ever"]) == (2048, True)
    assert held["small:1b"]["until"] == 1893553445.0


def test_a_lanes_model_is_deleted_only_by_force_and_others_once_it_was_confirmed(
    run: Run, server: FakeOllama
) -> None:
    # when
    used, asked = run("models", "rm", "llama3.2:1b", "--yes"), run("models", "rm", "small:1b")
    done, forced = (
        run("models", "rm", "small:1b", "--yes"),
        run("models", "rm", "llama3.2:1b", "--yes", "--force"),
    )

    # then
    assert (used[0], asked[0], done[0], forced[0]) == (1, 2, 0, 0)
    assert "llama3.2:1b is in use: filing" in used[2]
    assert "small:1b" not in server.models
    assert "llama3.2:1b" not in server.models


def test_a_model_that_one_of_two_servers_has_is_deleted_there_and_one_that_none_has_is_an_error(
    run: Run, server: FakeOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeOllama() as other:
        # given
        monkeypatch.setenv("TWOLANE_CHAT_URL", f"{other.url},{server.url}")
        server.models["old:1b"] = ["completion"]

        # when
        code, out, _ = run("models", "rm", "old:1b", "--yes")
        again = run("models", "rm", "old:1b", "--yes")

    # then
    assert (code, again[0]) == (0, 3)
    assert f"old:1b: deleted from Ollama at {server.url}" in out
    assert "old:1b" not in server.models
    assert "old:1b is not at" in again[2]


def test_a_model_is_shown_with_what_uses_it(run: Run) -> None:
    # when
    code, out, _ = run("models", "show", "llama3.2:1b")

    # then
    assert code == 0
    assert "8,192 tokens" in out
    assert "filing" in out


def test_a_server_that_does_not_answer_is_told_and_our_own_models_are_listed_all_the_same(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")

    # when
    code, out, err = run("models", "list")

    # then
    assert code == 3
    assert "Nothing answers at http://127.0.0.1:9" in err
    assert "smollm2:135m" in out


def test_init_says_what_is_there_and_fetches_only_what_is_not(
    run: Run, server: FakeOllama, tmp_path: Path
) -> None:
    # when
    told, pulled = run("init", "told", "--profile", "D"), run("init", "pulled", "--profile", "D", "--yes")

    # then
    assert (told[0], pulled[0]) == (0, 0)
    assert f"Ollama at {server.url}: has llama3.2:1b; lacks llama3.1:8b" in told[1]
    assert "ollama pull" not in told[1]
    assert "next: `twolane models pull`" in told[1]
    assert [seen.body["model"] for seen in server.asked("/api/pull")] == ["llama3.1:8b"]
    assert "next: `twolane up FOLDER`" in pulled[1]
    written = tomllib.loads((tmp_path / "pulled" / "twolane.toml").read_text())
    assert written["ollama_host"] in server.url  # for a service that is started without the variable
    assert "runtime" not in written["chat"]  # so that a url alone sends a lane to a server of another kind


@pytest.mark.parametrize("quote", ["'", '"'])
def test_init_writes_where_ollama_is_whatever_a_service_file_has_left_on_it(
    run: Run, server: FakeOllama, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quote: str
) -> None:
    # given
    monkeypatch.setenv("OLLAMA_HOST", f"{quote}{server.url}{quote}")

    # when
    code, _, _ = run("init", "quoted", "--profile", "D")

    # then
    assert code == 0
    assert tomllib.loads((tmp_path / "quoted" / "twolane.toml").read_text())["ollama_host"] == server.url


def test_init_tells_where_no_server_answers(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # given
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")

    # when
    code, out, err = run("init", "here", "--profile", "D", "--yes")

    # then
    assert code == 3
    assert "Nothing answers at http://127.0.0.1:9" in err
    assert "models pull" not in out
    assert (tmp_path / "here" / "twolane.toml").exists()


@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "elsewhere"])
def test_settings_for_what_is_not_installed_are_not_written_unasked(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, elsewhere: bool
) -> None:
    # given: a plain installation, where no Ollama is
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    monkeypatch.setattr("twolane.hardware.machine.probe.read_servers", lambda url: ())
    monkeypatch.setattr("twolane.installed.lacks", lambda module: True)
    for lane in ("FILING", "CHAT") if elsewhere else ():
        monkeypatch.setenv(f"TWOLANE_{lane}_URL", "http://127.0.0.1:9/v1")

    # when
    code, _, err = run("init", "here")

    # then: the next attempt, with an Ollama or what lacks, begins anew
    assert (tmp_path / "here" / "twolane.toml").exists() is elsewhere
    if not elsewhere:
        assert code == 3
        assert "twolane[embedded]" in err
        assert "or install Ollama" in err


def test_up_without_a_terminal_fetches_nothing_unasked(run: Run, server: FakeOllama) -> None:
    # when
    code, out, _ = run("up", "--profile", "D")

    # then
    assert code == 3
    assert "lacks llama3.1:8b" in out
    assert "--yes" in out
    assert not server.asked("/api/pull")


def test_what_a_server_cannot_fetch_on_request_is_not_offered(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeOpenAI() as other:
        # given
        monkeypatch.setenv("TWOLANE_CHAT_URL", f"{other.url}/v1")
        monkeypatch.setenv("LLM_CHAT_MODEL", "elsewhere:8b")

        # when
        code, out, err = run("up", "--profile", "D", "--yes")

    # then
    assert code == 3
    assert f"the server at {other.url}/v1: lacks elsewhere:8b" in out
    assert "one that is served" in out
    assert "models pull" not in out
    assert not err
