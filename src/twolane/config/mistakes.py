"""Messages about mistakes in the settings: where it is, which setting it is, and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from twolane.config.addresses import printable_address, without_password
from twolane.config.reference import SEE_ALL, hint, is_address, is_secret, nearest, setting_names
from twolane.config.settings import NOT_SETTINGS, Settings
from twolane.errors import SettingsError

_FROM_FILE = "_FILE"  # what a variable ends with that names a file with the value


def explain(error: ValidationError, path: Path | None, origins: Mapping[str, str]) -> SettingsError:
    """Turn pydantic's report into one message: where, which setting, what is wrong, what to do."""
    first = error.errors(include_url=False)[0]
    where = _place(first["loc"], origins) or str(path or "settings")
    dotted = ".".join(part for part in first["loc"] if isinstance(part, str))
    if first["type"] == "extra_forbidden":
        return unknown(dotted, where)
    problem = _problem(first["msg"].removeprefix("Value error, "), dotted, first["input"], where)
    shown = "" if first["type"] == "missing" else _shown(dotted, first["input"], where)
    return SettingsError(f"{where}: {dotted}{shown}: {problem}", hint(dotted))


def _shown(dotted: str, given: object, where: str) -> str:
    """Return a value that is not right as it may be printed: not at all where a secret may be in it."""
    if _is_hidden(dotted, where):
        return ""
    if is_address(dotted):
        return f" = {given!r}" if isinstance(given, str) and printable_address(given) else ""
    return f" = {without_password(repr(given))}"


def _problem(said: str, dotted: str, given: object, where: str) -> str:
    """Return what a check has said, without the secrets in what it quotes of the value."""
    quoted = any(part and part in said for part in re.split(r"[\s,]+", str(given)))
    if quoted and _is_hidden(dotted, where):
        return "is not right"
    return without_password(said[:1].lower() + said[1:])


def _is_hidden(dotted: str, where: str) -> bool:
    """Say whether nothing of a value may be printed: a file's may be another secret than was meant."""
    return is_secret(dotted) or where.endswith(_FROM_FILE)


def _place(loc: tuple[int | str, ...], origins: Mapping[str, str]) -> str:
    """Return where the setting at `loc` was given, or else the table around it, or else a key within it."""
    for length in range(len(loc), 0, -1):
        if origin := origins.get(".".join(map(str, loc[:length]))):
            table = next((part for part in loc[length:] if isinstance(part, int)), None)
            return origin if table is None else f"{origin}, table {table + 1}"
    inner = ".".join(map(str, loc)) + "."
    return next((origin for key, origin in origins.items() if key.startswith(inner)), "")


def unknown(dotted: str, where: str) -> SettingsError:
    """Return the error for a name that no setting has."""
    place = f"{where}: " if where else ""
    close = nearest(dotted, [*setting_names(tables=True), *Settings.model_fields.keys() - NOT_SETTINGS])
    return SettingsError(f"{place}there is no setting {dotted!r}", close or SEE_ALL)
