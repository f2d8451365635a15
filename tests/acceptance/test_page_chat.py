"""The page in a real browser: questions and answers, while they come and afterwards."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.integration.api.served import DEADLINE_S, LEASE, Served, until
from tests.unit.extract.made_pdf import lines, raw_pdf

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
from twolane.facts import TextSpan

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
        found = page.get_by_role("complementary", name="Where it stands").get_by_role("button")
        expect(found).to_contain_text("lease.txt")
        expect(turn.locator(".wait")).to_contain_text("Reading one passage")
        expect(turn.locator(".elapsed")).to_have_text(re.compile(r"^\d+ s$"))
        found.focus()
        may_answer.set()
        expect(turn.locator(".answer")).to_have_attribute("aria-busy", "false")
        expect(turn.get_by_text("Looked at (1)")).to_be_visible()
        expect(found).to_be_focused()
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


def test_an_answer_is_shown_as_it_is_written_read_out_whole_and_narrowed_by_hand(
    page: Page, served: Served
) -> None:
    # given
    said = "## Term\n\n- *ends* in **June** [1]\n\n| What | When |\n|---|---:|\n| Rent | monthly [1] |\n"
    said += "\n[a](http://h/) <b>\n"

    def answer(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent((lease(served),))
        for at in range(0, len(said), 7):
            yield TextEvent(said[at : at + 7])
        end = LEASE.index("30 June")
        states = CitationEvent(1, spans=(TextSpan(1, end, end + 12),))
        yield DoneEvent(said, (1,), citations=(states, CitationEvent(1)))

    page.get_by_text("Ask only of some files").click()
    page.get_by_role("region", name="Ask").get_by_label("Folder").fill(str(served.folder))
    page.keyboard.press("Enter")

    # when
    with served.scripted(answer):
        turn = ask(page, "What about the term?")
        expect(turn.locator(".answer")).to_have_attribute("aria-busy", "false")

    # then
    text = turn.locator(".answer-text")
    expect(text.get_by_role("heading", name="Term")).to_be_visible()
    expect(text.get_by_role("listitem").locator("em, strong")).to_have_text(["ends", "June"])
    expect(text.get_by_role("table").get_by_role("cell")).to_have_text(["Rent", "monthly 1"])
    expect(text.locator("a, b")).to_have_count(0)
    expect(text.get_by_role("button", name="Source 1")).to_have_count(2)
    expect(page.locator("#talk-said")).to_contain_text("Answer: Term")
    expect(page.locator("#evidence mark")).to_have_text("30 June 2027")
    expect(turn.locator(".chosen-files")).to_contain_text(f"Only of these files: Folder: {served.folder}")
    page.reload()
    expect(page.locator(".chosen-files")).to_contain_text("Folder")
    [kept] = served.app.conversations.list(limit=1).conversations
    assert served.app.conversations.get(kept.conversation_id).turns[0].within == (f"folder:{served.folder}",)


def test_a_source_is_shown_beside_as_its_page_looks_with_its_words_marked(page: Page, served: Served) -> None:
    # given
    paper = served.folder / "receipt.pdf"
    paper.write_bytes(raw_pdf(lines("Receipt", "", "The deposit is 1900 euros.")))
    served.app.library.add([served.folder])
    until(lambda: served.app.library.pending().jobs == 0)
    record = served.app.library.file_at(paper)
    assert record is not None
    text = served.app.library.page(record, 1).text
    at = text.index("1900 euros")

    def answer(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent((Source(1, FoundPassage(1, record.document, paper, "", 1, text)),))
        yield DoneEvent(
            "It is 1900 euros [1].", (1,), citations=(CitationEvent(1, spans=(TextSpan(1, at, at + 10),)),)
        )

    # when
    with served.scripted(answer):
        ask(page, "What is the deposit?")

    # then
    shown = page.get_by_role("complementary", name="Where it stands")
    expect(shown.get_by_role("img", name="Source 1, as it looks: receipt.pdf")).to_be_visible()
    expect(shown.locator(".evidence-mark").first).to_be_visible()
    expect(shown.locator(".evidence-text")).to_be_hidden()
    shown.get_by_role("button").press("Enter")
    expect(page.get_by_role("dialog").get_by_role("heading", level=2)).to_have_text("receipt.pdf")
    page.keyboard.press("Escape")
    expect(shown.get_by_role("button")).to_be_focused()
