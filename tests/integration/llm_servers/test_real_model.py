"""A real model in two real processes: an answer that is cut in the middle goes on as if nothing had been."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

import psutil
import pytest
from standins.models import small_chat_model

from twolane.config.lane_settings import LaneSettings
from twolane.llm.base import LLM, ChatOptions, Delta, Finished, Message, Prompt, Stream
from twolane.llm.pool.balanced import BalancedLLM
from twolane.llm.runtimes.llamacpp import LlamaCppLLM

pytestmark = pytest.mark.model

PROMPT = (Message("system", "Answer in two sentences."), Message("user", "Why is the sky blue?"))
OPTIONS = ChatOptions(max_tokens=60)


class Counted(LlamaCppLLM):
    """Remembers what it was asked to answer."""

    asked: ClassVar[list[Prompt]] = []

    def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
        self.asked.append(prompt)
        return super().chat(prompt, options)


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[BalancedLLM]:
    folder, name = small_chat_model()
    lane = LaneSettings(model=name, context_tokens=512, url="http://one.example,http://two.example")

    def open_server(url: str) -> LLM:
        run_dir = tmp_path / url.rpartition("/")[2]
        run_dir.mkdir(exist_ok=True)
        return Counted(lane, lane="chat", run_dir=run_dir, models_dir=folder, threads=1)

    with ExitStack() as stack:
        llm = BalancedLLM(lane, open_server)
        stack.callback(llm.close)
        llm.load()
        yield llm


def text_of(events: list[Delta | Finished]) -> str:
    return "".join(event.text for event in events if isinstance(event, Delta))


def test_an_answer_goes_on_word_for_word_when_its_process_is_killed(pool: BalancedLLM) -> None:
    # given
    whole = text_of(list(pool.chat(PROMPT, OPTIONS)))
    before = {child.pid: child.cpu_times().user for child in psutil.Process().children(recursive=True)}
    events = pool.chat(PROMPT, OPTIONS)
    events_so_far = [next(events) for _ in range(8)]

    # when
    children = psutil.Process().children(recursive=True)
    busiest = max(children, key=lambda child: child.cpu_times().user - before.get(child.pid, 0))
    busiest.send_signal(signal.SIGKILL)
    events_so_far += list(events)

    # then
    assert isinstance(events_so_far[-1], Finished)
    assert text_of(events_so_far) == whole
    assert [len(prompt) for prompt in Counted.asked] == [2, 2, 3]  # the last one had the words so far
