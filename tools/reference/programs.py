"""The page of what Python programs import from twolane, in its own words."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from types import FunctionType
from typing import Any

import twolane
from twolane.documents import EVERYTHING

_OPENING = """\
# Python

What `from twolane import …` gives. Everything else may change from one release to the next. All of it
is typed.

```python
from twolane import LLMService

with LLMService() as service:
    print(service.classify("Invoice no. 17, total due 40 EUR").category)
    answer = service.chat("What did the boiler's maintenance cost?")
    print(answer.text, [source.path for source in answer.sources])
```
"""


def programs_reference() -> str:
    """Return the page as Markdown."""
    lines = [_OPENING]
    for name in sorted(twolane.__all__, key=lambda name: (not name.endswith("Service"), name.lower())):
        lines += _one(name, getattr(twolane, name))
    return "\n".join(lines).rstrip() + "\n"


def _one(name: str, value: Any) -> Iterator[str]:
    yield from (f"## {name}", "")
    if isinstance(value, FunctionType):
        yield from ("```python", f"def {name}{_signature(value)}", "```", "")
    yield from (_plain(value) if isinstance(value, type | FunctionType) else _choice(value), "")
    if not isinstance(value, type) or name == "Settings":
        return
    if dataclasses.is_dataclass(value):
        yield from ("| field | type |", "| --- | --- |")
        yield from (f"| `{field.name}` | `{_typed(field.type)}` |" for field in dataclasses.fields(value))
        yield ""
    for method, member in vars(value).items():
        yield from _member(method, member)


def _member(name: str, member: Any) -> Iterator[str]:
    if name.startswith("_") or not (about := inspect.getdoc(member)):
        return
    if isinstance(member, property):
        yield from (f"`{name}`: {' '.join(about.split())}", "")
    elif isinstance(member, FunctionType | classmethod | staticmethod):
        function = member if isinstance(member, FunctionType) else member.__func__
        keyword = "async def" if inspect.iscoroutinefunction(function) else "def"
        yield from ("```python", f"{keyword} {name}{_signature(function)}", "```", "", _plain(function), "")


def _choice(value: Any) -> str:
    names = (getattr(one, "__name__", str(one)) for one in getattr(value, "__args__", ()))
    return "One of " + ", ".join(f"`{name}`" for name in names) + "."


def _plain(value: Any) -> str:
    # An example in a docstring is indented, as it is in Markdown.
    return inspect.getdoc(value) or ""


def _signature(function: Any) -> str:
    written = str(inspect.signature(function)).replace(repr(EVERYTHING), "EVERYTHING")
    return written.replace("'", "")


def _typed(of: object) -> str:
    return (of if isinstance(of, str) else getattr(of, "__name__", str(of))).replace("|", "\\|")
