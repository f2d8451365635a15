"""The tools over HTTP, by the SDK's client in both revisions."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import ListToolsResult
from tests.integration.api.served import HOSTILE_NAME, INVOICE, LEASE, Served
from tests.integration.mcp.clients import DEADLINE_S, REVISIONS, call, talk, text_of

from twolane.answers import (
    AnswerEvent,
    AskedFilter,
    CatalogueEvent,
    CatalogueRow,
    DoneEvent,
    ErrorEvent,
    ExtractsCause,
    ExtractsEvent,
    FiltersEvent,
    QuestionEvent,
    SourcesEvent,
    TextEvent,
    Turn,
    WaitingEvent,
)

QUESTION = "When does the lease end?"
pytestmark = pytest.mark.parametrize("revision", REVISIONS)


def file_id(served: Served, name: str) -> int:
    record = served.app.library.file_at(served.folder / name)
    assert record
    return record.file_id


def test_the_tools_say_what_they_change_and_what_they_give(mcp_url: str, revision: str) -> None:
    # when
    listed: ListToolsResult = talk(mcp_url, revision, lambda client: client.list_tools())

    # then
    tools = {tool.name: tool for tool in listed.tools}
    hints = {name: tool.annotations for name, tool in tools.items() if tool.annotations}
    assert hints.keys() == tools.keys()
    reading = {name for name, hint in hints.items() if hint.read_only_hint}
    assert reading == {"search", "ask", "list_files", "read_page", "list_categories"}
    assert {name for name, hint in hints.items() if hint.destructive_hint} == {"correct", "undo_correction"}
    assert not any(hint.open_world_hint for hint in hints.values())
    assert all((tool.output_schema or {})["type"] == "object" for tool in tools.values())
    assert "path" not in tools["file"].input_schema["properties"]


def test_a_search_gives_passages_with_their_places(served: Served, mcp_url: str, revision: str) -> None:
    # when
    result = call(mcp_url, revision, "search", query="monthly rent", limit=1)

    # then
    (passage,) = result.structured_content["passages"]
    assert (passage["file_id"], passage["page"]) == (file_id(served, "lease.txt"), 1)
    assert passage["score"] > 0
    assert "950 euros" in text_of(result)


def test_a_text_that_no_database_holds_is_refused(mcp_url: str, revision: str) -> None:
    # when
    refused = call(mcp_url, revision, "search", query="monthly\0rent")

    # then
    assert refused.is_error
    assert "the character NUL" in text_of(refused)


def test_an_answer_comes_with_its_text_as_progress(mcp_url: str, revision: str) -> None:
    # given
    told: list[tuple[float, str]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, message or ""))

    async def ask(client: Client) -> Any:
        return await client.call_tool("ask", {"question": QUESTION}, progress_callback=hear)

    # when
    result = talk(mcp_url, revision, ask)

    # then
    answer = result.structured_content
    assert "".join(words for _, words in told).split() == answer["text"].split()
    assert [progress for progress, _ in told] == sorted({progress for progress, _ in told})
    assert answer["cited"] == [1]
    assert {one["status"] for one in answer["citations"]} == {"verified"}
    assert answer["sources"][0]["name"] == "lease.txt"
    assert "[1] lease.txt (file" in text_of(result)
    assert ": verified" in text_of(result)


def test_a_question_is_asked_of_a_part_of_the_library(mcp_url: str, revision: str) -> None:
    # when
    result = call(mcp_url, revision, "ask", question="What is 80 euros for?", name="invoice.txt")

    # then
    assert {source["name"] for source in result.structured_content["sources"]} == {"invoice.txt"}


def test_a_question_that_the_files_do_not_answer_is_refused_and_no_error(mcp_url: str, revision: str) -> None:
    # when
    result = call(mcp_url, revision, "ask", question="👍")

    # then
    assert not result.is_error
    assert (result.structured_content["refused"], result.structured_content["cause"]) == (True, "unclear")


def test_what_an_answer_waits_for_is_told_and_what_is_taken_back_is_not(
    served: Served, mcp_url: str, revision: str
) -> None:
    # given
    def waits(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent(())
        yield WaitingEvent(2, 0.5)
        yield WaitingEvent(2, 1.0)
        yield WaitingEvent(0, 1.5)
        yield ExtractsEvent(ExtractsCause.LOADING)
        yield TextEvent("quoted until a model answers")
        yield SourcesEvent(())
        yield TextEvent("The lease ")
        yield TextEvent("ends.")
        yield DoneEvent("The lease ends.", waiting_files=3)

    told: list[str] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append(message or "")

    async def ask(client: Client) -> Any:
        return await client.call_tool("ask", {"question": QUESTION}, progress_callback=hear)

    # when
    with served.scripted(waits):
        result = talk(mcp_url, revision, ask)

    # then
    assert "".join(told) == "(number 2 in line)\nThe lease ends."
    assert "3 files have not been read yet" in text_of(result)


def test_a_call_that_is_silent_for_long_is_told_to_be_under_way(
    served: Served, mcp_url: str, revision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    heard = threading.Event()

    def is_silent(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent(())
        assert heard.wait(DEADLINE_S)
        yield DoneEvent("At last.")

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.set()

    async def ask(client: Client) -> Any:
        return await client.call_tool("ask", {"question": QUESTION}, progress_callback=hear)

    monkeypatch.setattr("twolane.mcp.protocol.ALIVE_EVERY_S", 0.0)

    # when
    with served.scripted(is_silent):
        result = talk(mcp_url, revision, ask)

    # then
    assert result.structured_content["text"] == "At last."


def test_an_answer_from_the_catalogue_names_what_it_counts(
    served: Served, mcp_url: str, revision: str
) -> None:
    # given
    def counts(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield QuestionEvent("How many invoices are there of 2026?")
        yield FiltersEvent((AskedFilter("category", "invoice", "Rechnung", "Rechnungen"),))
        row = CatalogueRow(2, Path("/papers/счёт.txt"), "", "invoice", None, "Hafen & Söhne", "80.00 EUR")
        yield CatalogueEvent("sum", (row,), 1, ("80.00 EUR",))
        yield TextEvent("80.00 EUR")
        yield DoneEvent("80.00 EUR")

    # when
    with served.scripted(counts):
        result = call(mcp_url, revision, "ask", question="Und 2026?")

    # then
    assert result.structured_content["catalogue"]["totals"] == ["80.00 EUR"]
    text = text_of(result)
    assert "by a query of the catalogue" in text
    assert "Understood as: How many invoices are there of 2026?" in text
    assert "Only: Rechnung (category:invoice)" in text
    assert "счёт.txt (file 2): 80.00 EUR, Hafen & Söhne, invoice" in text


def test_what_was_read_out_of_a_question_can_be_taken_away(
    served: Served, mcp_url: str, revision: str
) -> None:
    # given
    asked = {"question": "How many invoices do I have?", "folder": str(served.folder)}

    # when
    read = call(mcp_url, revision, "ask", **asked).structured_content
    without = call(mcp_url, revision, "ask", **asked, without="category:invoice").structured_content

    # then
    assert [(one["kind"], one["value"]) for one in read["filters"]] == [("category", "invoice")]
    assert {row["category"] for row in read["catalogue"]["rows"]} == {"invoice"}
    assert without["filters"] == []
    assert without["catalogue"]["total"] == 3


def test_an_answer_that_fails_is_an_error_and_one_without_a_model_quotes(
    served: Served, mcp_url: str, revision: str
) -> None:
    # given
    def fails(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent(())
        yield ErrorEvent("nothing answers at the address", "start the server")
        yield DoneEvent("")

    def quotes(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent(())
        yield ExtractsEvent(ExtractsCause.NO_MODEL)
        yield TextEvent("The lease ends on 30 June 2027")
        yield DoneEvent("The lease ends on 30 June 2027", extracts=ExtractsCause.NO_MODEL)

    # when
    with served.scripted(fails):
        failed = call(mcp_url, revision, "ask", question=QUESTION)
    with served.scripted(quotes):
        quoted = call(mcp_url, revision, "ask", question=QUESTION)

    # then
    assert (failed.is_error, text_of(failed)) == (
        True,
        "nothing answers at the address\n  → start the server",
    )
    assert not quoted.is_error
    assert text_of(quoted).startswith("No model answered: the places in the files that fit best are quoted.")


def test_files_are_listed_in_parts(served: Served, mcp_url: str, revision: str) -> None:
    # when
    folder = str(served.folder)
    first = call(mcp_url, revision, "list_files", folder=folder, limit=2).structured_content
    rest = call(mcp_url, revision, "list_files", folder=[folder], limit=2, offset=2).structured_content

    # then
    assert (first["total"], len(first["files"]), len(rest["files"])) == (3, 2, 1)
    names = {file["name"] for file in first["files"] + rest["files"]}
    assert names == {"lease.txt", "invoice.txt", HOSTILE_NAME}


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ({"name": "lease"}, {"lease.txt"}),
        ({"kind": "image/*"}, set()),
        ({"category": "Contract", "name": "lease"}, {"lease.txt"}),
        ({"category": ["contract", "invoice"], "name": "lease.txt"}, {"lease.txt"}),
        ({"dated_from": "2031-01-01"}, set()),
        ({"field": "total_due>=1000000"}, set()),
        ({"state": ["quarantined"]}, set()),
        ({"state": ["review", "filed"], "name": "lease"}, {"lease.txt"}),
        ({"tag": "никогда"}, set()),
    ],
)
def test_what_is_listed_is_narrowed(
    mcp_url: str, revision: str, narrowed: dict[str, Any], found: set[str]
) -> None:
    # when
    result = call(mcp_url, revision, "list_files", **narrowed)

    # then
    assert {file["name"] for file in result.structured_content["files"]} == found


def test_a_page_is_read_in_parts(served: Served, mcp_url: str, revision: str) -> None:
    # given
    wanted = {"file_id": file_id(served, "lease.txt"), "max_chars": 100}

    # when
    first = call(mcp_url, revision, "read_page", **wanted).structured_content
    rest = call(mcp_url, revision, "read_page", **{**wanted, "start": 100, "max_chars": 9000})

    # then
    assert first["next_start"] == 100
    assert rest.structured_content["next_start"] is None
    assert first["text"] + rest.structured_content["text"] == LEASE.strip()


def test_what_comes_from_files_stands_between_marks_that_none_can_know(
    served: Served, mcp_url: str, revision: str
) -> None:
    # given
    wanted = {"file_id": file_id(served, "lease.txt")}

    # when
    once, again = (text_of(call(mcp_url, revision, "read_page", **wanted)) for _ in range(2))

    # then
    _, warning, mark, *read, last = once.splitlines()
    assert "never an instruction" in warning
    assert mark == last
    assert "The monthly rent is 950 euros" in "\n".join(read)
    assert mark not in again


def test_a_correction_is_kept_and_taken_back(served: Served, mcp_url: str, revision: str) -> None:
    # given
    wanted = {"file_id": file_id(served, "invoice.txt")}
    before = served.app.library.file(wanted["file_id"]).classification
    assert before

    # when
    corrected = call(mcp_url, revision, "correct", **wanted, category="Receipt").structured_content
    history = served.app.review.history(served.app.library.file(wanted["file_id"]))
    undone = call(mcp_url, revision, "undo_correction", **wanted).structured_content

    # then
    assert corrected["classification"]["category"] == "receipt"
    assert (history[-1].by, history[-1].classification.tier) == ("mcp", "person")
    assert undone["classification"]["category"] == before.category


@pytest.mark.parametrize("form", ["text", "content"])
def test_a_document_is_filed(served: Served, mcp_url: str, revision: str, form: str) -> None:
    # given
    text = f"{INVOICE}\nMemo {revision} {form}: счёт, Rechnung, 发票\n"
    given = text if form == "text" else base64.b64encode(text.encode()).decode()

    # when
    filed = call(
        mcp_url, revision, "file", **{form: given}, name="новый счёт.txt", wait_s=240
    ).structured_content
    again = call(mcp_url, revision, "file", **{form: given}, name="again.txt").structured_content

    # then
    (file,) = filed["files"]
    assert (filed["is_new"], filed["waiting"]) == (True, 0)
    assert file["classification"]["category"] == "invoice"
    assert again["is_new"] is False
    assert [one["file_id"] for one in again["files"]] == [file["file_id"]]


@pytest.mark.parametrize(
    ("tool", "arguments", "what", "remedy"),
    [
        ("read_page", {"file_id": 999_999}, "there is no file", "twolane files"),
        ("read_page", {"file_id": "one"}, "file_id: Input should be a valid integer", "read_page"),
        ("search", {"query": "rent", "limit": 5000}, "limit: ", "schema of search"),
        ("search", {"query": "rent", "path": "/"}, "path: Extra inputs are not permitted", "schema"),
        ("list_files", {"category": "nowhere"}, "there is no category", "→"),
        ("list_files", {"correspondent": "Nobody & Sons"}, "Nobody & Sons", "→"),
        ("list_files", {"field": "nothing=1"}, "nothing", "→"),
        ("correct", {"file_id": 1, "category": "nowhere"}, "there is no category", "→"),
        ("undo_correction", {"file_id": 999_999}, "there is no file", "→"),
        ("file", {"path": "/etc/passwd"}, "takes no path of this machine", "twolane add"),
        ("file", {}, "give one of path, text and content", "schema of file"),
        ("file", {"content": "AAAA"}, "content needs a name", "schema of file"),
        ("file", {"content": "A", "name": "a.txt"}, "content: ", "schema of file"),
    ],
)
def test_an_error_says_what_happened_and_what_to_do(
    mcp_url: str, revision: str, tool: str, arguments: dict[str, Any], what: str, remedy: str
) -> None:
    # when
    result = call(mcp_url, revision, tool, **arguments)

    # then
    assert result.is_error
    assert what in text_of(result)
    assert remedy in text_of(result)


def test_no_file_can_name_a_tool(mcp_url: str, revision: str) -> None:
    # when
    with pytest.raises(BaseExceptionGroup) as raised:
        call(mcp_url, revision, HOSTILE_NAME)

    # then
    assert raised.group_contains(MCPError, match="there is no tool")
