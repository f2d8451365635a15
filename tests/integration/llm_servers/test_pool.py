"""A lane with several servers, which are really killed, frozen and slowed down: real processes, real HTTP."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from standins.model_process import Kind, ModelProcess
from standins.program import until

from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelAnswerError, ModelUnreachableError
from twolane.llm.base import LLM, ChatOptions, Delta, Finished, Message
from twolane.llm.pool.balanced import BalancedLLM
from twolane.llm.runtimes.ollama import OllamaLLM
from twolane.llm.runtimes.openai import OpenAILLM

LABELS = ("invoice", "letter")
WORDS = "one two three four five six seven eight nine ten"
OPTIONS = ChatOptions(max_tokens=40)


class Lane:
    """A lane over stand-in servers, and what its users do."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.servers: list[ModelProcess] = []

    def serve(
        self, number: int, kind: Kind = "ollama", *, token_ms: float = 0, echoes: bool = False
    ) -> list[ModelProcess]:
        for _ in range(number):
            process = ModelProcess(kind, token_ms=token_ms, echoes=echoes)
            self.servers.append(self._stack.enter_context(process))
        return self.servers

    def open(self, **settings: Any) -> BalancedLLM:
        urls = ",".join(server.url for server in self.servers)
        first = self.servers[0]
        lane = LaneSettings(model=first.model, runtime=first.kind, url=urls, threads=1, **settings)
        adapter = OllamaLLM if first.kind == "ollama" else OpenAILLM

        def open_server(url: str) -> LLM:
            return adapter(lane.model_copy(update={"url": url}))

        llm = BalancedLLM(lane, open_server, patience_s=0.3)
        self._stack.callback(llm.close)
        return llm


@pytest.fixture
def lane() -> Iterator[Lane]:
    with ExitStack() as stack:
        opened = Lane(stack)
        yield opened
        for server in opened.servers:  # first of all: requests that were left behind end with their server
            server.kill()
        until(lambda: not left_behind() or None, "no request is left behind")
    gc.collect()  # a connection that nobody closed says so here, where it was left, and not in another test


def left_behind() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "twolane-call"]


def ask(llm: LLM, question: str = WORDS) -> str:
    """Return a whole answer; the stand-ins repeat the question."""
    events = list(llm.chat((Message("user", question),), OPTIONS))
    assert isinstance(events[-1], Finished)
    return "".join(event.text for event in events if isinstance(event, Delta))


def breakers(llm: BalancedLLM) -> list[str]:
    return [server.breaker for server in llm.servers()]


def is_well_again(llm: BalancedLLM) -> None:
    until(lambda: breakers(llm) == ["closed"] * len(breakers(llm)) or None, "all breakers are closed")


KINDS = pytest.mark.parametrize("kind", ["ollama", "openai"])


@KINDS
def test_a_killed_server_costs_no_answer_and_is_asked_again_once_it_is_back(
    lane: Lane, kind: Kind, caplog: pytest.LogCaptureFixture
) -> None:
    # given
    caplog.set_level(logging.WARNING, "twolane")
    first, _ = lane.serve(2, kind)
    llm = lane.open(concurrency=4)
    ask(llm)

    # when
    first.kill()
    with ThreadPoolExecutor(4) as users:
        answers = list(users.map(lambda number: ask(llm, f"{WORDS} {number}"), range(12)))
        choices = list(users.map(lambda number: llm.choose(f"{number}", LABELS), range(12)))

    # then
    assert [answer.split()[-1] for answer in answers] == [str(number) for number in range(12)]
    assert len(choices) == 12
    assert breakers(llm) == ["open", "closed"]
    health = llm.health()
    assert health.ready
    assert "1 of 2 servers ready" in health.detail
    assert health.servers[0].remedy

    # when
    first.start()

    # then
    is_well_again(llm)
    before = first.counts()["came"]
    with ThreadPoolExecutor(8) as users:
        list(users.map(lambda number: llm.choose(f"{number}", LABELS), range(40)))
    assert first.counts()["came"] > before
    told = [record.getMessage() for record in caplog.records if first.url in record.getMessage()]
    assert len(told) == 2, told
    assert told[0].startswith(f"the model {llm.model} at {first.url} cannot be used: ")
    assert told[1] == f"the model {llm.model} at {first.url} can be used again"


def test_an_outage_is_told_when_anybody_looks_and_not_only_with_the_next_question(
    lane: Lane, caplog: pytest.LogCaptureFixture
) -> None:
    # given
    (server,) = lane.serve(1)
    llm = lane.open()
    caplog.set_level(logging.WARNING, "twolane")

    # when
    server.kill()
    assert not llm.health().ready
    until(lambda: breakers(llm) == ["open"] or None, "the outage is known")
    for _ in range(3):
        llm.health()
    server.start()
    is_well_again(llm)

    # then
    assert [record.getMessage().split(server.url)[1][:14] for record in caplog.records] == [
        " cannot be use",
        " can be used a",
    ]


