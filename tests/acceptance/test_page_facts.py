"""The page in a real browser: what documents state, and what people say of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.integration.api.served import Served

from twolane.categories import AddCategory

pytestmark = pytest.mark.browser


def row(page: Page, name: str) -> Locator:
    return page.locator("#rows tr").filter(has=page.get_by_role("button", name=name, exact=True))


def opened(page: Page, name: str) -> Locator:
    row(page, name).get_by_role("button", name=name, exact=True).click()
    panel = page.get_by_role("dialog")
    expect(panel.locator("[data-field=date]")).to_be_visible()
    return panel


def address(page: Page) -> str:
    return "#" + page.url.partition("#")[2]


def change(panel: Locator, field: str) -> Locator:
    return panel.get_by_role("button", name=re.compile(f"^(Change|Add) {field}$"))


def say(panel: Locator, field: str, value: str) -> None:
    """Say by keys alone what a field is."""
    change(panel, field).press("Enter")
    panel.get_by_label(field, exact=True).fill(value)
    panel.get_by_label(field, exact=True).press("Enter")


def test_a_date_is_said_by_keys_and_taken_back(page: Page) -> None:
    # given
    panel = opened(page, "invoice.txt")
    date = panel.locator("[data-field=date]")

    # when
    say(panel, "Date", "2026-03-15")

    # then
    expect(date).to_contain_text("2026-03-15")
    expect(date).to_contain_text("said by you")
    expect(change(panel, "Date")).to_be_focused()
    expect(row(page, "invoice.txt").locator("time").first).to_have_attribute("datetime", "2026-03-15")
    date.get_by_role("button", name="Undo").click()
    expect(date).not_to_contain_text("2026-03-15")


def test_a_change_that_is_left_changes_nothing_and_keeps_the_panel_open(page: Page) -> None:
    # given
    panel = opened(page, "invoice.txt")

    # when
    change(panel, "Title").click()
    panel.get_by_label("Title", exact=True).fill("Something else")
    page.keyboard.press("Escape")

    # then
    expect(panel).to_be_visible()
    expect(change(panel, "Title")).to_be_focused()
    expect(panel.locator("[data-field=title]")).not_to_contain_text("Something else")


def test_what_is_no_value_is_refused_with_the_reason(browser: Browser, served: Served) -> None:
    # given
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{served.url}/#/files")
    panel = opened(page, "lease.txt")
    panel.get_by_role("button", name="State another field…").click()
    panel.get_by_label("Field", exact=True).select_option(label="Balance")
    panel.get_by_role("button", name="Fill in").click()

    # when
    panel.get_by_label("Balance", exact=True).fill("not much")
    panel.get_by_label("Balance", exact=True).press("Enter")

    # then
    expect(panel.locator("[data-field=balance]").get_by_role("alert")).to_contain_text("not much")
    context.close()


def test_a_document_is_said_to_have_none(page: Page) -> None:
    # given
    panel = opened(page, "lease.txt")
    date = panel.locator("[data-field=date]")

    # when
    change(panel, "Date").click()
    date.get_by_role("button", name="It has none").click()

    # then
    expect(date).to_contain_text("none")
    expect(date).to_contain_text("said by you")
    date.get_by_role("button", name="Undo").click()
    expect(date.get_by_role("button", name="Undo")).to_be_hidden()


def test_a_value_leads_to_the_place_where_it_stands(page: Page) -> None:
    # given
    panel = opened(page, "lease.txt")
    say(panel, "Title", "The lease ends on 30 June 2027")

    # when
    panel.locator("[data-field=title]").get_by_role("button", name="The lease ends").click()

    # then
    expect(panel.locator("mark")).to_have_text("The lease ends on 30 June 2027")
    assert address(page).endswith("?page=1")


def test_files_are_filtered_by_tags_that_are_given_and_taken_in_the_panel(page: Page) -> None:
    # given
    panel = opened(page, "lease.txt")
    for tag in ("home 12, tax", "税金"):
        panel.get_by_label("Add a tag").fill(tag)
        panel.get_by_label("Add a tag").press("Enter")
        expect(panel.get_by_role("button", name=f"Take the tag {tag.split(', ')[-1]} away")).to_be_visible()

    # when
    panel.get_by_role("button", name="Take the tag tax away").click()
    expect(panel.locator(".tags li")).to_have_text(["home 12✕", "税金✕"])
    page.get_by_role("button", name="Close").click()
    row(page, "lease.txt").get_by_role("button", name="税金").click()

    # then
    expect(page.locator("#rows tr")).to_have_count(1)
    page.reload()
    expect(page.locator("#rows tr")).to_have_count(1)
    page.get_by_role("button", name="Tag 税金: no longer").click()
    expect(row(page, "invoice.txt")).to_be_visible()


def test_files_are_filtered_by_days_and_fields_and_come_newest_first(page: Page, served: Served) -> None:
    # given
    ids = {file.path.name: file.file_id for file in served.app.store.files()}
    for name, day in {"lease.txt": "2024-05-01", "invoice.txt": "2025-06-01"}.items():
        served.app.facts.correct(ids[name], "date", day)
    served.app.facts.correct(ids["invoice.txt"], "total_due", "80 EUR")

    # when
    page.get_by_role("link", name="Files", exact=True).click()
    page.get_by_role("button", name="Date", exact=True).click()
    expect(page.locator("#rows tr").first).to_contain_text("invoice.txt")
    page.get_by_role("button", name="More filters").click()
    page.get_by_label("From").fill("2024-01-01")
    page.get_by_label("To", exact=True).fill("2024-12-31")

    # then
    expect(page.locator("#rows tr")).to_have_count(1)
    expect(row(page, "lease.txt")).to_be_visible()
    expect(page).to_have_url(re.compile(r"#/files\?since=2024-01-01&until=2024-12-31&order=date$"))
    page.get_by_role("button", name="2024-01-01 to 2024-12-31: no longer").click()
    page.get_by_label("Field", exact=True).select_option(label="Total due")
    page.get_by_label("Value", exact=True).fill("50")
    page.get_by_label("Value", exact=True).press("Enter")
    expect(page.locator("#rows tr")).to_have_count(1)
    expect(row(page, "invoice.txt")).to_be_visible()
    expect(page.get_by_role("group", name="Filters in use")).to_contain_text("total due ≥ 50")


def test_correspondents_are_merged_renamed_and_parted(page: Page, served: Served) -> None:
    # given: two spellings that no evidence makes one
    ids = {file.path.name: file.file_id for file in served.app.store.files()}
    served.app.facts.correct(ids["lease.txt"], "correspondent", "Müller Söhne")
    served.app.facts.correct(ids["invoice.txt"], "correspondent", "Гавань")

    def line(name: str) -> Locator:
        return page.locator("#correspondents-list > li").filter(
            has=page.get_by_role("link", name=name, exact=True)
        )

    # when
    page.get_by_role("link", name="Correspondents").click()
    page.get_by_label("Merge Müller Söhne").check()
    page.get_by_label("Merge Гавань").check()
    page.get_by_label("Merge them into").select_option(label="Гавань")
    page.get_by_role("button", name="Merge", exact=True).click()

    # then
    expect(line("Гавань")).to_contain_text("2 documents")
    expect(line("Гавань")).to_contain_text("Müller Söhne")
    expect(line("Müller Söhne")).to_have_count(0)
    page.get_by_role("button", name="Rename Гавань").press("Enter")
    page.get_by_label("New name of Гавань").fill("Harbour & Sons")
    page.keyboard.press("Enter")
    expect(line("Harbour & Sons").get_by_role("button", name="Rename")).to_be_focused()
    page.get_by_role("button", name="Müller Söhne is somebody else than Harbour & Sons").click()
    expect(line("Müller Söhne")).to_contain_text("1 document")
    for left in ("Harbour & Sons", "Гавань"):
        page.get_by_role("button", name="Undo last change").click()
        expect(line(left)).to_contain_text("2 documents")
    line("Гавань").get_by_role("link", name="Гавань").click()
    expect(page.locator("#rows tr")).to_have_count(2)
    expect(page.get_by_role("button", name="From Гавань: no longer")).to_be_visible()


CONTRACT = """Contract for the care of a heating

