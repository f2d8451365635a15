"""Changes one setting in the user's settings file, and leaves the rest of it as it was written."""

from __future__ import annotations

import os
from pathlib import Path

import tomlkit
from tomlkit.exceptions import ParseError, TOMLKitError

from twolane.config.folders import configuration_folder
from twolane.config.loading import SETTINGS_FILE
from twolane.config.trust import SettingsFile, digest_of, is_trusted, trust
from twolane.errors import SettingsError
from twolane.system.disk import put_in_place


def change_setting(file: Path | None, section: str, name: str, value: str) -> Path:
    """Set a value in a settings file, or in the user's own where there is none; return the file.

    A file that was trusted stays so. Raises `SettingsError` where it cannot be read or written.
    """
    path = file or configuration_folder() / SETTINGS_FILE
    try:
        before = path.read_bytes() if path.exists() else b""
        document = tomlkit.parse(before.decode("utf-8"))
        document.setdefault(section, tomlkit.table())[name] = value
        after = tomlkit.dumps(document).encode()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)  # there may be secrets in it
        draft.write_bytes(after)
        if path.exists():
            draft.chmod(path.stat().st_mode & 0o777)
        put_in_place(draft, path.resolve())
    except (OSError, UnicodeDecodeError, ParseError, TOMLKitError, TypeError) as error:
        raise SettingsError(
            f"{path}: {section}.{name} cannot be changed: {error}",
            f'set {name} = "{value}" in [{section}] there',
        ) from None
    if is_trusted(SettingsFile(path, digest_of(before))):
        trust(SettingsFile(path, digest_of(after)))
    return path
