"""Status, health of each lane, the live feed, and trying parked jobs again."""

from __future__ import annotations

import httpx
from tests.integration.api.served import Served, events_of


def test_status_tells_everything(client: httpx.Client) -> None:
    # when
    status = client.get("/api/v1/status").json()

    # then
    snapshot = status["snapshot"]
    assert [lane["name"] for lane in snapshot["lanes"]] == ["filing", "chat"]
    assert {lane["model"] for lane in snapshot["lanes"]} == {"scripted"}
    assert status["ready"] is True
    assert snapshot["counts"]["documents"] >= 3
    assert sum(snapshot["counts"]["files"].values()) >= 3
    assert list(snapshot["jobs"]) == ["read", "read_slowly", "classify", "embed", "fields", "picture"]
    assert snapshot["workers"] >= 1
    assert status["parked"] == 0


def test_one_dead_lane_does_not_fail_the_other(served: Served, client: httpx.Client) -> None:
    # when
    with served.dead("filing"):
        overall = client.get("/api/v1/health")
        filing = client.get("/api/v1/health/filing")
        chat = client.get("/api/v1/health/chat")
        answer = client.post(
            "/api/v1/ask",
            json={"question": "When does the lease end?"},
            headers={"Accept": "application/json"},
        )

    # then
    assert (overall.status_code, filing.status_code, chat.status_code) == (503, 503, 200)
    assert filing.json()["health"]["remedy"] == "start its server"
    assert {lane["name"]: lane["health"]["ready"] for lane in overall.json()["lanes"]} == {
        "filing": False,
        "chat": True,
    }
    assert answer.status_code == 200


def test_all_is_well_again(client: httpx.Client) -> None:
    # when
    answers = [client.get(f"/api/v1/health{part}").status_code for part in ("", "/filing", "/chat")]

    # then
    assert answers == [200, 200, 200]


def test_an_unknown_lane_is_explained(client: httpx.Client) -> None:
    # when
    response = client.get("/api/v1/health/third")

    # then
    assert response.status_code == 422
    assert "lane" in response.json()["error"]


def test_the_live_feed_tells_changes(served: Served, client: httpx.Client) -> None:
    # given
    with client.stream("GET", "/api/v1/events") as response:
        told = (status for name, status in events_of(response) if name == "status")
        first = next(told)

        # when
        with served.dead("chat"):
            down = next(status for status in told if not status["ready"])
        up = next(status for status in told if status["ready"])

    # then
    assert first["ready"] is True
    assert [lane["name"] for lane in down["snapshot"]["lanes"] if not lane["health"]["ready"]] == ["chat"]
    assert up["snapshot"]["lanes"] == first["snapshot"]["lanes"]


def test_parked_jobs_are_tried_again(client: httpx.Client) -> None:
    # when
    response = client.post("/api/v1/jobs/retry")

    # then
    assert response.json() == {"queued": 0}
