"""The page in a real browser: files out of the library, and back into it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.integration.api.served import Served, until
from tests.support.trash import own_trash

pytestmark = pytest.mark.browser


def row(page: Page, name: str) -> Locator:
    return page.locator("#rows tr").filter(has=page.get_by_role("button", name=name, exact=True))


def add(page: Page, served: Served, *names: str) -> None:
    for name in names:
        (served.folder / name).write_text(f"What {name} says stands in {name}.", "utf-8")
    served.app.library.add([served.folder], named=True)
    for name in names:
        expect(row(page, name)).to_be_visible()
    until(lambda: served.app.library.pending().jobs == 0)


def test_a_file_is_taken_out_from_its_panel_and_brought_back(page: Page, served: Served) -> None:
    # given
    add(page, served, "Brief.txt")

    # when
    row(page, "Brief.txt").get_by_role("button", name="Brief.txt", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Take out").click()

    # then
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(row(page, "Brief.txt")).to_have_count(0)
    assert (served.folder / "Brief.txt").exists()
    toast = page.locator("#toast")
    expect(toast).to_contain_text("1 file is out of the library")

    # when
    toast.get_by_role("button", name="Undo").click()

    # then
    expect(row(page, "Brief.txt")).to_be_visible()


def test_chosen_files_go_into_the_trash_and_the_status_brings_them_back(
    page: Page, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    trash = own_trash(tmp_path / "home", monkeypatch)
    add(page, served, "eins.txt", "zwei.txt")

    # when
    for name in ("eins.txt", "zwei.txt"):
        row(page, name).get_by_label(f"Choose {name}").check()
    expect(page.locator("#picked-count")).to_have_text("2 chosen")
    page.get_by_role("group", name="Chosen files").get_by_role("button", name="Move to trash").click()

    # then
    expect(row(page, "eins.txt")).to_have_count(0)
    expect(page.locator("#picked").get_by_role("button")).to_have_text(["Undo last change"])
    assert sorted(entry.name for entry in trash.iterdir()) == ["eins.txt", "zwei.txt"]

    # when
    page.goto(f"{served.url}/#/lanes")
    page.get_by_role("button", name="Bring back").first.click()

    # then
    expect(page.get_by_role("button", name="Bring back")).to_have_count(1)
    until(lambda: len(list(trash.iterdir())) == 1)


def test_what_is_kept_out_is_listed_and_let_in_again(page: Page, served: Served) -> None:
    # given
    with served.client() as client:
        client.post("/api/v1/exclusions", json={"kind": "name", "value": "*.bak"}).raise_for_status()

    # when
    page.goto(f"{served.url}/#/lanes")
    page.get_by_role("button", name="Keep out no more: *.bak").click()

    # then
    expect(page.get_by_role("button", name="Keep out no more: *.bak")).to_have_count(0)
    assert served.app.keeping_out.exclusions() == []
