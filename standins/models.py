"""The small real models of the tests: fetched on first use, the way a user fetches them."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from twolane.config.settings import Settings
from twolane.llm.catalogue.models import is_present
from twolane.llm.catalogue.pull import pull

CHAT_MODEL = "smollm2:135m"
EMBEDDING_MODEL = "all-minilm-l6-v2"


def models_dir() -> Path:
    """Return where models are kept: `TWOLANE_MODELS_DIR`, or the user's cache folder."""
    return Path(os.environ.get("TWOLANE_MODELS_DIR") or Settings().models_dir)


@cache
def _fetched(name: str) -> tuple[Path, str]:
    folder = models_dir()
    if not is_present(name, folder):
        for _ in pull(name, folder):
            pass
    return folder, name


def small_chat_model() -> tuple[Path, str]:
    """Return (models folder, name) of a generating model of 98 MB, which is for plumbing only."""
    return _fetched(CHAT_MODEL)


def embedding_model() -> tuple[Path, str]:
    """Return (models folder, name) of the embedding model, 23 MB."""
    return _fetched(EMBEDDING_MODEL)
