"""The page in a real browser: conversations that are kept, and what can be done with them."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.integration.api.served import DEADLINE_S, LEASE, Script, Served, until

from twolane.answers import (
    AnswerEvent,
    AskedFilter,
    CatalogueEvent,
    CatalogueRow,
    CitationEvent,
    DoneEvent,
    FiltersEvent,
    Source,
    SourcesEvent,
    TextEvent,
    Turn,
    WaitingEvent,
)
from twolane.documents import FoundPassage

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _none_before(served: Served) -> None:
    for one in served.app.conversations.list(limit=500).conversations:
        served.app.conversations.delete(one.conversation_id)


def asked(page: Page, question: str) -> Locator:
    """Ask a question, and return its turn once it is answered."""
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    turn = page.locator(".turn").last
    expect(turn.locator(".question")).to_have_text(question)
    expect(turn.locator(".answer")).to_have_attribute("aria-busy", "false")
    return turn


def echo(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
    said = f"After {len(history)}: {question}"
    yield TextEvent(said)
    yield DoneEvent(said)


def once(may_answer: threading.Event) -> Script:
    def answer(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield SourcesEvent(())
        assert may_answer.wait(DEADLINE_S)
        yield from echo(question, history)

    return answer


def conversations(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Conversations").get_by_role("listitem")


def manage(page: Page, title: str, act: str) -> None:
    """Open what can be done with a conversation, and do one thing of it, by keys alone."""
    page.get_by_role("button", name=f"Change {title}").press("Enter")
    page.get_by_role("navigation", name="Conversations").get_by_role("button", name=act).press("Enter")


def focus_is_on(page: Page) -> str:
    return str(page.evaluate("document.activeElement.tagName"))


def test_a_conversation_outlives_a_reload_and_has_an_address(page: Page, served: Served) -> None:
    # given
    def cite(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        said, citation = "It is 950 euros [1].", CitationEvent(1)
        yield SourcesEvent((Source(1, FoundPassage(1, "d", served.folder / "lease.txt", "", 1, LEASE)),))
        yield TextEvent(said)
        yield citation
        yield DoneEvent(said, cited=(1,), citations=(citation,), seconds=2.0, first_token_s=1.0)

    with served.scripted(cite):
        asked(page, "What is the rent?")
        asked(page, "And the deposit?")
    there = page.url
    assert re.search(r"#/ask/[\w-]+$", there)

    # when
    page.reload()

    # then
    assert page.url == there
    expect(page.locator(".question")).to_have_text(["What is the rent?", "And the deposit?"])
    first = page.locator(".turn").first
    expect(first.locator(".answer-text")).to_have_text("It is 950 euros 1.")
    expect(first.locator(".cost")).to_have_text("2.0 s, first word after 1.0 s")
    first.get_by_role("button", name="Source 1: lease.txt").click()
    expect(page.get_by_role("dialog").get_by_role("heading", level=2)).to_have_text("lease.txt")
    page.keyboard.press("Escape")


def test_a_conversation_stays_while_one_looks_at_other_views(page: Page, served: Served) -> None:
    # given
    with served.scripted(echo):
        asked(page, "One?")

    # when
    page.get_by_role("link", name="Files", exact=True).click()
    page.reload()
    page.get_by_role("link", name="Ask", exact=True).click()

    # then
    expect(page.locator(".question")).to_have_text(["One?"])


def test_conversations_are_listed_searched_and_opened(page: Page, served: Served) -> None:
    # given
    with served.scripted(echo):
        asked(page, "Wann endet die Miete?")
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator(".turn")).to_have_count(0)
        asked(page, "Сколько стоит аренда?")
        expect(conversations(page)).to_have_count(2)
        expect(conversations(page).first.get_by_role("link")).to_have_text("Сколько стоит аренда?")

        # when
        page.get_by_label("Search in conversations").fill("miete")

        # then
        expect(conversations(page)).to_have_count(1)
        conversations(page).get_by_role("link").press("Enter")
        expect(page.locator(".answer-text")).to_have_text(["After 0: Wann endet die Miete?"])
        expect(conversations(page).get_by_role("link")).to_have_attribute("aria-current", "page")
        expect(conversations(page).get_by_role("link")).to_be_focused()
        asked(page, "Und wo?")  # goes on with it
        expect(page.locator(".answer-text").last).to_have_text("After 1: Und wo?")
        page.get_by_label("Search in conversations").fill("zebra")
        expect(page.get_by_text("No conversation has these words.")).to_be_visible()


def test_more_conversations_are_shown_by_keys(page: Page, served: Served) -> None:
    # given
    kept = served.app.conversations
    for number in range(60):
        question = f"Question {number}?"
        with contextlib.closing(
            kept.answer(kept.start().conversation_id, question, partial(echo, question))
        ) as events:
            list(events)
    page.reload()
    first = conversations(page).first.get_by_role("link")
    expect(first).to_have_text("Question 59?")

    # when
    first.press("End")

    # then only those that are seen are on the page, and the last one has the focus
    expect(page.get_by_role("link", name="Question 0?")).to_be_focused()
    assert conversations(page).count() < 60
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("link", name="Question 1?")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".question")).to_have_text("Question 1?")


def test_a_conversation_is_renamed_by_keys_and_keeps_the_focus(page: Page, served: Served) -> None:
    # given
    with served.scripted(echo):
        asked(page, "One?")

    # when
    manage(page, "One?", "Rename")
    expect(page.get_by_label("Title", exact=True)).to_be_focused()
    page.keyboard.type("The <b>lease</b>")
    page.keyboard.press("Enter")

    # then
    expect(conversations(page).get_by_role("link")).to_have_text("The <b>lease</b>")
    expect(conversations(page).get_by_role("link")).to_be_focused()
    manage(page, "The <b>lease</b>", "Rename")
    page.get_by_label("Title", exact=True).fill("Something else")
    page.keyboard.press("Escape")
    expect(conversations(page).get_by_role("link")).to_have_text("The <b>lease</b>")
    expect(page.get_by_role("button", name="Change The <b>lease</b>")).to_be_focused()


def test_a_conversation_is_saved_as_a_file(page: Page, served: Served, tmp_path: Path) -> None:
    # given
    with served.scripted(echo):
        asked(page, "One?")

    for form in ("Markdown", "JSON"):
        # when
        page.get_by_role("button", name="Change One?").click()
        with page.expect_download() as download:
            page.get_by_role("link", name=f"Save One? as {form}").click()
        saved = tmp_path / form
        download.value.save_as(saved)

        # then
        assert "After 0: One?" in saved.read_text("utf-8")
        page.get_by_role("button", name="Change One?").click()


def test_a_deleted_conversation_can_be_brought_back_until_one_leaves(page: Page, served: Served) -> None:
    # given
    with served.scripted(echo):
        asked(page, "One?")
        page.get_by_role("button", name="New conversation").click()
        asked(page, "Two?")

    # when
    manage(page, "Two?", "Delete")
    expect(conversations(page)).to_have_count(1)
    expect(page.locator(".turn")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"#/ask$"))
    assert focus_is_on(page) != "BODY"
    page.get_by_role("button", name="Undo").press("Enter")

    # then
    expect(conversations(page)).to_have_count(2)
    expect(page.get_by_role("link", name="Two?")).to_be_focused()
    manage(page, "Two?", "Delete")
    page.reload()
    until(lambda: [one.title for one in served.app.conversations.list().conversations] == ["One?"])


def test_a_conversation_that_is_not_there_says_so(browser: Browser, served: Served) -> None:
    # given
    context = browser.new_context()
    page = context.new_page()

    # when
    page.goto(f"{served.url}/#/ask/nothing-here")

    # then
    expect(page.get_by_role("log").get_by_role("alert")).to_be_visible()
    context.close()


def test_a_question_is_asked_again_in_its_place(page: Page, served: Served) -> None:
    # given
    with served.scripted(echo):
        asked(page, "One?")
        asked(page, "Two?")

    def otherwise(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        said = f"Otherwise, after {len(history)}"
        yield TextEvent(said)
        yield DoneEvent(said)

    with served.scripted(otherwise):
        # when
        page.get_by_role("button", name="Ask again").last.press("Enter")

        # then
        expect(page.locator(".answer-text")).to_have_text(["After 0: One?", "Otherwise, after 1"])
        expect(page.get_by_label("Your question")).to_be_focused()
    page.reload()
    expect(page.locator(".answer-text")).to_have_text(["After 0: One?", "Otherwise, after 1"])


def test_a_question_is_changed_and_what_came_after_it_goes(page: Page, served: Served) -> None:
    # given
    with served.scripted(echo):
        for question in ("One?", "Two?", "Three?"):
            asked(page, question)

        # when
        page.get_by_role("button", name="Edit this question").nth(1).press("Enter")
        expect(page.get_by_label("The question, changed")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Edit this question").nth(1)).to_be_focused()
        page.keyboard.press("Enter")
        page.get_by_label("The question, changed").fill("Second?")
        page.keyboard.press("Enter")

        # then
        expect(page.locator(".answer-text")).to_have_text(["After 0: One?", "After 1: Second?"])
        assert focus_is_on(page) == "TEXTAREA"
    page.reload()
    expect(page.locator(".question")).to_have_text(["One?", "Second?"])


def test_what_is_asked_again_and_stopped_before_it_begins_replaces_nothing(
    page: Page, served: Served
) -> None:
    # given
    def wait(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        while True:
            yield WaitingEvent(1, 0.0)
            threading.Event().wait(0.05)

    with served.scripted(echo):
        asked(page, "One?")
        asked(page, "Two?")

    with served.scripted(wait):
        # when
        page.get_by_role("button", name="Edit this question").first.click()
        page.get_by_label("The question, changed").fill("First?")
        page.keyboard.press("Enter")
        expect(page.locator(".question:visible")).to_have_text(["First?"])
        expect(page.locator(".turn:visible .wait")).to_contain_text("Next in line")
        page.get_by_role("button", name="Stop").click()

        # then
        expect(page.locator(".question:visible")).to_have_text(["One?", "Two?", "First?"])
        expect(page.locator(".cost")).to_have_text(["Stopped."])
    page.reload()
    expect(page.locator(".question").first).to_have_text("One?")
    expect(page.locator(".answer-text").nth(1)).to_have_text("After 1: Two?")


def test_a_filter_is_taken_away_and_no_later_question_with_it(page: Page, served: Served) -> None:
    # given
    def count(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        said = "2 invoices.\n- invoice.txt"
        row = CatalogueRow(1, served.folder / "invoice.txt", "", "invoice", None, "", "80 EUR")
        yield FiltersEvent((AskedFilter("category", "invoice", "Invoice", "invoices"),))
        yield CatalogueEvent("count", (row,), 2)
        yield TextEvent(said)
        yield DoneEvent(said)

    with served.scripted(count):
        asked(page, "How many invoices?")
        asked(page, "And which?")

    with served.scripted(echo):
        # when
        crosses = page.get_by_role("button", name="Ask again without Category: Invoice")
        with page.expect_request("**/api/v1/ask") as last:
            crosses.last.press("Enter")
        expect(page.locator(".answer-text")).to_have_text(["2 invoices.", "After 1: And which?"])
        page.reload()
        expect(page.get_by_role("group", name="Files of the catalogue").get_by_role("row")).to_have_count(2)
        with page.expect_request("**/api/v1/ask") as again:
            page.get_by_role("button", name="Ask again", exact=True).last.press("Enter")
        expect(page.locator(".answer-text").last).to_have_text("After 1: And which?")
        with page.expect_request("**/api/v1/ask") as first:
            crosses.press("Enter")

        # then
        expect(page.locator(".answer-text").last).to_have_text("After 2: How many invoices?")
        expect(page.locator(".question")).to_have_text(
            ["How many invoices?", "And which?", "How many invoices?"]
        )
    sent, earlier = last.value.post_data_json, first.value.post_data_json
    assert sent
    assert earlier
    assert (sent["replaces_turn"], sent["without"]) == (2, ["category:invoice"])
    assert earlier["without"] == ["category:invoice"]
    assert "replaces_turn" not in earlier
    assert again.value.post_data_json == sent


def test_questions_and_answers_are_copied(page: Page, served: Served) -> None:
    # given
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = asked(page, "When does the lease end?")

    # when
    turn.get_by_role("button", name="Copy this answer").press("Enter")

    # then
    expect(page.locator("#toast")).to_have_text("The answer is copied, with its sources")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith("[1] lease.txt")
    expect(turn.get_by_role("button", name="Copy this answer")).to_be_focused()
    turn.get_by_role("button", name="Copy this question").press("Enter")
    expect(page.locator("#toast")).to_have_text("The question is copied")
    assert page.evaluate("navigator.clipboard.readText()") == "When does the lease end?"


def test_a_conversation_is_answered_on_while_one_is_in_another(page: Page, served: Served) -> None:
    # given
    may_answer = threading.Event()
    with served.scripted(once(may_answer)):
        page.get_by_label("Your question").fill("Slow?")
        page.keyboard.press("Enter")
        expect(conversations(page).get_by_role("link")).to_have_text(["Slow?"])

        # when
        page.get_by_role("button", name="New conversation").click()
        expect(page.get_by_label("Your question")).to_be_focused()
        expect(page.get_by_role("button", name="Stop")).to_be_hidden()
        may_answer.set()
        asked(page, "Other?")
        conversations(page).get_by_role("link", name="Slow?").click()

        # then
        expect(page.locator(".answer-text")).to_have_text(["After 0: Slow?"])
        page.go_back()
        expect(page.locator(".answer-text")).to_have_text(["After 0: Other?"])


def test_a_page_that_is_closed_stops_the_answer_and_keeps_the_question(
    browser: Browser, served: Served
) -> None:
    # given
    closed = threading.Event()

    def endless(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        try:
            yield TextEvent("It goes on")
            while True:
                threading.Event().wait(0.05)
                yield TextEvent(" and on")
        finally:
            closed.set()

    context = browser.new_context()
    page = context.new_page()
    page.goto(served.url)
    with served.scripted(endless):
        page.get_by_label("Your question").fill("How long?")
        page.keyboard.press("Enter")
        expect(page.locator(".answer-text")).to_have_text(re.compile("It goes on and on"))
        there = page.url

        # when
        page.close()

        # then
        assert closed.wait(DEADLINE_S)
    page = context.new_page()
    page.goto(there)
    expect(page.locator(".answer-text")).to_have_text(re.compile("^It goes on"))
    expect(page.locator(".cost")).to_have_text("Stopped.")
    context.close()


def test_a_small_screen_lays_the_conversations_over_the_chat(page: Page, served: Served) -> None:
    # given
    with served.scripted(echo):
        asked(page, "One?")
        page.get_by_role("button", name="New conversation").click()
    page.set_viewport_size({"width": 320, "height": 640})
    page.reload()
    expect(conversations(page).first).to_be_hidden()

    # when
    page.get_by_role("button", name="Conversations").press("Enter")

    # then
    expect(page.get_by_label("Search in conversations")).to_be_focused()
    wider = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert wider is False
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Conversations")).to_be_focused()
    page.keyboard.press("Enter")
    conversations(page).get_by_role("link", name="One?").press("Enter")
    expect(page.locator(".answer-text")).to_have_text(["After 0: One?"])
    expect(conversations(page).first).to_be_hidden()
    expect(page.get_by_label("Your question")).to_be_focused()


def test_a_file_that_the_catalogue_counts_is_opened_from_its_row(page: Page) -> None:
    # given
    turn = asked(page, "Which files are in the folder documents?")
    expect(turn.get_by_role("list", name="Only these files were looked at")).to_contain_text("Folder: ")
    table = turn.get_by_role("group", name="Files of the catalogue")

    # when
    table.get_by_role("button", name="lease.txt").press("Enter")

    # then
    expect(page.locator("#panel-title")).to_have_text("lease.txt")
    page.keyboard.press("Escape")
    expect(table.get_by_role("button", name="lease.txt")).to_be_focused()
