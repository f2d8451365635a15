"""The addresses for those who watch: metrics, life, readiness, ids, and to whom they answer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from tests.integration.api.served import Served, settings_in

from twolane.api.server import create_api
from twolane.app import open_app
from twolane.errors import StoreBusyError

WATCHED = ("/metrics", "/livez", "/readyz")


def test_it_lives_and_is_ready(client: httpx.Client) -> None:
    # when
    live, ready = client.get("/livez"), client.get("/readyz")

    # then
    assert (live.status_code, live.json()["live"]) == (200, True)
    assert ready.status_code == 200
    lanes = {"filing": True, "chat": True}
    assert ready.json() == {"ready": True, "reason": "", "draining": False, "store": True, "lanes": lanes}


@pytest.mark.parametrize("lane", ["filing", "chat"])
def test_a_dead_lane_is_told_and_decides_only_where_it_is_asked_for(
    served: Served, client: httpx.Client, monkeypatch: pytest.MonkeyPatch, lane: str
) -> None:
    # given every look is a new one
    monkeypatch.setattr("twolane.lanes.poller.FRESH_S", 0.0)

    # when
    with served.dead("filing" if lane == "filing" else "chat"):
        ready, asked = client.get("/readyz"), client.get(f"/readyz?lane={lane}")
        other = client.get(f"/readyz?lane={'chat' if lane == 'filing' else 'filing'}")
    well_again = client.get(f"/readyz?lane={lane}")

    # then
    assert [one.status_code for one in (ready, asked, other, well_again)] == [200, 503, 200, 200]
    assert ready.json()["lanes"] == {"filing": lane != "filing", "chat": lane != "chat"}
    assert asked.json()["reason"] == f"the {lane} lane's model does not answer"


def test_a_server_without_any_lane_is_not_ready_and_says_why(
    served: Served, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given every look is a new one
    monkeypatch.setattr("twolane.lanes.poller.FRESH_S", 0.0)

    # when
    with served.dead("filing"), served.dead("chat"):
        live, ready = client.get("/livez"), client.get("/readyz")
    again, unknown = client.get("/readyz"), client.get("/readyz?lane=other")

    # then
    codes = [one.status_code for one in (live, ready, again, unknown)]
    assert codes == [200, 503, 200, 422]
    assert ready.json()["reason"] == (
        "the filing lane's model does not answer; the chat lane's model does not answer"
    )


def test_a_catalogue_that_is_away_is_not_ready_and_still_alive(
    served: Served, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    def held(*_: object) -> str:
        raise StoreBusyError("another process holds the library at /home/ada", "wait for it")

    monkeypatch.setattr(served.app.store, "recall", held)

    # when
    live, ready = client.get("/livez"), client.get("/readyz")

    # then
    assert live.status_code == 200
    assert (ready.status_code, ready.json()["store"]) == (503, False)
    assert "ada" not in ready.text


@pytest.mark.parametrize("path", WATCHED)
def test_a_server_of_this_machine_alone_is_asked_under_its_own_name(client: httpx.Client, path: str) -> None:
    # when
    foreign = client.get(path, headers={"Host": "evil.example"})
    own = client.get(path)

    # then
    assert (foreign.status_code, own.status_code) == (421, 200)
    assert own.headers["cache-control"] == "no-store"


def test_a_server_for_others_is_watched_under_whatever_name(tmp_path: Path) -> None:
    # given
    with open_app(settings_in(tmp_path)) as app:
        api = create_api(app, "0.0.0.0")

        async def ask() -> dict[str, int]:
            transport = httpx.ASGITransport(api)
            async with httpx.AsyncClient(transport=transport, base_url="http://twolane.monitoring") as client:
                return {
                    path: (await client.get(path)).status_code for path in (*WATCHED, "/api/v1/status", "/")
                }

        # when
        answered = asyncio.run(ask())

    # then
    assert answered == {"/metrics": 200, "/livez": 200, "/readyz": 200, "/api/v1/status": 421, "/": 421}


def test_a_sane_id_comes_back_and_another_is_replaced(client: httpx.Client) -> None:
    # when
    given = client.get("/livez", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"]
    insane = client.get("/livez", headers={"X-Request-Id": "a b; <script>"}).headers["x-request-id"]
    none = client.get("/livez").headers["x-request-id"]
    refused = client.get("/livez", headers={"Host": "evil.example", "X-Request-Id": "abc-2"})

    # then
    assert given == "abc-1"
    assert len(insane) == len(none) == 32
    assert insane != none
    assert refused.headers["x-request-id"] == "abc-2"


def test_paths_of_foreigners_become_no_labels(client: httpx.Client) -> None:
    # given
    client.get("/no/such/secret-path")
    client.request("BREW", "/livez")

    # when
    text = client.get("/metrics").text

    # then
    assert "secret-path" not in text
    assert "BREW" not in text
    assert 'route="other",status="404"' in text
