"""Plans over HTTP: drafted, kept, looked at and forgotten."""

from __future__ import annotations

from pathlib import Path

import httpx
from tests.integration.api.served import until

TEXT = "Dear neighbour, thank you for the plums. With kind regards, Ada"


def upload(client: httpx.Client, name: str) -> int:
    sent = client.post("/api/v1/files", files={"files": (name, f"{TEXT} {name}".encode(), "text/plain")})
    [file] = sent.json()["files"]
    until(lambda: client.get(f"/api/v1/files/{file['file_id']}").json()["state"] in {"filed", "review"})
    client.put(f"/api/v1/files/{file['file_id']}/category", json={"category": "letter"})
    return int(file["file_id"])


def test_uploads_are_planned_kept_and_forgotten(client: httpx.Client, tmp_path: Path) -> None:
    # given
    numbers = {upload(client, f"plums {n}.txt") for n in range(3)}
    body = {
        "root": str(tmp_path),
        "category": "letter",
        "rules": [{"category": "*", "template": "L/{name}{ext}"}],
    }

    # when
    drafted = client.post("/api/v1/plans/draft", json=body, params={"limit": 2}).json()
    checked = [
        client.post("/api/v1/plans/check", json={"category": "letter", "template": template}).json()
        for template in ("{category}/{added:%Y}/{name}{ext}", "a/{titel}{ext}")
    ]
    kept = client.post("/api/v1/plans", json={**body, "name": "pflaumen ü", "kind": "copy"})
    name = kept.json()["name"]
    listed = client.get("/api/v1/plans").json()
    one = client.get(f"/api/v1/plans/{name}").json()
    moves = client.get(f"/api/v1/plans/{name}/moves", params={"state": "proposed", "limit": 1000}).json()
    again = client.post("/api/v1/plans", json={**body, "name": name})
    no_path = [
        client.post("/api/v1/plans/draft", json={**body, **part}).status_code
        for part in (
            {"root": "/x\0"},
            {"folders": ["\0"]},
            {"root": "x"},
            {"rules": [{"category": "*", "template": "\0"}]},
        )
    ]
    wrong = client.post("/api/v1/plans/draft", json={**body, "preset": "zzz"})
    forgotten = [client.delete(f"/api/v1/plans/{name}").status_code for _ in range(2)]

    # then
    assert len(drafted["moves"]) == 2
    assert drafted["total"] >= 3
    assert drafted["moves"][0]["target"].startswith(str(tmp_path / "L"))
    assert drafted["folders"] == [{"folder": str(tmp_path / "L"), "files": drafted["total"]}]
    assert checked[0]["examples"][0].startswith("Letter/20")
    assert (checked[1]["examples"], checked[1]["at"]) == ([], 3)
    assert "did you mean title?" in checked[1]["remedy"]
    assert kept.status_code == 200
    assert listed[0] == one == kept.json()
    assert numbers <= {move["file_id"] for move in moves}
    assert {move["kind"] for move in moves} == {"copy"}
    assert again.status_code == 409
    assert (wrong.status_code, wrong.json()["remedy"][:10]) == (404, "choose one")
    assert no_path == [422] * 4
    assert forgotten == [204, 404]
    assert list(tmp_path.iterdir()) == []
