"""A page that is left open: what ends its events is said, and it is as it was once that is over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from tests.integration.api.served import DEADLINE_S, LEASE, SteeredApp, listening, settings_in, until

pytestmark = pytest.mark.browser

EVENTS = "**/api/v1/events"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SteeredApp]:
    with SteeredApp(settings_in(tmp_path / "library")) as app:
        app.workers.start()
        yield app


@pytest.fixture
def opened(browser: Browser) -> Iterator[Page]:
    expect.set_options(timeout=DEADLINE_S * 1000)
    with closing(browser.new_context(service_workers="block")) as context:
        context.set_default_timeout(DEADLINE_S * 1000)
        yield context.new_page()


def test_a_page_says_that_its_server_is_away_and_shows_what_is_there_once_it_is_back(
    opened: Page, app: SteeredApp, tmp_path: Path
) -> None:
    # given
    with listening(app) as url:
        opened.goto(f"{url}/#/files")
        expect(opened.locator(".lane")).to_have_count(2)

    # when
    expect(opened.locator("#banners .problem")).to_contain_text("does not answer")
    expect(opened.locator(".lane")).to_have_count(0)
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "lease.txt").write_text(LEASE, "utf-8")
    app.library.add([tmp_path / "inbox"])
    until(lambda: app.store.pending().jobs == 0)
    with listening(app, port=urlsplit(url).port or 0):
        # then
        expect(opened.locator(".lane")).to_have_count(2)
        expect(opened.locator("#banners")).to_be_empty()
        expect(opened.get_by_role("button", name="lease.txt", exact=True)).to_be_visible()
        opened.goto("about:blank")


def test_a_stream_that_a_proxy_refuses_is_asked_for_again_until_it_comes(
    opened: Page, app: SteeredApp
) -> None:
    # given: browsers give up on a stream that is answered so
    refused: list[str] = []

    def refuse(route: Route) -> None:
        if len(refused) < 2:
            refused.append(route.request.url)
            route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")
        else:
            route.continue_()

    opened.route(EVENTS, refuse)
    with listening(app) as url:
        # when
        opened.goto(url)

        # then
        expect(opened.locator(".lane")).to_have_count(2)
        expect(opened.locator("#banners")).to_be_empty()
        assert len(refused) == 2
        opened.goto("about:blank")


def test_a_stream_is_opened_anew_once_a_laptop_wakes(opened: Page, app: SteeredApp) -> None:
    # given
    opened.clock.install()
    with listening(app) as url:
        opened.goto(url)
        expect(opened.locator(".lane")).to_have_count(2)

        # when, then
        with opened.expect_request(EVENTS):
            opened.clock.fast_forward("30:00")
        expect(opened.locator(".lane")).to_have_count(2)
        opened.goto("about:blank")
