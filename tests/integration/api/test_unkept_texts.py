"""No text that a database cannot hold comes in: every text of every route, as the interface is described."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from tests.integration.api.people import People
from tests.integration.api.served import Served

from twolane.principal import ALL_RIGHTS

API = "/api/v1"
NUL, HALF = "a\0b", "a\ud800b"
# These take files, which are no texts of ours.
FILES = {"multipart/form-data", "application/octet-stream"}
DEEPEST = 5
Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Sent:
    """A request with a text at one place, which `where` names."""

    where: str
    method: str
    path: str
    query: str = ""
    body: str = ""


@pytest.fixture(scope="module")
def described(served: Served) -> Schema:
    with served.client() as client:
        found: Schema = client.get("/openapi.json").json()
        return found


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    with People(served).as_token(*ALL_RIGHTS) as client:
        yield client


def requests_of(described: Schema, text: str, *, own: bool) -> Iterator[Sent]:
    """Yield a request for each place of a text in what is taken by our own API, or by all others."""
    operations = [
        (method, path, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if path.startswith(API) is own
    ]
    for method, path, operation in operations:
        parameters = operation.get("parameters", [])
        filled = {one["name"]: "1" for one in parameters if one["in"] == "path"}
        for one in parameters if text == NUL else ():  # half a pair cannot stand in an address
            name, where = one["name"], f"{method} {path}: {one['name']}"
            if not any(True for _ in texts(one["schema"], described, text)):
                continue
            if one["in"] == "path":
                yield Sent(where, method, path.format(**filled | {name: quote(text)}))
            else:
                yield Sent(where, method, path.format(**filled), f"{name}={quote(text)}")
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            for place, body in texts(content["schema"], described, text) if kind not in FILES else ():
                where = f"{method} {path}: {place}"
                yield Sent(where, method, path.format(**filled), body=json.dumps(body))


def texts(schema: Schema, described: Schema, text: str, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield a value with this text for each place in it where one may stand, and the name of that place."""
    schema = resolved(schema, described)
    if depth > DEEPEST:
        return
    for option in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from texts(option, described, text, depth + 1)
    match schema.get("type"):
        case "string":
            yield "", text
        case "array":
            for place, value in texts(schema.get("items", {}), described, text, depth + 1):
                yield f"[]{place}", [value]
        case "object":
            least = plain(schema, described)
            for name, part in schema.get("properties", {}).items():
                for place, value in texts(part, described, text, depth + 1):
                    yield f".{name}{place}", {**least, name: value}
            if more := schema.get("additionalProperties", "properties" not in schema):
                yield ".name", {**least, text: plain({} if more is True else more, described)}
                for place, value in texts({} if more is True else more, described, text, depth + 1):
                    yield f".name{place}", {**least, "name": value}
        case None if not {"anyOf", "oneOf", "allOf", "enum", "const"} & schema.keys():
            yield "", text
            yield "[].name", [{text: 1}]


def plain(schema: Schema, described: Schema) -> Any:
    """Return a small value of a schema."""
    schema = resolved(schema, described)
    consts = [schema["const"]] if "const" in schema else []
    if given := schema.get("examples") or schema.get("enum") or consts:
        return given[0]
    if options := [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]:
        return plain(options[0], described)
    match schema.get("type"):
        case "object":
            parts = schema.get("properties", {})
            return {name: plain(parts[name], described) for name in schema.get("required", ())}
        case "array":
            return [plain(schema["items"], described)] * schema.get("minItems", 0)
    values = {"string": "word", "integer": 1, "number": 1.0, "boolean": True, "null": None}
    return values.get(schema.get("type", ""), "word")


def resolved(schema: Schema, described: Schema) -> Schema:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Schema = described["components"]["schemas"][name] if name else schema
    return found


def answer(client: httpx.Client, sent: Sent) -> httpx.Response:
    return client.request(
        sent.method.upper(),
        sent.path,
        params=sent.query or None,
        content=sent.body or None,
        headers={"Content-Type": "application/json"} if sent.body else {},
    )


@pytest.mark.parametrize(("text", "named"), [(NUL, "NUL"), (HALF, "half of a surrogate pair")])
def test_no_route_of_ours_takes_what_no_database_holds(
    client: httpx.Client, described: Schema, text: str, named: str
) -> None:
    # given
    asked = list(requests_of(described, text, own=True))

    # when
    answers = {one.where: answer(client, one) for one in asked}

    # then
    taken = {
        where: (told.status_code, told.text[:200])
        for where, told in answers.items()
        if told.status_code != 422 or named not in told.text
    }
    assert len(asked) > 50
    assert not taken


@pytest.mark.parametrize("text", [NUL, HALF])
def test_doors_of_other_apis_answer_whatever_a_text_holds(
    client: httpx.Client, described: Schema, text: str
) -> None:
    # given
    asked = list(requests_of(described, text, own=False))

    # when
    answers = {one.where: answer(client, one) for one in asked}

    # then
    failed = {where: told.text[:200] for where, told in answers.items() if told.status_code >= 500}
    assert len(asked) > 10
    assert not failed
