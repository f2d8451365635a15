"""Signing in in a real browser: start address, password, a device's passkey, and one's own account."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.integration.api.served import DEADLINE_S, SteeredApp
from tests.integration.api.test_sessions import PASSWORD, library

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def entrance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SteeredApp, str]]:
    """Serve a library under a name: keys of devices are of names, not of addresses."""
    with library(tmp_path_factory.mktemp("entrance"), names="localhost") as (app, url):
        yield app, url.replace("127.0.0.1", "localhost")


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 800})
    context.set_default_timeout(DEADLINE_S * 1000)
    expect.set_options(timeout=DEADLINE_S * 1000)
    yield context.new_page()
    context.close()


def test_people_come_in_by_what_they_have(entrance: tuple[SteeredApp, str], tab: Page) -> None:
    # given
    app, start = entrance
    page = start.partition("/?")[0]
    name = tab.locator("#account button")

    # when somebody comes without a user, and by the start address
    tab.goto(f"{page}/#/files")
    expect(tab.locator("#signin-start")).to_contain_text("twolane open")
    tab.goto(start)

    # then the browser is in, and no more once there is a user, who comes back to where they were going
    expect(name).to_have_text("My account")
    app.access.users.add("ada", password=PASSWORD, full_name="Ada Byron")
    tab.goto(f"{page}/#/files")
    tab.reload()
    expect(tab.locator("#name")).to_be_focused()
    tab.keyboard.type("ada")
    tab.keyboard.press("Tab")
    tab.keyboard.type("a wrong password")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("alert")).to_contain_text("wrong")
    expect(tab.locator("#password")).to_be_focused()
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Enter")
    expect(name).to_have_text("Ada Byron")
    assert tab.url == f"{page}/#/files"

    # when a device becomes hers, and she signs out and in by it
    device = tab.context.new_cdp_session(tab)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    name.click()
    tab.get_by_label("What it is called").fill("the phone")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("dialog")).to_contain_text("the phone")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.get_by_role("button", name="Sign out", exact=True).click()
    tab.get_by_role("button", name="Sign in with a passkey").click()

    # then
    expect(name).to_have_text("Ada Byron")
    assert [one.method for one in app.access.sign_ins.of("ada")] == ["passkey"]

    # when the session is ended elsewhere, then the open page leads to where one signs in
    app.access.sign_ins.end_all("ada")
    expect(tab).to_have_url(re.compile("/signin"))


def test_the_way_in_is_said_in_the_readers_language(
    entrance: tuple[SteeredApp, str], browser: Browser
) -> None:
    # given
    app, start = entrance
    if not app.access.users.any():
        app.access.users.add("ada", password=PASSWORD)

    # when
    said = {}
    for language in ("de", "fr"):
        context = browser.new_context(locale=language, color_scheme="dark")
        tab = context.new_page()
        tab.goto(start.partition("/?")[0])
        expect(tab.locator("#signin-go")).to_be_visible()
        said[language] = tab.locator("#signin-go").inner_text()
        context.close()

    # then
    assert said == {"de": "Anmelden", "fr": "Se connecter"}
