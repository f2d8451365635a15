"""What a lane's settings leave open: threads, and whether the lanes take turns."""

from __future__ import annotations

import pytest

from twolane.config.lane_settings import LaneSettings
from twolane.config.loading import load_settings
from twolane.hardware.plan.profiles import share_cores, usable_cores
from twolane.lanes.resolve import embedder_threads, filing_threads, is_here, resolve_lanes, used_models

CORES = usable_cores()
IN_TURN = (CORES, CORES)
CUT = (share_cores(CORES)[0], CORES)  # filing's call runs on for a moment where an answer begins
EMBEDDED = "qwen2.5-coder:0.5b"


@pytest.mark.parametrize(
    ("flags", "threads"),
    [
        ({}, IN_TURN),
        ({"chat_first": "false"}, share_cores(CORES)),
        ({"chat.threads": "3", "filing.threads": "5"}, (5, 3)),
        # a server elsewhere knows its own cores
        ({"filing.url": "http://10.0.0.7:11434", "filing.model": "llama3.2:1b"}, (0, CORES)),
        ({"chat.url": "http://10.0.0.8:11434", "chat.model": "llama3.1:8b"}, (CORES, 0)),
        (
            {"chat.url": "http://10.0.0.8:11434", "chat.model": "llama3.1:8b", "chat.threads": "6"},
            (CORES, 6),
        ),
        ({"filing.runtime": "ollama", "filing.model": "llama3.2:1b"}, CUT),
        ({"filing.runtime": "ollama", "filing.use_model": "false"}, IN_TURN),
        ({"chat.runtime": "ollama", "chat.model": "llama3.1:8b"}, IN_TURN),
        ({"chat.runtime": "ollama", "chat.model": "llama3.1:8b", "filing.use_model": "false"}, IN_TURN),
        (
            {
                "chat.runtime": "ollama",
                "chat.model": "llama3.1:8b",
                "filing.runtime": "ollama",
                "filing.model": "llama3.2:1b",
            },
            CUT,
        ),
    ],
)
def test_each_lane_has_the_machine_where_they_take_turns(
    flags: dict[str, str], threads: tuple[int, int]
) -> None:
    # when
    lanes = resolve_lanes(load_settings(env={}, flags={"filing.model": EMBEDDED, **flags}))

    # then
    assert (lanes["filing"].threads, lanes["chat"].threads) == threads


@pytest.mark.parametrize(
    ("flags", "threads"),
    [
        ({}, 8),
        ({"embedding.threads": "3"}, 3),
        ({"chat_first": "false", "filing.threads": "2", "chat.threads": "5"}, 1),
        ({"chat_first": "false", "filing.use_model": "false", "chat.threads": "5"}, 3),
        ({"chat_first": "false", "chat.use_model": "false", "filing.use_model": "false"}, 8),
        ({"chat.use_model": "false"}, 8),
        ({"chat_first": "false", "filing.threads": "4", "chat.threads": "9"}, 1),
        ({"filing.runtime": "ollama", "filing.model": "llama3.2:1b"}, 6),  # beside filing's share
    ],
)
def test_the_embedder_has_all_cores_that_the_lanes_leave(flags: dict[str, str], threads: int) -> None:
    # given
    settings = load_settings(env={}, flags={"filing.model": EMBEDDED, **flags})

    # then
    assert embedder_threads(settings, resolve_lanes(settings, 8), 8) == threads


def test_chat_has_all_cores_where_filing_can_only_be_cut_and_filing_has_its_share(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    monkeypatch.setattr("twolane.lanes.resolve.CAN_PAUSE", False)

    # when
    lanes = resolve_lanes(load_settings(env={}, flags={"filing.model": EMBEDDED}))

    # then
    assert (lanes["filing"].threads, lanes["chat"].threads) == CUT


@pytest.mark.parametrize(
    ("runtime", "url", "here"),
    [
        ("embedded", "", True),
        ("scripted", "", True),
        ("ollama", "", True),
        ("ollama", "http://localhost:11435", True),
        ("openai", "http://[::1]:8080/v1", True),
        ("openai", "http://gpu.example:8080/v1", False),
        ("ollama", "http://10.0.0.7:11434", False),
    ],
)
def test_a_model_is_here_where_its_address_is_this_machine(runtime: str, url: str, here: bool) -> None:
    assert is_here(LaneSettings(runtime=runtime, url=url)) is here  # type: ignore[arg-type]


def test_an_address_is_another_machines_where_a_sandbox_tells_none(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    def refused() -> None:
        raise OSError(97, "Address family not supported by protocol")

    monkeypatch.setattr("psutil.net_if_addrs", refused)

    # then
    assert not is_here(LaneSettings(runtime="ollama", url="http://10.0.0.7:11434"))
    assert is_here(LaneSettings(runtime="ollama", url="http://127.0.0.1:11434"))


@pytest.mark.parametrize(
    ("flags", "threads"),
    [
        ({}, 8),  # the models and the embedder have all cores, one after the other
        ({"filing.use_model": "false"}, 8),
        ({"chat_first": "false", "filing.use_model": "false"}, 2),
        ({"chat.url": "http://10.0.0.8:11434", "chat.model": "llama3.1:8b"}, 8),
        ({"embedding.threads": "4"}, 4),
        ({"embedding.runtime": "off", "filing.use_model": "false"}, 2),
        ({"filing.url": "http://10.0.0.7:11434,http://10.0.0.8:11434", "filing.concurrency": "5"}, 11),
        ({"filing.workers": "3"}, 3),
    ],
)
def test_as_many_files_are_in_work_as_embed_on_all_cores_that_the_models_leave(
    flags: dict[str, str], threads: int
) -> None:
    # given
    settings = load_settings(env={}, flags={"filing.model": EMBEDDED, **flags})

    # when
    found = filing_threads(settings, resolve_lanes(settings, 8), 8)

    # then
    assert found == threads


def test_a_lane_without_a_model_needs_none() -> None:
    # given
    settings = load_settings(env={}, flags={"chat.use_model": "false", "chat.runtime": "openai"})

    # when
    lanes = resolve_lanes(settings, CORES)

    # then
    assert "chat" not in {use for uses in used_models(settings).values() for use in uses}
    assert lanes["filing"].threads == CORES
