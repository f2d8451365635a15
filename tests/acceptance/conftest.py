"""The page in a real browser, for all tests of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, expect, sync_playwright
from tests.integration.api.served import DEADLINE_S, Served, serving

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("page")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("no chromium on this machine")
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        browser = launch(playwright, program)
        yield browser
        browser.close()


def launch(playwright: Playwright, program: str) -> Browser:
    # Every launch has a user folder of its own, which is deleted after it.
    return playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """Open the page; whatever it did, nothing may have gone wrong in the console or left the machine."""
    # What the page keeps for later would hide from a test what it asks the server for.
    context = browser.new_context(viewport={"width": 1400, "height": 900}, service_workers="block")
    context.set_default_timeout(DEADLINE_S * 1000)
    expect.set_options(timeout=DEADLINE_S * 1000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if is_wrong(message) else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}"))
    page.on("request", lambda request: wrong.append(request.url) if is_outside(request.url, served) else None)
    page.goto(served.url)
    expect(page.locator("#rows tr").first).to_be_visible()
    yield page
    context.close()
    assert wrong == []


BAD_MESSAGES = {"error", "warning"}
BLOCKED = "Service Worker registration blocked by Playwright"  # said by the browser's driver


def is_wrong(message: ConsoleMessage) -> bool:
    return message.type in BAD_MESSAGES and message.text != BLOCKED


def is_outside(url: str, served: Served) -> bool:
    return not url.startswith((served.url + "/", "data:"))