ECHOES = pytest.mark.parametrize("echoes", [False, True], ids=["goes on", "repeats what it continues"])


@ECHOES
@KINDS
def test_an_answer_goes_on_at_another_server_when_its_own_is_killed_in_the_middle(
    lane: Lane, kind: Kind, echoes: bool
) -> None:
    # given
    lane.serve(2, kind, token_ms=50, echoes=echoes)
    llm = lane.open()
    events = llm.chat((Message("user", WORDS),), OPTIONS)
    text = [event.text for event in (next(events), next(events), next(events)) if isinstance(event, Delta)]

    # when
    busy = next(server for server in lane.servers if server.counts()["came"])
    busy.kill()
    rest = list(events)

    # then: nothing is doubled, and nothing lost
    assert isinstance(rest[-1], Finished)
    texts = [*text, *(event.text for event in rest if isinstance(event, Delta))]
    assert "".join(texts).split() == WORDS.split()
    assert rest[-1].completion_tokens >= len(texts)


@ECHOES
@KINDS
def test_an_answer_goes_on_at_its_own_server_once_that_is_back(lane: Lane, kind: Kind, echoes: bool) -> None:
    # given
    (only,) = lane.serve(1, kind, token_ms=50, echoes=echoes)
    llm = lane.open()
    events = llm.chat((Message("user", WORDS),), OPTIONS)
    text = [event.text for event in (next(events), next(events), next(events)) if isinstance(event, Delta)]

    # when
    only.kill()
    with ThreadPoolExecutor(1) as user:
        rest = user.submit(list, events)
        until(lambda: breakers(llm) == ["open"] or None, "it is seen to be gone")
        only.start()

    # then it is told of, once
    rest_of = [event for event in rest.result() if isinstance(event, Delta)]
    assert "".join([*text, *(event.text for event in rest_of)]).split() == WORDS.split()
    assert [bool(event.interrupted) for event in rest_of].count(True) == 1


def test_a_frozen_server_loses_its_requests_to_another_and_gets_no_more(lane: Lane) -> None:
    # given
    frozen, well = lane.serve(2)
    llm = lane.open(concurrency=2)
    frozen.freeze()

    # when
    with ThreadPoolExecutor(4) as users:
        answers = list(users.map(lambda number: ask(llm, f"{WORDS} {number}"), range(8)))
        choices = list(users.map(lambda number: llm.choose(f"{number}", LABELS), range(8)))

    # then
    assert all(answers)
    assert len(choices) == 8
    until(lambda: breakers(llm) == ["open", "closed"] or None, "the frozen one is left alone")
    assert not llm.servers()[0].ready

    # when
    came = well.counts()["came"]
    ask(llm)

    # then
    assert well.counts()["came"] == came + 1

    # when
    frozen.thaw()

    # then
    is_well_again(llm)


def test_an_answer_goes_on_when_its_server_freezes_in_the_middle(lane: Lane) -> None:
    # given
    lane.serve(2, token_ms=50)
    llm = lane.open()
    events = llm.chat((Message("user", WORDS),), OPTIONS)
    next(events)
    busy = next(server for server in lane.servers if server.counts()["came"])

    # when
    busy.freeze()
    rest = list(events)

    # then
    assert isinstance(rest[-1], Finished)
    assert "ten" in "".join(event.text for event in rest if isinstance(event, Delta))
    busy.thaw()


def test_a_lone_frozen_server_is_told_of_and_asked_again_once_it_answers(lane: Lane) -> None:
    # given
    (only,) = lane.serve(1)
    llm = lane.open()
    ask(llm)
    only.freeze()

    # when / then
    with pytest.raises(ModelUnreachableError, match=r"silent|in time") as caught:
        ask(llm)
    assert caught.value.remedy
    with pytest.raises(ModelUnreachableError, match=r"silent|in time"):  # and the next one is told so at once
        llm.choose("text", LABELS)

    # when
    only.thaw()

    # then
    until(lambda: answered(lambda: ask(llm)), "it answers again")
    is_well_again(llm)


