"""What somebody without rights meets in a real browser: nothing is offered that would then be refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.integration.api.people import People, people
from tests.integration.api.served import DEADLINE_S

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    with people(tmp_path_factory.mktemp("rights"), {"pier.txt": "The pier is mended in May."}) as office:
        yield office


@pytest.fixture
def refused() -> list[str]:
    """Return what the server refused, as it happens."""
    return []


def come(browser: Browser, office: People, name: str, refused: list[str]) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, service_workers="block")
    context.set_default_timeout(DEADLINE_S * 1000)
    expect.set_options(timeout=DEADLINE_S * 1000)
    with office.as_user(name) as client:
        context.add_cookies(
            [{"name": key, "value": value, "url": office.served.url} for key, value in client.cookies.items()]
        )
    page = context.new_page()
    page.on("response", lambda told: refused.append(told.url) if told.status == 403 else None)
    return page


@pytest.mark.parametrize(
    ("name", "view", "called"),
    [("rita", "review", "Review"), ("rita", "order", "Order"), ("ada", "order", "Order")],
)
def test_the_address_of_a_view_that_is_not_open_leads_to_the_files(
    office: People, browser: Browser, refused: list[str], name: str, view: str, called: str
) -> None:
    # given
    page = come(browser, office, name, refused)

    # when
    page.goto(f"{office.served.url}/#/{view}")

    # then
    expect(page.locator("#toast")).to_contain_text(f"{called} is not open to you")
    expect(page.locator("#rows .names > .link")).to_have_text(["pier.txt"])
    expect(page).to_have_url(f"{office.served.url}/#/files")
    expect(page.locator(f'main > [data-part="{view}"]')).to_be_hidden()
    assert refused == []
    page.context.close()


def test_a_member_finds_the_review_at_its_address(
    office: People, browser: Browser, refused: list[str]
) -> None:
    # given
    page = come(browser, office, "ada", refused)

    # when
    page.goto(f"{office.served.url}/#/review")

    # then
    expect(page.locator('main > [data-part="review"]')).to_be_visible()
    expect(page).to_have_url(f"{office.served.url}/#/review")
    assert refused == []
    page.context.close()


def test_a_reader_chooses_no_files_and_hears_that_others_may_be_there(
    office: People, browser: Browser, refused: list[str]
) -> None:
    # given
    page = come(browser, office, "rita", refused)

    # when
    page.goto(f"{office.served.url}/#/files")
    expect(page.locator("#rows .names > .link")).to_have_text(["pier.txt"])

    # then
    expect(page.get_by_label("Choose pier.txt")).to_be_hidden()
    page.goto(f"{office.served.url}/#/correspondents")
    expect(page.get_by_role("heading", name="No correspondent in what you may see")).to_be_visible()
    page.get_by_role("link", name="Ask", exact=True).click()
    page.get_by_label("Your question").fill("Qwxz jhgf?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn").last).to_contain_text("Only files that you may see were looked at")
    assert refused == []
    page.context.close()


def test_a_device_without_a_network_is_told_so(office: People, browser: Browser, refused: list[str]) -> None:
    # given
    page = come(browser, office, "rita", refused)
    page.goto(f"{office.served.url}/#/search")
    field = page.locator("#search-body input[type='search']")
    expect(field).to_be_visible()

    # when
    page.context.set_offline(True)
    field.fill("pier")
    page.keyboard.press("Enter")

    # then
    told = page.get_by_text("This device has no network").locator("visible=true")
    expect(told.first).to_be_visible()
    expect(page.get_by_text("twolane serve")).to_have_count(0)
    page.context.close()
