"""The data that measurements ship with: documents, questions, claims."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def read_data(name: str) -> dict[str, Any]:
    """Return what a file such as "compare/questions" holds."""
    folder, _, file = name.partition("/")
    path = files("twolane.measure").joinpath(folder, "data", f"{file}.toml")
    return tomllib.loads(path.read_text("utf-8"))
