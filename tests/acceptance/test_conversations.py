"""Conversations as users keep them: whole after the server was killed, and by every command."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from standins.openai import MODEL, FakeOpenAI
from standins.program import Program, kill_group, until

pytestmark = pytest.mark.timeout(300)
JSON = {"Accept": "application/json"}


class Talkative(FakeOpenAI):
    """A model with one thing to say, again and again for as long as it is `endless`."""

    endless = False

    def tokens(self, words: Sequence[str], trick: str) -> Iterator[str]:
        yield "The code word is zebra [1]."
        while self.endless and not self.closing.wait(0.01):
            yield " The code word is zebra [1]."


@pytest.fixture
def model() -> Iterator[Talkative]:
    with Talkative(context_tokens=8192) as server:
        yield server


@pytest.fixture
def program(tmp_path: Path, model: Talkative) -> Program:
    settings = {"embedding.runtime": "off", "filing.runtime": "scripted", "filing.model": "twin"}
    settings |= {"chat.runtime": "openai", "chat.url": model.url, "chat.model": MODEL}
    program = Program(tmp_path, settings)
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear neighbour,\n\nthe code word is zebra.\n\nYours, Ida\n")
    program.ok("add", letter)
    return program


def ask(url: str, conversation: str, question: str) -> dict[str, Any]:
    asked = {"question": question, "conversation_id": conversation}
    response = httpx.post(f"{url}/api/v1/ask", json=asked, headers=JSON, trust_env=False, timeout=60)
    answer: dict[str, Any] = response.json()
    return answer


def turns(url: str, conversation: str) -> list[dict[str, Any]]:
    response = httpx.get(f"{url}/api/v1/conversations/{conversation}", trust_env=False, timeout=60)
    found: list[dict[str, Any]] = response.json()["turns"]
    return found


def test_a_conversation_is_whole_after_its_server_was_killed_in_the_midst_of_an_answer(
    program: Program, model: Talkative
) -> None:
    # given
    with program.serving() as (process, url):
        started = httpx.post(f"{url}/api/v1/conversations", json={}, trust_env=False, timeout=60).json()
        ask(url, started["id"], "What is the code word?")
        model.endless = True
        asked = {"question": "What of the code word?", "conversation_id": started["id"]}
        with httpx.stream("POST", f"{url}/api/v1/ask", json=asked, trust_env=False, timeout=60) as response:
            lines = response.iter_lines()  # kept: without it the stream would be closed
            until(lambda: next(lines) == "event: text", "it answers")
            before = until(
                lambda: [turn for turn in turns(url, started["id"]) if turn["text"]][1:], "text is kept"
            )
            [seen] = program.ok("conversations", "show", started["id"], "--json").values

            # when
            kill_group(process)

    # then: the next look of any process knows
    [whole] = program.ok("conversations", "show", started["id"], "--json").values
    first, second = whole["turns"]
    assert (first["state"], first["text"]) == ("done", "The code word is zebra [1].")
    assert first["sources"][0]["name"] == "letter.txt"
    assert [before[0]["state"], seen["turns"][1]["state"]] == ["answering", "answering"]
    assert (second["question"], second["state"]) == (asked["question"], "stopped")
    assert second["text"].startswith(before[0]["text"])
    assert second["sources"] == first["sources"]

    # and it goes on
    model.endless = False
    with program.serving() as (_, url):
        assert ask(url, started["id"], "And the code word?")["turn"] == 3
        assert [turn["state"] for turn in turns(url, started["id"])] == ["done", "stopped", "done"]
    assert len(list((program.data_dir / "run").glob("present-*"))) == 1  # of the last, which was killed too


def test_a_question_that_nobody_waits_for_any_more_is_stopped_though_the_model_is_silent(
    program: Program, model: Talkative
) -> None:
    # given
    with program.serving() as (_, url):
        started = httpx.post(f"{url}/api/v1/conversations", json={}, trust_env=False, timeout=60).json()
        asked = {"question": "What is the code word?", "conversation_id": started["id"]}

        # when: the reader goes while the model has not said a word
        with model.stage.hold():
            with httpx.stream(
                "POST", f"{url}/api/v1/ask", json=asked, trust_env=False, timeout=60
            ) as response:
                lines = response.iter_lines()
                until(lambda: next(lines) == "event: sources", "it has looked")
                model.stage.wait_for(1)
            stopped = until(
                lambda: [turn for turn in turns(url, started["id"]) if turn["state"] == "stopped"],
                "it is stopped",
            )

    # then
    assert [(turn["question"], turn["text"]) for turn in stopped] == [(asked["question"], "")]
    assert stopped[0]["sources"]


def test_commands_keep_find_rename_export_and_delete_conversations(program: Program, tmp_path: Path) -> None:
    # given
    asked = program.ok("ask", "--conversation", "new", "What is the code word?", "--json").values
    named = asked[0]["conversation_id"]
    program.ok("chat", "--conversation", named[:10], stdin="Is the code word zebra?\n")

    # when
    [renamed] = program.ok("conversations", "rename", named, "Das Wort", "--json").values
    listed = program.ok("conversations", "list", "ZEBRA wort", "--json").values
    none = program.ok("conversations", "list", "giraffe", "--json").values
    told = program.ok("conversations", "show", named).out
    [written] = program.ok("conversations", "export", named, tmp_path, "--json").values
    again = program.run("conversations", "export", named, tmp_path)
    [shape] = program.ok("conversations", "export", named, "--format", "json", "--json").values
    printed = program.ok("conversations", "export", named, "--format", "json").out
    program.ok("conversations", "delete", named)
    gone = program.run("conversations", "show", named)
    unknown = program.run("ask", "--conversation", "nowhere", "What is the code word?")

    # then
    assert [(one["id"], one["title"], one["turns"]) for one in listed] == [(named, "Das Wort", 2)]
    assert (renamed["title"], none) == ("Das Wort", [])
    assert "The code word is zebra [^2-1]." in told
    assert Path(written["path"]) == tmp_path / "Das-Wort.md"
    assert Path(written["path"]).read_text("utf-8").strip() == told.strip()
    assert (again.code, "is there already" in again.err) == (1, True)
    assert shape == json.loads(printed)
    assert [turn["question"] for turn in shape["turns"]] == [
        "What is the code word?",
        "Is the code word zebra?",
    ]
    assert (gone.code, unknown.code) == (1, 1)
    assert "there is no conversation" in unknown.err
