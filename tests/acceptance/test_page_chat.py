"""The page in a real browser: questions and answers, while they come and afterwards."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.integration.api.served import DEADLINE_S, LEASE, Served

from twolane.answers import (
    AnswerEvent,
    CitationEvent,
    DoneEvent,
    QuestionEvent,
    Source,
    SourcesEvent,
    TextEvent,
    Turn,
    WaitingEvent,
)
from twolane.documents import FoundPassage

pytestmark = pytest.mark.browser


def ask(page: Page, question: str) -> Locator:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    return page.locator(".turn").last


def lease(served: Served, number: int = 1) -> Source:
    return Source(number, FoundPassage(1, "d", served.folder / "lease.txt", "", 1, LEASE))


def test_whoever_waits_sees_the_sources_and_how_long_it_takes(page: Page, served: Served) -> None:
    # given
    may_have_its_turn, may_answer = threading.Event(), threading.Event()

    def slow(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield QuestionEvent("Where does the lease state the rent?")
        yield SourcesEvent((lease(served),))
        yield WaitingEvent(3, 0.0)
        assert may_have_its_turn.wait(DEADLINE_S)
        yield WaitingEvent(0, 1.0)
        assert may_answer.wait(DEADLINE_S)
        yield TextEvent("Look there.")
        yield DoneEvent("Look there.")

    with served.scripted(slow):
        # when
        turn = ask(page, "And where is the rent?")

        # then
        expect(turn.locator(".full-question")).to_have_text(
            "Searched for: Where does the lease state the rent?"
        )
        expect(turn.locator(".wait")).to_contain_text("Number 3 in line")
        may_have_its_turn.set()
        found = turn.get_by_role("list", name="Found in your files: one passage").get_by_role("button")
        expect(found).to_contain_text("lease.txt")
        expect(turn.locator(".wait")).to_contain_text("Reading one passage")
        expect(turn.locator(".elapsed")).to_have_text(re.compile(r"^\d+ s$"))
        found.focus()
        may_answer.set()
        expect(turn.locator(".answer")).to_have_attribute("aria-busy", "false")
        expect(turn.get_by_role("list", name="Looked at (1)").get_by_role("button")).to_be_focused()
        expect(turn.locator(".wait")).to_have_count(0)


def test_numbers_in_code_are_no_citations(page: Page, served: Served) -> None:
    # given
    said = "Read `rows[1]` [1]:\n```\nrows[1] <b>\n```\n"

    def speak(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent((lease(served),))
        yield TextEvent(said)
        yield CitationEvent(1)
        yield DoneEvent(said, cited=(1,), citations=(CitationEvent(1),))

    with served.scripted(speak):
        # when
        turn = ask(page, "Which row?")

        # then
        expect(turn.locator("code")).to_have_text(["rows[1]", "rows[1] <b>\n"])
        expect(turn.locator(".answer-text button")).to_have_text(["1"])
