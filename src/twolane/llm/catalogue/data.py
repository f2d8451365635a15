"""What is known of models, as data: the list to fetch from, their sizes, and the profiles that pair them."""

from __future__ import annotations

import json
import tomllib
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Any, Literal

ADDED = "added-models.json"  # beside the models: those that the user has added


def read_data(name: Literal["models", "shapes", "profiles"]) -> dict[str, Any]:
    """Return a table of this folder; each explains itself at its top."""
    return tomllib.loads(resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


def model_names(models_dir: Path | None) -> list[str]:
    """Return the names of all models that twolane can run, without what is known of them: that is quick."""
    names = [str(one["name"]) for one in read_data("models")["model"]]
    if models_dir:
        with suppress(OSError, ValueError, KeyError, TypeError):
            names += [str(one["name"]) for one in json.loads((models_dir / ADDED).read_bytes())]
    return list(dict.fromkeys(names))
