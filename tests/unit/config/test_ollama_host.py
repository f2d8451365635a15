"""`OLLAMA_HOST` says where Ollama is, as it does for every program of Ollama's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from twolane.config.loading import load_settings
from twolane.config.ollama_host import resolve_embedding, where_ollama_is
from twolane.errors import SettingsError
from twolane.lanes.resolve import is_here, lane_of_model, resolve_lanes

OLLAMA = {"filing.model": "small:1b", "chat.model": "large:8b"}


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "http://127.0.0.1:11434"),
        ("  ", "http://127.0.0.1:11434"),
        ("example.com", "http://example.com:11434"),
        ("example.com:56789 ", "http://example.com:56789"),
        (":11435", "http://127.0.0.1:11435"),
        ("127.0.0.1:", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:11435", "http://127.0.0.1:11435"),
        ("[::]:11435", "http://[::1]:11435"),
        ("::1", "http://[::1]:11434"),
        ("[::1]:5", "http://[::1]:5"),
        ("http://example.com", "http://example.com:80"),
        ("HTTPS://example.com", "https://example.com:443"),
        ("https://example.com:1/ollama/", "https://example.com:1/ollama"),
        ('"example.com"', "http://example.com:11434"),
        ("http://example.com:11434/v1/", "http://example.com:11434"),
        ("example.com/models/api", "http://example.com:11434/models"),
        ("ollama_filing.default.svc", "http://ollama_filing.default.svc:11434"),
    ],
)
def test_an_address_is_read_as_ollama_reads_it(host: str, url: str) -> None:
    assert where_ollama_is(host) == url


@pytest.mark.parametrize(
    "host",
    [
        "a,b",
        "a:1,b:2",
        "127.0.0.1:99999",
        "127.0.0.1:port",
        "http://[::1",
        "ftp://example.com",
        "user:secret@example.com",
        "two words",
        "http://http://example.com",
        "example.com/a?b",
        "127.0.0.1:-1",
        "-",
    ],
)
def test_an_odd_one_is_an_error_of_one_line(host: str) -> None:
    with pytest.raises(SettingsError, match="OLLAMA_HOST") as told:
        where_ollama_is(host)
    assert "\n" not in told.value.what
    assert told.value.remedy


def test_lanes_without_a_url_are_there_and_others_where_theirs_says() -> None:
    # when
    settings = load_settings(
        env={"OLLAMA_HOST": "box:1"},
        flags=OLLAMA | {"chat.url": "http://own:2", "embedding.runtime": "ollama"},
    )
    lanes = resolve_lanes(settings)

    # then
    assert (lanes["filing"].url, lanes["chat"].url) == ("http://box:1", "http://own:2")
    assert resolve_embedding(settings).url == "http://box:1"
    assert lane_of_model(load_settings(env={"OLLAMA_HOST": "box:1"}), "other:7b").url == "http://box:1"
    assert not is_here(lanes["filing"])


def test_a_model_of_twolane_s_own_and_lanes_with_a_url_do_not_read_it() -> None:
    # given
    env = {"OLLAMA_HOST": "a,b"}
    own = {"filing.url": "http://own:1", "chat.url": "http://own:2"}

    # when / then
    assert resolve_lanes(load_settings(env=env))["chat"].runtime == "embedded"
    assert resolve_lanes(load_settings(env=env, flags=OLLAMA | own))["filing"].url == "http://own:1"


def test_an_ollama_whose_compatible_route_is_named_is_asked_by_its_own() -> None:
    # given a settings file that names the runtime, as those of profile D do
    flags = OLLAMA | {"chat.runtime": "ollama", "chat.url": "http://a:1/v1,http://b:2"}
    served = {"embedding.runtime": "ollama", "embedding.url": "http://a:1/v1"}

    # when
    settings = load_settings(env={}, flags=flags | served)

    # then
    assert resolve_lanes(settings)["chat"].urls == ("http://a:1", "http://b:2")
    assert resolve_embedding(settings).url == "http://a:1"


def test_an_unspecified_address_is_this_machine(tmp_path: Path) -> None:
    # given
    file = tmp_path / "twolane.toml"
    file.write_text('ollama_host = "0.0.0.0:7"\n[chat]\nmodel = "m:1b"\nurl = "http://0.0.0.0:8"\n')

    # when
    settings = load_settings(file=file, env={}, flags={"filing.model": "small:1b"})
    lanes = resolve_lanes(settings)

    # then
    assert (lanes["filing"].url, lanes["chat"].url) == ("http://127.0.0.1:7", "http://127.0.0.1:8")
    assert is_here(lanes["filing"])
    assert is_here(lanes["chat"])


def test_an_empty_variable_leaves_what_the_file_says(tmp_path: Path) -> None:
    # given
    file = tmp_path / "twolane.toml"
    file.write_text('ollama_host = "box:7"\n')

    # when / then
    assert load_settings(file=file, env={"OLLAMA_HOST": " "}).ollama_host == "box:7"
    assert load_settings(file=file, env={"OLLAMA_HOST": "own:8"}).ollama_host == "own:8"


@pytest.mark.parametrize("variable", ["OLLAMA_HOST", "HTTP_PROXY", "ALL_PROXY", "SSL_CERT_FILE"])
def test_the_client_library_is_imported_whatever_the_environment_holds(variable: str) -> None:
    # given: a process of its own, in which nothing has imported it yet
    program = (
        "import os; from twolane.config.lane_settings import LaneSettings as Lane; "
        "from twolane.llm.wire.ollama import OllamaClient; "
        "OllamaClient(Lane(model='m:1b')).close(); "
        f"print(os.environ[{variable!r}])"
    )

    # when
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={variable: "http://[::1"},
        capture_output=True,
        text=True,
        check=False,
    )

    # then
    assert done.stdout == "http://[::1\n", done.stderr
