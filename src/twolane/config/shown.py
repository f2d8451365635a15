"""Every setting with its value and where that comes from, as those see it who manage a library."""

from __future__ import annotations

from dataclasses import dataclass

from twolane.config.reference import describe_setting, setting_names, shown
from twolane.config.settings import Settings


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """A setting: `value` is without passwords and keys, and `source` "" for the default."""

    name: str
    value: str
    source: str
    default: str
    description: str


def settings_shown(settings: Settings) -> list[ShownSetting]:
    """List all settings by name, with what is secret in them masked."""
    return [_shown(name, settings) for name in setting_names()]


def _shown(name: str, settings: Settings) -> ShownSetting:
    description, default = describe_setting(name)
    within = (origin for key, origin in settings.origins.items() if key == name or key.startswith(f"{name}."))
    value = shown(name, settings).removeprefix(f"{name} = ")
    return ShownSetting(name, value, next(within, ""), default, description)
