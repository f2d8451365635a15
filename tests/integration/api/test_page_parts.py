"""The page's own files as they are sent: small, sent again only when changed, never of two releases."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest

from twolane.api.parts import PageParts

MOST_BYTES = 150_000
LANGUAGES = {"texts/de.js", "texts/fr.js"}
CODE = (".js", ".css")


def sent_bytes(client: httpx.Client, address: str) -> int:
    with client.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as response:
        assert response.status_code == 200, address
        return sum(len(chunk) for chunk in response.iter_raw())


def release_of(client: httpx.Client) -> str:
    found = re.search(r'"(/web/v-[0-9a-f]{16}/)main\.js"', client.get("/").text)
    assert found is not None
    return found[1]


def asked_by(client: httpx.Client, address: str) -> set[str]:
    return set(re.findall(r'"(/web/[^"]+)"', client.get(address).text))


def test_all_of_the_page_is_no_larger_than_it_may_be(client: httpx.Client) -> None:
    # given: all code of one language; whoever reads another gets one file more
    documents = ("/", "/signin")
    code = {one for document in documents for one in asked_by(client, document) if one.endswith(CODE)}

    # when
    sent = {address: sent_bytes(client, address) for address in (*documents, *code)}

    # then
    assert sum(sent.values()) < MOST_BYTES, sorted(sent.items(), key=lambda one: -one[1])[:10]


def test_a_view_asks_for_no_code_beside_one_module_and_one_stylesheet(client: httpx.Client) -> None:
    for document in ("/", "/signin"):
        # when
        code = {one for one in asked_by(client, document) if one.endswith(CODE)}
        texts = [client.get(address).text for address in code]

        # then
        assert len(code) == 2
        further = {found for text in texts for found in re.findall(r'"(/web/[^"]+)"', text)}
        assert further == {f"{release_of(client)}{language}" for language in LANGUAGES}


def test_a_document_asks_for_files_of_its_own_release_which_never_change(client: httpx.Client) -> None:
    # when
    asked = asked_by(client, "/")
    release = release_of(client)

    # then
    assert asked
    assert all(address.startswith(release) for address in asked)
    for address in asked:
        assert "immutable" in client.get(address).headers["cache-control"]
    assert client.get("/").headers["cache-control"] == "no-cache"
    assert client.get("/web/main.js").headers["cache-control"] == "no-cache"


def test_a_file_that_did_not_change_is_not_sent_again(client: httpx.Client) -> None:
    for address in ("/", "/web/main.js", "/manifest.webmanifest", "/sw.js"):
        # given
        first = client.get(address)

        # when
        again = client.get(address, headers={"If-None-Match": first.headers["etag"]})

        # then
        assert (again.status_code, again.content) == (304, b"")


def test_what_belongs_to_another_release_is_not_there(client: httpx.Client) -> None:
    # when
    other = client.get("/web/v-0123456789abcdef/main.js")

    # then
    assert other.status_code == 404
    assert "load it again" in other.json()["remedy"]


def test_a_changed_file_makes_another_release(tmp_path: Path) -> None:
    # given
    (tmp_path / "index.html").write_text('<script src="/web/main.js">', "utf-8")
    (tmp_path / "main.js").write_text("// one\n", "utf-8")
    parts = PageParts(tmp_path)
    before = parts.now()

    # when
    (tmp_path / "main.js").write_text("let other = 2;\n", "utf-8")
    after = parts.now()

    # then
    assert before is not after
    assert before.version != after.version
    assert after.base.encode() in after.whole["index.html"].content


def test_the_service_worker_keeps_the_page_and_nothing_of_the_library(client: httpx.Client) -> None:
    # when
    worker = client.get("/sw.js")
    head, _, _ = worker.text.partition(";\n")
    release = json.loads(head.removeprefix("globalThis.RELEASE = "))

    # then
    assert worker.headers["content-type"].startswith("text/javascript")
    assert all(address.startswith(f"/web/v-{release['version']}/") for address in release["kept"])
    for address in release["kept"]:
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("encoding", ["gzip, br", "br", ""])
def test_a_browser_gets_what_it_can_unpack(client: httpx.Client, encoding: str) -> None:
    # when
    response = client.get("/web/common/style.css", headers={"Accept-Encoding": encoding})

    # then
    assert response.headers.get("content-encoding", "") == ("gzip" if "gzip" in encoding else "")
    assert response.headers["vary"] == "Accept-Encoding"
    assert ":root" in response.text
