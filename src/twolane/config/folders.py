"""The folders that the system gives a user's programs: for data, for caches, for settings."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """Return where libraries are kept unless the settings say otherwise."""
    return Path(platformdirs.user_data_dir("twolane", appauthor=False))


def cache_folder() -> Path:
    """Return where fetched files are kept unless the settings say otherwise."""
    return Path(platformdirs.user_cache_dir("twolane", appauthor=False))


def configuration_folder() -> Path:
    """Return where the user's own settings file is looked for."""
    return Path(platformdirs.user_config_dir("twolane", appauthor=False))
