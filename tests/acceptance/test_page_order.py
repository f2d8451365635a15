"""The page in a real browser: files are planned, moved into their folders, and brought back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.integration.api.served import Served, until

pytestmark = pytest.mark.browser

LETTERS = ("Brief an Ada.txt", "מכתב.txt", "lettre n° 3.txt")


@pytest.fixture
def inbox(served: Served, tmp_path: Path) -> Path:
    """Return a folder of letters that a person has filed."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    for name in LETTERS:
        (folder / name).write_text(f"What {name} says, {folder}.", "utf-8")
    served.app.library.add([folder])
    until(lambda: served.app.library.pending().jobs == 0)
    with served.client() as client:
        files = client.get("/api/v1/files", params={"limit": 500}).json()["files"]
        for file in files:
            if file["path"].startswith(str(folder)):
                url = f"/api/v1/files/{file['file_id']}/category"
                client.put(url, json={"category": "letter"}).raise_for_status()
    return folder


def order(page: Page) -> Locator:
    page.get_by_role("link", name="Order").click()
    return page.get_by_role("region", name="Plans")


def rule(page: Page, folder: Path, template: str = "Letters/{name}{ext}") -> Locator:
    view = order(page)
    page.get_by_role("button", name="Make a plan").click()
    view.get_by_label("Folders, one a line").fill(str(folder))
    view.get_by_role("button", name="Add a rule of my own").click()
    view.get_by_label("Where its files go").fill(template)
    return view


def draft(page: Page, folder: Path) -> Locator:
    view = rule(page, folder)
    view.get_by_role("button", name="Show where files would go").click()
    return view.get_by_role("region", name="Where files would go")


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_files_are_planned_applied_and_undone(page: Page, inbox: Path) -> None:
    # when
    planned = draft(page, inbox)

    # then
    expect(planned.get_by_role("heading", level=3)).to_have_text("3 files would be moved, to 1 folder")
    expect(planned.get_by_role("heading", level=4).locator("strong")).to_have_text("Letters/")
    assert names(inbox) == set(LETTERS)

    # when
    planned.get_by_label("Name of the plan").fill("Frühjahr 100%")
    planned.get_by_role("button", name="Keep this plan").click()
    plan = page.get_by_role("region", name="Plan Frühjahr 100%")
    expect(plan.get_by_text("3 in all: 3 to do")).to_be_visible()
    plan.get_by_role("button", name="Apply", exact=True).click()

    # then
    expect(plan.get_by_text("3 in all: 3 done")).to_be_visible()
    assert names(inbox) == {f"Letters/{name}" for name in LETTERS}

    # when
    plan.get_by_role("button", name=f"Undo only {inbox / 'Letters' / LETTERS[1]}").click()

    # then
    expect(plan.get_by_text("3 in all: 2 done, 1 undone")).to_be_visible()
    assert (inbox / LETTERS[1]).exists()

    # when
    page.reload()
    plan.get_by_role("button", name="Undo", exact=True).first.click()

    # then
    expect(plan.get_by_text("3 in all: 3 undone")).to_be_visible()
    assert names(inbox) == set(LETTERS)
    assert not (inbox / "Letters").exists()


def test_what_is_wrong_with_a_rule_is_said_beside_it_while_it_is_written(page: Page, inbox: Path) -> None:
    # when
    rules = rule(page, inbox, "Letters/{colour}{ext}").get_by_role("list", name="Rules")

    # then
    expect(rules.get_by_role("alert")).to_contain_text("colour")
    expect(rules.locator("mark")).to_have_text("colour}{ext}")
    expect(rules.get_by_label("Where its files go")).to_have_attribute("aria-invalid", "true")
    rules.get_by_label("Where its files go").fill("Post/{name}{ext}")
    expect(rules.get_by_role("status")).to_contain_text("Such as Post/")
    expect(rules.get_by_role("alert")).to_have_count(0)


def test_a_plan_is_forgotten_only_once_a_person_has_said_so_twice(
    page: Page, served: Served, inbox: Path
) -> None:
    # given
    draft(page, inbox).get_by_label("Name of the plan").fill("never")
    page.get_by_role("button", name="Keep this plan").click()

    # when
    page.get_by_role("button", name="Forget it").click()
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_role("button", name="Forget it").click()

    # then
    assert "never" in {plan.name for plan in served.app.organizer.plans(100, 0)}
    page.get_by_role("button", name="Forget it").click()
    expect(page.get_by_role("link", name="never")).to_have_count(0)
    assert "never" not in {plan.name for plan in served.app.organizer.plans(100, 0)}
    assert names(inbox) == set(LETTERS)
