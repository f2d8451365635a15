"""What HTTP expects of every address: HEAD, Allow, errors in one shape, numbers and names of any length."""

from __future__ import annotations

import stat

import httpx
import pytest
from tests.integration.api.served import Served

FAR = "9" * 23


@pytest.mark.parametrize(
    "path", ["/api/v1/files", "/livez", "/metrics", "/api/v1/files/1/content", "/openapi.json"]
)
def test_head_is_a_get_without_its_body(client: httpx.Client, path: str) -> None:
    # when
    head, got = client.head(path), client.get(path)

    # then
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == got.headers["content-type"]


def test_head_of_a_stream_ends(client: httpx.Client) -> None:
    # when
    response = client.head("/api/v1/events")

    # then
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/v1/files", "GET, HEAD, POST"),
        ("PUT", "/api/v1/files/1/content", "GET, HEAD"),
        ("DELETE", "/api/v1/ask", "POST"),
        ("OPTIONS", "/api/v1/conversations", "GET, HEAD, POST"),
        ("POST", "/livez", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_all_right_ones(
    client: httpx.Client, method: str, path: str, allowed: str
) -> None:
    # when
    response = client.request(method, path)

    # then
    assert (response.status_code, response.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize(
    ("wanted", "status"), [("bytes=999999-", 416), ("bytes=-", 400), ("bytes=5-2", 400), ("lines=1-2", 400)]
)
def test_a_range_that_is_none_is_an_error_in_the_shape_of_all(
    client: httpx.Client, wanted: str, status: int
) -> None:
    # when
    response = client.get("/api/v1/files/1/content", headers={"Range": wanted})

    # then
    assert response.status_code == status
    assert set(response.json()) == {"error", "remedy", "said"}
    assert response.headers.get("content-range", "bytes */").startswith("bytes */")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"/api/v1/files/{FAR}", None),
        ("GET", f"/api/v1/files/1/pages/{FAR}", None),
        ("GET", f"/api/v1/files/{FAR}/content", None),
        ("PUT", f"/api/v1/files/{FAR}/category", {"category": "invoice"}),
        ("POST", f"/api/v1/trash/{FAR}/restore", None),
        ("DELETE", f"/api/v1/exclusions/{FAR}", None),
        ("PUT", f"/api/v1/correspondents/{FAR}", {"name": "Ada"}),
        ("POST", "/api/v1/files/remove", {"file_ids": [int(FAR)]}),
    ],
)
def test_a_number_beyond_all_is_not_there(
    client: httpx.Client, method: str, path: str, body: dict[str, object] | None
) -> None:
    # when
    response = client.request(method, path, json=body)

    # then
    assert response.status_code == 404
    assert set(response.json()) == {"error", "remedy", "said"}


@pytest.mark.parametrize("letter", ["a", "é", "漢", "🙂"])
def test_an_upload_may_have_any_name_and_is_its_owners_alone(
    served: Served, client: httpx.Client, letter: str
) -> None:
    # given
    upload = {"files": (letter * 200 + ".txt", f"A note about {letter}.".encode())}

    # when
    answer = client.post("/api/v1/files", files=upload)

    # then
    assert answer.status_code == 201
    [file] = answer.json()["files"]
    assert file["name"].endswith(f"{letter}.txt")
    data_dir = served.app.settings.data_dir
    modes = [stat.S_IMODE((data_dir / name).stat().st_mode) for name in ("uploads", "run")]
    assert modes == [0o700, 0o700]
    assert stat.S_IMODE((data_dir / "uploads" / file["name"]).stat().st_mode) == 0o600
    # and whoever corrects it before it was read is told to wait
    corrected = client.put(f"/api/v1/files/{file['file_id']}/category", json={"category": "letter"})
    assert corrected.status_code in {200, 409}, corrected.text


@pytest.mark.parametrize(
    "path", ["/api/v1/ask", "/v1/chat/completions", "/api/chat", "/v1/systemone", "/mcp"]
)
def test_a_body_that_is_nested_without_end_is_refused(client: httpx.Client, path: str) -> None:
    # when
    response = client.post(path, content=b"[" * 100_000, headers={"Content-Type": "application/json"})

    # then
    assert 400 <= response.status_code < 500


def test_a_question_that_fits_no_context_is_refused_for_good(client: httpx.Client) -> None:
    # when
    response = client.post(
        "/api/v1/ask", json={"question": "why " * 4000}, headers={"Accept": "application/json"}
    )

    # then
    assert response.status_code == 422
    assert "retry-after" not in response.headers
