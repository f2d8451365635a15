"""Model servers that mean harm: little memory is spent on them, and every answer ends in an error of ours."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psutil
import pytest
from standins.hostile import HostileServer

from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelAnswerError, ModelError
from twolane.llm.base import ChatOptions, ChoiceQuestion, Delta, Finished, Message
from twolane.llm.runtimes.ollama import OllamaLLM
from twolane.llm.runtimes.openai import OpenAILLM

LLM = OllamaLLM | OpenAILLM
RUNTIMES: dict[str, type[LLM]] = {"ollama": OllamaLLM, "openai": OpenAILLM}
MODEL = "small"
MOST_TOKENS = 20
MEBIBYTE = 1024 * 1024
CHAT = (Message("user", "Is the rent due?"),)
QUESTION = ChoiceQuestion("Which?", {"yes": "", "no": ""})
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}

CALLS: dict[str, Callable[[LLM], object]] = {
    "choose": lambda llm: llm.choose("A text.", ("yes", "no")),
    "decide": lambda llm: llm.decides() and llm.decide("A text.", QUESTION),
    "chat": lambda llm: list(llm.chat(CHAT, ChatOptions(MOST_TOKENS))),
    "complete": lambda llm: list(llm.chat("A text.", ChatOptions(MOST_TOKENS))),
    "fill": lambda llm: llm.fill(CHAT, SCHEMA, MOST_TOKENS),
    "embed": lambda llm: llm.embed(["a", "b"], "passage"),
    "models": lambda llm: llm.models(),
    "load": lambda llm: llm.load(),
    "health": lambda llm: llm.health(),
    "count": lambda llm: llm.count_tokens("a text"),
}
NEVER_FAIL = {"health", "count"}


@pytest.fixture(params=RUNTIMES)
def runtime(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def server() -> Iterator[HostileServer]:
    with HostileServer(lambda path: ({}, ())) as server:
        yield server


@pytest.fixture
def llm(runtime: str, server: HostileServer) -> Iterator[LLM]:
    times: dict[str, Any] = dict.fromkeys(("first_token_timeout_s", "between_tokens_timeout_s"), 30.0)
    llm = RUNTIMES[runtime](LaneSettings(url=server.url, model=MODEL, **times))
    yield llm
    llm.close()


def for_ever(piece: bytes) -> Iterator[bytes]:
    return itertools.repeat(piece)


def streamed(runtime: str) -> str:
    return "application/x-ndjson" if runtime == "ollama" else "text/event-stream"


BLOCK = b"a" * 65_536
FLOODS: dict[str, tuple[dict[str, str], Callable[[], Iterable[bytes]]]] = {
    "a line without end": ({}, lambda: for_ever(BLOCK)),
    "a JSON text without end": ({}, lambda: itertools.chain([b'{"error": "'], for_ever(BLOCK))),
    "a list without end": ({}, lambda: itertools.chain([b'{"data": ['], for_ever(b"[]," * 20_000))),
    "data without an event": ({}, lambda: for_ever(b"data: " + BLOCK[:1000] + b"\n")),
    "comments without end": ({}, lambda: for_ever(b": " + BLOCK[:1000] + b"\n")),
    "a bomb": ({"content-encoding": "gzip"}, lambda: [gzip.compress(b"{" + b" " * 200 * MEBIBYTE)]),
}


@pytest.mark.parametrize("flood", FLOODS)
@pytest.mark.parametrize("is_stream", [True, False])
def test_a_flood_takes_little_memory_and_ends_in_an_error_that_says_so(
    llm: LLM, runtime: str, server: HostileServer, flood: str, is_stream: bool
) -> None:
    # given
    headers, pieces = FLOODS[flood]
    kind = streamed(runtime) if is_stream else "application/json"
    server.body = lambda path: ({"content-type": kind, **headers}, pieces())
    process = psutil.Process()
    before = process.memory_info().rss

    # when
    call = CALLS["chat"] if is_stream else CALLS["models"]
    with pytest.raises(ModelAnswerError) as raised:
        call(llm)

    # then
    assert "has more than" in raised.value.what or "packed" in raised.value.what
    assert raised.value.remedy
    assert process.memory_info().rss - before < 64 * MEBIBYTE


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("text", ["[" * 100_000, '{"error":' * 50_000, "NaN", "1" * 9999])
def test_nonsense_is_an_error_of_ours(llm: LLM, server: HostileServer, call: str, text: str) -> None:
    # given
    server.body = lambda path: ({"content-type": "application/json"}, [text.encode()])

    # when / then
    if call in NEVER_FAIL:
        CALLS[call](llm)
        return
    with pytest.raises(ModelError):
        CALLS[call](llm)


def ollama_piece(**more: Any) -> bytes:
    return (
        json.dumps({"message": {"role": "assistant", "content": "word "}, "done": False, **more}).encode()
        + b"\n"
    )


def openai_piece(**more: Any) -> bytes:
    piece = {"choices": [{"index": 0, "delta": {"content": "word "}, **more}]}
    return b"data: " + json.dumps(piece).encode() + b"\n\n"


def test_an_answer_that_never_ends_is_ended_where_its_tokens_are_spent(
    llm: LLM, runtime: str, server: HostileServer
) -> None:
    # given
    show = json.dumps({"capabilities": ["completion"], "model_info": {}}).encode()
    piece = ollama_piece() if runtime == "ollama" else openai_piece()
    server.body = lambda path: (
        {"content-type": streamed(runtime)},
        [show] if path == "/api/show" else for_ever(piece),
    )

    # when
    *deltas, end = llm.chat(CHAT, ChatOptions(MOST_TOKENS))

    # then
    assert MOST_TOKENS <= len(deltas) <= MOST_TOKENS + 20
    assert all(isinstance(delta, Delta) for delta in deltas)
    assert end == Finished("length", 0, MOST_TOKENS)


@dataclass(frozen=True)
class Right:
    """What a server answers well: of which each part is then replaced."""

    path: str
    calls: tuple[str, ...]
    answer: dict[str, Any]


LOGPROBS = [
    {"token": "yes", "logprob": -0.1, "top_logprobs": [{"token": "yes", "logprob": -0.1, "bytes": [1]}]}
]
DONE = {"done": True, "done_reason": "stop", "prompt_eval_count": 3, "eval_count": 2, "load_duration": 5}
DONE |= {"total_duration": 9, "logprobs": LOGPROBS}
MODELS = [{"name": MODEL, "model": f"{MODEL}:latest", "size": 5, "digest": "d", "context_length": 9}]
MODELS[0]["details"] = {"family": "f", "quantization_level": "Q4"}
MODELS[0]["expires_at"] = "2026-11-28T05:00:00Z"
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 1}}
DECIDED = {"answers": {"category": {"probabilities": {"yes": 0.5, "no": 0.5}}}, "usage": {"input_tokens": 1}}
RIGHT = {
    "ollama": (
        Right("/api/generate", ("choose", "complete", "load"), {"response": "yes", **DONE}),
        Right("/api/chat", ("chat", "fill"), {"message": {"role": "assistant", "content": "a"}, **DONE}),
        Right("/api/embed", ("embed",), {"embeddings": [[0.5, 0.1], [0.1, 0.2]], "load_duration": 5}),
        Right("/api/tags", ("models", "health"), {"models": MODELS}),
        Right("/api/ps", ("models", "health"), {"models": MODELS}),
        Right("/api/show", ("decide", "chat"), {"capabilities": ["decision"], "model_info": {}}),
        Right("/api/version", ("health",), {"version": "0.20.0"}),
        Right("/v1/systemone", ("decide",), DECIDED),
    ),
    "openai": (
        Right(
            "/v1/completions",
            ("choose", "complete", "load"),
            {
                "choices": [{"text": "a", "finish_reason": "stop", "logprobs": {"content": LOGPROBS}}],
                "usage": USAGE,
            }
            | {"timings": {"cache_n": 1}, "system_fingerprint": "fp"},
        ),
        Right(
            "/v1/chat/completions",
            ("chat", "fill"),
            {
                "choices": [{"delta": {"content": "a", "reasoning": ""}, "finish_reason": "stop"}],
                "usage": USAGE,
            },
        ),
        Right("/v1/embeddings", ("embed",), {"data": [{"index": i, "embedding": [0.5, i]} for i in (0, 1)]}),
        Right(
            "/v1/models",
            ("models", "health", "decide"),
            {"data": [{"id": MODEL, "max_model_len": 9, "meta": {"size": 5}}]}
            | {"architecture": {"output_modalities": ["decisions"]}},
        ),
        Right("/tokenize", ("count",), {"tokens": [1, 2]}),
        Right("/v1/systemone", ("decide",), DECIDED),
    ),
}
ODD: tuple[Any, ...] = (
    *(None, True, -1, 10**30, 10**400, 1.5, float("inf"), float("nan")),
    *("", "\ud800", "text", [], [[]], [None], {}, {"a": {}}),
)


def odd_forms(value: Any) -> Iterator[Any]:
    """Yield a value with each of its parts replaced, in turn, by each of what it should not be."""
    yield from ODD
    if isinstance(value, dict):
        for key in value:
            yield from ({**value, key: odd} for odd in odd_forms(value[key]))
            yield {other: value[other] for other in value if other != key}
    elif isinstance(value, list):
        for at in range(len(value)):
            yield from ([*value[:at], odd, *value[at + 1 :]] for odd in odd_forms(value[at]))


def test_what_has_another_form_than_it_should_is_an_error_of_ours(
    llm: LLM, runtime: str, server: HostileServer
) -> None:
    # given
    rights = {right.path: right for right in RIGHT[runtime]}
    now: dict[str, bytes] = {}
    server.body = lambda path: ({"content-type": "application/json"}, [now.get(path, b"{}")])
    failed = []

    # when
    for right in rights.values():
        for odd in odd_forms(right.answer):
            now |= {path: json.dumps(each.answer).encode() for path, each in rights.items()}
            now[right.path] = json.dumps(odd).encode()
            for name in right.calls:
                try:
                    with suppress(ModelError):
                        CALLS[name](llm)
                except Exception as error:  # noqa: BLE001 - all of them are told
                    failed.append((right.path, name, now[right.path][:200], repr(error)[:200]))

    # then
    assert not failed, failed[:5]
