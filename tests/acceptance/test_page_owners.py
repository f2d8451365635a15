"""Whose a file is in a real browser: told, given away from its panel and from the list, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.integration.api.people import People, people
from tests.integration.api.served import DEADLINE_S

pytestmark = pytest.mark.browser

PIER, DYKE = "The pier is mended in May.", "The dyke is mended in June, at last."


@pytest.fixture
def office(tmp_path: Path) -> Iterator[People]:
    with people(tmp_path, {"pier.txt": PIER, "dyke.txt": DYKE}) as office:
        yield office


def come(browser: Browser, office: People, name: str, width: int) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 800}, service_workers="block")
    context.set_default_timeout(DEADLINE_S * 1000)
    expect.set_options(timeout=DEADLINE_S * 1000)
    url = office.served.url
    with office.as_user(name) as client:
        context.add_cookies(
            [{"name": key, "value": value, "url": url} for key, value in client.cookies.items()]
        )
    page = context.new_page()
    page.goto(f"{url}/#/files")
    expect(page.locator("#rows .names > .link")).to_have_count(2)
    return page


def test_files_are_given_and_taken_back_where_they_are_shown(office: People, browser: Browser) -> None:
    # given
    root, ada = come(browser, office, "root", 1280), come(browser, office, "ada", 390)

    def owners() -> list[str]:
        return sorted(file.owner for file in office.app.store.files())

    # when who manages the library gives one file to somebody from its panel
    root.get_by_role("button", name="pier.txt", exact=True).click()
    owner = root.get_by_role("region", name="Whose it is")
    expect(owner).to_contain_text("It is everybody’s")
    owner.get_by_label("Name of a user").click()
    expect(owner.locator("datalist option")).to_have_count(4)
    root.keyboard.type("ada")
    root.keyboard.press("Enter")

    # then
    expect(owner).to_contain_text("It is ada’s; beside administrators, nobody else sees it")
    expect(owner.get_by_label("Name of a user")).to_be_focused()
    root.get_by_role("button", name="Undo", exact=True).click()
    expect(owner).to_contain_text("It is everybody’s")
    assert owners() == ["", ""]

    # when both are chosen in the list and given away
    root.keyboard.press("Escape")
    root.get_by_label("Choose pier.txt").check()
    root.get_by_label("Choose dyke.txt").check()
    root.locator("#picked").get_by_label("Name of a user").fill("ada")
    root.keyboard.press("Enter")

    # then
    expect(root.locator("#toast")).to_contain_text("2 files are now ada’s")
    assert owners() == ["ada", "ada"]

    # when she gives one of hers away, then it is out of her sight, and the way back is still there
    ada.reload()
    ada.get_by_role("button", name="pier.txt", exact=True).click()
    owner = ada.get_by_role("region", name="Whose it is")
    expect(owner).to_contain_text("It is yours")
    expect(ada.locator("#panel .problem")).to_have_count(0)
    assert ada.evaluate("document.documentElement.scrollWidth <= innerWidth")
    owner.get_by_label("Name of a user").fill("root")
    owner.get_by_role("button", name="Give", exact=True).click()
    expect(ada.get_by_role("dialog")).to_be_hidden()
    expect(ada.locator("#rows .names > .link")).to_have_text(["dyke.txt"])
    ada.get_by_role("button", name="Undo", exact=True).click()
    expect(ada.locator("#rows .names > .link")).to_have_count(2)
    assert owners() == ["ada", "ada"]

    # when she gives one to everybody, then it is no longer hers to give
    ada.get_by_label("Choose pier.txt").check()
    ada.get_by_role("button", name="Give to everybody").click()
    expect(ada.locator("#toast")).to_contain_text("1 file is now everybody’s")
    ada.get_by_label("Choose pier.txt").check()
    expect(ada.get_by_role("button", name="Give to everybody")).to_be_hidden()
