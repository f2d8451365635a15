"""The reference of every setting by its dotted name: its description, default and type, and its variable."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from twolane.config.addresses import AddressMark, masked
from twolane.config.guard import Guard
from twolane.config.settings import NOT_SETTINGS, Settings
from twolane.text.suggesting import alike

ENV_PREFIX = "TWOLANE_"
SEE_ALL = "see docs/settings.md for all settings"


def setting_names(*, tables: bool = False) -> list[str]:
    """List every setting's dotted name, such as "chat.model"; with `tables` also the keys within tables."""

    def walk(model: type[BaseModel], prefix: str) -> Iterator[str]:
        for name, field in model.model_fields.items():
            inner = _model_within(field)
            if prefix == "" and name in NOT_SETTINGS:
                continue
            if inner is None or field.annotation is not inner:
                yield prefix + name
            if inner and (tables or field.annotation is inner):
                yield from walk(inner, f"{prefix}{name}.")

    return list(walk(Settings, ""))


def table_keys(dotted: str) -> list[str]:
    """List the keys of a setting that is given as tables, such as "recorded"; none for any other setting."""
    inner = _model_within(field_of(dotted))
    return list(inner.model_fields) if inner else []


def _model_within(field: FieldInfo) -> type[BaseModel] | None:
    """Return the model of a section, or that of each table of a setting; None for a plain setting."""
    kinds = (field.annotation, *get_args(field.annotation))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def field_of(dotted: str) -> FieldInfo:
    """Return the field of a setting, or of a key within its tables. Raises `KeyError` where there is none."""
    model: type[BaseModel] | None = Settings
    *sections, name = dotted.split(".")
    for section in sections:
        model = _model_within(model.model_fields[section]) if model else None
    if model is None:
        raise KeyError(dotted)
    return model.model_fields[name]


def describe_setting(dotted: str) -> tuple[str, str]:
    """Return a setting's (description, default as text). Raises `KeyError` where there is none."""
    field = field_of(dotted)
    default = field.get_default()
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    return field.description or "", str(list(default) if isinstance(default, tuple) else default)


def example_of(dotted: str) -> list[str]:
    """Return a table of a setting as lines for a settings file, each key followed by its meaning."""
    lines = [f"[[{dotted}]]"]
    for key in table_keys(dotted):
        field = field_of(f"{dotted}.{key}")
        lines.append(f"{key} = {json.dumps((field.examples or [''])[0])}  # {field.description}")
    return lines


def is_secret(dotted: str) -> bool:
    """Say whether a setting's value, or that of a key within it, must never be shown."""
    try:
        keys = table_keys(dotted)
        return isinstance(field_of(dotted).default, SecretStr) or any(
            is_secret(f"{dotted}.{key}") for key in keys
        )
    except KeyError:
        return False


def is_address(dotted: str) -> bool:
    """Say whether a setting's value, or that of a key within it, is an address, with a password perhaps."""
    try:
        return dotted == "ollama_host" or any(
            isinstance(one, AddressMark) for one in field_of(dotted).metadata
        )
    except KeyError:
        return False


def guard_of(dotted: str) -> Guard:
    """Return what a setting allows untrusted files."""
    return next(part for part in field_of(dotted).metadata if isinstance(part, Guard))


def is_guarded(dotted: str, settings: Settings, folder: Path) -> bool:
    """Say whether only a trusted settings file in `folder` may set a setting to the value it has."""
    value = _value(dotted, settings)
    return value != field_of(dotted).default and guard_of(dotted).stops(value, folder)


def _value(dotted: str, settings: Settings) -> Any:
    value: Any = settings
    for part in dotted.split("."):
        value = getattr(value, part)
    return value


def shown(dotted: str, settings: Settings) -> str:
    """Return a setting's value as text, without passwords and keys."""
    value = _value(dotted, settings)
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
        value = value if not value or ("://" in value and is_address(dotted)) else "***"
    return f"{dotted} = {masked(dotted, _written(value))}"


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_written(entry) for entry in value)
    if isinstance(value, BaseModel):
        return f"({', '.join(f'{key} {part}' for key, part in value)})"
    return str(value)


def env_name(dotted: str) -> str:
    """Return the environment variable of a setting: "chat.model" is TWOLANE_CHAT_MODEL."""
    return ENV_PREFIX + dotted.replace(".", "_").upper()


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a suggestion for a mistyped name, or "" where no name is like it."""
    close = alike(name, known)
    return f"did you mean {close[0]}?" if close else ""


def hint(dotted: str) -> str:
    """Return a setting's description, for the remedy of an error."""
    try:
        description, default = describe_setting(dotted)
    except KeyError:
        return SEE_ALL
    usual = "" if field_of(dotted).is_required() else f" (default: {default or 'empty'})"
    return f"{dotted}: {description}{usual}" if description else ""
