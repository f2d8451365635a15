"""What groups of routes declare: another API is never served as a page, and old addresses lead on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute
from pydantic import BaseModel
from tests.integration.api.served import UPLOAD_LIMIT_BYTES, Served

from twolane.api import API_PREFIX
from twolane.api.boundary import Boundary, HttpError
from twolane.api.groups import OWN_ERROR, ErrorShape, RouteGroup
from twolane.api.server import GROUPS, create_api
from twolane.api.state import principal
from twolane.errors import NotFoundError, TwolaneError
from twolane.principal import Principal, Right

BEFORE_VERSIONS = {
    "/api/ask": "POST",
    "/api/categories": "GET",
    "/api/classify": "POST",
    "/api/events": "GET",
    "/api/files": "GET",
    "/api/files/7": "GET",
    "/api/files/7/category": "PUT",
    "/api/files/7/content": "GET",
    "/api/files/7/pages/2": "GET",
    "/api/health": "GET",
    "/api/health/chat": "GET",
    "/api/jobs/retry": "POST",
    "/api/status": "GET",
}

compat = APIRouter()


@compat.post("/other/completions")
async def completions(model: str, who: Annotated[Principal, Depends(principal)]) -> dict[str, Any]:
    if model == "missing":
        raise NotFoundError("there is no such model", "name another")
    return {"model": model, "anonymous": who.anonymous}


class OtherProblemOut(BaseModel):
    message: str
    code: int


class OtherErrorOut(BaseModel):
    error: OtherProblemOut


def other_error(error: HttpError) -> OtherErrorOut:
    return OtherErrorOut(error=OtherProblemOut(message=error.body.error, code=error.status))


COMPAT = RouteGroup(compat, reads=Right.ASK, changes=Right.ASK, error=ErrorShape(OtherErrorOut, other_error))


@pytest.fixture
def other(served: Served) -> Iterator[httpx.Client]:
    """Serve the same app with the door of another API beside ours."""
    api = create_api(served.app, "127.0.0.1", (*GROUPS, COMPAT))

    class Answering(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            async def ask() -> httpx.Response:
                asked = httpx.Request(request.method, request.url, headers=request.headers, content=body)
                response = await httpx.ASGITransport(api).handle_async_request(asked)
                content = await response.aread()
                return httpx.Response(response.status_code, headers=response.headers, content=content)

            body = request.read()
            return asyncio.run(ask())

    with httpx.Client(transport=Answering(), base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.parametrize(
    "address", ["/other/completions?model=small", "/v1/models", "/api/chat", "/openapi.json"]
)
def test_only_the_page_has_the_rights_of_a_page(other: httpx.Client, address: str) -> None:
    # when
    headers = other.post(address).headers

    # then
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].endswith("sandbox")


def test_another_api_has_errors_of_its_own_shape(other: httpx.Client) -> None:
    # when
    missing = other.post("/other/completions?model=missing")
    invalid = other.post("/other/completions")
    wrong_method = other.get("/other/completions")
    foreign = other.post("/other/completions?model=small", headers={"Origin": "https://evil.example"})
    large = other.post("/other/completions?model=small", content=b"x" * (9 * 1024 * 1024))

    # then
    statuses = {missing: 404, invalid: 422, wrong_method: 405, foreign: 403, large: 413}
    for response, status in statuses.items():
        assert response.status_code == status
        assert response.json()["error"]["code"] == status
    assert missing.json()["error"]["message"] == "there is no such model"


def test_each_other_api_describes_errors_of_its_own_shape_for_every_status(other: httpx.Client) -> None:
    # given
    paths = other.get("/openapi.json").json()["paths"]
    shapes = {
        route.path_format: group.error.schema.__name__
        for group in (*GROUPS, COMPAT)
        for route in group.router.routes
        if isinstance(route, APIRoute) and group.error is not OWN_ERROR
    }

    # when
    told = {
        (path, status, response["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2])
        for path in shapes
        for operation in paths[path].values()
        for status, response in operation["responses"].items()
        if status >= "400"
    }

    # then
    assert {(path, shape) for path, _, shape in told} == set(shapes.items())
    assert {"OtherErrorOut", "OpenAiErrorOut", "OllamaErrorOut"} < set(shapes.values())
    assert ("/v1/models/{name}", "401", "OpenAiErrorOut") in told


def test_every_error_has_a_status_that_is_described(client: httpx.Client) -> None:
    # given
    kinds = [TwolaneError]
    for kind in kinds:
        kinds += kind.__subclasses__()

    # when
    operation = client.get("/openapi.json").json()["paths"][f"{API_PREFIX}/files"]["get"]
    statuses = {kind: str(Boundary().explain(kind("it failed")).status) for kind in kinds}

    # then
    assert len(kinds) > 40
    assert {kind: status for kind, status in statuses.items() if status not in operation["responses"]} == {}


def test_a_route_knows_who_asks(other: httpx.Client) -> None:
    # when
    answer = other.post("/other/completions?model=small").json()

    # then
    assert answer == {"model": "small", "anonymous": True}


@pytest.mark.parametrize(
    "address", ["/api/", "/api/copy", "/v1/images", "/api/v1", "/api/v1/nothing", "/api/v2/ask"]
)
def test_an_unknown_address_of_an_api_answers_json(client: httpx.Client, address: str) -> None:
    # when
    response = client.get(address)

    # then
    assert response.status_code == 404
    assert set(response.json()) == {"error", "remedy", "said"}
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("old", BEFORE_VERSIONS)
def test_an_old_address_leads_to_the_new_one(client: httpx.Client, old: str, method: str) -> None:
    # when
    response = client.request(method, f"{old}?text=a%20b%26c&state=filed")

    # then
    assert response.status_code == 308
    new = urlsplit(response.headers["location"])
    assert (new.scheme, new.netloc) == ("", "")
    assert new.path == old.replace("/api", API_PREFIX)
    assert new.query == "text=a%20b%26c&state=filed"
    assert response.headers["deprecation"] == "@1795651200"
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("old", "method"), BEFORE_VERSIONS.items())
def test_every_old_address_is_one_today(client: httpx.Client, old: str, method: str) -> None:
    # given
    paths = client.get("/openapi.json").json()["paths"]
    numbers = str.maketrans("72", "##")

    # when
    today = {
        path.replace("{file_id}", "7").replace("{number}", "2").replace("{lane}", "chat").translate(numbers)
        for path, operations in paths.items()
        if method.lower() in operations
    }

    # then
    assert old.replace("/api", API_PREFIX).translate(numbers) in today


def test_an_old_address_keeps_what_was_sent(served: Served) -> None:
    # given
    text = b"Dear Ada, a letter by the old way."

    # when
    with httpx.Client(base_url=served.url, follow_redirects=True, trust_env=False, timeout=60) as client:
        uploaded = client.post("/api/files", files={"files": ("old way.txt", text)})
        scored = client.post("/api/classify", json={"text": "INVOICE no. 3"})

    # then
    assert uploaded.status_code == 201
    assert uploaded.json()["files"][0]["name"] == "old way.txt"
    assert scored.status_code == 200


def test_a_large_upload_to_an_old_address_is_answered(served: Served) -> None:
    # given
    content = b"x" * UPLOAD_LIMIT_BYTES

    # when
    with served.client() as client:
        response = client.post("/api/files", files={"files": ("large.txt", content)})

    # then
    assert response.status_code == 308
