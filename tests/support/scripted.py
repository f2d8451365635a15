"""A library whose lanes are scripted twins, in this process: for what needs no model."""

from __future__ import annotations

from pathlib import Path

from twolane.app import App, open_app
from twolane.config.loading import load_settings

SCRIPTED = {"filing.runtime": "scripted", "chat.runtime": "scripted", "embedding.runtime": "off"}


def scripted_app(folder: Path) -> App:
    """Open a library in a folder; no embedder, no server, nothing of the user's settings."""
    return open_app(load_settings(env={}, flags={"data_dir": str(folder / "library"), **SCRIPTED}))
