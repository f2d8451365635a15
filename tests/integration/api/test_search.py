"""Searching over HTTP: files with what is marked in them, filters, and what is no search."""

from __future__ import annotations

import httpx
import pytest
from tests.integration.api.served import LEASE, Served


def test_a_search_gives_files_with_the_words_marked_in_the_pages_text(client: httpx.Client) -> None:
    # when
    found = client.get("/api/v1/search/files", params={"query": "monthly rents"}).json()

    # then
    [one] = found["files"]
    [place] = one["places"]
    page = client.get(f"/api/v1/files/{one['file']['file_id']}/pages/{place['page']}").json()["text"]
    assert (found["total"], one["file"]["name"], one["place_count"]) == (1, "lease.txt", 1)
    assert page[place["start"] : place["end"]] == place["text"]
    assert {page[mark["start"] : mark["end"]] for mark in place["marks"]} >= {"monthly", "rent"}


def test_a_search_is_narrowed_by_folder_and_kind(client: httpx.Client, served: Served) -> None:
    # given
    def total(**narrow: str) -> int:
        found = client.get("/api/v1/search/files", params={"query": LEASE.split()[0], **narrow})
        return int(found.json()["total"])

    # then
    assert total(folder=str(served.folder)) == total(kind="text/*") == total() == 1
    assert total(folder=str(served.folder / "nowhere")) == total(kind="application/pdf") == 0


@pytest.mark.parametrize(
    "query", ["", "?query=", "?query=x&order=best", "?query=x&limit=101", "?query=x&state=lost"]
)
def test_what_is_no_search_is_explained(client: httpx.Client, query: str) -> None:
    # when
    answer = client.get(f"/api/v1/search/files{query}")

    # then
    assert answer.status_code == 422
    assert answer.json()["error"]
