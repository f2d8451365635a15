"""What was recorded of Ollama on the wire, one by one: each failure, and each field that must be sent."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from standins.model_server import Reply
from standins.ollama import DECIDES, EMBEDS, GENERATES, THINKS, FakeOllama

from twolane.config.lane_settings import LaneSettings
from twolane.errors import (
    ModelAnswerError,
    ModelBusyError,
    ModelError,
    ModelFormatError,
    ModelMissingError,
    ModelTimeoutError,
    ModelUnreachableError,
    PromptTooLongError,
)
from twolane.llm.base import ChatOptions, ChoiceQuestion, Delta, Finished, Message, Prompt, PullProgress
from twolane.llm.runtimes.ollama import OllamaLLM

TEXT = "Please pay by Friday. Category:"
CHAT = (Message("user", TEXT),)
LABELS = ("invoice", "tax return", "tax letter")
MODEL_ROUTES = ("/api/generate", "/api/chat")
BUSY = Reply(503, '{"error":"server busy, please try again.  maximum pending requests exceeded"}')


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    with FakeOllama() as server:
        yield server


@pytest.fixture
def open_lane(server: FakeOllama) -> Iterator[Callable[..., OllamaLLM]]:
    opened: list[OllamaLLM] = []

    def open_lane(sleep: Callable[[float], None] = lambda _: None, **settings: Any) -> OllamaLLM:
        defaults = {"url": server.url, "model": GENERATES, "context_tokens": 1024, "threads": 3}
        opened.append(OllamaLLM(LaneSettings(**{**defaults, **settings}), sleep))
        return opened[-1]

    yield open_lane
    for llm in opened:
        llm.close()


Open = Callable[..., OllamaLLM]


def whole(llm: OllamaLLM, **options: Any) -> list[Delta | Finished]:
    return list(llm.chat(TEXT, ChatOptions(**options)))


def error_body(text: str) -> str:
    return json.dumps({"error": text})


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(404, error_body("model 'small:1b' not found")), ModelMissingError),
        (Reply(404, error_body('model "small:1b" not found, try pulling it first')), ModelMissingError),
        (Reply(404, "404 page not found", "text/plain"), ModelError),
        (Reply(400, error_body("model is required")), ModelError),
        (Reply(400, error_body("unexpected EOF")), ModelError),
        (Reply(500, error_body('option "num_predict" must be of type integer')), ModelAnswerError),
        (Reply(400, error_body('"small:1b" does not support thinking')), ModelError),
        (
            Reply(
                400,
                error_body(
                    '{"error":{"type":"exceed_context_size_error","n_prompt_tokens":410,"n_ctx":256}}'
                ),
            ),
            PromptTooLongError,
        ),
        (
            Reply(400, error_body("the prompt is longer than the context length currently available")),
            PromptTooLongError,
        ),
        (
            Reply(500, error_body("an error was encountered while running the model: unexpected EOF")),
            ModelAnswerError,
        ),
        (
            Reply(500, error_body("llama-server process has terminated: exit status 1: out of memory")),
            ModelAnswerError,
        ),
        (Reply(499, error_body("request canceled")), ModelError),
        (Reply(403, "", "text/plain"), ModelError),
        (Reply(302, "", "text/plain"), ModelAnswerError),
        (Reply(200, "<html>hello</html>", "text/html"), ModelAnswerError),
        (Reply(200, "[]"), ModelAnswerError),
        (Reply(200, '{"done": true}'), ModelAnswerError),
        (Reply(500, '"what"'), ModelAnswerError),
        ("drop", ModelAnswerError),
    ],
    ids=str,
)
@pytest.mark.parametrize("ask", ["choose", "chat", "embed"])
def test_a_refusal_is_an_error_of_ours(
    server: FakeOllama, open_lane: Open, reply: Reply | str, kind: type[ModelError], ask: str
) -> None:
    # given
    llm = open_lane(model=EMBEDS if ask == "embed" else GENERATES)
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


def test_a_forbidden_host_is_explained(server: FakeOllama, open_lane: Open) -> None:
    # given
    server.tricks.append(Reply(403, "", "text/plain"))

    # when / then
    with pytest.raises(ModelError) as caught:
        whole(open_lane())
    assert "Host" in caught.value.remedy
    assert not caught.value.retryable


def test_a_prompt_that_does_not_fit_says_by_how_much(open_lane: Open) -> None:
    with pytest.raises(PromptTooLongError, match="1100 tokens, room for 1024"):
        list(open_lane().chat("word " * 1100, ChatOptions()))


def test_a_missing_model_says_how_to_get_it(open_lane: Open) -> None:
    with pytest.raises(ModelMissingError) as caught:
        whole(open_lane(model="nope:1b"))
    assert "`twolane models pull`" in caught.value.remedy
    assert "`ollama pull nope:1b`" in caught.value.remedy


@pytest.mark.parametrize("trick", ["silent abort", "end mid-stream", "error mid-stream", "cut mid-stream"])
def test_an_answer_without_done_is_a_failure(server: FakeOllama, open_lane: Open, trick: str) -> None:
    # given
    llm = open_lane()
    server.tricks.append(trick)

    # when
    events = llm.chat(TEXT, ChatOptions())
    first = next(events)
    with pytest.raises(ModelAnswerError):
        list(events)

    # then
    assert isinstance(first, Delta)
    assert isinstance(whole(llm)[-1], Finished)


def test_a_choice_that_broke_off_is_a_failure(server: FakeOllama, open_lane: Open) -> None:
    # given
    server.tricks.append("silent abort")

    # when / then
    with pytest.raises(ModelAnswerError):
        open_lane().choose(TEXT, LABELS)


def test_a_server_without_log_probabilities_is_too_old(server: FakeOllama, open_lane: Open) -> None:
    # given
    server.tricks.append("no logprobs")

    # when / then
    with pytest.raises(ModelAnswerError, match=r"0\.12\.11"):
        open_lane().choose(TEXT, LABELS)


def test_a_model_that_would_end_at_once_finds_all_labels_alike(server: FakeOllama, open_lane: Open) -> None:
    # given
    ended = {"response": "", "done": True, "done_reason": "stop", "prompt_eval_count": 5}
    server.tricks.append(Reply(200, json.dumps(ended)))

    # when
    choice = open_lane().choose(TEXT, LABELS)

    # then
    assert len(set(choice.logprobs)) == 1
    assert math.isfinite(choice.logprobs[0])


def test_labels_that_begin_alike_are_asked_again_as_the_prompts_words(
    server: FakeOllama, open_lane: Open
) -> None:
    # when
    open_lane().choose(TEXT, LABELS)

    # then
    prompts = [seen.body["prompt"] for seen in server.asked("/api/generate")]
    assert prompts == [TEXT, TEXT + " tax"]


def test_labels_are_scored_from_one_raw_token(server: FakeOllama, open_lane: Open) -> None:
    # when
    open_lane().choose(TEXT, ["invoice"])

    # then
    body = server.asked("/api/generate")[0].body
    assert (body["raw"], body["stream"], body["logprobs"], body["top_logprobs"]) == (True, False, True, 20)
    assert body["options"]["num_predict"] == 1
    assert body["options"]["temperature"] == 0
    assert "format" not in body


def test_every_request_of_a_lane_has_the_same_launch_settings(server: FakeOllama, open_lane: Open) -> None:
    # given
    llm = open_lane()

    # when
    llm.load()
    llm.choose(TEXT, LABELS)
    llm.choose(CHAT, LABELS)
    whole(llm, max_tokens=3, temperature=0.7, seed=9, stop=("x",))
    list(llm.chat(CHAT, ChatOptions()))

    # then
    requests = server.asked(*MODEL_ROUTES)
    assert len(requests) == 7
    for seen in requests:
        assert seen.body["options"]["num_ctx"] == 1024
        assert seen.body["options"]["num_thread"] == 3
        assert seen.body["shift"] is False
        assert seen.body["truncate"] is False
    assert [name for name, _ in server.loads] == [GENERATES]


def test_threads_that_are_not_set_are_left_to_the_server(server: FakeOllama, open_lane: Open) -> None:
    # when
    whole(open_lane(threads=0))

    # then
    assert "num_thread" not in server.asked(*MODEL_ROUTES)[0].body["options"]


@pytest.mark.parametrize(("setting", "sent"), [("-1", -1), ("30m", "30m"), ("0", 0), ("300", 300)])
def test_every_request_says_how_long_the_model_stays(
    server: FakeOllama, open_lane: Open, setting: str, sent: object
) -> None:
    # given
    llm = open_lane(keep_alive=setting)

    # when
    llm.load()
    whole(llm)
    llm.choose(TEXT, LABELS)

    # then
    assert len(asked := server.asked(*MODEL_ROUTES)) >= 3
    assert all(seen.body["keep_alive"] == sent for seen in asked)


def test_a_model_that_only_embeds_is_loaded_too(server: FakeOllama, open_lane: Open) -> None:
    # given
    llm = open_lane(model=EMBEDS)

    # when
    llm.load()

    # then
    assert server.kept == {EMBEDS: -1}
    assert llm.health().loaded


@pytest.mark.parametrize("max_tokens", [-1, 0, 1])
def test_an_answer_is_never_unlimited(server: FakeOllama, open_lane: Open, max_tokens: int) -> None:
    # when
    whole(open_lane(), max_tokens=max_tokens)

    # then
    assert server.asked("/api/generate")[0].body["options"]["num_predict"] == 1


@pytest.mark.parametrize("ask", ["choose", "chat", "load"])
def test_a_full_queue_is_tried_again_after_growing_pauses(
    server: FakeOllama, open_lane: Open, ask: str
) -> None:
    # given
    pauses: list[float] = []
    llm = open_lane(pauses.append)
    server.tricks.extend([BUSY, BUSY])

    # when
    if ask == "choose":
        llm.choose(TEXT, ["invoice"])
    elif ask == "chat":
        whole(llm)
    else:
        llm.load()

    # then
    assert len(pauses) == 2
    assert 0 < pauses[0] < 0.5 <= 2 * pauses[1]


def test_a_queue_that_stays_full_is_given_up(server: FakeOllama, open_lane: Open) -> None:
    # given
    server.tricks.extend([BUSY] * 9)

    # when / then
    with pytest.raises(ModelBusyError):
        whole(open_lane())
    assert len(server.asked("/api/generate")) == 4


def test_nothing_but_a_full_queue_is_tried_again(server: FakeOllama, open_lane: Open) -> None:
    # given
    server.tricks.append(Reply(500, error_body("unexpected EOF")))

    # when / then
    with pytest.raises(ModelAnswerError):
        open_lane().choose(TEXT, LABELS)
    assert len(server.asked("/api/generate")) == 1


def test_a_model_that_can_think_is_asked_not_to(server: FakeOllama, open_lane: Open) -> None:
    # given
    thinker, other = open_lane(model=THINKS), open_lane()
    server.tricks.append("think")

    # when
    events = list(thinker.chat(CHAT, ChatOptions()))
    thinker.choose(CHAT, LABELS)
    list(other.chat(CHAT, ChatOptions()))

    # then
    assert all(event.text for event in events if isinstance(event, Delta))
    chats = server.asked("/api/chat")
    assert [seen.body.get("think") for seen in chats] == [False] * (len(chats) - 1) + [None]
    assert len(server.asked("/api/show")) == 2
    assert "thinks although asked not to" in thinker.health().detail
    assert "thinks" not in other.health().detail


def test_a_generating_model_cannot_embed(open_lane: Open) -> None:
    with pytest.raises(ModelError, match="does not support embeddings") as caught:
        open_lane().embed(["text"], "passage")
    assert "embedding model" in caught.value.remedy
    assert not caught.value.retryable


def test_long_texts_are_refused_not_cut(server: FakeOllama, open_lane: Open) -> None:
    # given
    llm = open_lane(model=EMBEDS)

    # when / then
    with pytest.raises(PromptTooLongError):
        llm.embed(["word " * 2000], "passage")
    assert server.asked("/api/embed")[0].body["truncate"] is False


@pytest.mark.parametrize("vectors", [[], [[1.0], [1.0, 2.0]], [[0.0, 0.0]], [["x"]], [[math.inf]]])
def test_bad_embeddings_are_an_error(server: FakeOllama, open_lane: Open, vectors: object) -> None:
    # given
    server.tricks.append(Reply(200, json.dumps({"embeddings": vectors})))

    # when / then
    with pytest.raises(ModelAnswerError):
        open_lane(model=EMBEDS).embed(["text"], "passage")


def test_pull_streams_its_progress(open_lane: Open) -> None:
    # given
    llm = open_lane(model="fresh:3b")

    # when
    steps = list(llm.pull())

    # then
    assert PullProgress("pulling 123", 100, 100) in steps
    assert steps[-1].step == "success"
    assert llm.health().ready


@pytest.mark.parametrize(
    ("model", "trick", "kind"),
    [
        ("nope:1b", "", ModelMissingError),
        ("fresh:3b", "end mid-stream", ModelAnswerError),
        ("fresh:3b", "drop", ModelAnswerError),
    ],
)
def test_a_pull_that_fails_says_so(
    server: FakeOllama, open_lane: Open, model: str, trick: str, kind: type[ModelError]
) -> None:
    # given
    server.tricks.extend([trick] if trick else [])

    # when / then
    with pytest.raises(kind):
        list(open_lane(model=model).pull())


def test_health_tells_loaded_from_present_from_missing(server: FakeOllama, open_lane: Open) -> None:
    # given
    llm, missing = open_lane(), open_lane(model="nope:1b")

    # when
    present = llm.health()
    llm.load()
    loaded = llm.health()

    # then
    assert (present.ready, present.loaded) == (True, False)
    assert (loaded.ready, loaded.loaded) == (True, True)
    assert "context 1024" in loaded.detail
    assert "0.32.15" in loaded.detail
    assert not missing.health().ready
    assert "ollama pull nope:1b" in missing.health().remedy


def test_health_of_something_else_is_not_ready(open_lane: Open) -> None:
    # given
    health = open_lane(url="http://127.0.0.1:9/path").health()

    # then
    assert (health.ready, health.reachable) == (False, False)
    assert "ollama serve" in health.remedy


def test_models_are_found_without_their_usual_tag(server: FakeOllama, open_lane: Open) -> None:
    # given
    llm = open_lane(model="thinker")

    # then
    assert llm.health().ready
    assert {info.name for info in llm.models()} == {GENERATES, EMBEDS, THINKS, DECIDES}
    assert {info.size_bytes for info in llm.models()} == {1000}


def test_words_that_never_end_run_into_the_total_limit(server: FakeOllama, open_lane: Open) -> None:
    # given
    llm = open_lane(total_timeout_s=0.3)
    server.tricks.append("endless")

    # when / then
    with pytest.raises(ModelTimeoutError) as caught:
        whole(llm)
    assert "total_timeout_s" in caught.value.remedy


@pytest.mark.parametrize(
    ("trick", "setting"),
    [("stall", "first_token_timeout_s"), ("stall mid-stream", "between_tokens_timeout_s")],
)
def test_each_limit_names_itself(server: FakeOllama, open_lane: Open, trick: str, setting: str) -> None:
    # given
    llm = open_lane(**{setting: 0.2})
    server.tricks.append(trick)

    # when / then
    with pytest.raises(ModelTimeoutError) as caught:
        whole(llm)
    assert setting in caught.value.remedy


def test_closing_an_answer_closes_the_connection(server: FakeOllama, open_lane: Open) -> None:
    # given
    llm = open_lane()
    server.tricks.append("endless")
    events = llm.chat(TEXT, ChatOptions())
    next(events)

    # when
    events.close()

    # then
    server.stage.wait_for(inside=0)


def test_nothing_is_taken_from_the_environment(
    server: FakeOllama, open_lane: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setenv("OLLAMA_API_KEY", "secret")
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    # when
    whole(open_lane())

    # then
    assert "authorization" not in server.requests[0].headers


def test_the_lanes_own_key_is_sent(server: FakeOllama, open_lane: Open) -> None:
    # when
    whole(open_lane(api_key="k1"))

    # then
    assert server.requests[0].headers["authorization"] == "Bearer k1"


def test_an_address_without_a_server_is_named(open_lane: Open) -> None:
    with pytest.raises(ModelUnreachableError, match=r"http://127\.0\.0\.1:9") as caught:
        open_lane(url="http://127.0.0.1:9").choose(TEXT, LABELS)
    assert "ollama serve" in caught.value.remedy


@pytest.mark.parametrize("prompt", [TEXT, CHAT])
def test_an_answer_is_held_to_its_schema(server: FakeOllama, open_lane: Open, prompt: Prompt) -> None:
    # given
    schema = {"type": "object", "properties": {"total": {"type": "integer"}}, "required": ["total"]}

    # when
    filled = open_lane().fill(prompt, schema, 40)

    # then
    assert filled.value == {"total": 0}
    (seen,) = server.asked("/api/generate", "/api/chat")
    assert seen.body["format"] == schema
    assert (seen.body["options"]["temperature"], seen.body["options"]["num_predict"]) == (0, 40)


def test_an_answer_that_does_not_fit_says_which_rule_it_breaks(open_lane: Open) -> None:
    # given: a rule that no runtime holds an answer to
    schema = {"type": "object", "properties": {"total": {"type": "integer"}}, "minProperties": 2}

    # when / then
    with pytest.raises(ModelFormatError, match=r'\$ breaks \{"minProperties": 2\}') as caught:
        open_lane().fill(TEXT, schema, 40)
    assert caught.value.remedy


def test_a_decision_model_is_known_by_its_capability_and_loaded_by_a_question(
    server: FakeOllama, open_lane: Open
) -> None:
    # given
    llm = open_lane(model=DECIDES, keep_alive="30m")

    # when
    llm.load()
    choice = llm.decide("Please pay.", ChoiceQuestion("What is it?", {"invoice": "A bill", "letter": ""}))

    # then
    assert llm.decides()
    assert choice.labels == ("invoice", "letter")
    assert server.kept == {DECIDES: "30m"}
    asked = server.asked("/v1/systemone")[-1].body
    assert asked["keep_alive"] == "30m"
    assert asked["questions"]["category"]["criteria"] == {"invoice": "A bill", "letter": None}
    assert len(server.asked("/api/show")) == 1
