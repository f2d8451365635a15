"""The page in a real browser: files are planned, moved into their folders, and brought back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.integration.api.served import Served, until

from twolane.documents import Filter
from twolane.plans import OrganizeRule, PlanState

pytestmark = pytest.mark.browser

MANY = 250
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
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1400, "height": 900})

    # when
    planned.get_by_label("Name of the plan").fill("Frühjahr 100%")
    planned.get_by_role("button", name="Keep this plan").click()
    plan = page.get_by_role("region", name="Plan Frühjahr 100%")
    expect(plan.get_by_text("3 in all: 3 to do")).to_be_visible()
    plan.get_by_role("button", name="Apply", exact=True).click()

    # then
    expect(plan.get_by_text("3 in all: 3 done")).to_be_visible()
    expect(plan.get_by_role("button", name="Undo", exact=True).first).to_be_focused()
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


def test_a_plan_that_nothing_says_a_folder_for_leads_to_its_field(page: Page, inbox: Path) -> None:
    # given
    view = order(page)
    expect(page.get_by_role("heading", name="Order")).to_be_focused()
    page.get_by_role("button", name="Make a plan").click()

    # when
    view.get_by_role("button", name="Show where files would go").click()

    # then
    field = view.get_by_label("Files go into")
    expect(field).to_be_focused()
    expect(view.get_by_role("alert")).to_contain_text("Fill in “Files go into”")

    # when
    field.fill(str(inbox))
    page.keyboard.press("Enter")

    # then
    expect(view.get_by_role("region", name="Where files would go")).to_be_visible()
    expect(view.get_by_role("alert")).to_have_count(0)


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


def test_a_long_plan_is_one_list_that_is_seen_to_its_end(page: Page, served: Served, inbox: Path) -> None:
    # given
    everything = [OrganizeRule("*", "Letters/{name}{ext}")]
    draft = served.app.organizer.draft(Filter(folders=(inbox,)), everything, unsure=True, root=inbox)
    moves = tuple(
        replace(draft.moves[0], number=number, target=inbox / "Letters" / f"letter {number:03}.txt")
        for number in range(1, MANY + 1)
    )
    served.app.organizer.save(replace(draft, moves=moves), "long")
    order(page).get_by_role("link", name="long").click()
    rows = page.get_by_role("list", name="Moves")

    # when, then
    first = rows.get_by_role("listitem").first
    expect(first).to_have_attribute("aria-setsize", str(MANY))
    expect(first.get_by_role("heading", name="Letters")).to_be_visible()
    assert rows.get_by_role("listitem").count() < MANY / 2
    first.get_by_role("button").first.focus()
    page.keyboard.press("End")
    last = rows.get_by_role("button", name=moves[-1].target.name, exact=True)
    expect(last).to_be_focused()
    expect(last).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


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


def test_a_file_tells_on_its_panel_which_plan_has_moved_it_and_takes_that_back(
    page: Page, served: Served, inbox: Path
) -> None:
    # given
    with served.client() as client:
        body = {"folders": [str(inbox)], "rules": [{"category": "letter", "template": "Post/{name}{ext}"}]}
        name = client.post("/api/v1/plans", json=body).json()["name"]
        client.post(f"/api/v1/plans/{name}/apply").raise_for_status()
        found = client.get("/api/v1/files", params={"text": "lettre", "order": "added", "limit": 1})
        file = found.json()["files"][0]
    assert file["path"] == str(inbox / "Post" / LETTERS[2])

    # when
    page.goto(f"{served.url}/#/order?file={file['file_id']}")
    moves = page.get_by_role("dialog").get_by_role("region", name="Moves")
    expect(moves.get_by_role("link", name=name)).to_be_visible()
    moves.get_by_role("button", name="Undo only").click()

    # then
    expect(moves.get_by_text("Undone")).to_be_visible()
    assert (inbox / LETTERS[2]).exists()
    assert (inbox / "Post" / LETTERS[0]).exists()


def test_what_was_stopped_is_shown_first_and_is_finished_from_there(
    page: Page, served: Served, inbox: Path
) -> None:
    # given a plan whose process has gone before it moved anything
    rules = [OrganizeRule("letter", "Old/{name}{ext}")]
    plan = served.app.organizer.save(served.app.organizer.draft(Filter(folders=(inbox,)), rules), "cut off")
    with served.app.store.writing() as write:
        write.plans.claim(plan.plan_id, PlanState.APPLYING, "nobody", 0.0)
        write.plans.release(plan.plan_id, "nobody")

    # when
    page.reload()
    expect(page.locator("#order-unfinished-count")).to_have_text("1")
    order(page)
    page.get_by_role("group", name="Plan cut off is not finished").get_by_role(
        "button", name="Finish"
    ).click()

    # then
    expect(page.get_by_role("region", name="Plan cut off").get_by_text("3 in all: 3 done")).to_be_visible()
    expect(page.locator("#order-unfinished-count")).to_be_empty()
    assert names(inbox) == {f"Old/{name}" for name in LETTERS}


def test_where_a_person_has_put_a_file_is_asked_once_in_review(
    page: Page, served: Served, inbox: Path
) -> None:
    # given a folder of letters into which a person puts an invoice
    with served.client() as client:
        (inbox.parent / "bill.txt").write_text(f"INVOICE no. 18, to be paid: 80 euros. {inbox}", "utf-8")
        served.app.library.add([inbox.parent])
        until(lambda: served.app.library.pending().jobs == 0)
        (inbox.parent / "bill.txt").rename(inbox / "bill.txt")
        served.app.library.add([inbox.parent])
        until(lambda: served.app.library.pending().jobs == 0)
        assert client.get("/api/v1/placements").json()["total"] == 1

    # when
    page.get_by_role("link", name="Review").click()
    asked = page.get_by_role("group", name="Where bill.txt was put")
    expect(asked).to_contain_text(f"You put bill.txt into {inbox}: file it as Letter?")
    asked.get_by_role("button", name="Yes, file it as Letter: bill.txt").click()

    # then
    expect(asked).to_have_count(0)
    with served.client() as client:
        found = client.get("/api/v1/files", params={"text": "bill.txt"}).json()["files"]
    assert found[0]["classification"]["category"] == "letter"


def tab_to(page: Page, name: str, *, most: int = 60) -> None:
    """Go on by the Tab key alone until what has this name is in focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(_FOCUSED) == name:
            return
    raise AssertionError(f"no {name!r} within {most} tabs; at {page.evaluate(_FOCUSED)!r}")


