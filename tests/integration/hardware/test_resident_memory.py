"""The plan's estimate against the memory that a lane's real process holds once it has seen a prompt."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest
from standins.models import models_dir, small_chat_model

from twolane.config.lane_settings import LaneSettings
from twolane.hardware.machine.cores import read_processor
from twolane.hardware.plan.loads import ModelLoad, estimate
from twolane.hardware.plan.shapes import shape_of_file
from twolane.llm.base import ChatOptions
from twolane.llm.catalogue.models import file_path, find_model, is_present
from twolane.llm.runtimes.llamacpp import LlamaCppLLM

WITHIN = 0.15


@pytest.mark.model
@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is counted differently elsewhere")
@pytest.mark.parametrize(
    ("model", "context_tokens", "slots", "prompt_tokens"),
    [
        ("smollm2:135m", 2048, 1, 600),
        ("smollm2:135m", 1024, 2, 600),
        ("qwen2.5-coder:0.5b", 1024, 1, 150),
    ],
)
def test_a_lane_takes_what_the_plan_says(
    tmp_path: Path, model: str, context_tokens: int, slots: int, prompt_tokens: int
) -> None:
    # given
    small_chat_model()
    if not is_present(model, models_dir()):
        pytest.skip(f"{model} is not fetched")
    entry = find_model(model)
    shape = shape_of_file(model, file_path(entry, entry.files[0], models_dir()))
    load = ModelLoad("chat", model, "embedded", context_tokens=context_tokens, slots=slots, shape=shape)
    settings = LaneSettings(
        model=model, runtime="embedded", context_tokens=context_tokens, concurrency=slots, threads=1
    )

    # when the whole cache has been laid out, and a prompt has passed through every buffer
    llm = LlamaCppLLM(settings, lane="chat", run_dir=tmp_path, models_dir=models_dir(), threads=1)
    try:
        list(llm.chat(" word" * prompt_tokens, ChatOptions(max_tokens=4)))
        address = llm.address()
        assert address
        measured_bytes = psutil.Process(address.pid).memory_info().rss
    finally:
        llm.close()

    # then
    predicted_bytes = estimate(load, read_processor()[1]).resident_bytes
    print(f"{model}: predicted {predicted_bytes / 1e6:.0f} MB, measured {measured_bytes / 1e6:.0f} MB")
    assert predicted_bytes == pytest.approx(measured_bytes, rel=WITHIN)
