"""The page as a program of the device: it can be installed, and other programs share files with it."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect
from tests.integration.api.served import Served

pytestmark = pytest.mark.browser

BOUNDARY = "shared-by-the-device"
NAVIGATED = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Origin": "null"}


def form(*files: tuple[str, str]) -> bytes:
    """Return files as a browser shares them."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        f"Content-Type: text/plain\r\n\r\n{text}\r\n"
        for name, text in files
    ]
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()


def test_the_page_can_be_installed_and_its_icons_are_there(page: Page, served: Served) -> None:
    # given
    devtools = page.context.new_cdp_session(page)

    # when
    found: dict[str, Any] = devtools.send("Page.getAppManifest")
    obstacles = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]

    # then
    assert found["errors"] == []
    assert [each["errorId"] for each in obstacles if each["errorId"] != "in-incognito"] == []
    manifest = json.loads(found["data"])
    assert manifest["share_target"]["action"] == "/share"
    with served.client() as client:
        kinds = {each["src"]: client.get(each["src"]).headers["content-type"] for each in manifest["icons"]}
    assert set(kinds.values()) == {"image/svg+xml", "image/png"}


def test_files_that_a_device_shares_are_filed_and_told_of(page: Page, served: Served) -> None:
    # given: the browser itself opens the address, and what it posts is put in
    shared = form(("Größe 合同.txt", "shared by a phone"), ("other.txt", "shared as well"))

    def post(route: Route) -> None:
        kind = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
        route.continue_(method="POST", headers={**route.request.headers, **kind}, post_data=shared)

    page.route("**/share", post)

    # when
    page.goto(f"{served.url}/share")

    # then
    expect(page.locator("#toast")).to_have_text(re.compile("2 files are being filed"))
    expect(page.locator("#rows")).to_contain_text("Größe 合同.txt")
    assert page.url.endswith("/#/files?order=added")


def test_another_website_can_share_nothing(browser: Browser, served: Served) -> None:
    # given: the same server under another name is another website
    page = browser.new_page()
    evil = served.url.replace("127.0.0.1", "localhost") + "/evil"
    markup = f"""<form method="post" enctype="multipart/form-data" action="{served.url}/share">
        <input name="files" type="file"><button>win</button></form>"""
    page.route(evil, lambda route: route.fulfill(content_type="text/html", body=markup))
    page.goto(evil)
    page.locator("input").set_input_files({"name": "evil.txt", "mimeType": "text/plain", "buffer": b"evil"})

    # when
    with page.expect_response("**/share") as answer:
        page.locator("button").click()

    # then
    assert answer.value.status == 403
    page.close()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Origin": "null"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "cors", "Origin": "null"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Origin": "https://evil.example"},
    ],
)
def test_only_the_browser_itself_shares(served: Served, headers: dict[str, str]) -> None:
    # given
    files = [("files", ("a.txt", b"never"))]

    # when
    with served.client() as client:
        refused = client.post("/share", files=files, headers=headers)

    # then
    assert refused.status_code == 403


@pytest.mark.parametrize("more_bytes", [1, 1_000_000])
def test_what_cannot_be_taken_in_is_told_of_on_the_page(served: Served, more_bytes: int) -> None:
    # given: a little too large for a file, or also for a request
    limit_bytes = served.app.settings.server.upload_limit_bytes
    too_large = [("files", ("a.txt", b"0" * (limit_bytes + more_bytes)))]

    # when
    with served.client() as client:
        led: httpx.Response = client.post("/share", files=too_large, headers=NAVIGATED)

    # then
    assert led.status_code == 303
    assert led.headers["location"] == "/?new=0&known=0&refused=1#/files?order=added"


def test_a_phone_that_shares_no_file_is_led_to_the_page_too(served: Served) -> None:
    # when
    with served.client() as client:
        led: httpx.Response = client.post("/share", data={"title": "only words"}, headers=NAVIGATED)

    # then
    assert led.status_code == 303
    assert led.headers["location"] == "/?new=0&known=0&refused=1#/files?order=added"
