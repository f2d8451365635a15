"""The taxonomy over HTTP: looked at, changed after a preview, taken back."""

from __future__ import annotations

import tomllib
from typing import Any

import httpx
from tests.integration.api.served import until

from twolane.filing.taxonomy import Taxonomy

LETTER = "Dear neighbour, thank you for the plums. With kind regards, Ada"


def categories(client: httpx.Client) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in client.get("/api/v1/categories").json()}


def change(client: httpx.Client, act: str, preview: bool = False, **sent: Any) -> dict[str, Any]:
    answer = client.post(f"/api/v1/taxonomy/{act}", params={"preview": preview}, json=sent)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def undo(client: httpx.Client, **params: Any) -> httpx.Response:
    return client.post("/api/v1/taxonomy/undo", params=params)


def upload(client: httpx.Client, name: str, text: str) -> int:
    sent = client.post("/api/v1/files", files={"files": (name, text.encode(), "text/plain")})
    [file] = sent.json()["files"]
    until(lambda: client.get(f"/api/v1/files/{file['file_id']}").json()["state"] in {"filed", "review"})
    return int(file["file_id"])


def category_of(client: httpx.Client, file_id: int) -> str:
    return str(client.get(f"/api/v1/files/{file_id}").json()["classification"]["category"])


def test_a_category_is_split_filled_and_all_of_it_is_taken_back(client: httpx.Client) -> None:
    # given: a file that a person put there
    file_id = upload(client, "plums.txt", LETTER)
    client.put(f"/api/v1/files/{file_id}/category", json={"category": "letter"})
    before = client.get("/api/v1/taxonomy").json()

    # when
    previewed = change(client, "split", True, category="Letter", parts=["Thanks", "Complaints: what was bad"])
    unchanged = client.get("/api/v1/taxonomy").json()["version"]
    told = change(client, "split", category="Letter", parts=["Thanks", "Complaints: what was bad"])
    split = categories(client)
    client.put(f"/api/v1/files/{file_id}/category", json={"category": "thanks"})
    listed = client.get("/api/v1/files", params={"category": "letter"}).json()["files"]

    # then
    assert previewed["what"] == told["what"] == 'split "Letter" into "Thanks", "Complaints"'
    assert unchanged == before["version"]
    assert (previewed["staying"], told["staying"]) == (1, 1)
    assert (split["thanks"]["parent"], split["thanks"]["title"]) == ("letter", "Letter: Thanks")
    assert (split["complaints"]["description"], split["complaints"]["depth"]) == ("what was bad", 1)
    assert file_id in [file["file_id"] for file in listed]

    # when: taken back, with what a person decided in between
    back = undo(client).json()

    # then
    assert back["what"].startswith("taken back: split")
    assert {"thanks", "complaints"}.isdisjoint(categories(client))
    assert category_of(client, file_id) == "letter"
    versions = client.get("/api/v1/taxonomy/history").json()
    assert [made["undoes"] for made in versions[:2]] == [versions[1]["version"], 0]


def test_categories_are_merged_and_removed_and_nothing_that_people_said_is_lost(client: httpx.Client) -> None:
    # given
    file_id = upload(client, "recipe.txt", "Flour, eggs, and an hour in the oven")
    change(client, "add", name="Recipes", description="How dishes are cooked")
    client.put(f"/api/v1/files/{file_id}/category", json={"category": "recipes"})

    # when
    refused = client.post("/api/v1/taxonomy/remove", json={"category": "recipes"})
    merged = change(client, "merge", into="letter", others=["recipes"])
    moved = category_of(client, file_id)

    # then
    assert refused.status_code == 422
    assert "--into" in refused.json()["remedy"]
    assert merged["followed"] == [{"category": "recipes", "into": "letter", "documents": 1, "people": 1}]
    assert moved == "letter"

    # when
    undo(client)
    kept = category_of(client, file_id)
    needs_a_place = undo(client)
    undo(client, into="letter")

    # then
    assert kept == "recipes"
    assert needs_a_place.status_code == 422
    assert category_of(client, file_id) == "letter"
    assert undo(client).status_code == 404


def test_renamed_moved_and_exported(client: httpx.Client) -> None:
    # when
    change(client, "rename", category="letter", name="Post", id="post", description="What people write")
    change(client, "add", name="Written", parent="")
    change(client, "move", category="post", parent="written")
    written = client.get("/api/v1/taxonomy/file").text
    found = categories(client)

    # then
    assert found["post"]["title"] == "Written: Post"
    assert "letter" not in found
    assert [one["id"] for one in tomllib.loads(written)["category"]][-1] == "written"
    assert Taxonomy.parsed(written, "it").get("post") is not None
    for _ in range(3):
        assert undo(client).status_code == 200
    assert "letter" in categories(client)


def test_what_cannot_be_is_refused_with_a_remedy(client: httpx.Client) -> None:
    unknown = client.post("/api/v1/taxonomy/move", json={"category": "nowhere", "parent": ""})
    within_itself = client.post("/api/v1/taxonomy/move", json={"category": "letter", "parent": "letter"})
    twice = client.post("/api/v1/taxonomy/add", json={"name": "x", "id": "letter"})

    assert unknown.status_code == 404
    assert within_itself.status_code == twice.status_code == 422
    assert twice.json()["remedy"] == "choose another id"
    assert client.get("/api/v1/taxonomy/check").status_code == 200
    assert client.get("/api/v1/taxonomy/suggestions").json() == []
