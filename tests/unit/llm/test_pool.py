"""A lane over several servers, with scripted ones: what is repeated where, and what its users read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import pytest

from twolane.config.lane_settings import LaneSettings
from twolane.errors import (
    ModelAnswerError,
    ModelBusyError,
    ModelError,
    ModelFormatError,
    ModelMissingError,
    ModelUnreachableError,
    PromptTooLongError,
)
from twolane.llm.base import LLM, ChatOptions, Delta, Finished, Message, Prompt, Stream
from twolane.llm.pool.balanced import BalancedLLM
from twolane.llm.pool.breaker import FAILURES
from twolane.llm.runtimes.scripted import ScriptedLLM

URLS = ("http://a.example", "http://b.example")
ASKED = (Message("system", "Answer."), Message("user", "What?"))


class Server(ScriptedLLM):
    """A scripted server that says `pieces` and may break off behind them; it remembers what it was asked."""

    def __init__(self, settings: LaneSettings, pieces: Sequence[str], error: ModelError | None) -> None:
        super().__init__(settings)
        self.pieces = pieces
        self.error = error
        self.prompts: list[Prompt] = []
        self.options: list[ChatOptions] = []

    def chat(self, prompt: Prompt, options: ChatOptions) -> Stream:
        self.prompts.append(prompt)
        self.options.append(options)
        yield from (Delta(piece) for piece in self.pieces)
        if self.error:
            raise self.error
        yield Finished("stop", 7, len(self.pieces))


Open = Callable[..., tuple[BalancedLLM, list[Server]]]


@pytest.fixture
def open_pool() -> Iterator[Open]:
    with ExitStack() as stack:

        def opened(*scripts: tuple[Sequence[str], ModelError | None]) -> tuple[BalancedLLM, list[Server]]:
            lane = LaneSettings(model="m", runtime="scripted", url=",".join(URLS[: len(scripts)]))
            given = dict(zip(URLS, scripts, strict=False))
            servers: dict[str, Server] = {}

            def open_server(url: str) -> LLM:
                servers[url] = Server(lane, *given[url])
                return servers[url]

            pool = BalancedLLM(lane, open_server)
            stack.callback(pool.close)
            return pool, [servers[url] for url in URLS[: len(scripts)]]

        yield opened


def whole(pool: BalancedLLM, prompt: Prompt = ASKED, max_tokens: int = 50) -> tuple[str, Finished]:
    events = list(pool.chat(prompt, ChatOptions(max_tokens=max_tokens)))
    assert isinstance(events[-1], Finished)
    return "".join(event.text for event in events if isinstance(event, Delta)), events[-1]


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (["It", " is", " a"], [" lease", "."], "It is a"),
        (["It ", "is ", "a "], [" lease", "."], "It is a"),  # a template cuts the blank, the model repeats it
        (["It ", "is ", "a "], ["lease", "."], "It is a"),
        (["It ", "is ", "a \n"], ["\n", " lease", "."], "It is a"),
    ],
)
def test_an_answer_that_breaks_off_is_continued_from_its_words(
    open_pool: Open, first: list[str], second: list[str], words: str
) -> None:
    # given: whichever of both comes first breaks off, the other goes on
    pool, servers = open_pool((first, ModelAnswerError("cut", "")), (first, ModelAnswerError("cut", "")))
    started = _first(pool, servers)
    other = servers[1 - started]
    other.pieces, other.error = second, None

    # when
    text, end = whole(pool)

    # then
    assert text.split() == ["It", "is", "a", "lease."]
    assert "  " not in text
    assert other.prompts[-1] == (*ASKED, Message("assistant", words))
    assert other.options[-1].max_tokens == 47
    assert end.completion_tokens == len(first) + len(second)


def _first(pool: BalancedLLM, servers: list[Server]) -> int:
    """Return which server this prompt goes to."""
    with pytest.raises(ModelAnswerError):
        whole(pool)
    assert [len(server.prompts) for server in servers] == [1, 1]
    return next(number for number, server in enumerate(servers) if server.prompts[0] == ASKED)


def test_a_plain_text_is_continued_as_it_is(open_pool: Open) -> None:
    # given
    pool, servers = open_pool((["one ", "two "], ModelAnswerError("cut", "")), (["three"], None))

    # when
    text, _ = whole(pool, "Count: ")

    # then: whichever came first
    assert text in {"one two three", "three"}
    if servers[0].prompts:
        assert servers[1].prompts == ["Count: one two "]


def test_an_answer_that_breaks_off_behind_its_last_word_is_whole(open_pool: Open) -> None:
    # given
    cut = ModelAnswerError("cut", "")
    pool, servers = open_pool((["one ", "two "], cut), (["one ", "two "], cut))

    # when
    text, end = whole(pool, max_tokens=2)

    # then
    assert (text, end.reason, end.completion_tokens) == ("one two ", "length", 2)
    assert sum(len(server.prompts) for server in servers) == 1


def test_what_cannot_be_better_elsewhere_is_not_repeated(open_pool: Open) -> None:
    # given
    error = PromptTooLongError("too long", "send less")
    pool, servers = open_pool(([], error), ([], error))

    # when / then
    with pytest.raises(PromptTooLongError):
        whole(pool)
    assert sum(len(server.prompts) for server in servers) == 1


def test_a_value_that_does_not_fit_is_asked_of_one_server_and_blames_none(open_pool: Open) -> None:
    # given: rules that no value of theirs obeys
    pool, servers = open_pool(([], None), ([], None))
    asked: list[str] = []
    for server in servers:
        server._before = asked.append

    # when
    for _ in range(FAILURES):
        with pytest.raises(ModelFormatError):
            pool.fill("Name: Zoe", {"type": "object", "minProperties": 1}, 20)

    # then
    assert asked.count("fill") == FAILURES
    assert [server.breaker for server in pool.servers()] == ["closed", "closed"]


@pytest.mark.parametrize(
    ("errors", "kind"),
    [
        ((ModelMissingError("no a", "pull a"), ModelMissingError("no b", "pull b")), ModelMissingError),
        ((ModelMissingError("no a", "pull a"), ModelAnswerError("bad b", "mend b")), ModelUnreachableError),
        ((ModelBusyError("full a", "wait"), ModelAnswerError("bad b", "mend b")), ModelBusyError),
    ],
)
def test_where_all_fail_each_is_named_with_its_reason(
    open_pool: Open, errors: tuple[ModelError, ModelError], kind: type[ModelError]
) -> None:
    # given
    pool, _ = open_pool(*(([], error) for error in errors))

    # when
    with pytest.raises(kind) as caught:
        whole(pool)

    # then
    assert all(url in caught.value.what for url in URLS)
    assert all(error.what in caught.value.what for error in errors)
    assert all(error.remedy in caught.value.remedy for error in errors)


def test_a_lone_server_speaks_for_itself(open_pool: Open) -> None:
    # given
    pool, _ = open_pool(([], ModelAnswerError("bad", "mend it")))

    # when
    with pytest.raises(ModelAnswerError) as caught:
        whole(pool)

    # then
    assert (caught.value.what, caught.value.remedy) == ("bad", "mend it")
    assert [server.breaker for server in pool.servers()] == ["closed"]
