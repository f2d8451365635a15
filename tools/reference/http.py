"""The page of the HTTP API: every request and every shape, as the routes themselves declare them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from tools.reference.types import type_in_words

from twolane.api.server import GROUPS

_OPENING = """\
# HTTP API

`twolane serve` answers at `http://127.0.0.1:8642`; this is what its `/openapi.json` says, for people to
read. The page uses the same API. Addresses below `/api/v1` stay until there is a second version: fields
may come, none goes or changes its meaning.

Errors are `{"error": "what went wrong", "remedy": "what to do now"}` with a status that says whose
fault it was: 404 for what is not there, 413 for what is too large, 422 for what is not valid, 503 where
a model is busy or out of reach, which is worth another try. The APIs of other programs (`/v1/…`,
`/api/chat` and the like) answer in those programs' own shapes: see [other programs](clients.md).
Answers that take long come as server-sent events. Programs show a token, which
`twolane tokens make NAME --right read --right ask` makes: see [users](users.md).
401 says that nobody is known, 403 that it is not theirs to do.

```console
$ curl -H "Authorization: Bearer TOKEN" http://127.0.0.1:8642/api/v1/files?limit=2
$ curl -H "Authorization: Bearer TOKEN" --json '{"question": "When does the lease end?"}' http://127.0.0.1:8642/api/v1/ask
```
"""
_FOREIGN_TAGS = frozenset({"openai", "ollama", "mcp"})
_TITLES = {"openai": "As OpenAI", "ollama": "As Ollama", "mcp": "MCP"}
_METHODS = ("get", "post", "put", "patch", "delete")


def http_reference() -> str:
    """Return the page as Markdown."""
    api = FastAPI()
    for group in GROUPS:
        api.include_router(group.router)
    described = api.openapi()
    sections: dict[str, list[Mapping[str, Any]]] = {}
    for address, methods in described["paths"].items():
        for method in _METHODS:
            if method in methods:
                request = {"asked": f"{method.upper()} {address}", **methods[method]}
                sections.setdefault(request["tags"][0], []).append(request)
    own = [one for tag, requests in sections.items() if tag not in _FOREIGN_TAGS for one in requests]
    shapes = described["components"]["schemas"]
    names = _named(own, shapes)
    lines = [_OPENING]
    for tag, requests in sections.items():
        lines += [
            f"## {_TITLES.get(tag, tag.capitalize())}",
            "",
            *(line for one in requests for line in _request(one)),
        ]
    lines += ["## Shapes", "", *(line for name in names for line in _shape(name, shapes[name]))]
    return _without_links_to_others("\n".join(lines).rstrip() + "\n", set(names))


def _request(request: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"### {request['asked']}", "", f"{request['summary']}.", "")
    if about := request.get("description"):
        yield from (" ".join(about.split()), "")
    rows = [_parameter(one) for one in request.get("parameters", ())]
    bodies = (request.get("requestBody") or {}).get("content", {})
    rows += [f"| body | {kind} | {type_in_words(body.get('schema', {}))} |" for kind, body in bodies.items()]
    good = ((status, answer) for status, answer in request["responses"].items() if status.startswith("2"))
    for status, answer in good:
        content = answer.get("content", {})
        rows += [
            f"| {status} | {kind} | {type_in_words(body.get('schema', {}))} |"
            for kind, body in content.items()
        ]
    if not rows:
        return
    yield from ("| | | |", "| --- | --- | --- |", *rows, "")


def _parameter(one: Mapping[str, Any]) -> str:
    schema = one["schema"]
    usual = f", {schema['default']} by default" if schema.get("default") not in (None, "", []) else ""
    about = " ".join(one.get("description", "").split())
    return f"| `{one['name']}` | {type_in_words(schema)}{usual} | {_cell(about) or one['in']} |"


def _shape(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"### {name}", "")
    if about := schema.get("description", "").strip():
        yield from (" ".join(about.split()), "")
    if "properties" not in schema:
        yield from (type_in_words(schema), "")
        return
    yield from ("| field | type | what it is |", "| --- | --- | --- |")
    for field, of in schema["properties"].items():
        needed = field in schema.get("required", ()) or not name.endswith("In")
        about = _cell(" ".join(of.get("description", "").split()))
        yield f"| `{field}`{'' if needed else '?'} | {type_in_words(of)} | {about} |"
    yield ""


def _named(requests: list[Mapping[str, Any]], shapes: Mapping[str, Any]) -> list[str]:
    """Return the names of all shapes that these requests use, and those within them."""
    found: set[str] = set()
    ahead = list(_references(requests))
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += _references(shapes[name])
    return sorted(found)


def _without_links_to_others(page: str, names: set[str]) -> str:
    """Leave the bare names of shapes that other programs' documentation describes."""
    return re.sub(r"\[(\w+)\]\(#\w+\)", lambda link: link[0] if link[1] in names else f"`{link[1]}`", page)


def _references(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].rpartition("/")[2]
        for one in part.values():
            yield from _references(one)
    elif isinstance(part, list):
        for one in part:
            yield from _references(one)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
