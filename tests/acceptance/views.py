"""How the page's views are opened and looked at, at the sizes and in the colours that people have."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect
from tests.integration.api.served import Served

SIZES = {"wide": (1280, 800), "narrow": (390, 800)}
SCHEMES = ("light", "dark")
_STANDARDS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def show(page: Page, served: Served, view: str) -> None:
    """Open a view, and wait until it and the state of the lanes are shown."""
    page.goto(f"{served.url}/#/{view}")
    part = view.partition("?")[0].partition("/")[0]
    expect(page.locator(f'main > [data-part="{part}"]')).to_be_visible()
    expect(page.locator(".lane").first).to_be_visible()
    if view.startswith("settings"):
        expect(page.locator("#settings-body[aria-busy=false] h3").first).to_be_visible()


def broken_rules(page: Page) -> list[str]:
    """Name the rules of accessibility that what is shown breaks, and where."""
    found = Axe().run(page, options=_STANDARDS).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes'][:2]]}" for one in found
    ]
