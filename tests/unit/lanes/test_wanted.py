"""Which models the settings use and where, and where a model belongs that a person names."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from twolane.config.lane_settings import LaneSettings
from twolane.config.loading import load_settings
from twolane.config.settings import Settings
from twolane.lanes.wanted import homes_of, places, wanted_models

HERE, OTHER = "http://127.0.0.1:11434", "http://10.0.0.8:11434"
OLLAMA = {"filing.model": "llama3.2:1b", "chat.model": "llama3.1:8b"}


def settings_of(flags: Mapping[str, str]) -> Settings:
    return load_settings(env={}, flags=flags)


def shown(lanes: list[LaneSettings]) -> list[tuple[str, str, str]]:
    return [(lane.model, lane.runtime, lane.url) for lane in lanes]


def test_what_twolane_runs_itself_is_wanted_where_nothing_is_set() -> None:
    # when
    wanted = wanted_models(settings_of({}))

    # then
    assert {one.lane.runtime for one in wanted} == {"embedded"}
    assert [one.uses for one in wanted] == [("filing",), ("chat",), ("vectors",)]


def test_a_model_at_several_servers_is_wanted_at_each_and_named_once_where_two_lanes_share_it() -> None:
    # given
    flags = OLLAMA | {
        "chat.url": f"{HERE},{OTHER}",
        "filing.model": "llama3.1:8b",
        "embedding.runtime": "off",
    }

    # when
    wanted = wanted_models(settings_of(flags))

    # then
    assert [(one.name, one.lane.url, one.uses) for one in wanted] == [
        ("llama3.1:8b", HERE, ("filing", "chat")),
        ("llama3.1:8b", OTHER, ("chat",)),
    ]


def test_users_own_files_are_not_to_be_fetched_and_a_lane_without_a_model_wants_none() -> None:
    # when
    wanted = wanted_models(settings_of({"filing.use_model": "false", "chat.model": "mine.gguf"}))

    # then
    assert [one.uses for one in wanted] == [("vectors",)]


@pytest.mark.parametrize(
    ("model", "flags", "homes"),
    [
        ("llama3.1:8b", OLLAMA | {"chat.url": OTHER}, [("llama3.1:8b", "ollama", OTHER)]),
        (
            "qwen3:4b",
            OLLAMA | {"chat.url": OTHER},
            [("qwen3:4b", "ollama", HERE), ("qwen3:4b", "ollama", OTHER)],
        ),
        ("qwen3:4b", {}, [("qwen3:4b", "ollama", HERE)]),
        ("qwen3:4b", {"ollama_host": "10.0.0.8"}, [("qwen3:4b", "ollama", OTHER)]),
        ("smollm2:135m", OLLAMA, [("smollm2:135m", "embedded", "")]),
        ("m", {"chat.url": f"{HERE}/v1", "chat.model": "m"}, [("m", "openai", f"{HERE}/v1")]),
        (
            "nomic:latest",
            {"embedding.runtime": "ollama", "embedding.model": "nomic"},
            [("nomic", "ollama", HERE)],
        ),
    ],
)
def test_a_model_belongs_where_it_is_used_or_else_to_ollama_unless_it_is_of_our_list(
    model: str, flags: dict[str, str], homes: list[tuple[str, str, str]]
) -> None:
    assert shown(homes_of(settings_of(flags), model)) == homes


def test_a_model_of_vectors_is_wanted_as_its_settings_say() -> None:
    # given
    flags = {"embedding.runtime": "ollama", "embedding.model": "nomic", "embedding.threads": "3"}

    # when
    wanted = wanted_models(settings_of(flags | {"embedding.keep_alive": "10m"}))

    # then
    assert [(one.lane.threads, one.lane.keep_alive) for one in wanted if one.uses == ("vectors",)] == [
        (3, "10m")
    ]


def test_models_are_kept_at_each_server_once_and_in_our_own_folder() -> None:
    # when
    kept = places(settings_of(OLLAMA | {"chat.url": OTHER}))

    # then
    assert [(lane.runtime, lane.url) for lane in kept] == [
        ("ollama", HERE),
        ("ollama", OTHER),
        ("embedded", ""),
    ]