_FOCUSED = """() => {
    const at = document.activeElement;
    return at?.ariaLabel || at?.labels?.[0]?.textContent.trim() || at?.textContent.trim();
}"""


def test_a_plan_is_made_applied_and_undone_by_keyboard_alone_in_another_language(
    page: Page, inbox: Path
) -> None:
    # given the page in German
    page.evaluate("localStorage.setItem('twolane.language', 'de')")
    page.goto(f"{page.url.split('#')[0]}#/order")
    page.reload()
    expect(page.get_by_role("heading", name="Ordnen")).to_be_visible()

    # when
    tab_to(page, "Plan machen")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Ordner, einer je Zeile")).to_be_focused()
    page.keyboard.type(str(inbox))
    tab_to(page, "Eigene Regel hinzufügen")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Wohin ihre Dateien kommen")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("Briefe/{name}{ext}")
    tab_to(page, "Zeigen, wohin Dateien kämen")
    page.keyboard.press("Enter")

    # then
    expect(page.get_by_role("heading", name="3 Dateien zu verschieben, in 1 Ordner")).to_be_focused()

    # when
    tab_to(page, "Diesen Plan behalten")
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 insgesamt: 3 zu tun")).to_be_visible()
    tab_to(page, "Ausführen")
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 insgesamt: 3 erledigt")).to_be_visible()
    assert names(inbox) == {f"Briefe/{name}" for name in LETTERS}
    tab_to(page, "Rückgängig")
    page.keyboard.press("Enter")

    # then
    expect(page.get_by_text("3 insgesamt: 3 zurückgenommen")).to_be_visible()
    assert names(inbox) == set(LETTERS)
