"""The page as a reader has it: nothing is offered that is refused, nothing said of what is not seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.integration.api.served import DEADLINE_S, SteeredApp
from tests.integration.api.test_sessions import PASSWORD, library

from twolane.principal import Role

VIEWS = ("ask", "search", "files", "review", "categories", "correspondents", "lanes", "settings")
# What is on the page, is shown, and asks for a right that a reader lacks.
FORBIDDEN = """() => ["add", "correct", "admin"]
  .flatMap((right) => [...document.querySelectorAll(`[data-right="${right}"]`)])
  .filter((one) => one.checkVisibility()).map((one) => one.outerHTML)"""
NOT_OPEN = {"review", "order"}  # who asks for them by address is led to the files
CHANGES = ("Change", "Rename", "Back up now", "Bring back", "Try again", "Merge", "Add a category")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SteeredApp, str]]:
    folder: Path = tmp_path_factory.mktemp("office")
    with library(folder) as (app, url):
        app.access.users.add("ada", password=PASSWORD, role=Role.ADMIN)
        app.access.users.add("rita", password=PASSWORD, role=Role.READER)
        yield app, url.partition("/?")[0]


@pytest.fixture
def tab(browser: Browser, office: tuple[SteeredApp, str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(DEADLINE_S * 1000)
    context.request.post(f"{office[1]}/api/v1/session", data={"name": "rita", "password": PASSWORD})
    yield context.new_page()
    context.close()


def test_a_reader_is_offered_and_refused_nothing_of_what_others_do(
    office: tuple[SteeredApp, str], tab: Page
) -> None:
    # given
    refused: list[str] = []
    tab.on("response", lambda answer: refused.append(answer.url) if answer.status == 403 else None)

    for view in VIEWS:
        # when
        tab.goto(f"{office[1]}/#/{view}")
        tab.reload()
        tab.locator(f"[data-part={'files' if view in NOT_OPEN else view}]").wait_for()
        tab.wait_for_load_state("load")
        expect(tab.locator("#account button").first).to_be_visible()

        # then
        assert tab.evaluate(FORBIDDEN) == [], view
        shown = [one for one in tab.get_by_role("button").all() if one.is_visible()]
        assert not {one.inner_text() for one in shown} & set(CHANGES), view
    assert refused == []

    # and where nothing is shown it is not said that there is nothing
    tab.goto(f"{office[1]}/#/files")
    expect(tab.locator("#files-empty")).to_contain_text("Nothing that you may see")
