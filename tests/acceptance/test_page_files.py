"""The list of files in a real browser: sorted by its columns, duplicates in groups, views that are kept."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.integration.api.served import Served, until

pytestmark = pytest.mark.browser


def test_the_list_is_sorted_narrowed_to_duplicates_and_kept_as_a_view(page: Page, served: Served) -> None:
    # given
    for name in ("Zebra.txt", "!aardvark.txt"):
        (served.folder / name).write_text(
            "The harbour is dredged in March, and the pier is mended in May.", "utf-8"
        )
    served.app.library.add([served.folder], named=True)
    until(lambda: served.app.library.pending().jobs == 0)
    names = page.locator("#rows .names > .link")

    # when sorted by a column, once and once more
    page.goto(f"{served.url}/#/files")
    column = page.get_by_role("columnheader", name="Name")
    column.get_by_role("button").click()

    # then
    expect(column).to_have_attribute("aria-sort", "ascending")
    expect(names.first).to_have_text("!aardvark.txt")
    column.get_by_role("button").click()
    expect(column).to_have_attribute("aria-sort", "descending")
    expect(names.first).to_have_text("Zebra.txt")
    expect(page).to_have_url(re.compile("order=name&reverse=true"))

    # when
    page.get_by_role("button", name="Duplicates", exact=True).click()

    # then
    expect(names).to_have_text(["Zebra.txt", "!aardvark.txt"])
    page.get_by_text("Groups of duplicates").click()
    groups = page.locator("#groups-body .groups > li")
    expect(groups).to_have_count(1)
    expect(groups.get_by_role("button")).to_have_count(2)
    expect(groups).to_contain_text("newest")

    # when it is kept, left and opened again
    saved = page.locator("#files-saved")
    saved.get_by_text("Saved views").click()
    saved.get_by_role("textbox", name="Name of this view").fill("Twice")
    saved.get_by_role("button", name="Save this view").click()
    expect(saved.get_by_role("link", name="Twice")).to_be_visible()
    page.goto(f"{served.url}/#/files")
    expect(page.locator("#groups")).to_be_hidden()
    if not saved.get_by_role("link", name="Twice").is_visible():
        saved.get_by_text("Saved views").click()
    saved.get_by_role("link", name="Twice").click()

    # then
    expect(page).to_have_url(re.compile("copies=true"))
    expect(names).to_have_text(["Zebra.txt", "!aardvark.txt"])

    # when somebody may only read
    page.evaluate("document.body.dataset.lacks = 'add correct admin'")

    # then the categories are told, and cannot be chosen
    expect(page.locator("#rows select")).to_have_count(2)
    expect(page.locator("#rows select").first).to_be_hidden()
    expect(page.locator("#rows [data-instead]").first).to_be_visible()
