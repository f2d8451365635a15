"""OpenAI-compatible servers on the wire: both dialects' shapes, and every way in which an answer can fail."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from standins.model_server import Pieces, Reply
from standins.openai import MODEL, FakeOpenAI

from twolane.config.settings import LaneSettings
from twolane.errors import (
    ModelAnswerError,
    ModelBusyError,
    ModelError,
    ModelMissingError,
    ModelTimeoutError,
    ModelUnreachableError,
    PromptTooLongError,
)
from twolane.llm.base import ChatOptions, Delta, Finished, Message, Prompt
from twolane.llm.runtimes.openai import OpenAILLM

TEXT = "Please pay by Friday. Category:"
CHAT = (Message("user", TEXT),)
LABELS = ("invoice", "tax return", "tax letter")
COMPLETIONS, CHATS = "/v1/completions", "/v1/chat/completions"

Open = Callable[..., OpenAILLM]


@pytest.fixture(params=["llama-server", "vllm"])
def server(request: pytest.FixtureRequest) -> Iterator[FakeOpenAI]:
    with FakeOpenAI(request.param) as server:
        yield server


@pytest.fixture
def open_lane(server: FakeOpenAI) -> Iterator[Open]:
    opened: list[OpenAILLM] = []

    def open_lane(**settings: Any) -> OpenAILLM:
        opened.append(OpenAILLM(LaneSettings(**{"url": server.url, "model": MODEL, **settings})))
        return opened[-1]

    yield open_lane
    for llm in opened:
        llm.close()


def whole(llm: OpenAILLM, **options: Any) -> list[Delta | Finished]:
    return list(llm.chat(TEXT, ChatOptions(**options)))


def nested(message: str, kind: str, code: int) -> str:
    return json.dumps({"error": {"message": message, "type": kind, "code": code}})


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(404, nested("The model `small-1b` does not exist.", "NotFoundError", 404)), ModelMissingError),
        (Reply(404, nested("File Not Found", "not_found_error", 404)), ModelError),
        (Reply(400, nested("too many tokens", "exceed_context_size_error", 400)), PromptTooLongError),
        (
            Reply(400, '{"object":"error","message":"This model\'s maximum context length is 9 tokens"}'),
            PromptTooLongError,
        ),
        (Reply(400, '{"error":"plain words"}'), ModelError),
        (Reply(422, '{"detail":[{"msg":"field required"}]}'), ModelError),
        (Reply(401, nested("Invalid API Key", "authentication_error", 401)), ModelError),
        (Reply(429, nested("slow down", "rate_limit", 429)), ModelBusyError),
        (Reply(503, nested("Loading model", "unavailable_error", 503)), ModelBusyError),
        (Reply(500, nested("it broke", "server_error", 500)), ModelAnswerError),
        (Reply(501, nested("no embeddings", "not_supported_error", 501)), ModelError),
        (Reply(302, ""), ModelAnswerError),
        (Reply(502, "<html>bad gateway</html>", "text/html"), ModelAnswerError),
        (Reply(200, '{"error":"plain words"}'), ModelAnswerError),
        (Reply(200, "<html>hello</html>", "text/html"), ModelAnswerError),
        (Reply(200, "[1]"), ModelAnswerError),
        ("drop", ModelAnswerError),
    ],
    ids=str,
)
@pytest.mark.parametrize("ask", ["choose", "chat", "embed"])
def test_a_refusal_is_an_error_of_ours(
    server: FakeOpenAI, open_lane: Open, reply: Reply | str, kind: type[ModelError], ask: str
) -> None:
    # given
    llm = open_lane()
    server.tricks.append(reply)
    calls: dict[str, Callable[[], object]] = {
        "choose": lambda: llm.choose(TEXT, LABELS),
        "chat": lambda: whole(llm),
        "embed": lambda: llm.embed(["text"]),
    }

    # when
    with pytest.raises(ModelError) as caught:
        calls[ask]()

    # then
    assert type(caught.value) is kind, caught.value
    assert caught.value.remedy


@pytest.mark.parametrize(
    "trick", ["no finish reason", "end mid-stream", "cut mid-stream", "error mid-stream"]
)
@pytest.mark.parametrize("prompt", [TEXT, CHAT], ids=["text", "chat"])
def test_an_answer_without_an_end_is_a_failure(
    server: FakeOpenAI, open_lane: Open, trick: str, prompt: Any
) -> None:
    # given
    llm = open_lane()
    server.tricks.append(trick)

    # when
    events = llm.chat(prompt, ChatOptions())
    first = next(events)
    with pytest.raises(ModelAnswerError):
        list(events)

    # then
    assert isinstance(first, Delta)
    assert isinstance(whole(llm)[-1], Finished)


def test_an_error_line_of_an_older_llama_server_is_an_error(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    error = nested("the request exceeds the available context size", "exceed_context_size_error", 400)
    server.tricks.append(Reply(200, f"error: {error}\n\n", "text/event-stream"))

    # when / then
    with pytest.raises(PromptTooLongError):
        whole(open_lane())


def test_an_event_without_data_is_passed_over(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    piece = '{"choices": [{"text": "word", "finish_reason": "stop"}]}'
    stream = f"id: 1\nevent: ping\n\ndata: {piece}\n\n: ping\n\ndata: [DONE]\n\n"
    server.tricks.append(Reply(200, stream, "text/event-stream"))

    # when
    events = whole(open_lane())

    # then
    assert [event.text for event in events if isinstance(event, Delta)] == ["word"]


@pytest.mark.parametrize("event", ['{"choices": 5}', '{"choices": [5]}', "5", "{", '{"choices": {"a": 1}}'])
def test_a_stream_that_cannot_be_read_is_a_failure(server: FakeOpenAI, open_lane: Open, event: str) -> None:
    # given
    server.tricks.append(Reply(200, f"data: {event}\n\n", "text/event-stream"))

    # when / then
    with pytest.raises(ModelAnswerError):
        whole(open_lane())


@pytest.mark.parametrize(
    "data", ["5", "[5]", '[{"id": "a", "meta": 5}]', '[{"id": "a", "meta": {"size": "x"}}]']
)
def test_health_never_raises(server: FakeOpenAI, open_lane: Open, data: str) -> None:
    # given
    server.models_answer = f'{{"data": {data}}}'

    # then
    assert not open_lane().health().ready


def test_a_prompt_that_does_not_fit_says_how_much_room_there_is(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    pattern = "300 tokens, room for 256" if server.dialect == "llama-server" else "does not fit"

    # when / then
    with pytest.raises(PromptTooLongError, match=pattern):
        open_lane().choose("word " * 300, LABELS)


def test_an_end_without_the_last_mark_is_an_end(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    server.tricks.append("no done")

    # then
    assert whole(open_lane())[-1] == Finished("stop", 5, 5)


def test_probabilities_are_read_in_both_shapes(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    llm = open_lane()

    # when
    text, chat = llm.choose(TEXT, LABELS), llm.choose(CHAT, LABELS)

    # then
    assert text.logprobs == pytest.approx(chat.logprobs)
    assert max(text.logprobs) == text.logprobs[0]
    assert (text.prompt_tokens, text.cached_tokens) == (5, 2)


def test_probabilities_are_asked_for_by_one_token(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    llm = open_lane()

    # when
    llm.choose(TEXT, ["invoice"])
    llm.choose(CHAT, ["invoice"])

    # then
    text, chat = (seen.body for seen in server.asked(COMPLETIONS, CHATS))
    assert (text["max_tokens"], text["logprobs"]) == (1, 20)
    assert (chat["max_tokens"], chat["logprobs"], chat["top_logprobs"]) == (1, True, 20)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, '{"choices": []}'),
        Reply(200, '{"choices": [{"logprobs": {"content": [{}]}}]}'),
        Reply(200, '{"choices": [{"logprobs": null}]}'),
        Reply(200, '{"choices": [{"logprobs": {"top_logprobs": [{"a": "x"}]}}]}'),
    ],
    ids=lambda reply: reply.body,
)
def test_probabilities_that_cannot_be_read_are_a_failure(
    server: FakeOpenAI, open_lane: Open, reply: Reply
) -> None:
    # given
    server.tricks.append(reply)

    # when / then
    with pytest.raises(ModelAnswerError):
        open_lane().choose(TEXT, LABELS)


def test_labels_that_begin_alike_go_on_in_the_assistants_turn(server: FakeOpenAI, open_lane: Open) -> None:
    # when
    open_lane().choose(CHAT, LABELS)

    # then
    first, second = (seen.body for seen in server.asked(CHATS))
    assert "continue_final_message" not in first
    assert second["continue_final_message"] is True
    assert second["add_generation_prompt"] is False
    assert second["messages"][-1] == {"role": "assistant", "content": "tax"}


def test_a_chat_says_how_it_is_to_be_generated(server: FakeOpenAI, open_lane: Open) -> None:
    # when
    list(open_lane().chat(CHAT, ChatOptions(max_tokens=0, temperature=0.5, stop=("END",), seed=4)))

    # then
    body = server.asked(CHATS)[0].body
    assert (body["max_tokens"], body["temperature"], body["seed"], body["stop"]) == (1, 0.5, 4, ["END"])
    assert body["stream_options"] == {"include_usage": True}


def test_a_model_is_asked_not_to_think(server: FakeOpenAI, open_lane: Open) -> None:
    # when
    list(open_lane().chat(CHAT, ChatOptions()))

    # then
    assert server.asked(CHATS)[0].body["chat_template_kwargs"] == {"enable_thinking": False}


def test_a_server_that_knows_nothing_of_that_is_asked_without(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    llm = open_lane()
    refused = "Unrecognized request argument supplied: chat_template_kwargs"
    server.tricks.append(Reply(400, nested(refused, "invalid_request_error", 400)))

    # when
    first = list(llm.chat(CHAT, ChatOptions()))
    llm.choose(CHAT, ["invoice"])

    # then
    assert isinstance(first[-1], Finished)
    assert ["chat_template_kwargs" in seen.body for seen in server.asked(CHATS)] == [True, False, False]


@pytest.mark.parametrize(
    "delta", [{"reasoning_content": "Hm."}, {"reasoning": "Hm."}, {"content": "<think>"}]
)
def test_a_model_that_thinks_all_the_same_is_named(
    server: FakeOpenAI, open_lane: Open, delta: dict[str, str]
) -> None:
    # given
    llm = open_lane()
    event = json.dumps({"choices": [{"delta": delta, "finish_reason": "stop"}]})
    server.tricks.append(Reply(200, f"data: {event}\n\n", "text/event-stream"))

    # when
    list(llm.chat(CHAT, ChatOptions()))

    # then
    assert "thinks" in llm.health().detail


def test_embeddings_come_back_in_the_texts_order(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    llm = open_lane()

    # when
    rows = llm.embed(["one", "two", "three"])

    # then
    for row, text in zip(rows, ["one", "two", "three"], strict=True):
        assert row == pytest.approx(llm.embed([text])[0])


@pytest.mark.parametrize(
    "data", [None, [], [{"index": 0}], [{"index": 0, "embedding": ["x"]}], [{"index": 0, "embedding": [0.0]}]]
)
def test_bad_embeddings_are_an_error(server: FakeOpenAI, open_lane: Open, data: object) -> None:
    # given
    server.tricks.append(Reply(200, json.dumps({"data": data})))

    # when / then
    with pytest.raises(ModelAnswerError):
        open_lane().embed(["text"])


def test_tokens_are_counted_by_the_server_where_it_can(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    llm, without = open_lane(), open_lane()

    # when
    counted = llm.count_tokens("four words in here")
    server.has_tokenizer = False
    estimated = [without.count_tokens("four words in here") for _ in range(3)]

    # then
    assert counted == 4
    assert min(estimated) > 4
    assert len(server.asked("/tokenize")) == 2


def test_the_address_may_end_in_v1(server: FakeOpenAI, open_lane: Open) -> None:
    # then
    assert isinstance(whole(open_lane(url=server.url + "/v1"))[-1], Finished)


def test_the_key_is_sent(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    server.api_key = "k1"

    # then
    assert isinstance(whole(open_lane(api_key="k1"))[-1], Finished)
    with pytest.raises(ModelError) as caught:
        whole(open_lane())
    assert "api_key" in caught.value.remedy
    assert not caught.value.retryable
    assert not open_lane().health().ready


def test_health_tells_what_is_wrong(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    llm, other, nobody = open_lane(), open_lane(model="other"), open_lane(url="http://127.0.0.1:9")

    # when
    ready = llm.health()
    server.health = 503
    loading = llm.health()
    server.health = 404

    # then
    assert ready.ready
    assert not loading.ready
    assert "loading" in loading.detail
    assert llm.health().ready
    assert MODEL in other.health().detail
    assert not other.health().ready
    assert not nobody.health().reachable


def test_a_server_cannot_be_told_to_pull(open_lane: Open) -> None:
    with pytest.raises(ModelError) as caught:
        open_lane().pull()
    assert "own tools" in caught.value.remedy


@pytest.mark.parametrize(
    ("trick", "setting"),
    [
        ("stall", "first_token_timeout_s"),
        ("only pings", "first_token_timeout_s"),
        ("only pieces of pings", "first_token_timeout_s"),
        ("stall mid-stream", "between_tokens_timeout_s"),
        ("endless", "total_timeout_s"),
    ],
)
def test_each_limit_names_itself(server: FakeOpenAI, open_lane: Open, trick: str, setting: str) -> None:
    # given
    llm = open_lane(**{setting: 0.3})
    server.tricks.append(trick)

    # when / then
    with pytest.raises(ModelTimeoutError) as caught:
        whole(llm)
    assert setting in caught.value.remedy
    server.stage.wait_for(inside=1 if trick.startswith("stall") else 0)


def test_an_event_may_be_cut_into_pieces_anywhere(server: FakeOpenAI, open_lane: Open) -> None:
    # given: an answer of which the server sends every byte in another piece
    words = ["Zoë", "\u2028", "寿司", "🍣\x85"]
    chunks = [json.dumps({"choices": [{"text": word}]}, ensure_ascii=False) for word in words]
    end = json.dumps({"choices": [{"text": "", "finish_reason": "stop"}]})
    body = ": ping\r\n\r\n" + "".join(f"data: {chunk}\r\n\r\n" for chunk in [*chunks, end, "[DONE]"])
    raw = body.encode()
    llm = open_lane()

    for place in range(1, len(raw)):
        # when
        server.tricks.append(Pieces((raw[:place], raw[place:])))
        events = whole(llm)

        # then
        assert [event.text for event in events if isinstance(event, Delta)] == words, place
        assert isinstance(events[-1], Finished)


def test_closing_an_answer_closes_the_connection(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    server.tricks.append("endless")
    events = open_lane().chat(TEXT, ChatOptions())
    next(events)

    # when
    events.close()

    # then
    server.stage.wait_for(inside=0)


def test_nothing_is_taken_from_the_environment(
    server: FakeOpenAI, open_lane: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("OPENAI_API_KEY", "secret")

    # when
    whole(open_lane())

    # then
    assert "authorization" not in server.requests[0].headers


def test_an_address_without_a_server_is_named(open_lane: Open) -> None:
    with pytest.raises(ModelUnreachableError, match=r"http://127\.0\.0\.1:9"):
        open_lane(url="http://127.0.0.1:9").choose(TEXT, LABELS)


SCHEMA = {"type": "object", "properties": {"total": {"type": "integer"}}, "required": ["total"]}


@pytest.mark.parametrize("prompt", [TEXT, CHAT])
def test_an_answer_is_held_to_its_schema(server: FakeOpenAI, open_lane: Open, prompt: Prompt) -> None:
    # when
    filled = open_lane().fill(prompt, SCHEMA, 40)

    # then
    assert filled.value == {"total": 0}
    (seen,) = server.asked(COMPLETIONS, CHATS)
    held = seen.body["response_format"]
    assert (held["type"], held["json_schema"]["schema"]) == ("json_schema", SCHEMA)
    assert ("json_schema" in seen.body) is isinstance(prompt, str)
    assert (seen.body["temperature"], seen.body["max_tokens"]) == (0, 40)


@pytest.mark.parametrize("trick", ["refuses schemas", "ignores schemas"])
def test_a_server_without_schemas_is_told_it_in_words(
    server: FakeOpenAI, open_lane: Open, trick: str
) -> None:
    # given
    answer = {"choices": [{"text": '```json\n{"total": 17}\n```', "finish_reason": "stop"}]}
    stream = f"data: {json.dumps(answer)}\n\ndata: [DONE]\n\n"
    server.tricks.extend([trick, Reply(200, stream, "text/event-stream")])

    # when
    filled = open_lane().fill(TEXT, SCHEMA, 40)

    # then
    assert filled.value == {"total": 17}
    first, second = server.asked(COMPLETIONS)
    assert "response_format" not in second.body
    assert json.dumps(SCHEMA) in second.body["prompt"]
    assert second.body["prompt"].endswith(first.body["prompt"])


def test_other_refusals_are_not_taken_for_one_of_schemas(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    server.tricks.append(Reply(401, nested("Invalid API Key", "authentication_error", 401)))

    # when / then
    with pytest.raises(ModelError, match="Invalid API Key"):
        open_lane().fill(TEXT, SCHEMA, 40)
    assert len(server.asked(COMPLETIONS)) == 1
