"""The description of the interface at /openapi.json, with every reference in it where readers look for it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

_NESTED, _SHARED = "#/$defs/", "#/components/schemas/"
_EVENTS = "text/event-stream"
_EVENT = {"event": {"type": "string"}, "data": {"type": "string", "description": "JSON"}}
_FOREIGN = {"type": "object", "description": "an error as this interface has it"}


class DescribedApi(FastAPI):
    """An application whose description has all its schemas in one place.

    Schemas of events stand within descriptions of streams, and bring along those that they refer to: as
    definitions of their own, which nothing finds there. `foreign` are the paths of interfaces of others,
    whose errors have forms of their own.
    """

    foreign: frozenset[str] = frozenset()

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            found = super().openapi()
            schemas = found.setdefault("components", {}).setdefault("schemas", {})
            for path, operations in found["paths"].items():
                for operation in operations.values():
                    _describe(operation["responses"], is_foreign=path in self.foreign)
            self.openapi_schema = _gathered(found, schemas)
        return self.openapi_schema


def _describe(responses: dict[str, Any], *, is_foreign: bool) -> None:
    """Say of each stream what one of its events is, and of foreign errors that they are no errors of ours."""
    for status, response in responses.items():
        for kind, content in response.get("content", {}).items():
            if kind == _EVENTS:
                content["schema"] = {**content.get("schema", {}), "type": "object", "properties": _EVENT}
            elif is_foreign and status >= "400":
                content["schema"] = _FOREIGN


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
