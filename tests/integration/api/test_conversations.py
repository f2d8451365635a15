"""Conversations over HTTP: kept whatever happens to the answer, to the connection or to the server."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from tests.integration.api.served import Served, events_of, until

from twolane.answers import AnswerEvent, DoneEvent, ErrorEvent, Source, SourcesEvent, TextEvent, Turn
from twolane.documents import FoundPassage

API = "/api/v1/conversations"
JSON = {"Accept": "application/json"}


@pytest.fixture
def begun(client: httpx.Client) -> str:
    """The id of a conversation that has just begun."""
    named: str = client.post(API, json={}).json()["id"]
    return named


def ask(client: httpx.Client, conversation: str, question: str, **more: Any) -> dict[str, Any]:
    asked = {"question": question, "conversation_id": conversation, **more}
    response = client.post("/api/v1/ask", json=asked, headers=JSON)
    answer: dict[str, Any] = response.json()
    return answer


def turns(client: httpx.Client, conversation: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"{API}/{conversation}").json()["turns"]
    return found


def echo(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
    yield SourcesEvent(())
    yield DoneEvent(f"{question} after {len(history)}")


def test_question_and_answer_are_kept_with_their_sources(client: httpx.Client, begun: str) -> None:
    # when
    asked = {"question": "When does the lease end?", "conversation_id": begun}
    with client.stream("POST", "/api/v1/ask", json=asked) as response:
        events = list(events_of(response))

    # then
    assert events[0] == ("conversation", {"id": begun, "turn": 1})
    done = events[-1][1]
    [turn] = turns(client, begun)
    assert (turn["number"], turn["question"], turn["state"]) == (1, "When does the lease end?", "done")
    assert (turn["text"], turn["citations"]) == (done["text"], done["citations"])
    assert turn["sources"] == next(data["sources"] for name, data in events if name == "sources")
    assert turn["sources"][0]["file_id"]
    assert (turn["refusal"], turn["error"]) == (None, None)
    listed = client.get(API, params={"query": "LEASE end"}).json()
    assert listed["conversations"][0]["id"] == begun
    assert listed["conversations"][0]["title"] == "When does the lease end?"


def test_a_whole_answer_says_where_it_is_kept(client: httpx.Client, begun: str) -> None:
    # when
    answer = ask(client, begun, "When does the lease end?")
    refused = ask(client, begun, "   ? ")

    # then
    assert (answer["conversation_id"], answer["turn"]) == (begun, 1)
    assert refused["turn"] == 2
    assert turns(client, begun)[1]["refusal"]["cause"] == "unclear"


def test_history_comes_from_the_conversation_and_an_edited_turn_replaces_what_followed(
    served: Served, client: httpx.Client, begun: str
) -> None:
    # when
    with served.scripted(echo):
        for question in ("one", "two", "three"):
            ask(client, begun, question, history=[{"question": "not", "answer": "used"}] * 9)
        edited = ask(client, begun, "two, edited", replaces_turn=2)

    # then
    assert edited["text"] == "two, edited after 1"
    assert [(turn["number"], turn["text"]) for turn in turns(client, begun)] == [
        (1, "one after 0"),
        (2, "two, edited after 1"),
    ]


def test_what_is_asked_again_replaces_nothing_before_its_answer_begins(
    served: Served, client: httpx.Client, begun: str
) -> None:
    # given
    def fail(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent(())
        yield ErrorEvent("the model fell over", "start it")
        yield DoneEvent("")

    with served.scripted(echo):
        ask(client, begun, "one")
        ask(client, begun, "two")

    # when
    with served.scripted(fail):
        ask(client, begun, "one", replaces_turn=1)
        ask(client, begun, "one, edited", replaces_turn=1)

    # then
    found = turns(client, begun)
    assert [(turn["question"], turn["state"]) for turn in found] == [
        ("one", "done"),
        ("two", "done"),
        ("one, edited", "error"),
    ]
    assert found[2]["error"] == {"error": "the model fell over", "remedy": "start it", "said": {}}


def test_a_closed_connection_leaves_what_came_as_stopped(
    served: Served, client: httpx.Client, begun: str
) -> None:
    # given
    go_on = threading.Event()

    def endless(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent(())
        yield TextEvent("It ends ")
        while True:
            go_on.wait(0.05)
            yield TextEvent("… ")

    # when
    with served.scripted(endless):
        asked = {"question": "When?", "conversation_id": begun}
        with client.stream("POST", "/api/v1/ask", json=asked) as response:
            events = events_of(response)  # kept: without it the stream would be closed
            until(lambda: next(events)[0] == "text")
            [while_it_answers] = turns(client, begun)
        until(lambda: turns(client, begun)[0]["state"] == "stopped")

    # then
    assert while_it_answers["state"] == "answering"
    assert turns(client, begun)[0]["text"].startswith("It ends ")


def test_two_tabs_at_once_get_a_turn_each(served: Served, client: httpx.Client, begun: str) -> None:
    # given: as many as may ask at once
    together = threading.Barrier(2)

    def meet(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        together.wait(60)
        yield from echo(question, history)

    # when
    with served.scripted(meet), ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda question: ask(client, begun, question), ("left", "right")))

    # then
    assert sorted(answer["turn"] for answer in answers) == [1, 2]
    assert sorted(turn["question"] for turn in turns(client, begun)) == ["left", "right"]
    assert all(turn["text"].startswith(turn["question"]) for turn in turns(client, begun))


def test_a_conversation_is_renamed_and_deleted(client: httpx.Client, begun: str) -> None:
    # when
    renamed = client.patch(f"{API}/{begun}", json={"title": " Der Vertrag "}).json()
    found = client.get(API, params={"query": "vertrag"}).json()
    deleted = client.delete(f"{API}/{begun}")

    # then
    assert (renamed["title"], renamed["turns"]) == ("Der Vertrag", 0)
    assert found["conversations"] == [renamed]
    assert deleted.status_code == 204
    assert client.get(f"{API}/{begun}").status_code == 404
    assert client.get(API, params={"query": "vertrag"}).json() == {"conversations": [], "total": 0}


def test_a_conversation_is_a_file(served: Served, client: httpx.Client) -> None:
    # given
    def cite(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent((Source(1, FoundPassage(1, "d", served.folder / "lease.txt", "", 1, "text")),))
        yield TextEvent("In 2027.")
        yield DoneEvent("In 2027.")

    named = client.post(API, json={"title": "Miete: 合同/7?"}).json()["id"]
    with served.scripted(cite):
        ask(client, named, "When?")

    # when
    told = client.get(f"{API}/{named}/export")
    given = client.get(f"{API}/{named}/export", params={"format": "json"})

    # then
    assert told.headers["content-type"] == "text/markdown; charset=utf-8"
    assert told.text.splitlines()[0] == "# Miete: 合同/7?"
    assert told.headers["content-disposition"] == "attachment; filename*=utf-8''Miete-%E5%90%88%E5%90%8C-7.md"
    assert given.json() == client.get(f"{API}/{named}").json()
    assert given.headers["content-disposition"].endswith("-7.json")


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"conversation_id": "nowhere"}, 404),
        ({"conversation_id": "nowhere\u0000"}, 422),
        ({"replaces_turn": 1}, 422),
        ({"replaces_turn": 2**70, "conversation_id": "x"}, 422),
        ({"conversation_id": "x" * 65}, 422),
    ],
)
def test_what_cannot_be_asked_is_refused_before_the_stream(
    client: httpx.Client, more: dict[str, Any], status: int
) -> None:
    # when
    response = client.post("/api/v1/ask", json={"question": "When?", **more})

    # then
    assert response.status_code == status
    assert response.json()["error"]


def test_a_turn_that_is_gone_cannot_be_replaced(client: httpx.Client, begun: str) -> None:
    # when
    asked = {"question": "When?", "conversation_id": begun, "replaces_turn": 3}
    whole = client.post("/api/v1/ask", json=asked, headers=JSON)

    # then
    assert whole.status_code == 404
    assert "no turn 3" in whole.json()["error"]
    assert turns(client, begun) == []


def test_what_an_old_answer_rests_on_opens_where_it_lies_now(
    served: Served, client: httpx.Client, begun: str
) -> None:
    # given
    ask(client, begun, "When does the lease end?")
    [before] = [source for source in turns(client, begun)[0]["sources"] if source["name"] == "lease.txt"]
    (served.folder / "Verträge").mkdir()
    (served.folder / "lease.txt").rename(served.folder / "Verträge" / "Mietvertrag.txt")

    try:
        # when
        served.app.library.add([served.folder])
        after = next(
            source for source in turns(client, begun)[0]["sources"] if source["number"] == before["number"]
        )
        opened = client.get(f"/api/v1/files/{after['file_id']}/content")
        exported = client.get(f"{API}/{begun}/export").text
    finally:
        (served.folder / "Verträge" / "Mietvertrag.txt").rename(served.folder / "lease.txt")
        served.app.library.add([served.folder])

    # then
    assert (after["file_id"], after["name"]) == (before["file_id"], "Mietvertrag.txt")
    assert "LEASE AGREEMENT" in opened.text
    assert "Verträge/Mietvertrag.txt" in exported
