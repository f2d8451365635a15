"""Passwords at the command line: asked for without an echo, or read from where a script has put them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from twolane.errors import SettingsError
from twolane.text.printable import one_line

PasswordFile = Annotated[
    Path | None,
    typer.Option(
        allow_dash=True, help="Read the password from the first line of a file, or of standard input: -"
    ),
]
_MOST_BYTES = 4096


def new_password(file: Path | None, whose: str) -> str:
    """Return a new password: asked for twice at a terminal. Raises `SettingsError` where none is given."""
    if file is not None:
        return _first_line(file)
    if not sys.stdin.isatty():
        raise SettingsError(
            f"the password of {whose} cannot be asked for: this is no terminal",
            "give it by --password-file FILE, or --password-file - for standard input",
        )
    return str(
        typer.prompt(f"Password of {one_line(whose)}", hide_input=True, confirmation_prompt=True, err=True)
    )


def _first_line(file: Path) -> str:
    try:
        if str(file) == "-":
            text = sys.stdin.readline(_MOST_BYTES)
        else:
            with file.open(encoding="utf-8") as stream:
                text = stream.readline(_MOST_BYTES)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {error}", "name a readable UTF-8 file") from None
    return text.rstrip("\r\n")
