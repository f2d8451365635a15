"""What a model writes in time is taken, and nothing of what it writes too late or not at all."""

from __future__ import annotations

import threading

from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelUnreachableError
from twolane.llm.base import ChatOptions, Delta, Finished, Prompt, Stream
from twolane.llm.briefly import written_within
from twolane.llm.runtimes.scripted import ScriptedLLM

_SETTINGS = LaneSettings(model="m", runtime="scripted")
_LONG_S = 60.0


def test_what_is_written_in_time_is_returned() -> None:
    assert written_within(ScriptedLLM(_SETTINGS, lambda _: "When does it end?"), "q", 20, _LONG_S) == (
        "When does it end?"
    )


def test_a_thought_that_is_taken_back_is_no_part_of_it() -> None:
    # given
    class Model(ScriptedLLM):
        def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
            yield Delta("Hm. ")
            yield Delta("When", restarts=True)
            yield Delta("?")
            yield Finished("stop")

    # when / then
    assert written_within(Model(_SETTINGS), "q", 20, _LONG_S) == "When?"


def test_a_model_that_is_silent_is_left_at_the_limit() -> None:
    # given
    ended = threading.Event()

    def be_silent(step: str) -> None:
        ended.wait()

    # when
    written = written_within(ScriptedLLM(_SETTINGS, before=be_silent), "q", 20, 0.01)
    ended.set()

    # then
    assert written is None


def test_a_model_that_fails_has_written_nothing() -> None:
    # given
    def fail(step: str) -> None:
        raise ModelUnreachableError("nothing answers", "start it")

    # when / then
    assert written_within(ScriptedLLM(_SETTINGS, before=fail), "q", 20, _LONG_S) is None
