"""OpenAI-compatible servers on the wire: both dialects' shapes, and every way in which an answer can fail."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from standins.model_server import Pieces, Reply, Said
from standins.openai import MODEL, FakeOpenAI

from twolane.config.lane_settings import LaneSettings
from twolane.errors import (
    ModelAnswerError,
    ModelBusyError,
    ModelError,
    ModelMissingError,
    ModelTimeoutError,
    ModelUnreachableError,
    PromptTooLongError,
)
from twolane.llm.base import ChatOptions, ChoiceQuestion, Delta, Finished, Message, Prompt
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
        "embed": lambda: llm.embed(["text"], "passage"),
    }

    # when
    with pytest.raises(ModelError) as caught:
        calls[ask]()

    # then
    assert type(caught.value) is kind, caught.value
    assert caught.value.remedy


@pytest.mark.parametrize(
    "trick", ["neither reason nor mark", "end mid-stream", "cut mid-stream", "error mid-stream"]
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
    assert server.asked(CHATS)[0].body["chat_template_kwargs"]["enable_thinking"] is False


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


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning", "thinking"])
def test_a_model_that_thinks_all_the_same_is_named(server: FakeOpenAI, open_lane: Open, field: str) -> None:
    # given
    llm = open_lane()
    server.thought_field = field
    server.said.append(Said(("It is ", "a lease."), ("A lease?",)))

    # when
    events = list(llm.chat(CHAT, ChatOptions()))

    # then
    assert "".join(event.text for event in events if isinstance(event, Delta)) == "It is a lease."
    assert "thinks" in llm.health().detail


def test_an_answer_may_come_in_parts_of_several_kinds(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": "A lease?"}]}
    deltas = [
        {"content": [thought]},
        {"content": [{"type": "text", "text": "It is"}]},
        {"content": " a lease."},
    ]
    events = [{"choices": [{"delta": delta}]} for delta in deltas]
    lines = [f"data: {json.dumps(event)}\n\n" for event in events]
    server.tricks.append(Reply(200, "".join(lines) + "data: [DONE]\n\n", "text/event-stream"))
    llm = open_lane()

    # when
    answer = list(llm.chat(CHAT, ChatOptions()))

    # then
    assert "".join(event.text for event in answer if isinstance(event, Delta)) == "It is a lease."
    assert "thinks" in llm.health().detail


@pytest.mark.parametrize("reason", ["length", "max_tokens", "model_length"])
def test_an_answer_that_was_cut_says_so(server: FakeOpenAI, open_lane: Open, reason: str) -> None:
    # given
    server.said.append(Said(("It is ",), reason=reason))

    # when
    *_, end = open_lane().chat(CHAT, ChatOptions())

    # then
    assert isinstance(end, Finished)
    assert end.reason == "length"


def test_a_server_that_does_not_stream_is_understood(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    choice = {"message": {"content": "<think>A lease?</think>It is a lease."}, "finish_reason": "stop"}
    server.tricks.append(Reply(200, json.dumps({"choices": [choice]})))

    # when
    events = list(open_lane().chat(CHAT, ChatOptions()))

    # then
    assert events[:-1] == [Delta("It is a lease.")]


def test_the_mark_of_an_end_without_a_reason_is_an_end(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    server.tricks.append("no finish reason")

    # when
    *_, end = open_lane().chat(CHAT, ChatOptions())

    # then
    assert isinstance(end, Finished)
    assert end.reason == "stop"


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (
            Reply(502, "<html><head><title>502 Bad &amp; Gateway</title></head>", "text/html"),
            "502 Bad & Gateway",
        ),
        (Reply(200, "<!DOCTYPE html><html>Router login</html>", "text/html"), "a web page"),
        (Reply(429, nested("slow down", "rate_limit", 429)), "too busy"),
        (
            Reply(200, 'data: {"error": {"message": "the engine died"}}\n\n', "text/event-stream"),
            "broke off its answer for small-1b: the engine died",
        ),
    ],
    ids=str,
)
def test_a_failure_is_said_in_words_that_name_the_server(
    server: FakeOpenAI, open_lane: Open, reply: Reply, words: str
) -> None:
    # given
    server.tricks.append(reply)

    # when
    with pytest.raises(ModelError) as caught:
        whole(open_lane())

    # then
    assert words in caught.value.what
    assert server.url in caught.value.what
    assert "<" not in caught.value.what
    assert caught.value.remedy


def test_embeddings_come_back_in_the_texts_order(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    llm = open_lane()

    # when
    rows = llm.embed(["one", "two", "three"], "passage")

    # then
    for row, text in zip(rows, ["one", "two", "three"], strict=True):
        assert row == pytest.approx(llm.embed([text], "passage")[0])


@pytest.mark.parametrize(
    "data", [None, [], [{"index": 0}], [{"index": 0, "embedding": ["x"]}], [{"index": 0, "embedding": [0.0]}]]
)
def test_bad_embeddings_are_an_error(server: FakeOpenAI, open_lane: Open, data: object) -> None:
    # given
    server.tricks.append(Reply(200, json.dumps({"data": data})))

    # when / then
    with pytest.raises(ModelAnswerError):
        open_lane().embed(["text"], "passage")


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


def test_a_question_is_asked_in_the_shape_of_decision_models(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    server.decides = True
    llm = open_lane()

    # when
    choice = llm.decide("Bitte zahlen.", ChoiceQuestion("What is it?", {"invoice": "A bill", "letter": ""}))

    # then
    asked = {
        "type": "choice",
        "instructions": "What is it?",
        "criteria": {"invoice": "A bill", "letter": None},
    }
    assert server.asked("/v1/systemone")[0].body == {
        "model": MODEL,
        "state": "Bitte zahlen.",
        "questions": {"category": asked},
    }
    assert [math.exp(logprob) for logprob in choice.logprobs] == pytest.approx([2 / 3, 1 / 3])


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"category": {"type": "choice", "choice": "invoice"}},
        {"category": {"type": "choice", "choice": "invoice", "probabilities": {"invoice": 1.0}}},
        {"category": {"type": "choice", "choice": "invoice", "probabilities": {"invoice": "?", "letter": 1}}},
        {"category": {"type": "choice", "probabilities": {"invoice": float("nan"), "letter": 0.5}}},
        {"category": {"type": "choice", "probabilities": {"invoice": 0.0, "letter": 0.0}}},
        {"category": {"type": "choice", "probabilities": {"invoice": -0.5, "letter": 1.5}}},
        [],
    ],
)
def test_probabilities_that_are_none_are_a_failure(
    server: FakeOpenAI, open_lane: Open, answers: object
) -> None:
    # given
    body = {"model": MODEL, "answers": answers, "usage": {"input_tokens": 3, "output_tokens": 0}}
    server.tricks.append(Reply(200, json.dumps(body)))

    # when / then
    with pytest.raises(ModelAnswerError, match="probabilities"):
        open_lane().decide("Please pay.", ChoiceQuestion("What is it?", {"invoice": "", "letter": ""}))


def test_a_probability_of_zero_is_small_and_not_impossible(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    shares = {"category": {"type": "choice", "probabilities": {"invoice": 1.0, "letter": 0.0}}}
    server.tricks.append(Reply(200, json.dumps({"model": MODEL, "answers": shares})))

    # when
    choice = open_lane().decide("Please pay.", ChoiceQuestion("?", {"invoice": "", "letter": ""}))

    # then
    assert choice.logprobs[0] == 0
    assert -20 < choice.logprobs[1] < -10
    assert choice.prompt_tokens == 0


def test_a_prompt_larger_than_an_encoders_batch_is_too_long(server: FakeOpenAI, open_lane: Open) -> None:
    # given
    text = "input (900 tokens) is too large to process. increase the physical batch size (current: 512)"
    server.tricks.append(Reply(500, json.dumps({"error": {"code": 500, "message": text}})))

    # when / then
    with pytest.raises(PromptTooLongError):
        open_lane().decide("word " * 300, ChoiceQuestion("?", {"a": "", "b": ""}))


@pytest.mark.parametrize(
    ("models", "decides"),
    [
        ({"data": [{"id": MODEL, "architecture": {"output_modalities": ["decisions"]}}]}, True),
        ({"data": [{"id": "julia.gguf", "architecture": {"output_modalities": ["decisions"]}}]}, True),
        ({"data": [{"id": MODEL}, {"id": "j", "architecture": {"output_modalities": ["decisions"]}}]}, False),
        ({"data": [{"id": MODEL, "architecture": {"output_modalities": ["text"]}}]}, False),
        ({"data": [{"id": MODEL, "architecture": "llama"}]}, False),
        ({"models": [{"name": MODEL}]}, False),
        ({"data": "none"}, False),
    ],
)
def test_a_server_says_in_its_list_which_models_decide(
    server: FakeOpenAI, open_lane: Open, models: object, decides: bool
) -> None:
    # given
    server.models_answer = json.dumps(models)

    # then
    assert open_lane().decides() is decides


@pytest.mark.parametrize("prompt", [TEXT, (Message("user", TEXT), Message("assistant", "Category:"))])
def test_a_server_without_log_probabilities_names_the_best_label(
    server: FakeOpenAI, open_lane: Open, prompt: Prompt
) -> None:
    # given LM Studio, and builds of llama.cpp
    server.tricks.append("no logprobs")
    llm = open_lane()

    # when
    first, second = llm.choose(prompt, ("letter", "pay")), llm.choose(prompt, ("letter", "pay"))

    # then
    assert [math.exp(logprob) for logprob in first.logprobs] == pytest.approx([0.2, 0.8])
    assert second == first
    assert len([seen for seen in server.requests if seen.body.get("logprobs")]) == 1
    assert server.requests[-1].body["messages"][-1]["role"] == "user"
    assert "no log probabilities" in llm.health().detail


def test_a_server_that_has_given_log_probabilities_is_not_taken_at_its_word(
    server: FakeOpenAI, open_lane: Open
) -> None:
    # given
    llm = open_lane()
    llm.choose(TEXT, LABELS)
    server.tricks.append("no logprobs")

    # when / then
    with pytest.raises(ModelAnswerError, match="no probabilities"):
        llm.choose(TEXT, LABELS)
    assert llm.choose(TEXT, LABELS).labels == tuple(LABELS)
