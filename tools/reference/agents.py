"""The page of the tools that agents have, as the tools themselves declare them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tools.reference.types import type_in_words

from twolane.mcp.base import LibraryTool
from twolane.mcp.tools import TOOLS

_OPENING = """\
# MCP tools

What agents find when they are [connected](clients.md#agents-by-mcp) to a library, by `twolane mcp` or
at `/mcp` of a server. Arguments marked `?` may be left out. Each result comes as a text, and as a value
of the shape that the tool declares.
"""


def agents_reference() -> str:
    """Return the page as Markdown."""
    return "\n".join([_OPENING, *(line for tool in TOOLS for line in _tool(tool))]).rstrip() + "\n"


def _tool(tool: LibraryTool) -> Iterator[str]:
    schema = tool.takes.model_json_schema()
    changes = "It changes nothing." if tool.reads else "It adds." if tool.adds else "It changes the library."
    yield from (f"## {tool.name}", "", f"{' '.join(tool.description.split())} *{changes}*", "")
    fields: Mapping[str, Any] = schema.get("properties", {})
    if not fields:
        return
    yield from ("| argument | type | what it is |", "| --- | --- | --- |")
    for name, of in fields.items():
        owner = " Over stdio alone." if name in tool.takes_paths else ""
        needed = "" if name in schema.get("required", ()) else "?"
        about = " ".join(of.get("description", "").split()).replace("|", "\\|")
        yield f"| `{name}`{needed} | {type_in_words(_spelled_out(of, schema))} | {about}{owner} |"
    yield ""


def _spelled_out(part: Any, schema: Mapping[str, Any]) -> Any:
    """Put the names of its fields in the place of a shape that is described nowhere else."""
    if isinstance(part, list):
        return [_spelled_out(one, schema) for one in part]
    if not isinstance(part, Mapping):
        return part
    if isinstance(part.get("$ref"), str):
        shape = schema["$defs"][part["$ref"].rpartition("/")[2]]
        if "properties" not in shape:
            return shape
        return {"type": f"object of {', '.join(f'`{field}`' for field in shape['properties'])}"}
    return {name: _spelled_out(one, schema) for name, one in part.items()}
