"""The description of the interface at /openapi.json, with every reference in it where readers look for it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from twolane.api.groups import RouteGroup

_NESTED, _SHARED = "#/$defs/", "#/components/schemas/"
_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")
_EVENTS = "text/event-stream"
_EVENT = {"event": {"type": "string"}, "data": {"type": "string", "description": "JSON"}}
_INVALID = 422
_ERRORS = {
    400: "not to be read",
    401: "not signed in",
    403: "not allowed",
    404: "no such thing",
    409: "does not go with what is there",
    413: "too large",
    421: "not the name of this server",
    _INVALID: "not valid",
    429: "too often",
    500: "failed here",
    502: "a model's answer was none, or its file is damaged",
    503: "busy or not ready: try again",
    504: "a model took too long",
}


class DescribedApi(FastAPI):
    """An application whose description has all its schemas in one place.

    Schemas of events stand within descriptions of streams, and bring along those that they refer to: as
    definitions of their own, which nothing finds there.
    """

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            found = super().openapi()
            schemas = found.setdefault("components", {}).setdefault("schemas", {})
            for operations in found["paths"].values():
                for operation in operations.values():
                    _describe_streams(operation["responses"])
                    _take_out_frameworks_own(operation["responses"])
            for name in _FRAMEWORKS_OWN:
                schemas.pop(name, None)
            self.openapi_schema = _gathered(found, schemas)
        return self.openapi_schema


def errors_of(group: RouteGroup) -> dict[int | str, dict[str, Any]]:
    """Return the descriptions of all errors that the routes of a group answer with, in the group's shape."""
    return {
        status: {"model": group.error.schema, "description": words}
        for status, words in _ERRORS.items()
        if status != _INVALID or status == group.invalid_status
    }


def _describe_streams(responses: dict[str, Any]) -> None:
    """Say of each stream what one of its events is."""
    for response in responses.values():
        if (content := response.get("content", {}).get(_EVENTS)) is not None:
            content["schema"] = {**content.get("schema", {}), "type": "object", "properties": _EVENT}


def _take_out_frameworks_own(responses: dict[str, Any]) -> None:
    """Take out the error that the framework describes by itself, where a group's own has another status."""
    content = responses.get(str(_INVALID), {}).get("content", {}).get("application/json", {})
    if content.get("schema", {}).get("$ref") == _SHARED + _FRAMEWORKS_OWN[0]:
        del responses[str(_INVALID)]


def _gathered(node: Any, schemas: dict[str, Any]) -> Any:
    """Put nested definitions among the shared ones, and lead their references there."""
    if isinstance(node, dict):
        for name, schema in node.pop("$defs", {}).items():
            schemas.setdefault(name, schema)
        for key, value in [*node.items()]:
            node[key] = _gathered(value, schemas)
    elif isinstance(node, list):
        node[:] = [_gathered(value, schemas) for value in node]
    elif isinstance(node, str) and node.startswith(_NESTED):
        return _SHARED + node.removeprefix(_NESTED)
    return node
