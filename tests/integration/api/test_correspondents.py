"""Correspondents and tags over HTTP."""

from __future__ import annotations

import itertools

import httpx
import pytest
from tests.integration.api.served import Served, until

INVOICE = "{sender}\n12345 Halden\n\nRechnung Nr. {number}\nDatum: 31.03.2025\n\nGesamtbetrag 5,00 EUR\n"
_numbers = itertools.count()


@pytest.fixture
def papers(client: httpx.Client, served: Served) -> list[int]:
    """Two files in the library whose correspondents a person named; return their numbers."""
    numbers = []
    for number, sender in enumerate(("Stadtwerke Halden", "Baumarkt Lund")):
        text = INVOICE.format(sender=sender, number=f"RE-{next(_numbers)}")
        sent = client.post("/api/v1/files", files={"files": (f"{number}.txt", text.encode(), "text/plain")})
        [file] = sent.json()["files"]
        numbers.append(file["file_id"])
    until(lambda: all(client.get(f"/api/v1/files/{one}").json()["state"] != "waiting" for one in numbers))
    for number, sender in zip(numbers, ("Stadtwerke Halden", "Baumarkt Lund"), strict=True):
        client.put(f"/api/v1/files/{number}/fields/correspondent", json={"value": sender}).raise_for_status()
    return numbers


def senders(client: httpx.Client, text: str = "") -> dict[str, list[str]]:
    found = client.get("/api/v1/correspondents", params={"text": text}).json()
    return {one["name"]: one["names"] for one in found}


def test_correspondents_are_merged_renamed_and_taken_apart(client: httpx.Client, papers: list[int]) -> None:
    # given
    one, other = (client.get(f"/api/v1/files/{number}").json()["correspondent"] for number in papers)
    address = f"/api/v1/correspondents/{one['correspondent_id']}"

    # when
    merged = client.post(f"{address}/merge", json={"other": other["correspondent_id"]})
    renamed = client.put(address, json={"name": "Werke"})
    listed = client.get("/api/v1/files", params={"correspondent": one["correspondent_id"]}).json()
    own = client.post(f"{address}/part", json={"spelling": "baumarkt lund"})
    apart = senders(client)
    undone = [client.post("/api/v1/correspondents/undo").json()["kind"] for _ in range(3)]
    changes = client.get("/api/v1/correspondents/changes").json()

    # then
    assert merged.json()["names"] == ["Stadtwerke Halden", "Baumarkt Lund"]
    assert renamed.json()["name"] == "Werke"
    assert {file["file_id"] for file in listed["files"]} == set(papers)
    assert own.json()["name"] == "Baumarkt Lund"
    assert {"Baumarkt Lund": ["Baumarkt Lund"], "Werke": ["Stadtwerke Halden"]}.items() <= apart.items()
    assert undone == ["part", "rename", "merge"]
    assert all(change["undone_at"] for change in changes if not change["by_evidence"])
    assert senders(client, "HALDEN") == {"Stadtwerke Halden": ["Stadtwerke Halden"]}


def test_what_cannot_be_is_said(client: httpx.Client, papers: list[int]) -> None:
    # given
    one, other = (client.get(f"/api/v1/files/{number}").json()["correspondent"] for number in papers)
    address = f"/api/v1/correspondents/{one['correspondent_id']}"

    # when
    answers = [
        client.post("/api/v1/correspondents/999999/merge", json={"other": other["correspondent_id"]}),
        client.post(f"{address}/merge", json={"other": one["correspondent_id"]}),
        client.put(address, json={"name": other["name"]}),
        client.post(f"{address}/part", json={"spelling": one["name"]}),
        client.post(f"{address}/part", json={"spelling": ""}),
    ]

    # then
    assert [answer.status_code for answer in answers] == [404, 409, 409, 409, 422]


def test_tags_are_given_taken_and_counted(client: httpx.Client, papers: list[int]) -> None:
    # when
    tagged = client.put(f"/api/v1/files/{papers[0]}/tags/налог 2025 / A")
    again = client.put(f"/api/v1/files/{papers[1]}/tags/НАЛОГ 2025 / a")
    counts = client.get("/api/v1/tags").json()
    listed = client.get("/api/v1/files", params={"tag": "налог 2025 / a"}).json()
    taken = client.delete(f"/api/v1/files/{papers[1]}/tags/налог 2025 / a")
    unknown = client.put("/api/v1/files/999999/tags/x")

    # then
    assert tagged.json()["tags"] == again.json()["tags"] == ["налог 2025 / A"]
    assert counts == {"налог 2025 / A": 2}
    assert listed["total"] == 2
    assert taken.json()["tags"] == []
    assert unknown.status_code == 404
