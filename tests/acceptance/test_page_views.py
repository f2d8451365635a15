"""Every view as people have it: wide, narrow, light, dark, in each language, from right to left, by keys.

Whatever is wrong is collected and told at once, so that one run shows all of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.acceptance.views import SCHEMES, SIZES, broken_rules, show
from tests.integration.api.served import DEADLINE_S, Served

pytestmark = pytest.mark.browser

VIEWS = (
    "ask",
    "search",
    "files",
    "review",
    "order",
    "categories",
    "correspondents",
    "lanes",
    "settings",
    "settings/users",
    "settings/shares",
    "settings/tokens",
    "settings/models",
    "settings/audit",
)
LANGUAGES = ("en", "de", "fr")
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Whatever of the header does not fit in one line, and whatever of it is cut off.
BROKEN_HEADER = """() => [...document.querySelectorAll(".top, .tabs")]
    .filter((each) => each.offsetHeight > 70 || each.scrollWidth > each.clientWidth + 1)
    .map((each) => each.className)"""
REACHABLE = """() => {
    const all = "a[href], button:not(:disabled), input, select, textarea, summary, [tabindex='0']";
    const found = [...document.querySelectorAll(all)]
      .filter((each) => each.checkVisibility({ visibilityProperty: true }) && each.tabIndex >= 0);
    const isGroup = (each) => each.type === "radio" && !each.checked;
    return found.filter((each) => !isGroup(each) && !each.closest("[inert]"))
      .map((each, at) => { each.dataset.reached = String(at); return each.outerHTML.slice(0, 90); });
}"""
FOCUSED = """() => {
    const at = document.activeElement;
    const style = getComputedStyle(at);
    const isSeen = style.outlineStyle !== "none" || style.boxShadow !== "none" || at === document.body
      || at.closest("form")?.matches(":focus-within");
    return { at: at.dataset.reached ?? "", isSeen: Boolean(isSeen), what: at.outerHTML.slice(0, 90) };
}"""


@pytest.fixture
def context_page(browser: Browser, served: Served) -> Iterator[Page]:
    context = browser.new_context(service_workers="block", reduced_motion="reduce")
    context.set_default_timeout(DEADLINE_S * 1000)
    page = context.new_page()
    page.goto(served.url)
    yield page
    context.close()


def speak(page: Page, served: Served, language: str) -> None:
    page.evaluate("(code) => localStorage.setItem('twolane.language', code)", language)
    page.goto(f"{served.url}/?{language}")
    expect(page.locator("html")).to_have_attribute("lang", language)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_rule_of_accessibility_is_broken_in_any_view(
    context_page: Page, served: Served, scheme: str
) -> None:
    # given
    page = context_page
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]

    # when
    broken = []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for view in VIEWS:
            show(page, served, view)
            broken += [f"{view} {size}: {rule}" for rule in broken_rules(page)]

    # then
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_fits_in_every_language_and_from_right_to_left(
    context_page: Page, served: Served, language: str
) -> None:
    # given
    page = context_page
    speak(page, served, language)

    # when
    broken = []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for view in VIEWS:
            show(page, served, view)
            for direction in ("ltr", "rtl"):
                page.evaluate("(dir) => { document.documentElement.dir = dir; }", direction)
                if page.evaluate(WIDER) > 0:
                    broken.append(f"{view} {size} {direction}: wider than the window")
                if header := page.evaluate(BROKEN_HEADER):
                    broken.append(f"{view} {size} {direction}: {header} does not fit in a line")

    # then
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_header_fits_a_phone_whatever_it_says(context_page: Page, served: Served, language: str) -> None:
    # given: as much as can be: many files wait, a lane is away, and a user has a long name
    page = context_page
    speak(page, served, language)
    page.set_viewport_size({"width": 390, "height": 800})
    status = page.request.get(f"{served.url}/api/v1/status").json() | {"waiting": 123_456}
    status["snapshot"]["lanes"][0]["health"]["ready"] = False
    session = page.request.get(f"{served.url}/api/v1/session").json()
    session |= {"user": "maximiliane.von-und-zu-hohenstein", "full_name": ""}
    told = json.dumps(json.dumps(status))  # by a stream that says this once and does not end
    page.add_init_script(f"""globalThis.EventSource = class extends EventTarget {{
      constructor() {{
        super();
        setTimeout(() => this.dispatchEvent(new MessageEvent("status", {{ data: {told} }})));
      }}
      close() {{}}
    }};""")
    page.route("**/api/v1/session", lambda route: route.fulfill(json=session))

    # when
    page.reload()
    expect(page.locator(".queue")).to_contain_text("123")
    expect(page.locator("#account button")).to_contain_text("maximiliane")

    # then
    assert page.evaluate(WIDER) == 0
    assert page.evaluate(BROKEN_HEADER) == []
    expect(page.get_by_role("link", name=page.locator("a[data-view=ask]").inner_text())).to_be_in_viewport()
    page.unroute_all(behavior="ignoreErrors")


@pytest.mark.parametrize("size", SIZES)
def test_keys_alone_reach_every_control_of_every_view(context_page: Page, served: Served, size: str) -> None:
    # given
    page = context_page
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})

    # when
    broken = []
    for view in VIEWS:
        show(page, served, view)
        page.evaluate("document.activeElement?.blur()")
        wanted = page.evaluate(REACHABLE)
        reached = set()
        for _ in range(len(wanted) + 20):  # boxes that scroll are stops too
            page.keyboard.press("Tab")
            focused = page.evaluate(FOCUSED)
            reached.add(focused["at"])
            if not focused["isSeen"]:
                broken.append(f"{view}: the focus is not seen on {focused['what']}")
        broken += [f"{view}: not reached: {what}" for at, what in enumerate(wanted) if str(at) not in reached]

    # then
    assert not broken, "\n".join(sorted(set(broken)))
