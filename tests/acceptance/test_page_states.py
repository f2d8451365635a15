"""Every state that a view can be in, by the rules of accessibility: wide and narrow, light and dark.

Whatever is wrong is collected and told at once, so that one run shows all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.acceptance.views import SCHEMES, SIZES, broken_rules, show
from tests.integration.api.served import DEADLINE_S, LEASE, Served, SteeredApp, listening, settings_in

from twolane.answers import (
    AnswerEvent,
    CitationEvent,
    CitationStatus,
    DoneEvent,
    Source,
    SourcesEvent,
    TextEvent,
    Turn,
)
from twolane.documents import Filter, FoundPassage
from twolane.plans import OrganizeRule

pytestmark = pytest.mark.browser

EMPTY = ("ask", "search?q=nothing", "files", "review", "order", "categories", "correspondents", "lanes")


def cited(question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
    said = "The rent is 950 euros [1]. It is paid by standing order [1]."
    citations = (CitationEvent(1), CitationEvent(1, CitationStatus.WEAK))
    yield SourcesEvent((Source(1, FoundPassage(1, "d", Path("/papers/lease.txt"), "", 1, LEASE)),))
    yield TextEvent(said)
    yield from citations
    yield DoneEvent(said, cited=(1,), citations=citations)


def folder_chosen(page: Page, served: Served) -> None:
    show(page, served, f"files?folder={served.folder}")
    expect(page.locator("#trail")).to_be_visible()


def row_chosen(page: Page, served: Served) -> None:
    show(page, served, "files")
    page.locator("#rows input[type=checkbox]").first.check()
    expect(page.locator("#picked")).to_be_visible()


def filters_open(page: Page, served: Served) -> None:
    show(page, served, "files")
    page.locator("#more-filters").click()
    page.locator("#files-saved summary").click()


def panel_open(page: Page, served: Served) -> None:
    show(page, served, "files")
    page.get_by_role("button", name="lease.txt", exact=True).click()
    expect(page.locator("#panel mark, #panel .page-text, #panel-body > *").first).to_be_visible()


def dialog_open(page: Page, served: Served) -> None:
    show(page, served, "files")
    page.locator("#again-open").click()
    expect(page.locator("#again-body > *").first).to_be_visible()


def plan_shown(page: Page, served: Served) -> None:
    show(page, served, "order/state")
    expect(page.locator(".diff h4").first).to_be_visible()


def plan_made(page: Page, served: Served) -> None:
    show(page, served, "order")
    page.locator("#order-new").click()
    page.locator("#order-add-rule").click()
    page.locator("#order-folders").fill(str(served.folder))
    page.locator("#order-draft").click()
    expect(page.locator("#order-shown h3")).to_be_visible()


def answered(page: Page, served: Served) -> None:
    show(page, served, "ask")
    with served.scripted(cited):
        page.get_by_label("Your question").fill("What is the rent?")
        page.keyboard.press("Enter")
        expect(page.locator(".turn").last.locator(".answer")).to_have_attribute("aria-busy", "false")


def conversations_open(page: Page, served: Served) -> None:
    show(page, served, "ask")
    if page.locator("#talks").is_hidden():
        page.locator("#talks-toggle").click()
    page.locator("#talks-list button").first.click()


def found(page: Page, served: Served) -> None:
    show(page, served, "search?q=lease")
    expect(page.locator(".result").first).to_be_visible()
    for summary in page.locator("#search-body summary").all():
        summary.click()


def category_changed(page: Page, served: Served) -> None:
    show(page, served, "categories")
    page.locator("#categories-list button").first.click()


def menu_open(page: Page, served: Served) -> None:
    show(page, served, "files")
    if page.locator("#more-views").is_visible():
        page.locator("#more-views").click()


def told(page: Page, served: Served) -> None:
    show(page, served, "files")
    page.evaluate("""async () => {
      const { toast } = await import("/web/common/dom.js");
      toast("That is done", false, async () => {});
    }""")


def offline(page: Page, served: Served) -> None:
    show(page, served, "files")
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('online'))")  # the stream is opened anew, and fails
    expect(page.locator("#banners .problem")).to_be_visible()


STATES: tuple[Callable[[Page, Served], None], ...] = (
    folder_chosen,
    row_chosen,
    filters_open,
    panel_open,
    dialog_open,
    plan_shown,
    plan_made,
    answered,
    conversations_open,
    found,
    category_changed,
    menu_open,
    told,
    offline,
)


@pytest.mark.parametrize("size", SIZES)
def test_no_rule_of_accessibility_is_broken_in_any_state(browser: Browser, served: Served, size: str) -> None:
    # given
    rules = [OrganizeRule("*", "Kept/{name}{ext}")]
    within = Filter(folders=(served.folder,))
    organizer = served.app.organizer
    if "state" not in {plan.name for plan in organizer.plans(100, 0)}:
        organizer.save(organizer.draft(within, rules, unsure=True, root=served.folder), "state")

    # when
    broken = []
    for bring in STATES:
        with closing(looking(browser, size)) as page:
            bring(page, served)
            broken += broken_in(page, bring.__name__)

    # then
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("size", SIZES)
def test_no_rule_of_accessibility_is_broken_where_there_is_nothing_yet(
    browser: Browser, tmp_path: Path, size: str
) -> None:
    # given
    with SteeredApp(settings_in(tmp_path)) as app, listening(app) as url:
        # when
        broken = []
        with closing(looking(browser, size)) as page:
            for view in EMPTY:
                show(page, Served(app, url, tmp_path), view)
                broken += broken_in(page, view)
            page.goto("about:blank")

    # then
    assert not broken, "\n".join(broken)


def looking(browser: Browser, size: str) -> Page:
    width, height = SIZES[size]
    expect.set_options(timeout=DEADLINE_S * 1000)
    page = browser.new_page(
        viewport={"width": width, "height": height}, service_workers="block", reduced_motion="reduce"
    )
    page.set_default_timeout(DEADLINE_S * 1000)
    return page


def broken_in(page: Page, name: str) -> list[str]:
    """Name what is broken in what is shown, in both colours."""
    broken = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        broken += [f"{name} {scheme}: {rule}" for rule in broken_rules(page)]
    return broken