def test_a_killed_lone_server_is_an_outage_for_those_whom_it_never_saw(lane: Lane) -> None:
    # given: requests under way, which fail as answers that were cut
    (only,) = lane.serve(1)
    only.pace(answer_ms=60_000, token_ms=0)
    llm = lane.open(concurrency=4)
    with ThreadPoolExecutor(4) as users:
        cut = [users.submit(llm.choose, f"{number}", LABELS) for number in range(4)]
        until(lambda: only.counts()["came"] == 4 or None, "four requests are under way")

        # when
        only.kill()

    # then: and all others find nobody, which is no failure of theirs
    assert all(isinstance(call.exception(), ModelAnswerError) for call in cut)
    for _ in range(20):
        with pytest.raises(ModelUnreachableError):
            llm.choose("text", LABELS)


def answered(call: Callable[[], object]) -> bool:
    try:
        call()
    except ModelUnreachableError:
        return False
    return True


def test_a_slow_server_keeps_its_answer_and_gets_less(lane: Lane) -> None:
    # given
    slow, fast = lane.serve(2)
    slow.pace(answer_ms=0, token_ms=1000)
    llm = lane.open(concurrency=2)

    # when
    with ThreadPoolExecutor(4) as users:
        list(users.map(lambda number: llm.choose(f"{number}", LABELS), range(60)))

    # then
    assert breakers(llm) == ["closed", "closed"]
    assert slow.counts()["came"] * 4 < fast.counts()["came"]


def test_an_answer_at_a_crawl_goes_on_at_a_server_with_a_free_place(lane: Lane) -> None:
    # given
    lane.serve(2, token_ms=20)
    llm = lane.open()
    for number in range(8):  # both have shown their pace
        ask(llm, f"{number} {WORDS}")
    assert all(server.counts()["answered"] for server in lane.servers)
    events = llm.chat((Message("user", WORDS),), OPTIONS)
    before = [server.counts()["came"] for server in lane.servers]
    next(events)
    after = [server.counts()["came"] for server in lane.servers]
    busy = lane.servers[[new - old for old, new in zip(before, after, strict=True)].index(1)]

    # when
    busy.pace(answer_ms=0, token_ms=60_000)
    rest = list(events)

    # then
    assert isinstance(rest[-1], Finished)
    assert "ten" in "".join(event.text for event in rest if isinstance(event, Delta))
    assert breakers(llm) == ["closed", "closed"]


def test_a_value_that_takes_its_time_stays_at_its_server_and_says_nothing_of_its_pace(lane: Lane) -> None:
    # given: both are known as fast, and one has a free slot
    lane.serve(2)
    llm = lane.open()
    for number in range(8):
        llm.choose(f"{number}", LABELS)
    came = sum(server.counts()["came"] for server in lane.servers)
    for server in lane.servers:
        server.pace(answer_ms=1500, token_ms=0)

    # when
    filled = llm.fill("Total: 17", {"type": "object", "properties": {"total": {"type": "integer"}}}, 40)

    # then
    assert filled.value == {"total": 17}
    assert sum(server.counts()["came"] for server in lane.servers) == came + 1
    assert breakers(llm) == ["closed", "closed"]


def test_when_all_are_down_each_is_named_and_the_first_that_is_back_serves(lane: Lane) -> None:
    # given
    servers = lane.serve(2)
    llm = lane.open()
    for server in servers:
        server.kill()

    # when
    with pytest.raises(ModelUnreachableError) as caught:
        ask(llm)

    # then
    assert all(server.url in caught.value.what for server in servers)
    assert not llm.health().ready

    # when
    servers[1].start()

    # then: the request itself looks again, it does not have to wait for the next check
    until(lambda: answered(lambda: ask(llm)), "the second one answers")


def test_questions_with_the_same_head_go_to_the_same_server_and_others_spread(lane: Lane) -> None:
    # given
    lane.serve(2)
    llm = lane.open(concurrency=4)
    used: set[int] = set()

    def served(head: str) -> int:
        before = [server.counts()["came"] for server in lane.servers]
        for number in range(6):
            list(
                llm.chat(
                    (Message("system", "Answer."), Message("user", head), Message("user", f"{number}")),
                    OPTIONS,
                )
            )
        came = [server.counts()["came"] - old for server, old in zip(lane.servers, before, strict=True)]
        assert sorted(came) == [0, 6]
        return came.index(6)

    # when: a head's server follows from the servers' addresses, whose ports are others every time
    for number in range(64):
        used.add(served(f"source number {number}"))
        if len(used) == 2:
            break

    # then
    assert used == {0, 1}


def test_healthy_servers_are_asked_nothing_but_what_users_ask(lane: Lane) -> None:
    # given
    lane.serve(2)
    llm = lane.open()

    # when
    for _ in range(4):
        llm.choose("text", LABELS)

    # then
    assert not [thread for thread in threading.enumerate() if thread.name == "twolane-health-prober"]
