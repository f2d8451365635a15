"""Fifty people and one slow model: nobody waits for a question that nobody awaits any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from standins.openai import MODEL, FakeOpenAI
from tests.integration.api.served import DEADLINE_S, LEASE, events_of, listening, settings_in, until

from twolane.app import App
from twolane.config.lane_settings import ChatSettings

PEOPLE = 50


class Asker:
    """One who asks over a connection of their own, and reads what comes."""

    def __init__(self, client: httpx.Client, name: str, conversation_id: str = "") -> None:
        self.name = name
        self.places: list[int] = []
        self.last: tuple[str, dict[str, Any]] = ("", {})
        self._stack = ExitStack()
        body = {"question": f"When does the lease end? {name}"}
        if conversation_id:
            body["conversation_id"] = conversation_id
        response = self._stack.enter_context(client.stream("POST", "/api/v1/ask", json=body))
        self._events = events_of(response)

    def leave(self) -> None:
        """Close the connection, as a page does that is closed or loaded anew."""
        self._stack.close()

    def read_until(self, name: str, place: int | None = None) -> None:
        """Read up to an event, of a place in line where one is given."""
        for event, data in self._events:
            self.last = event, data
            if event == "waiting":
                self.places += [data["place"]] if self.places[-1:] != [data["place"]] else []
            if event == name and place in {None, data.get("place")}:
                return
        raise AssertionError(f"{self.name} never heard {name} {place}, but {self.last}")


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(context_tokens=4096) as server:
        yield server


@pytest.fixture
def client(tmp_path: Path, model: FakeOpenAI) -> Iterator[httpx.Client]:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "lease.txt").write_text(LEASE, "utf-8")
    settings = settings_in(tmp_path / "library")
    chat = {
        "runtime": "openai",
        "model": MODEL,
        "url": model.url,
        "concurrency": 1,
        "max_waiting": 2 * PEOPLE,
    }
    settings = settings.model_copy(update={"chat": ChatSettings.model_validate(chat)})
    with App(settings) as app:
        app.library.add([tmp_path / "documents"])
        app.workers.start()
        until(lambda: app.store.pending().jobs == 0)
        limits = httpx.Limits(max_connections=None)
        with listening(app) as url:
            with httpx.Client(base_url=url, timeout=DEADLINE_S, limits=limits, trust_env=False) as client:
                yield client


def asked(model: FakeOpenAI) -> list[str]:
    """Return whose questions reached the model, in this order."""
    bodies = [seen.body for seen in model.asked("/v1/chat/completions")]
    return [body["messages"][-1]["content"].split()[-1] for body in bodies]


def test_fifty_who_ask_leave_and_ask_anew_are_answered_in_the_order_in_which_they_came(
    client: httpx.Client, model: FakeOpenAI
) -> None:
    # given: one has the model, which says nothing yet, and the others their places behind
    with model.stage.hold():
        first = Asker(client, "person-0")
        first.read_until("sources")
        model.stage.wait_for(inside=1)
        waiting = []
        for number in range(1, PEOPLE):
            waiting.append(Asker(client, f"person-{number}"))
            waiting[-1].read_until("waiting", number)
        assert f"twolane_questions_waiting {PEOPLE - 1}.0" in client.get("/metrics").text

        # when: every second one leaves, and asks anew
        left, stayed = waiting[::2], waiting[1::2]
        for asker in left:
            asker.leave()
        for place, asker in enumerate(stayed, 1):
            asker.read_until("waiting", place)
        anew = []
        for place, asker in enumerate(left, len(stayed) + 1):
            anew.append(Asker(client, f"{asker.name}-anew"))
            anew[-1].read_until("waiting", place)

        # and when the one leaves who has the model
        first.leave()

        # then: the next has it, although it never answered
        stayed[0].read_until("waiting", 0)
        until(lambda: len(asked(model)) == 2)
        stayed[1].read_until("waiting", 1)
        anew[-1].read_until("waiting", PEOPLE - 2)
        assert client.get("/api/v1/status").json()["asks_under_way"] == PEOPLE - 1

    # and then the others, in their order, and none of those who left
    for asker in [*stayed, *anew]:
        asker.read_until("done")
        assert asker.places == sorted(set(asker.places), reverse=True), asker.places
        asker.leave()
    assert asked(model) == ["person-0", *(asker.name for asker in [*stayed, *anew])]
    assert "twolane_questions_waiting 0.0" in client.get("/metrics").text


def test_sources_come_before_the_wait(client: httpx.Client, model: FakeOpenAI) -> None:
    # given
    with model.stage.hold():
        first = Asker(client, "person-0")
        first.read_until("sources")
        model.stage.wait_for(inside=1)

        # when
        second = Asker(client, "person-1")
        second.read_until("sources")
        sources = second.last[1]["sources"]
        second.read_until("waiting", 1)

        # then
        assert [source["name"] for source in sources] == ["lease.txt"]
    first.read_until("done")
    second.read_until("done")


@pytest.mark.parametrize("waits_for", ["model", "place"])
def test_a_conversation_says_that_a_question_was_left_alone(
    client: httpx.Client, model: FakeOpenAI, waits_for: str
) -> None:
    # given
    where = f"/api/v1/conversations/{client.post('/api/v1/conversations', json={}).json()['id']}"
    with model.stage.hold():
        first = Asker(client, "person-0") if waits_for == "place" else None
        if first:
            first.read_until("sources")
            model.stage.wait_for(inside=1)
        asker = Asker(client, "person-1", where.rpartition("/")[2])
        asker.read_until("waiting" if waits_for == "place" else "sources")

        # when
        asker.leave()

        # then: while the model is silent still
        until(lambda: [turn["state"] for turn in client.get(where).json()["turns"]] == ["stopped"])
        (turn,) = client.get(where).json()["turns"]
        assert [source["name"] for source in turn["sources"]] == ["lease.txt"]
    if first:
        first.read_until("done")
