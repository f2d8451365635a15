"""Views of the page are kept under names, one of each name, and can be kept again once they are forgotten."""

from __future__ import annotations

import httpx
from tests.integration.api.served import Served

from twolane.principal import Right


def test_a_view_is_kept_listed_replaced_forgotten_and_kept_again(client: httpx.Client) -> None:
    # given
    bills = {"view": "search", "name": "  Bills  of  2025 ", "query": "q=bill&since=2025-01-01"}

    # when
    kept = client.put("/api/v1/views", json=bills).json()
    client.put("/api/v1/views", json={**bills, "query": "q=bills"})
    [listed] = client.get("/api/v1/views").json()
    dropped = client.delete(f"/api/v1/views/{listed['view_id']}").json()

    # then
    assert (kept["name"], kept["query"]) == ("Bills of 2025", bills["query"])
    assert listed == dropped
    assert listed["query"] == "q=bills"
    assert client.get("/api/v1/views").json() == []
    assert client.delete(f"/api/v1/views/{listed['view_id']}").status_code == 404
    again = client.put("/api/v1/views", json={name: dropped[name] for name in ("view", "name", "query")})
    client.delete(f"/api/v1/views/{again.json()['view_id']}")


def test_what_is_no_view_is_explained(client: httpx.Client) -> None:
    # then
    for given in ({"view": "lanes", "name": "x", "query": ""}, {"view": "search", "name": "", "query": ""}):
        assert client.put("/api/v1/views", json=given).status_code == 422
    assert client.put("/api/v1/views", json={"view": "search", "name": "  ", "query": ""}).status_code == 409


def test_the_views_of_programs_are_apart_from_each_other_and_from_the_persons(
    served: Served, client: httpx.Client
) -> None:
    # given
    tokens = served.app.access.tokens
    secrets = [tokens.make(name, (Right.READ,)).secret for name in ("views one", "views other")]
    one, other = ({"Authorization": f"Bearer {secret}"} for secret in secrets)
    view = {"view": "search", "name": "mine", "query": "q=mine"}

    # when
    kept = client.put("/api/v1/views", json=view).json()
    client.put("/api/v1/views", json={**view, "query": "q=other"}, headers=one)

    # then
    assert [each["query"] for each in client.get("/api/v1/views").json()] == ["q=mine"]
    assert client.get("/api/v1/views", headers=other).json() == []
    assert client.delete(f"/api/v1/views/{kept['view_id']}", headers=one).status_code == 404
    client.delete(f"/api/v1/views/{kept['view_id']}")
