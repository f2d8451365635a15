"""What every runtime must do, whatever runs behind it."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest
from tests.contract.llm.conftest import CONTEXT_TOKENS, Bench

from twolane.errors import (
    ModelBusyError,
    ModelError,
    ModelFormatError,
    ModelMissingError,
    ModelTimeoutError,
    ModelUnreachableError,
    PromptTooLongError,
)
from twolane.llm.base import (
    LLM,
    ChatOptions,
    ChoiceQuestion,
    Delta,
    EmbeddingLLM,
    Finished,
    Message,
    Prompt,
    Schema,
)

LABELS = ("invoice", "tax return", "tax letter", "holiday photo")
TEXT = "Please pay the amount by Friday.\nCategory:"
CHAT: tuple[Message, ...] = (
    Message("system", "Name the category."),
    Message("user", "Please pay the amount by Friday."),
)
SCHEMA: Schema = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": ["invoice", "letter"]},
        "amount": {"type": "integer", "minimum": 0, "maximum": 9999},
        "parts": {
            "type": "array",
            "items": {"type": "string", "maxLength": 12},
            "minItems": 1,
            "maxItems": 2,
        },
    },
    "required": ["kind", "amount", "parts"],
    "additionalProperties": False,
}
PROMPTS = pytest.mark.parametrize("prompt", [TEXT, CHAT], ids=["text", "chat"])
UNICODE = "Zoë paid 5 € for 寿司 🍣 naïvely"


def answer(llm: LLM, prompt: Prompt = TEXT, max_tokens: int = 16) -> tuple[str, Finished]:
    events = list(llm.chat(prompt, ChatOptions(max_tokens=max_tokens)))
    assert isinstance(events[-1], Finished)
    assert all(isinstance(event, Delta) for event in events[:-1])
    return "".join(event.text for event in events if isinstance(event, Delta)), events[-1]


def asking(llm: LLM, ask: str, prompt: Prompt) -> Callable[[], object]:
    """Return a request of a kind, to be made by calling it."""
    calls: dict[str, Callable[[], object]] = {
        "choose": lambda: llm.choose(prompt, LABELS),
        "chat": lambda: answer(llm, prompt),
        "fill": lambda: llm.fill(prompt, SCHEMA, 120),
    }
    return calls[ask]


@PROMPTS
def test_choose_gives_one_finite_logprob_a_label_in_order(bench: Bench, prompt: Prompt) -> None:
    # given
    llm = bench.open()

    # when
    choice = llm.choose(prompt, LABELS)

    # then
    assert choice.labels == LABELS
    assert len(choice.logprobs) == len(LABELS)
    assert all(math.isfinite(logprob) and logprob <= 0 for logprob in choice.logprobs)
    assert sum(math.exp(logprob) for logprob in choice.logprobs) <= 1 + 1e-6
    assert choice.prompt_tokens > 0


@PROMPTS
def test_choose_is_the_same_every_time(bench: Bench, prompt: Prompt) -> None:
    # given
    llm = bench.open()

    # when
    first, second = llm.choose(prompt, LABELS), llm.choose(prompt, LABELS)

    # then
    assert np.allclose(first.logprobs, second.logprobs, atol=0.05)


def test_choose_among_no_labels_is_empty(bench: Bench) -> None:
    assert bench.open().choose(TEXT, ()).labels == ()


def test_a_decision_model_gives_the_probability_of_every_option(bench: Bench) -> None:
    # given
    llm = bench.decision_model()
    question = ChoiceQuestion(
        "What is it?", {"invoice": "A demand for payment", "letter": "", "寿司 🍣": "Food"}
    )

    # when
    choice = llm.decide("Please pay the amount by Friday.", question)

    # then
    assert llm.decides()
    assert choice.labels == tuple(question.options)
    assert sum(math.exp(logprob) for logprob in choice.logprobs) == pytest.approx(1, abs=1e-4)
    assert choice.prompt_tokens > 0
    assert llm.decide("Please pay the amount by Friday.", question).logprobs == pytest.approx(choice.logprobs)


def test_a_decision_model_is_loaded_before_its_first_question(bench: Bench) -> None:
    # given
    llm = bench.decision_model()

    # when
    llm.load()

    # then
    assert llm.health().ready


def test_a_state_that_is_too_long_for_a_decision_model_is_refused(bench: Bench) -> None:
    with pytest.raises(PromptTooLongError):
        bench.decision_model().decide("word " * 5000, ChoiceQuestion("What is it?", {"one": "", "two": ""}))


def test_what_is_no_decision_model_says_so(bench: Bench) -> None:
    # given
    llm = bench.open()

    # when / then
    assert not llm.decides()
    with pytest.raises(ModelError) as caught:
        llm.decide("Please pay.", ChoiceQuestion("What is it?", {"invoice": "", "letter": ""}))
    assert not caught.value.retryable
    assert caught.value.remedy


@PROMPTS
def test_fill_gives_a_value_that_fits_the_schema(bench: Bench, prompt: Prompt) -> None:
    # when
    filled = bench.open().fill(prompt, SCHEMA, 120)

    # then
    assert set(filled.value) == {"kind", "amount", "parts"}
    assert filled.value["kind"] in {"invoice", "letter"}
    assert isinstance(filled.value["amount"], int)
    assert 1 <= len(filled.value["parts"]) <= 2
    assert all(len(part) <= 12 for part in filled.value["parts"])
    assert filled.prompt_tokens > 0
    assert 0 < filled.completion_tokens <= 120


def test_fill_is_the_same_every_time(bench: Bench) -> None:
    # given
    llm = bench.open()

    # then
    assert llm.fill(TEXT, SCHEMA, 120).value == llm.fill(TEXT, SCHEMA, 120).value


def test_a_value_that_has_no_end_in_time_does_not_fit(bench: Bench) -> None:
    # when / then
    with pytest.raises(ModelFormatError) as caught:
        bench.open().fill(TEXT, SCHEMA, 1)
    assert caught.value.remedy
    assert not caught.value.retryable


@pytest.mark.parametrize("schema", [{"type": "no such type"}, {"type": "object", "properties": 3}])
def test_what_is_no_schema_is_refused(bench: Bench, schema: Schema) -> None:
    with pytest.raises(ModelError, match="no JSON schema") as caught:
        bench.open().fill(TEXT, schema, 20)
    assert not caught.value.retryable


@PROMPTS
def test_chat_ends_with_finished(bench: Bench, prompt: Prompt) -> None:
    # when
    text, finished = answer(bench.open(), prompt)

    # then
    assert text.strip()
    assert finished.prompt_tokens > 0
    assert 0 < finished.completion_tokens <= 16


def test_chat_is_cut_at_its_longest(bench: Bench) -> None:
    # when
    _, finished = answer(bench.open(), "Count: one two three four five six", max_tokens=1)

    # then
    assert finished.reason == "length"
    assert finished.completion_tokens == 1


def test_chat_goes_on_from_the_assistants_words(bench: Bench) -> None:
    # when
    text, _ = answer(bench.open(), (*CHAT, Message("assistant", "It is an")))

    # then
    assert text.strip()


def test_unicode_survives(bench: Bench) -> None:
    # given
    llm = bench.open()

    # when
    text, _ = answer(llm, UNICODE)
    choice = llm.choose(UNICODE, ["寿司", "naïve 🍣"])

    # then
    assert choice.labels == ("寿司", "naïve 🍣")
    if bench.echoes:
        assert text.split() == UNICODE.split()


def test_half_characters_of_damaged_files_do_no_harm(bench: Bench) -> None:
    # given
    llm = bench.open()
    damaged = "a \udce4 b\x00c"

    # then
    assert answer(llm, f"{damaged}\nCategory:")[1].completion_tokens > 0
    assert len(llm.choose((Message("user", damaged),), LABELS).logprobs) == len(LABELS)
    assert bench.open_embedder().embed([damaged], "passage").shape[0] == 1


def test_closing_the_iterator_frees_the_lane(bench: Bench) -> None:
    # given
    llm = bench.open()
    events = llm.chat(TEXT, ChatOptions(max_tokens=64))
    assert isinstance(next(events), Delta)

    # when
    events.close()

    # then
    assert answer(llm)[1].reason in {"stop", "length"}


def test_embeddings_are_unit_rows_in_order(bench: Bench) -> None:
    # given
    llm = bench.open_embedder()
    texts = ["an invoice for paper", "a holiday on an island", UNICODE]

    # when
    rows = llm.embed(texts, "passage")
    alone = np.concatenate([llm.embed([text], "passage") for text in texts])

    # then
    assert rows.shape[0] == len(texts)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)
    assert np.allclose(rows, alone, atol=1e-2)
    assert not np.allclose(rows[0], rows[1], atol=1e-2)


def test_no_texts_are_no_rows(bench: Bench) -> None:
    assert bench.open_embedder().embed([], "passage").shape[0] == 0


def test_many_texts_are_embedded(bench: Bench) -> None:
    # given
    texts = [f"text number {i}" for i in range(70)]

    # when
    rows = bench.open_embedder().embed(texts, "passage")

    # then
    assert rows.shape[0] == len(texts)


@pytest.mark.parametrize("ask", ["choose", "chat", "fill"])
def test_a_prompt_that_does_not_fit_is_refused(bench: Bench, ask: str) -> None:
    # given
    call = asking(bench.open(), ask, "word " * 40 * CONTEXT_TOKENS)

    # when / then
    with pytest.raises(PromptTooLongError) as caught:
        call()
    assert caught.value.remedy


def test_a_text_that_does_not_fit_is_not_embedded_in_part(bench: Bench) -> None:
    # given
    llm = bench.open_embedder()
    if bench.cuts_texts:
        pytest.skip("a text that is too long is embedded in part")

    # when / then
    with pytest.raises(PromptTooLongError):
        llm.embed(["word " * 40 * CONTEXT_TOKENS], "passage")


@pytest.mark.parametrize("ask", ["choose", "chat", "fill", "embed"])
def test_a_missing_model_is_named(bench: Bench, ask: str) -> None:
    # given
    opened: LLM | EmbeddingLLM
    if ask == "embed":
        opened = embedder = bench.missing_embedder()
        call: Callable[[], object] = lambda: embedder.embed(["text"], "passage")  # noqa: E731
    else:
        opened = llm = bench.missing()
        call = asking(llm, ask, TEXT)

    # when / then
    with pytest.raises(ModelMissingError, match=opened.model) as caught:
        call()
    assert "pull" in caught.value.remedy or "models list" in caught.value.remedy
    assert not opened.health().ready


def test_nobody_at_the_address(bench: Bench) -> None:
    # given
    llm = bench.unreachable()

    # when / then
    with pytest.raises(ModelUnreachableError) as caught:
        answer(llm)
    assert caught.value.remedy
    assert caught.value.retryable


def test_one_more_than_may_wait_is_refused_at_once(bench: Bench) -> None:
    # given
    llm = bench.open(concurrency=1, max_waiting=0)

    # when
    with bench.hold() as stage, ThreadPoolExecutor(bench.servers) as pool:
        first = [pool.submit(answer, llm) for _ in range(bench.servers)]
        stage.wait_for(inside=bench.servers)
        with pytest.raises(ModelBusyError):
            llm.choose(TEXT, LABELS)
        stage.open()

    # then
    assert [call.result()[1].reason for call in first] == ["stop"] * bench.servers
    assert answer(llm)[1].reason == "stop"


def test_no_more_are_under_way_than_allowed(bench: Bench) -> None:
    # given
    llm = bench.open(concurrency=2, max_waiting=20)

    # when
    with bench.hold() as stage, ThreadPoolExecutor(10) as pool:
        calls: list[Future[object]] = [
            pool.submit(asking(llm, ("choose", "chat", "fill")[i % 3], TEXT)) for i in range(10)
        ]
        stage.wait_for(inside=2 * bench.servers)
        stage.open()

    # then
    assert [call.exception() for call in calls] == [None] * 10
    assert stage.most == 2 * bench.servers


@pytest.mark.parametrize("after_first_token", [False, True])
def test_a_silent_model_runs_into_the_limit(bench: Bench, after_first_token: bool) -> None:
    # given
    llm = bench.stalled(after_first_token=after_first_token)

    # when / then
    with pytest.raises(ModelTimeoutError) as caught:
        answer(llm)
    assert caught.value.remedy
    assert answer(llm)[1].reason == "stop"


def test_tokens_are_counted_or_overestimated(bench: Bench) -> None:
    # given
    llm = bench.open()

    # then
    assert llm.count_tokens("") <= 1
    assert 4 <= llm.count_tokens("four words in here") <= 20


def test_the_model_is_listed(bench: Bench) -> None:
    # given
    llm = bench.open()

    # then
    assert llm.model in [info.name for info in llm.models()]


def test_a_loaded_model_is_healthy(bench: Bench) -> None:
    # given
    llm = bench.open()

    # when
    llm.load()

    # then
    health = llm.health()
    assert (health.ready, health.reachable, health.loaded) == (True, True, True), health.detail
    assert llm.model in health.detail


def test_a_loaded_embedder_is_healthy_and_listed(bench: Bench) -> None:
    # given
    embedder = bench.open_embedder()

    # when
    embedder.load()

    # then
    health = embedder.health()
    assert (health.ready, health.reachable, health.loaded) == (True, True, True), health.detail
    assert embedder.model in [info.name for info in embedder.models()]


def test_an_embedder_counts_tokens_without_asking_anybody(bench: Bench) -> None:
    assert 4 <= bench.open_embedder().count_tokens("four words in here") <= 20


def test_closing_twice_is_safe_and_ends_it(bench: Bench) -> None:
    # given
    llm = bench.open()
    answer(llm)

    # when
    llm.close()
    llm.close()

    # then
    with pytest.raises(ModelError):
        answer(llm)
    llm.health()  # does not raise


def test_several_threads_share_it(bench: Bench) -> None:
    # given
    llm = bench.open()
    together = threading.Barrier(4)

    def ask(number: int) -> tuple[float, ...]:
        together.wait()
        return llm.choose(f"Number {number}.\nCategory:", LABELS).logprobs

    # when
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(ask, range(4)))

    # then
    assert all(len(result) == len(LABELS) for result in results)
