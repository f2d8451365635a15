"""The folders that the system gives a user's programs: for data, for caches, for settings."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """Return the default folder of libraries."""
    return Path(platformdirs.user_data_dir("twolane", appauthor=False))


def cache_folder() -> Path:
    """Return the default folder of fetched files."""
    return Path(platformdirs.user_cache_dir("twolane", appauthor=False))


def configuration_folder() -> Path:
    """Return the folder of the user's own settings file."""
    return Path(platformdirs.user_config_dir("twolane", appauthor=False))