between Jonas Birkholz and the firm of Sonnleitner. The firm looks after the plant once a year, cleans
the burner, measures what leaves the chimney and sets the regulation. The price is 189 euros a year and
is paid in advance. The contract runs for two years and then for a year each time, unless it is given up
three months before. Spare parts are charged apart. After a fault somebody comes within two days. Changes
must be made in writing, and the court is that of Halden on the river.
"""


def test_the_copies_of_a_file_are_shown_and_can_be_parted(page: Page, tmp_path: Path) -> None:
    # given
    for name, text in {"care.txt": CONTRACT, "care.md": f"# {CONTRACT}"}.items():
        (tmp_path / name).write_text(text, "utf-8")
        page.locator("#upload-input").set_input_files(tmp_path / name)
        expect(row(page, name).locator(".badge")).to_have_text(re.compile("Filed|To review"))

    # when
    expect(row(page, "care.md")).to_contain_text("1 copy")
    panel = opened(page, "care.md")

    # then
    copies = panel.get_by_role("region", name="Copies and versions")
    expect(copies).to_contain_text("care.txt")
    expect(copies).to_contain_text("the same text")
    copies.get_by_role("button", name="care.txt is another paper").click()
    expect(copies).to_be_hidden()
    panel.get_by_role("button", name="Undo", exact=True).click()
    expect(copies).to_contain_text("care.txt")
    copies.get_by_role("button", name="care.txt", exact=True).click()
    expect(panel.get_by_role("heading", level=2)).to_have_text("care.txt")


def test_an_upload_of_what_is_there_already_says_so(page: Page, tmp_path: Path) -> None:
    # given
    for name in ("first.txt", "once more.txt"):
        (tmp_path / name).write_text("Dear Ada, the same letter twice.", "utf-8")
    page.locator("#upload-input").set_input_files(tmp_path / "first.txt")
    expect(row(page, "first.txt").locator(".badge")).to_have_text(re.compile("Filed|To review"))

    # when
    page.locator("#upload-input").set_input_files(tmp_path / "once more.txt")

    # then
    told = page.locator("#uploads li")
    expect(told).to_contain_text("once more.txt is there already, as first.txt.")
    expect(row(page, "once more.txt")).to_have_count(0)
    told.get_by_role("button", name="Show it").click()
    expect(page.get_by_role("dialog").get_by_role("heading", level=2)).to_have_text("first.txt")


def test_categories_are_changed_once_it_was_seen_what_that_does(page: Page, served: Served) -> None:
    # given
    lease = next(file for file in served.app.store.files() if file.path.name == "lease.txt")
    served.app.review.correct(lease.file_id, "contract")

    def item(name: str) -> Locator:
        return page.locator(".category-row").filter(has=page.get_by_role("link", name=name, exact=True))

    def act(name: str, what: str) -> None:
        page.get_by_role("button", name=f"Change {name}", exact=True).click()
        page.locator("#categories-list").get_by_role("button", name=what, exact=True).click()

    def see_and_do(what: str) -> None:
        page.get_by_role("button", name="See what changes…").click()
        dialog = page.get_by_role("dialog", name="What this would change")
        expect(dialog).to_contain_text(what)
        dialog.get_by_role("button", name="Do it").click()
        expect(dialog).to_be_hidden()

    # when
    page.get_by_role("link", name="Categories").click()
    page.get_by_role("button", name="Add a category").click()
    page.get_by_label("Name", exact=True).fill("Дом")
    see_and_do("Дом")
    act("Contract", "Move")
    page.get_by_label("Below").select_option(label="Дом")
    see_and_do("Дом")
    act("Contract", "Rename")
    page.get_by_label("Name", exact=True).fill("Agreement")
    see_and_do("Agreement")

    # then
    inner = page.locator("li > ul > li").filter(has_text="Agreement")
    expect(inner).to_contain_text(re.compile("[1-9] document"))
    expect(page.get_by_role("button", name="Change Agreement")).to_be_focused()
    page.get_by_role("link", name="Files", exact=True).click()
    choice = row(page, "lease.txt").get_by_role("combobox")
    expect(choice.locator("option:checked")).to_have_text("Дом: Agreement")
    page.get_by_role("link", name="Categories").click()
    for _ in range(3):
        page.get_by_role("button", name="Undo last change").click()
        page.get_by_role("dialog").get_by_role("button", name="Do it").click()
        expect(page.get_by_role("dialog")).to_be_hidden()
    expect(item("Contract")).to_contain_text(re.compile("[1-9] document"))
    expect(item("Дом")).to_have_count(0)


def test_what_is_being_filled_in_is_kept_when_its_list_is_shown_anew(page: Page, served: Served) -> None:
    # given
    page.get_by_role("link", name="Categories").click()
    page.get_by_role("button", name="Change Contract", exact=True).click()
    page.locator("#categories-list").get_by_role("button", name="Rename", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Half a na")

    # when
    page.get_by_role("link", name="Files", exact=True).click()
    with page.expect_response("**/taxonomy"):
        page.get_by_role("link", name="Categories").click()

    # then
    expect(page.get_by_label("Name", exact=True)).to_have_value("Half a na")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Change Contract", exact=True)).to_be_focused()


def test_a_category_that_another_program_has_added_is_met_with_its_first_file(
    page: Page, served: Served
) -> None:
    # given: the page knows the categories of when it was opened
    lease = next(file for file in served.app.store.files() if file.path.name == "lease.txt")
    before = lease.classification.category if lease.classification else ""

    # when
    served.app.categories.apply(AddCategory("Accords"))
    served.app.review.correct(lease.file_id, "accords")

    # then
    chosen = row(page, "lease.txt").get_by_role("combobox").locator("option:checked")
    expect(chosen).to_have_text("Accords")
    served.app.review.correct(lease.file_id, before)
    served.app.categories.undo(into=before)


@pytest.mark.parametrize("view", ["files", "correspondents", "categories", "files/1"])
def test_nothing_is_wider_than_a_small_screen(page: Page, served: Served, view: str) -> None:
    # given
    page.set_viewport_size({"width": 320, "height": 640})

    # when
    page.goto(f"{served.url}/#/{view}")
    page.wait_for_load_state("networkidle")

    # then
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert page.evaluate(wide) is False
