"""The list of files in a real browser: sorted by its columns, duplicates in groups, views that are kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
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


def test_of_many_files_it_is_said_how_many_are_still_to_be_sent(page: Page, tmp_path: Path) -> None:
    # given: the first is held back on its way
    held: list[Route] = []
    names = [tmp_path / f"sent {number:02}.txt" for number in range(20)]
    for path in names:
        path.write_text(f"{path.name} is of the harbour.", "utf-8")
    page.route("**/api/v1/files*", lambda route: send_later(route, held))

    # when
    page.locator("#upload-input").set_input_files(names)

    # then
    left = page.locator("#uploads .aside")
    expect(left).to_have_text("20 files still to be sent")
    held[0].continue_()
    expect(page.locator("#uploads li")).to_have_count(0)


def send_later(route: Route, held: list[Route]) -> None:
    if route.request.method == "POST" and not held:
        held.append(route)
    else:
        route.continue_()


def test_what_was_not_read_is_read_again_from_its_panel(page: Page, served: Served) -> None:
    # given
    (served.folder / "torn.pdf").write_bytes(b"%PDF-1.4 torn")
    served.app.library.add([served.folder], named=True)
    until(lambda: served.app.library.pending().jobs == 0)
    page.goto(f"{served.url}/#/files?state=unread")
    page.get_by_role("button", name="torn.pdf", exact=True).click()
    again = page.get_by_role("dialog").get_by_role("button", name="Read again")

    # when
    again.click()

    # then
    expect(page.locator("#toast")).to_contain_text("1 file is read and filed anew")
    until(lambda: served.app.library.pending().jobs == 0)
    page.goto(f"{served.url}/#/files?state=filed")
    page.get_by_role("button", name="invoice.txt", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Take out")).to_be_visible()
    expect(again).to_have_count(0)
