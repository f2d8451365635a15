"""Server-sent events, as the API streams an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def events_of(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (event, data) from the lines of a stream."""
    name = ""
    for line in lines:
        if line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            yield name, json.loads(line[5:])
