"""What is known of models, as data: the list to fetch from, their sizes, and the profiles that pair them."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any, Literal


def read_data(name: Literal["models", "shapes", "profiles"]) -> dict[str, Any]:
    """Return a table of this folder; each explains itself at its top."""
    return tomllib.loads(resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))
