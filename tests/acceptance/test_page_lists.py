"""Long lists in a real browser: few rows on the page, all of them reached, focus and place kept."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

MANY = 10_000
# Rows of two heights, in a box that scrolls: number, and a button with what it is.
BUILD = """async (many) => {
  const { VirtualList } = await import("/web/common/virtual.js");
  const { el } = await import("/web/common/dom.js");
  const into = el("ul", { "aria-label": "Numbers" });
  const box = el("div", { id: "numbers", tabindex: 0 }, into);
  box.style.cssText = "position: fixed; inset: 0; z-index: 9; overflow: auto; background: white";
  document.body.append(box);
  const row = (item) => {
    const text = item ? `${item.word} ${item.number}` : "…";
    const made = el("li", {}, el("button", { type: "button", class: "pick", text }));
    made.style.height = item?.number % 3 ? "40px" : "64px";
    return made;
  };
  const keyOf = ({ number }) => number;
  globalThis.list = new VirtualList({ into, row, keyOf, rowHeight: 40, keep: "numbers" });
  globalThis.items = Array.from({ length: many }, (_, number) => ({ number, word: "row" }));
  list.show(items);
}"""


def shown(page: Page) -> Any:
    """Return how many rows are on the page, and the numbers of those that are in sight."""
    return page.evaluate("""() => {
      const box = document.querySelector("#numbers").getBoundingClientRect();
      const rows = [...document.querySelectorAll("#numbers li:not(.spacer)")];
      const seen = rows.filter((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return bottom > box.top + 1 && top < box.bottom - 1;
      });
      return { rows: rows.length, seen: seen.map((row) => Number(row.textContent.split(" ")[1])) };
    }""")


def scroll_to(page: Page, share: float) -> None:
    page.evaluate(
        """async (share) => {
          const box = document.querySelector("#numbers");
          box.scrollTop = share * (box.scrollHeight - box.clientHeight);
          for (let frames = 0; frames < 4; frames += 1) await new Promise(requestAnimationFrame);
        }""",
        share,
    )


def test_a_list_of_ten_thousand_has_few_rows_on_the_page_and_all_are_reached(page: Page) -> None:
    # given
    page.evaluate(BUILD, MANY)

    # when, then
    for share, number in ((0, 0), (1, MANY - 1), (0, 0)):
        scroll_to(page, share)
        found = shown(page)
        assert number in found["seen"]
        assert found["seen"] == list(range(found["seen"][0], found["seen"][-1] + 1))
        assert found["rows"] < 60
    scroll_to(page, 0.5)
    middle = shown(page)["seen"]
    assert abs(middle[0] - MANY // 2) < 100
    row = page.get_by_role("list", name="Numbers").get_by_role("listitem").nth(8)
    assert int(row.get_attribute("aria-setsize") or 0) == MANY
    page.evaluate("list.show(items)")  # the same again
    assert shown(page)["seen"][:10] == middle[:10]


def test_keys_lead_through_a_long_list_and_tab_finds_what_was_out_of_sight(page: Page) -> None:
    # given
    page.evaluate(BUILD, MANY)
    page.get_by_role("button", name="row 0", exact=True).focus()

    # when, then
    for key, number in (
        ("ArrowDown", 1),
        ("End", MANY - 1),
        ("ArrowUp", MANY - 2),
        ("Home", 0),
        ("ArrowUp", 0),
    ):
        page.keyboard.press(key)
        expect(page.locator(":focus")).to_have_text(f"row {number}")
    for _ in range(60):
        page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("row 60")
    assert 60 in shown(page)["seen"]
    scroll_to(page, 1)  # whoever scrolls away is still there
    expect(page.locator(":focus")).to_have_text("row 60")
    assert shown(page)["seen"][-1] == MANY - 1
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_have_text("row 61")
    assert 61 in shown(page)["seen"]


def test_what_changes_in_a_long_list_moves_neither_focus_nor_what_is_seen(page: Page) -> None:
    # given
    page.evaluate(BUILD, MANY)
    scroll_to(page, 0.5)
    before = shown(page)["seen"]
    focused = before[5]
    page.get_by_role("button", name=f"row {focused}", exact=True).focus()
    first = page.get_by_role("button", name=f"row {before[3]}", exact=True)
    top = first.bounding_box()

    # when: some above it go, and it is called otherwise
    page.evaluate(
        """(focused) => {
          items = items.filter(({ number }) => number < 100 || number >= 150)
            .map((item) => (item.number === focused ? { ...item, word: "line" } : item));
          list.show(items);
        }""",
        focused,
    )

    # then
    expect(page.locator(":focus")).to_have_text(f"line {focused}")
    after = first.bounding_box()
    assert top is not None
    assert after is not None
    assert abs(after["y"] - top["y"]) < 2

    # when it is gone itself
    page.evaluate(
        "(focused) => { items = items.filter(({ number }) => number !== focused); list.show(items); }",
        focused,
    )

    # then
    expect(page.locator(":focus")).to_have_text(f"row {focused + 1}")


def test_a_reload_leads_to_where_a_long_list_was(page: Page) -> None:
    # given
    page.evaluate(BUILD, MANY)
    scroll_to(page, 0.5)
    before = shown(page)["seen"]

    # when
    page.reload()
    page.evaluate(BUILD, MANY)

    # then
    assert abs(shown(page)["seen"][0] - before[0]) <= 1
