"""Many tabs of one browser, which opens six connections to a server: none keeps another from working."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request, expect
from tests.integration.api.served import DEADLINE_S, SteeredApp, listening, settings_in

from twolane.answers import AnswerEvent, TextEvent, Turn

TABS = 8


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SteeredApp]:
    settings = settings_in(tmp_path)
    chat = settings.chat.model_copy(update={"concurrency": TABS, "max_waiting": TABS})
    with SteeredApp(settings.model_copy(update={"chat": chat})) as app:
        yield app


def test_eight_tabs_ask_and_each_is_answered(browser: Browser, app: SteeredApp) -> None:
    # given
    go_on = threading.Event()

    def held(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        yield TextEvent(f"About {question}: ")
        go_on.wait(DEADLINE_S)
        yield TextEvent("yes.")

    app.script = held
    expect.set_options(timeout=DEADLINE_S * 1000)
    with listening(app) as url, closing(browser.new_context()) as context:
        pages = [context.new_page() for _ in range(TABS)]
        for number, page in enumerate(pages):
            page.goto(url)
            page.locator("#question").fill(f"tab {number}")
            page.locator("#question").press("Enter")

        # when all have asked, the last one still is alive
        answered = pages[-1].evaluate("async () => (await fetch('/api/v1/files')).status")
        go_on.set()

        # then
        assert answered == 200
        for number, page in enumerate(pages):
            expect(page.locator(".answer-text").last).to_contain_text(f"About tab {number}: yes.")


def test_tabs_share_one_stream_and_the_next_takes_it_over(browser: Browser, app: SteeredApp) -> None:
    # given
    with listening(app) as url, closing(browser.new_context()) as context:
        first, second = context.new_page(), context.new_page()
        streams: list[str] = []

        def note(name: str, request: Request) -> None:
            if "/api/v1/events" in request.url:
                streams.append(name)

        for name, page in (("first", first), ("second", second)):
            page.on("request", partial(note, name))
            page.goto(url)
            expect(page.locator("#strip")).not_to_be_empty()
        before = [*streams]

        # when
        with second.expect_request("**/api/v1/events"):
            first.close()

    # then
    assert before == ["first"]
