"""What is known of every setting by its dotted name: its description, default and type, and its variable."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from twolane.config.settings import NOT_SETTINGS, Settings

ENV_PREFIX = "TWOLANE_"
SEE_ALL = "see docs/settings.md for all settings"


def setting_names() -> list[str]:
    """List every setting's dotted name, such as "chat.model"."""

    def walk(model: type[BaseModel], prefix: str) -> Iterator[str]:
        for name, field in model.model_fields.items():
            if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
                yield from walk(field.annotation, f"{prefix}{name}.")
            elif prefix or name not in NOT_SETTINGS:
                yield prefix + name

    return list(walk(Settings, ""))


def field_of(dotted: str) -> FieldInfo:
    """Return the field of a setting. Raises `KeyError` where there is none."""
    model: type[BaseModel] = Settings
    *sections, name = dotted.split(".")
    for section in sections:
        annotation = model.model_fields[section].annotation
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            raise KeyError(dotted)
        model = annotation
    return model.model_fields[name]


def describe_setting(dotted: str) -> tuple[str, str]:
    """Return a setting's (description, default as text). Raises `KeyError` where there is none."""
    field = field_of(dotted)
    default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    return field.description or "", str(default)


def is_secret(dotted: str) -> bool:
    """Say whether a setting's value is shown nowhere."""
    try:
        return isinstance(field_of(dotted).default, SecretStr)
    except KeyError:
        return False


def env_name(dotted: str) -> str:
    """Return the environment variable of a setting: "chat.model" is TWOLANE_CHAT_MODEL."""
    return ENV_PREFIX + dotted.replace(".", "_").upper()


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a question for whoever may have mistyped a name, or "" where nothing is like it."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else ""


def hint(dotted: str) -> str:
    """Return what a setting is, for the remedy of an error."""
    try:
        description, default = describe_setting(dotted)
    except KeyError:
        return SEE_ALL
    return f"{dotted}: {description} (default: {default or 'empty'})" if description else ""
