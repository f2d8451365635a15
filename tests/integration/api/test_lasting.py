"""Answers under way end once their reader is let in no more, in every protocol."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

import httpx
import pytest
from tests.integration.api.people import People, people
from tests.integration.api.served import DEADLINE_S, LEASE
from tests.integration.mcp.wire import stateless

from twolane.answers import AnswerEvent, TextEvent, Turn
from twolane.api import lasting
from twolane.principal import Right, Role, Share, ShareKind
from twolane.store.admitted import UserChange
from twolane.store.base import Store
from twolane.store.opening import open_store

SAID = [{"role": "user", "content": "When does the lease end?"}]
ASKED: dict[str, dict[str, Any]] = {
    "/api/v1/ask": {"json": {"question": "When does the lease end?"}},
    "/api/v1/ask whole": {
        "json": {"question": "When does the lease end?"},
        "headers": {"Accept": "application/json"},
    },
    "/v1/chat/completions": {"json": {"model": "twolane", "messages": SAID, "stream": True}},
    "/v1/chat/completions whole": {"json": {"model": "twolane", "messages": SAID}},
    "/v1/responses": {"json": {"model": "twolane", "input": SAID, "stream": True}},
    "/api/chat": {"json": {"model": "twolane", "messages": SAID}},
    "/mcp": stateless("tools/call", "ask", arguments={"question": "When does the lease end?"}),
}

# what ends what a user of this name is doing
ENDINGS: dict[str, Callable[[Store, str], object]] = {
    "shared": lambda store, name: store.shares.set(Share(ShareKind.FOLDER, "/elsewhere", frozenset({"ben"}))),
    "demoted": lambda store, name: store.users.change(name, UserChange(role=Role.READER)),
    "signed-out": lambda store, name: store.sign_ins.end_all(name),
    "disabled": lambda store, name: store.users.disable(name),
    "removed": lambda store, name: store.users.remove(name, None),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    with people(tmp_path_factory.mktemp("office"), {"lease.txt": LEASE}) as running:
        yield running


@pytest.mark.parametrize("asked", ASKED)
def test_an_answer_ends_with_its_readers_rights(
    office: People, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(lasting, "CHECK_EVERY_S", 0.1)
    began, closed = threading.Event(), threading.Event()

    def endless(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        try:
            while not closed.is_set():
                yield TextEvent("and ")
                began.set()
                closed.wait(0.05)
        finally:
            closed.set()

    def disable() -> None:
        began.wait(DEADLINE_S)
        office.app.access.users.disable("ada")

    # when
    office.app.access.users.enable("ada")
    threading.Thread(target=disable, daemon=True).start()
    try:
        with office.served.scripted(endless), office.as_user("ada") as ada:
            ada.timeout = httpx.Timeout(15)
            told = ada.post(asked.partition(" ")[0], **ASKED[asked])
    finally:
        ended = closed.wait(5)
        closed.set()

    # then
    assert ended
    assert "has changed meanwhile" in told.text


@pytest.mark.parametrize("name", ENDINGS)
def test_what_lasts_ends_by_what_another_server_did(
    office: People, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(lasting, "CHECK_EVERY_S", 0.1)
    began, closed = threading.Event(), threading.Event()
    office.app.access.users.add(name, Role.MEMBER)

    def endless(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        while not closed.wait(0.05):
            yield TextEvent("and ")
            began.set()

    def elsewhere() -> None:
        began.wait(DEADLINE_S)
        with closing(open_store(office.app.settings)) as store:
            ENDINGS[name](store, name)

    # when
    threading.Thread(target=elsewhere, daemon=True).start()
    try:
        with (
            office.served.scripted(endless),
            office.as_user(name) as follower,
            office.as_user(name) as asking,
            follower.stream("GET", "/api/v1/events") as events,
        ):
            lines = events.iter_lines()
            first = next(lines)
            told = asking.post("/api/v1/ask", json={"question": "When does the lease end?"})
            rest = list(lines)  # which has an end
    finally:
        closed.set()

    # then
    assert first
    assert rest
    assert "has changed meanwhile" in told.text


def test_a_token_that_is_revoked_ends_what_it_asks(office: People, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setattr(lasting, "CHECK_EVERY_S", 0.1)
    closed = threading.Event()

    def endless(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        made = office.app.access.tokens.list()[-1]
        office.app.access.tokens.revoke(made.name)
        while not closed.wait(0.05):
            yield TextEvent("and ")

    # when
    try:
        with office.served.scripted(endless), office.as_token(Right.ASK) as program:
            told = program.post("/api/v1/ask", json={"question": "When does the lease end?"})
    finally:
        closed.set()

    # then
    assert "has changed meanwhile" in told.text
