"""How known embedding models want their texts, whatever runs them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from twolane.llm.base import EmbeddingForm
from twolane.llm.catalogue.data import read_data


def embedding_form(model: str) -> EmbeddingForm:
    """Return the form of an embedding model, by its name at a server, in the list, or of its folder.

    A model that nobody has described gets its texts as they are, and its vectors are kept under its own name.
    """
    data = _described(_plain(model))
    return EmbeddingForm(_kept_as(model, data), **data)


def _kept_as(model: str, data: Mapping[str, Any]) -> str:
    """Return the name under which vectors are kept: those of another prefix or pooling have another one."""
    prefix = str(data.get("passage_prefix", "")).strip()
    # A server has always pooled as its model wants. We took the mean of whatever lay in a folder.
    pooled = data.get("pooling") == "cls" and Path(model).expanduser().is_dir()
    levelled = bool(data.get("language_means"))
    return " ".join(filter(None, [model, "cls" if pooled else "", "levelled" if levelled else "", prefix]))


def _plain(model: str) -> str:
    """Return a name without its owner and tag: `bge-m3` of `hf.co/x/BGE_M3:q8`."""
    name = re.split(r"[/\\]", model.rstrip("/\\"))[-1].partition(":")[0]
    return name.casefold().replace("_", "-")


@cache
def _described(name: str) -> Mapping[str, Any]:
    """Return what is known of a plain name, of the longest that it holds as whole words."""
    words = f"-{name}-"
    best: tuple[int, Mapping[str, Any]] = (0, {})
    for entry in read_data("models")["embedding"]:
        lengths = [len(known) for known in entry["names"] if f"-{known}-" in words]
        best = max(best, (max(lengths, default=0), entry), key=lambda each: each[0])
    found = {name: value for name, value in best[1].items() if name != "names"}
    return found | {"languages": tuple(found.get("languages", ()))}
