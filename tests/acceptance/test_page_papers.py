"""The page in a real browser: pages as they look, and a review of many files by keys alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.integration.api.served import Served, until
from tests.unit.extract.made_pdf import lines, raw_pdf

from twolane.documents import FileState, Filter

pytestmark = pytest.mark.browser

MANY = 50


def add(served: Served, names: dict[str, bytes]) -> dict[str, int]:
    for name, content in names.items():
        (served.folder / name).write_bytes(content)
    served.app.library.add([served.folder], named=True)
    until(lambda: served.app.library.pending().jobs == 0)
    return {file.path.name: file.file_id for file in served.app.library.find().files}


def test_a_page_is_shown_as_it_looks_with_its_passage_marked(page: Page, served: Served) -> None:
    # given
    words = [f"Line {number} of the agreement of the harbour." for number in range(1, 40)]
    ids = add(served, {"harbour.pdf": raw_pdf(lines(*words))})

    # when
    state = {"opened": False, "passage": {"text": "Line 30 of the agreement", "heading": "Harbour"}}
    page.evaluate(
        "([state, address]) => history.pushState(state, '', address)",
        [state, f"#/files/{ids['harbour.pdf']}?page=1"],
    )
    page.reload()

    # then
    panel = page.get_by_role("dialog")
    sheet = panel.get_by_role("img", name="Page 1 of harbour.pdf")
    expect(sheet).to_be_visible()
    expect(panel.locator("#panel-where")).to_contain_text("page 1 of 1")
    expect(panel.locator(".box")).to_have_count(1)
    expect(panel.locator(".box")).to_be_in_viewport()
    expect(panel.locator(".page-text")).to_be_hidden()
    panel.get_by_role("button", name="Text").click()
    expect(panel.locator(".page-text")).to_contain_text("Line 39")
    wide = sheet.evaluate("image => image.getBoundingClientRect().width")
    page.keyboard.press("+")
    assert sheet.evaluate("image => image.getBoundingClientRect().width") > wide
    original = panel.get_by_role("link", name="Open the original")
    expect(original).to_have_attribute("href", re.compile(r"/content$"))
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_many_files_are_reviewed_by_keys_alone(page: Page, served: Served) -> None:
    # given
    add(served, {f"many {number:02}.txt": f"Qwxz {number} jhgf.".encode() for number in range(MANY)})
    page.goto(f"{served.url}/#/review")
    name = page.locator("#review-name")
    expect(name).to_be_visible()
    total = int(page.locator("#review-total").inner_text())
    assert total >= MANY

    # when: from the first choice on, nothing but keys
    page.locator(".review-choices button").first.focus()
    seen: list[str] = []
    for _ in range(MANY):
        shown = name.inner_text()
        seen.append(shown)
        page.keyboard.press("1" if len(seen) % 5 else "0")
        expect(name).not_to_have_text(shown)
        assert page.evaluate("document.activeElement.closest('.review-choices') !== null")

    # then
    assert len(set(seen)) == MANY
    assert served.app.library.find(Filter(states=(FileState.REVIEW,)), limit=1).total == total - MANY
    page.keyboard.press("u")
    expect(name).to_have_text(seen[-1])
    # what a screen reader says of it: the file, why it waits, and what it may be
    choices = page.get_by_role("group", name=seen[-1])
    expect(choices).to_have_accessible_description(re.compile(r"Because .+\. It is in review: "))
    expect(choices.get_by_role("list", name="What it may be").get_by_role("button").first).to_be_visible()


def test_nobody_waits_in_review_for_what_a_decision_teaches(page: Page, served: Served) -> None:
    # given: a machine so busy that nothing is learned while somebody reviews
    add(served, {f"busy {number}.txt": f"Zxqw {number} hgfj.".encode() for number in range(4)})
    page.route("**/api/v1/files/*/proposal", lambda _: None)
    page.goto(f"{served.url}/#/review")
    name = page.locator("#review-name")
    expect(name).to_be_visible()

    # when
    seen: list[str] = []
    for _ in range(3):
        shown = name.inner_text()
        seen.append(shown)
        page.keyboard.press("1")

        # then
        expect(name).not_to_have_text(shown)
        expect(page.locator(".proposal, .choice").first).to_be_visible()
    assert len(set(seen)) == 3
    page.unroute_all(behavior="ignoreErrors")


def test_chosen_files_are_filed_by_keys_and_one_undo_takes_all_of_it_back(page: Page, served: Served) -> None:
    # given
    add(
        served,
        {f"Bulk {number}.txt": f"Bulk number {number} of the harbour.".encode() for number in range(5)},
    )

    def filed() -> list[str]:
        found = served.app.library.find(Filter(name="Bulk"))
        return [file.classification.category if file.classification else "" for file in found.files]

    before = filed()
    page.goto(f"{served.url}/#/files?q=Bulk")
    expect(page.locator("#files-total")).to_have_text("5")

    # when: nothing but keys from the first box on
    page.get_by_label("Choose Bulk 0.txt").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Choose all here").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#picked-count")).to_have_text("5 chosen")
    chosen = page.get_by_role("group", name="Chosen files")
    category = chosen.get_by_role("combobox", name="Category")
    category.focus()
    category.select_option("letter")
    assert filed() == before  # what is chosen in the list is not done yet
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    # then
    toast = page.locator("#toast")
    expect(toast).to_contain_text("5 files are now in Letter")
    assert filed() == ["letter"] * 5
    expect(page.get_by_label("Choose Bulk 0.txt")).to_be_checked()

    # when
    chosen.get_by_role("button", name="Undo last change").focus()
    page.keyboard.press("Enter")

    # then
    expect(toast).to_contain_text("5 files: taken back")
    assert filed() == before
    expect(chosen.get_by_role("button", name="Undo last change")).to_be_hidden()


def test_a_folder_narrows_the_list_and_the_way_up_widens_it(page: Page, served: Served) -> None:
    # given
    (served.folder / "Hafen").mkdir()
    add(served, {"Hafen/Mole.txt": b"The mole of the harbour."})

    # when
    page.goto(f"{served.url}/#/files?q=Mole")
    page.get_by_role("button", name=f"Only what lies in {served.folder / 'Hafen'}").click()

    # then
    trail = page.get_by_role("navigation", name="Folder")
    expect(trail.get_by_role("button", name="Hafen")).to_have_attribute("aria-current", "true")
    trail.get_by_role("button", name=served.folder.name, exact=True).click()
    expect(trail.get_by_role("button", name="Hafen")).to_have_count(0)
    trail.get_by_role("button", name="All folders").click()
    expect(trail).to_be_hidden()
