"""The models of both lanes: one each, or one for both where the lanes share their very settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.scripted import SCRIPTED, scripted_app

from twolane.app import open_app
from twolane.config.lane_settings import LaneSettings
from twolane.config.loading import load_settings
from twolane.documents import LaneName
from twolane.errors import ModelMissingError
from twolane.lanes.resolve import resolve_lanes
from twolane.telemetry.observed import ObservedModel


def test_each_lane_has_a_model_of_its_own_even_where_their_names_are_one(tmp_path: Path) -> None:
    # when
    with scripted_app(tmp_path) as app:
        filing, chat = app.models.asked("filing"), app.models.asked("chat")
        again = app.models.asked("chat")
        runtimes = {id(app.models.runtime("filing")), id(app.models.runtime("chat"))}

    # then
    assert filing is not chat
    assert chat is again
    assert len(runtimes) == 2


def test_lanes_that_share_their_settings_share_a_model_that_never_waits(tmp_path: Path) -> None:
    # given
    settings = load_settings(env={}, flags={"data_dir": str(tmp_path / "library"), **SCRIPTED})
    chat = resolve_lanes(settings)["chat"]
    lanes: dict[LaneName, LaneSettings] = {"chat": chat, "filing": chat}

    # when
    with open_app(settings, lanes) as app:
        shared = app.models.asked("filing") is app.models.asked("chat")
        asked = app.models.asked("filing")
        runtime = app.models.runtime("filing")

    # then
    assert shared
    assert isinstance(asked, ObservedModel)
    assert asked.inner is runtime


def test_a_filing_lane_without_a_model_has_nothing_to_load(tmp_path: Path) -> None:
    # given a model that nobody has
    flags = {**SCRIPTED, "filing.use_model": "false", "filing.runtime": "embedded", "filing.model": "no.gguf"}
    settings = load_settings(env={}, flags={"data_dir": str(tmp_path / "library"), **flags})

    # when
    with open_app(settings) as app:
        app.models.load("filing")
        process = app.models.process("filing")

    # then
    assert process is None


def test_a_chat_lane_without_a_model_quotes_and_cannot_be_asked_to_write(tmp_path: Path) -> None:
    # given a model that nobody has
    flags = {**SCRIPTED, "chat.use_model": "false", "chat.runtime": "embedded", "chat.model": "no.gguf"}
    settings = load_settings(env={}, flags={"data_dir": str(tmp_path / "library"), **flags})

    # when
    with open_app(settings) as app:
        app.warm("chat")
        lane = app.poller.lane("chat")
        spare = app.models.spare()
        with pytest.raises(ModelMissingError, match="the chat lane has no model"):
            app.models.asked("chat")

    # then
    assert (lane.runtime, lane.health.ready, spare) == ("none", True, None)
