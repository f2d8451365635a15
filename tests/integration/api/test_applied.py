"""Plans applied and undone over HTTP, and what is told of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
from tests.integration.api.test_plans import upload


def events(response: httpx.Response) -> Iterator[tuple[str, dict[str, object]]]:
    for block in response.text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in lines:
            yield lines["event"], json.loads(lines["data"])


def test_a_plan_is_applied_and_undone_with_its_progress(client: httpx.Client, tmp_path: Path) -> None:
    # given
    upload(client, "figs.txt")
    body = {
        "root": str(tmp_path),
        "kind": "copy",
        "rules": [{"category": "letter", "template": "F/{name}{ext}"}],
    }
    name = client.post("/api/v1/plans", json=body).json()["name"]
    total = client.get(f"/api/v1/plans/{name}").json()["total"]

    # when
    applied = list(events(client.post(f"/api/v1/plans/{name}/apply")))
    there = [path.name for path in (tmp_path / "F").iterdir()]
    undone = list(events(client.post(f"/api/v1/plans/{name}/undo")))
    past = client.get("/api/v1/history", params={"path": str(tmp_path / "F" / "figs.txt")}).json()

    # then
    assert [event for event, _ in applied] == ["progress", "progress", "plan"]
    assert applied[1][1] == {"plan": name, "done": total, "total": total, "left": 0}
    assert applied[2][1]["state"] == "applied"
    assert "figs.txt" in there
    assert undone[-1][1]["state"] == "undone"
    assert list(tmp_path.iterdir()) == []
    assert [(one["plan"], one["state"]) for one in past] == [(name, "undone")]
    unknown = client.post("/api/v1/plans/nothing/undo")
    assert (unknown.status_code, "nothing" in unknown.json()["error"]) == (404, True)
    assert client.get("/api/v1/history", params={"path": "\0"}).status_code == 422


def test_one_move_of_a_plan_is_undone_by_its_number(client: httpx.Client, tmp_path: Path) -> None:
    # given
    upload(client, "quince.txt")
    body = {
        "root": str(tmp_path),
        "kind": "copy",
        "rules": [{"category": "letter", "template": "Q/{name}{ext}"}],
    }
    name = client.post("/api/v1/plans", json=body).json()["name"]
    client.post(f"/api/v1/plans/{name}/apply")
    moves = client.get(f"/api/v1/plans/{name}/moves").json()
    one = next(move for move in moves if move["target"].endswith("quince.txt"))
    undone_url = f"/api/v1/plans/{name}/moves/{one['number']}/undo"

    # when
    undone = client.post(undone_url)

    # then
    assert undone.status_code == 200
    assert undone.json()["counts"]["undone"] == 1
    assert not (tmp_path / "Q" / "quince.txt").exists()
    again, unknown = client.post(undone_url), client.post(f"/api/v1/plans/{name}/moves/999/undo")
    assert (again.status_code, unknown.status_code) == (404, 404)
    client.post(f"/api/v1/plans/{name}/undo")
