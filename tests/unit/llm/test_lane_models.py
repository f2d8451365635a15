"""The models of both lanes: in which order they and what observes them are closed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.watched import snapshot

from twolane.config.lane_settings import ChatSettings, FilingSettings
from twolane.config.settings import Settings
from twolane.errors import ModelError
from twolane.lanes.resolve import resolve_lanes
from twolane.llm.models import Models
from twolane.llm.turns.admission import Admission
from twolane.parts import Parts
from twolane.telemetry.instruments import Instruments


def test_what_observes_a_model_is_closed_after_it(tmp_path: Path) -> None:
    # given a model that a look at its health opens, before anything is asked of it
    settings = Settings(filing=FilingSettings(runtime="scripted"), chat=ChatSettings(runtime="scripted"))
    parts, ended = Parts(), list[str]()

    def close(instruments: Instruments) -> None:
        with pytest.raises(ModelError) as refused:
            runtime.choose("What is it?", ["a letter"])
        ended.append(refused.value.what)
        instruments.close()

    models = Models(
        settings,
        resolve_lanes(settings),
        parts,
        Admission(tmp_path, active=False),
        run_dir=tmp_path,
        embedder_threads=1,
        observer=lambda: parts.get(
            "instruments", lambda: Instruments(settings.telemetry, snapshot, "1"), close
        ),
        computes_here=lambda _: False,
    )
    runtime = models.runtime("chat")
    models.asked("chat")

    # when
    parts.close()

    # then
    assert ended == ["The lane of  is closed"]
