"""The page in a real browser: searching, with filters, saved searches, and by keys alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.integration.api.served import Served

pytestmark = pytest.mark.browser


def search_for(page: Page, words: str) -> None:
    page.get_by_label("Search in all files").fill(words)
    page.keyboard.press("Enter")


def test_a_search_marks_its_words_and_opens_the_place_by_keys_alone(page: Page, served: Served) -> None:
    # given
    page.goto(f"{served.url}/#/search")
    expect(page.get_by_role("heading", name="Search in all files")).to_be_visible()
    page.locator("body").press("/")
    expect(page.get_by_label("Search in all files")).to_be_focused()

    # when
    page.keyboard.type("monthly rents")
    page.keyboard.press("Enter")

    # then what was found stands there with its words marked
    result = page.get_by_role("list", name="What was found").locator(".result")
    expect(result.locator(".result-name")).to_have_text("lease.txt")
    expect(result.locator("mark")).to_have_text(["monthly", "rent", "month"])
    expect(page.get_by_role("status").filter(has_text="1 file")).to_be_visible()
    assert "q=monthly+rents" in page.url

    # and arrows only move the focus, Enter opens
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="lease.txt")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".place")).to_be_focused()
    expect(page.locator("#panel")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("#panel mark").first).to_have_text("monthly")
    page.keyboard.press("Escape")
    expect(page.locator(".place")).to_be_focused()


def test_filters_narrow_a_search_and_nothing_found_says_what_is_there_without_them(
    page: Page, served: Served
) -> None:
    # given
    page.goto(f"{served.url}/#/search?q=rent")
    results = page.locator(".result")
    expect(results).to_have_count(1)

    # when
    page.get_by_role("region", name="Search").get_by_text("Filters", exact=True).click()
    page.get_by_label("Kind of file").select_option("PDF")

    # then
    expect(page.get_by_role("heading", name="Nothing was found")).to_be_visible()
    chips = page.get_by_role("list", name="Filters in use")
    expect(chips.get_by_role("listitem")).to_have_text(["Kind of file: PDF×"])
    page.get_by_role("button", name="1 file without the filters").click()
    expect(results).to_have_count(1)
    expect(chips).to_be_hidden()

    # and back leads to each of them
    page.go_back()
    expect(page.get_by_role("heading", name="Nothing was found")).to_be_visible()
    page.get_by_role("button", name="Kind of file: PDF: no longer").click()
    expect(results).to_have_count(1)

    # and a part of a name is enough, also in a reload
    search_for(page, "invo")
    expect(results.locator(".result-name mark")).to_have_text("invo")
    page.reload()
    expect(results.locator(".result-about")).to_contain_text("by its name")


def test_a_search_is_saved_opened_forgotten_and_brought_back(page: Page, served: Served) -> None:
    # given
    page.goto(f"{served.url}/#/search?q=rent&kind=text/*")
    page.get_by_text("Saved searches").click()

    # when
    page.get_by_label("Name of this search").fill("The rent")
    page.keyboard.press("Enter")
    saved = page.get_by_role("list", name="Saved searches").get_by_role("link")
    expect(saved).to_have_text(["The rent"])
    page.goto(f"{served.url}/#/search?q=invoice")
    expect(page.locator(".result-name").first).to_have_text("invoice.txt")
    if not saved.is_visible():
        page.get_by_text("Saved searches").click()
    saved.click()

    # then
    expect(page.get_by_label("Search in all files")).to_have_value("rent")
    expect(page.get_by_role("list", name="Filters in use")).to_contain_text("Kind of file: Text")
    page.get_by_text("Saved searches").click()
    page.get_by_role("button", name="Forget The rent").press("Enter")
    expect(saved).to_have_count(0)
    expect(page.get_by_label("Name of this search")).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(saved).to_have_text(["The rent"])
    page.get_by_role("button", name="Forget The rent").click()
    expect(saved).to_have_count(0)
