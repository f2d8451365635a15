"""Asking over HTTP: streams and whole answers, errors, cancelling, and the bound on questions under way."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from tests.integration.api.served import DEADLINE_S, Served, events_of, until

from twolane.answers import (
    AnswerEvent,
    CitationEvent,
    DoneEvent,
    ErrorEvent,
    ExtractsCause,
    ExtractsEvent,
    RefusalEvent,
    Source,
    SourcesEvent,
    TextEvent,
    Turn,
)
from twolane.documents import Filter, FoundPassage
from twolane.errors import ModelBusyError

QUESTION = {"question": "When does the lease end?"}
JSON = {"Accept": "application/json"}


def test_an_answer_comes_as_typed_events(client: httpx.Client) -> None:
    # when
    with client.stream("POST", "/api/v1/ask", json=QUESTION) as response:
        events = list(events_of(response))

    # then
    assert response.headers["content-type"].startswith("text/event-stream")
    assert events[0][0] == "sources"
    source = events[0][1]["sources"][0]
    assert (source["number"], source["name"], source["page"]) == (1, "lease.txt", 1)
    text = "".join(data["text"] for name, data in events if name == "text")
    name, done = events[-1]
    assert name == "done"
    assert done["text"].split() == text.split()
    assert done["cited"] == [1]
    citations = [data for name, data in events if name == "citation"]
    assert {citation["status"] for citation in citations} == {"verified"}
    assert done["citations"] == citations


def test_what_the_catalogue_knows_comes_with_its_files_and_no_model_is_asked(
    served: Served, client: httpx.Client
) -> None:
    # given
    asked = {"question": "How many files are in the folder documents?"}
    count = served.app.library.find(Filter(folders=(served.folder,))).total

    # when: the chat lane is down
    with served.dead("chat"), client.stream("POST", "/api/v1/ask", json=asked) as response:
        events = dict(events_of(response))

    # then
    [read] = events["filters"]["filters"]
    assert (read["kind"], read["value"]) == ("folder", str(served.folder))
    assert (events["catalogue"]["intent"], events["catalogue"]["total"]) == ("count", count)
    assert {"lease.txt", "invoice.txt"} <= {row["name"] for row in events["catalogue"]["rows"]}
    assert events["done"]["text"] == events["text"]["text"]
    assert "sources" not in events

    # when
    whole = client.post("/api/v1/ask", json={**asked, "without": ["folder"]}, headers=JSON).json()

    # then
    assert whole["filters"] == []
    assert whole["catalogue"]["total"] >= count


def test_a_source_leads_to_its_page(client: httpx.Client) -> None:
    # given
    answer = client.post("/api/v1/ask", json=QUESTION, headers=JSON).json()
    source = answer["sources"][0]

    # when
    page = client.get(f"/api/v1/files/{source['file_id']}/pages/{source['page']}").json()

    # then
    assert source["text"].strip() in page["text"]
    spans = [span for citation in answer["citations"] for span in citation["spans"]]
    assert "30 June 2027" in {page["text"][span["start"] : span["end"]] for span in spans}


@pytest.mark.parametrize("question", ["   ? ", "👍", "да", "what"])
def test_a_question_that_holds_nothing_to_look_for_is_asked_back(client: httpx.Client, question: str) -> None:
    # when
    answer = client.post("/api/v1/ask", json={"question": question}, headers=JSON).json()

    # then
    assert (answer["refused"], answer["cause"], answer["sources"]) == (True, "unclear", [])
    assert answer["reason"] == answer["text"]
    assert answer["completion_tokens"] == 0


def test_a_whole_answer_comes_as_json(client: httpx.Client) -> None:
    # when
    response = client.post("/api/v1/ask", json=QUESTION, headers=JSON)

    # then
    answer = response.json()
    assert response.status_code == 200
    assert answer["refused"] is False
    assert answer["cited"] == [1]
    assert answer["sources"]


def test_a_refusal_says_why(served: Served, client: httpx.Client) -> None:
    # given
    def refuse(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent(())
        yield RefusalEvent("Nothing in your files speaks of this.")
        yield DoneEvent("Nothing in your files speaks of this.", refused=True)

    # when
    with served.scripted(refuse):
        whole = client.post("/api/v1/ask", json=QUESTION, headers=JSON).json()
        with client.stream("POST", "/api/v1/ask", json=QUESTION) as response:
            names = [name for name, _ in events_of(response)]

    # then
    assert (whole["refused"], whole["reason"]) == (True, "Nothing in your files speaks of this.")
    assert names == ["sources", "refusal", "done"]


def test_earlier_turns_reach_the_app(served: Served, client: httpx.Client) -> None:
    # given
    seen: list[Turn] = []

    def listen(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        seen.extend(history)
        yield DoneEvent("yes")

    # when
    with served.scripted(listen):
        history = [{"question": "Whose lease?", "answer": "Ada's."}]
        client.post("/api/v1/ask", json={**QUESTION, "history": history}, headers=JSON)

    # then
    assert seen == [Turn("Whose lease?", "Ada's.")]


def test_the_file_of_a_source_may_be_gone(served: Served, client: httpx.Client) -> None:
    # given
    def cite(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        passage = FoundPassage(1, "d", Path("/nowhere/b\udcffd.txt"), "", 1, "text")
        yield SourcesEvent((Source(1, passage),))
        yield CitationEvent(1)
        yield DoneEvent("see [1]", (1,))

    # when
    with served.scripted(cite):
        answer = client.post("/api/v1/ask", json=QUESTION, headers=JSON).json()

    # then
    assert answer["sources"][0]["file_id"] is None
    assert answer["sources"][0]["name"] == r"b\xffd.txt"


@pytest.mark.parametrize(
    ("failure", "status", "error"),
    [
        (ModelBusyError("the queue is full", "try again"), 503, "the queue is full"),
        (KeyError("a fault"), 500, "unexpected error: KeyError"),
        (None, 503, "the model broke off"),
    ],
    ids=["expected", "unexpected", "told"],
)
def test_an_error_is_told_with_its_remedy(
    served: Served, client: httpx.Client, failure: Exception | None, status: int, error: str
) -> None:
    # given
    def fail(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield TextEvent("The ")
        if failure is not None:
            raise failure
        yield ErrorEvent("the model broke off", "ask again")
        yield DoneEvent("The ")

    # when
    with served.scripted(fail):
        whole = client.post("/api/v1/ask", json=QUESTION, headers=JSON)
        with client.stream("POST", "/api/v1/ask", json=QUESTION) as response:
            streamed = dict(events_of(response))

    # then
    assert whole.status_code == status
    assert whole.json()["error"] == streamed["error"]["error"] == error
    assert whole.json()["remedy"]
    assert streamed["text"] == {"text": "The "}


def test_what_is_quoted_where_the_model_fails_comes_with_the_error(
    served: Served, client: httpx.Client
) -> None:
    # given
    def quote(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield ExtractsEvent(ExtractsCause.NOT_ANSWERING)
        yield TextEvent("Until May.")
        yield ErrorEvent("the model is away", "start it")
        yield DoneEvent("Until May.", extracts=ExtractsCause.NOT_ANSWERING, waiting_files=2)

    # when
    with served.scripted(quote):
        whole = client.post("/api/v1/ask", json=QUESTION, headers=JSON)
        with client.stream("POST", "/api/v1/ask", json=QUESTION) as response:
            streamed = dict(events_of(response))

    # then
    answer = whole.json()
    assert (whole.status_code, answer["text"], answer["extracts"]) == (200, "Until May.", "not_answering")
    assert (answer["error"], answer["remedy"]) == ("the model is away", "start it")
    assert (streamed["extracts"], streamed["done"]["waiting_files"]) == ({"cause": "not_answering"}, 2)


def test_unexpected_errors_are_counted(served: Served, client: httpx.Client) -> None:
    # given
    def fail(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        raise KeyError("a fault")

    before = client.get("/api/v1/status").json()["unexpected_errors"]

    # when
    with served.scripted(fail):
        client.post("/api/v1/ask", json=QUESTION, headers=JSON)

    # then
    assert client.get("/api/v1/status").json()["unexpected_errors"] == before + 1


@pytest.mark.parametrize("headers", [JSON, {}], ids=["whole", "stream"])
def test_a_client_that_leaves_stops_the_model(served: Served, headers: dict[str, str]) -> None:
    # given
    closed, started = threading.Event(), threading.Event()

    def endless(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        try:
            while True:
                yield TextEvent("and ")
                started.set()
                threading.Event().wait(0.05)
        finally:
            closed.set()

    # when
    with served.scripted(endless), served.client() as client:
        if headers:
            client.timeout = httpx.Timeout(DEADLINE_S, read=0.5)
            with pytest.raises(httpx.ReadTimeout):
                client.post("/api/v1/ask", json=QUESTION, headers=headers)
        else:
            with client.stream("POST", "/api/v1/ask", json=QUESTION) as response:
                next(events_of(response))

        # then
        assert started.wait(DEADLINE_S)
        assert closed.wait(DEADLINE_S)
    with served.client() as client:
        until(lambda: client.get("/api/v1/status").json()["asks_under_way"] == 0)


def test_slow_answers_hold_up_nothing_and_are_bounded(served: Served) -> None:
    # given
    go_on = threading.Event()

    def slow(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield TextEvent("wait")
        go_on.wait(DEADLINE_S)
        yield DoneEvent("waited")

    with served.scripted(slow), served.client() as client:
        streams = [client.stream("POST", "/api/v1/ask", json=QUESTION) for _ in range(3)]
        responses = [stream.__enter__() for stream in streams]
        readers = [events_of(response) for response in responses]
        assert [next(reader)[0] for reader in readers] == ["text"] * 3

        # when
        status = client.get("/api/v1/status").json()
        fourth = client.post("/api/v1/ask", json=QUESTION)
        go_on.set()
        ends = [list(reader)[-1][0] for reader in readers]
        for stream in streams:
            stream.__exit__(None, None, None)

        # then
        assert status["asks_under_way"] == 3
        assert fourth.status_code == 503
        assert fourth.headers["retry-after"]
        assert set(fourth.json()) == {"error", "remedy", "said"}
        assert ends == ["done"] * 3


@pytest.mark.parametrize("body", [{}, {"question": "  "}, {"question": 3}, {"question": "x", "more": 1}])
def test_a_wrong_question_is_explained(client: httpx.Client, body: dict[str, object]) -> None:
    # when
    response = client.post("/api/v1/ask", json=body)

    # then
    assert response.status_code == 422
    assert response.json()["error"].startswith("the request is not valid: body.")
