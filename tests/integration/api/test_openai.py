"""OpenAI's official client at twolane's door: it asks, streams, stops, embeds, and hears what went wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest
from tests.integration.api.clients import (
    LEASE_ENDS,
    BrokenOff,
    cites_twice,
    counts,
    endless,
    failing,
    is_closed,
    quotes,
)
from tests.integration.api.served import DEADLINE_S, Served, until

import openai
from twolane.answers import (
    AnswerEvent,
    DoneEvent,
    ErrorEvent,
    ExtractsCause,
    RefusalEvent,
    Source,
    SourcesEvent,
    TextEvent,
    Turn,
    WaitingEvent,
)
from twolane.errors import ModelBusyError

ASKED: list[Any] = [{"role": "user", "content": LEASE_ENDS}]
TOOLS: list[Any] = [{"type": "function", "function": {"name": "f"}}]
CHORE = """### Task:
Generate a title.
### Output:
JSON format: {form}
### Chat History:
<chat_history>
USER: When does the lease end?
ASSISTANT: In 2027 {{ "other": [] }}
</chat_history>"""


@pytest.fixture
def official(served: Served) -> Iterator[openai.OpenAI]:
    base = f"{served.url}/v1"
    with openai.OpenAI(base_url=base, api_key="any", max_retries=0, timeout=DEADLINE_S) as client:
        yield client


def test_the_files_answer_with_their_sources(official: openai.OpenAI, served: Served) -> None:
    # when
    completion = official.chat.completions.create(model="twolane", messages=ASKED)

    # then
    message = completion.choices[0].message
    assert "30 June 2027" in (message.content or "")
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage
    assert completion.usage.total_tokens > completion.usage.prompt_tokens > 0
    cited = (message.annotations or [])[0].url_citation
    assert (message.content or "")[cited.start_index : cited.end_index] == "[1]"
    assert cited.title == "lease.txt"
    lease = served.folder / "lease.txt"
    assert cited.url == f"{served.url}/#/files/{served.app.library.file_ids([lease])[lease]}?page=1"
    assert (message.content or "").endswith(f"\n\n---\n- [1] [lease.txt]({cited.url})")


def test_a_stream_says_the_same_as_the_whole(official: openai.OpenAI) -> None:
    # given
    whole = official.chat.completions.create(model="twolane", messages=ASKED).choices[0].message

    # when
    chunks = list(
        official.chat.completions.create(
            model="twolane", messages=ASKED, stream=True, stream_options={"include_usage": True}, tools=TOOLS
        )
    )

    # then
    deltas = [chunk.choices[0].delta for chunk in chunks[:-1]]
    assert "".join(delta.content or "" for delta in deltas) == whole.content
    told = [one for delta in deltas for one in getattr(delta, "annotations", None) or ()]
    assert told == [one.model_dump() for one in whole.annotations or ()]
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert (chunks[-1].choices, bool(chunks[-1].usage)) == ([], True)
    assert {chunk.usage for chunk in chunks[:-1]} == {None}


def test_sources_are_numbered_by_their_pages_in_the_order_of_the_text(
    official: openai.OpenAI, served: Served
) -> None:
    # when
    with served.scripted(cites_twice(served.folder)):
        message = official.chat.completions.create(model="twolane", messages=ASKED).choices[0].message

    # then
    text, below = (message.content or "").split("\n\n---\n")
    assert text == "It costs 80 euros [1]. It ends in 2027 [2] [2]. See rows[1]."
    lines = [line.partition("](")[0] for line in below.splitlines()]
    assert lines == [
        "- [1] [invoice.txt",
        "- [2] ≈ [lease.txt",
        "- ≠ 90 euros ([invoice.txt",
    ]
    cited = [one.url_citation for one in message.annotations or ()]
    assert [text[one.start_index : one.end_index] for one in cited] == ["[1]", "[2]", "[2]"]
    assert [one.title.partition(",")[0] for one in cited] == ["invoice.txt", "lease.txt", "lease.txt"]


def test_what_the_catalogue_counts_comes_with_its_files(official: openai.OpenAI, served: Served) -> None:
    # given
    invoice = served.folder / "invoice.txt"
    number = served.app.library.file_ids([invoice])[invoice]

    # when
    with served.scripted(counts(served.folder, number)):
        message = official.chat.completions.create(model="twolane", messages=ASKED).choices[0].message

    # then
    text, below = (message.content or "").split("\n\n---\n")
    address = f"{served.url}/#/files/{number}"
    assert text == "80.00 EUR, and lease.txt"
    assert below.splitlines() == [
        f"- [1] [invoice.txt]({address}) · 2026-01-31 · Lamps \\*Ltd\\* · 80.00 EUR",
        f"- [2] [lease.txt]({address})",
        "- ↳ What do the invoices add up to?",
        "- ▽ Invoice",
    ]
    cited = (message.annotations or [])[0].url_citation
    assert (cited.url, cited.title) == (address, "invoice.txt")
    assert (message.content or "")[cited.start_index : cited.end_index] == "[1]"


def test_what_is_quoted_until_a_model_answers_is_not_told(official: openai.OpenAI, served: Served) -> None:
    # when
    told = []
    for cause in (ExtractsCause.LOADING, ExtractsCause.NOT_ANSWERING):
        with served.scripted(quotes(cause)):
            chunks = official.chat.completions.create(model="twolane", messages=ASKED, stream=True)
            told.append("".join(chunk.choices[0].delta.content or "" for chunk in chunks))

    # then
    assert told == ["Answered.", "Quoted.\n\n---\n- ⚠ no server answers: start it\n- ⏳ 7"]


def test_a_conversation_goes_on_from_the_answers_as_they_were(
    official: openai.OpenAI, served: Served
) -> None:
    # given
    seen: list[Turn] = []

    def listen(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        seen.extend(history)
        yield TextEvent("No.")
        yield RefusalEvent("Nothing speaks of this.")
        yield DoneEvent("No.", refused=True)

    with served.scripted(cites_twice(served.folder)):
        first = official.chat.completions.create(model="twolane", messages=ASKED).choices[0].message.content

    # when
    said: list[Any] = [{"role": "system", "content": "Talk like a pirate."}, *ASKED]
    said += [{"role": "assistant", "content": first}, {"role": "user", "content": "And?"}]
    with served.scripted(listen):
        second = official.chat.completions.create(model="twolane", messages=said).choices[0].message.content
        said += [{"role": "assistant", "content": second}]
        said += [{"role": "user", "content": [{"type": "text", "text": "And then?"}]}]
        official.chat.completions.create(model="twolane", messages=said)

    # then: what was refused is no turn
    assert second == "No.\n\nNothing speaks of this."
    given = Turn(LEASE_ENDS, "It costs 80 euros [2]. It ends in 2027 [3] [1]. See rows[1].")
    assert seen == [given, given]


def test_a_refusal_is_an_answer_with_what_comes_nearest(official: openai.OpenAI, served: Served) -> None:
    # given
    lease = next(iter(served.app.ask(LEASE_ENDS)))
    assert isinstance(lease, SourcesEvent)

    def refuse(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent((Source(1, lease.sources[0].passage),))
        yield RefusalEvent("Nothing in your files speaks of this.")
        yield DoneEvent("Nothing in your files speaks of this.", refused=True)

    # when
    with served.scripted(refuse):
        message = official.chat.completions.create(model="twolane", messages=ASKED).choices[0].message

    # then
    text, below = (message.content or "").split("\n\n---\n")
    assert text == "Nothing in your files speaks of this."
    assert below.startswith("- [1] ≈ [lease.txt](")
    assert message.annotations == []


def test_an_answer_is_cut_where_the_client_wants_no_more(official: openai.OpenAI, served: Served) -> None:
    # given
    closed = threading.Event()

    # when
    with served.scripted(endless(closed)):
        completion = official.chat.completions.create(
            model="twolane", messages=ASKED, max_completion_tokens=5
        )

    # then
    assert completion.choices[0].message.content == "and " * 5
    assert completion.choices[0].finish_reason == "length"
    assert is_closed(closed)


@pytest.mark.parametrize("door", ["completions", "responses"])
def test_a_stream_that_is_closed_stops_the_model(official: openai.OpenAI, served: Served, door: str) -> None:
    # given
    closed = threading.Event()

    # when
    with served.scripted(endless(closed)):
        stream: Any = (
            official.chat.completions.create(model="twolane", messages=ASKED, stream=True)
            if door == "completions"
            else official.responses.create(model="twolane", input=LEASE_ENDS, stream=True)
        )
        next(iter(stream))
        stream.close()

        # then
        assert is_closed(closed)
    with served.client() as client:
        until(lambda: client.get("/api/v1/status").json()["asks_under_way"] == 0)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_who_leaves_before_the_first_word_leaves_their_place(served: Served, stream: bool) -> None:
    # given
    go_on = threading.Event()

    def silent(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield WaitingEvent(2, 0.0)
        go_on.wait(DEADLINE_S)
        yield DoneEvent("")

    # when
    asked = {"model": "twolane", "messages": ASKED, "stream": stream}
    with served.scripted(silent), served.client() as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post("/v1/chat/completions", json=asked, timeout=httpx.Timeout(DEADLINE_S, read=0.5))

        # then
        until(lambda: client.get("/api/v1/status").json()["asks_under_way"] == 0)
    go_on.set()


def test_what_fails_before_the_first_word_has_its_status(official: openai.OpenAI, served: Served) -> None:
    # given
    def busy() -> AnswerEvent:
        raise ModelBusyError("the queue is full", "try again")

    # when / then
    for stream in (False, True):
        with served.scripted(failing(busy)), pytest.raises(openai.InternalServerError) as raised:
            official.chat.completions.create(model="twolane", messages=ASKED, stream=stream)
        assert raised.value.status_code == 503
        assert raised.value.response.headers["retry-after"]
        body: Any = raised.value.body
        assert body == {
            "message": "the queue is full: try again",
            "type": "server_error",
            "param": None,
            "code": None,
        }


def test_what_fails_within_a_stream_is_told_in_it(official: openai.OpenAI, served: Served) -> None:
    # given
    chatted, responded = BrokenOff(), BrokenOff()

    # when
    with served.scripted(chatted.script):
        chunks = official.chat.completions.create(model="twolane", messages=ASKED, stream=True)
        next(chunks)
        chatted.heard.set()
        with pytest.raises(openai.APIError, match="broke off: ask again"):
            list(chunks)
    with served.scripted(responded.script):
        events = official.responses.create(model="twolane", input=LEASE_ENDS, stream=True)
        next(events)
        responded.heard.set()
        *_, last = events

    # then
    assert last.type == "response.failed"
    assert last.response.error
    assert last.response.error.message == "the model broke off: ask again"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"tools": TOOLS, "tool_choice": "required"}, "tool_choice"),
        ({"tools": TOOLS, "tool_choice": {"type": "function", "function": {"name": "f"}}}, "tool_choice"),
        ({"n": 2}, "n cannot"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"logprobs": True}, "logprobs"),
        ({"messages": [{"role": "system", "content": "x"}]}, "no question"),
        ({"messages": [{"role": "user", "content": "x" * 9000}]}, "9000 characters"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "d"}}]}]},
            "image_url",
        ),
        ({"max_tokens": 0}, "max_tokens"),
    ],
)
def test_what_an_answer_from_the_files_cannot_be_is_refused(
    official: openai.OpenAI, more: dict[str, Any], words: str
) -> None:
    # given
    asked: dict[str, Any] = {"model": "twolane", "messages": ASKED, **more}

    # when / then
    with pytest.raises(openai.BadRequestError, match=words) as raised:
        official.chat.completions.create(**asked)
    assert raised.value.type == "invalid_request_error"


def test_models_are_listed_and_others_are_not_found(official: openai.OpenAI, served: Served) -> None:
    # when
    listed = [model.id for model in official.models.list()]

    # then: chat's own model means the files, too
    assert listed == ["twolane"]
    assert official.models.retrieve("twolane").id == "twolane"
    assert official.models.retrieve(served.app.lanes["chat"].model).object == "model"
    with pytest.raises(openai.NotFoundError, match="ask 'twolane'") as raised:
        official.chat.completions.create(model="gpt-5", messages=ASKED)
    assert raised.value.code == "model_not_found"


def sources(response: Any) -> list[Any]:
    return [annotation.to_dict() for annotation in response.output[0].content[0].annotations]


def test_a_response_has_the_text_and_its_sources(official: openai.OpenAI) -> None:
    # given
    asked: Any = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "input_text", "text": LEASE_ENDS}]},
    ]

    # when
    whole = official.responses.create(model="twolane", input=LEASE_ENDS, tools=[{"type": "web_search"}])
    with official.responses.stream(model="twolane", input=asked) as stream:
        events = list(stream)
        streamed = stream.get_final_response()

    # then
    assert whole.status == streamed.status == "completed"
    assert "30 June 2027" in whole.output_text
    assert streamed.output_text == whole.output_text
    assert sources(streamed) == sources(whole) != []
    said = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert said == whole.output_text
    assert [event.sequence_number for event in events] == list(range(len(events)))
    annotations = [event for event in events if event.type == "response.output_text.annotation.added"]
    assert [event.annotation_index for event in annotations] == list(range(len(sources(whole))))
    assert streamed.usage
    assert streamed.usage.output_tokens > 0


@pytest.mark.parametrize(
    "more", [{"previous_response_id": "resp_1"}, {"tool_choice": "required"}, {"background": True}]
)
def test_a_response_that_cannot_be_is_refused(official: openai.OpenAI, more: dict[str, Any]) -> None:
    with pytest.raises(openai.BadRequestError):
        official.responses.create(model="twolane", input=LEASE_ENDS, **more)


@pytest.mark.parametrize(
    ("form", "answer"),
    [
        ('{ "title": "your title" }', '{"title": "When does the lease end?"}'),
        ('{ "tags": ["tag1", "tag2"] }', '{"tags": []}'),
        ('{\n "prompt": "A picture" }', '{"prompt": ""}'),
    ],
)
def test_what_a_client_asks_for_itself_costs_no_model(
    official: openai.OpenAI, served: Served, form: str, answer: str
) -> None:
    # given
    def never(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield ErrorEvent("the model was asked")

    # when
    chore: list[Any] = [{"role": "user", "content": CHORE.format(form=form)}]
    with served.scripted(never):
        completion = official.chat.completions.create(model="twolane", messages=chore)

    # then
    assert completion.choices[0].message.content == answer


def test_without_an_embedding_model_there_are_no_embeddings(official: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match=r"embedding.runtime"):
        official.embeddings.create(model="twolane", input="a")
    with pytest.raises(openai.NotFoundError, match="model '' not found"):
        official.embeddings.create(model="", input="a")
