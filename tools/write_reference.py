"""Writes docs/settings.md and docs/commands.md from the program itself; `--check` only compares."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from typer.main import get_command
from typer.testing import CliRunner

from twolane.cli.main import cli
from twolane.config.reference import describe_setting, example_of, setting_names, table_keys

DOCS = Path(__file__).parent.parent / "docs"
HELP_ENVIRONMENT = {"TERM": "dumb", "COLUMNS": "100", "NO_COLOR": "1"}


def settings() -> str:
    """Return the page of all settings."""
    lines = [
        "# Settings",
        "",
        "Weakest to strongest: these defaults, `twolane.toml` (of the working folder, or else of the user's",
        "configuration folder), environment variables, flags (`--set NAME=VALUE`). `twolane init` writes a",
        "file with all of them. The environment's name of a setting is `TWOLANE_` and its name in capitals",
        "with `_` for the dot; `LLM_CLASSIFICATION_MODEL` and `LLM_CHAT_MODEL` name the two models;",
        "`TWOLANE_SETTINGS` names the settings file. With `_FILE` behind its name a variable names a file",
        "that holds the value, such as `TWOLANE_STORE_URL_FILE=/run/secrets/store_url`: a secret need not",
        "stand in the environment.",
        "",
        "| setting | default | what it is |",
        "| --- | --- | --- |",
    ]
    tables = [name for name in setting_names() if table_keys(name)]
    for name in setting_names():
        description, default = describe_setting(name)
        home = str(Path.home())
        shown = f"[[{name}]]" if name in tables else name
        usual = "none" if name in tables else default.replace(home, "~") or "(empty)"
        lines.append(f"| `{shown}` | {usual} | {description} |")
    lines += [
        "",
        "A name in double brackets is a table that may come any number of times:",
        "",
        "```toml",
        *(line for name in tables for line in example_of(name)),
        "```",
        "",
        "A variable or a flag gives all of them as a JSON list, which takes the place of the file's:",
        '`TWOLANE_SHARED_PATH=\'[{"recorded": "/home/ada/papers", "here": "/mnt/papers"}]\'`.',
        "A list of words or addresses is a list in a file, and has commas in a variable or a flag.",
    ]
    return "\n".join(lines) + "\n"


def command_names(command: Any, name: str = "") -> Iterator[str]:
    """Yield the name of a command, then those of its subcommands in the order of the program's own help."""
    yield name
    for inner, subcommand in getattr(command, "commands", {}).items():
        if not subcommand.hidden:
            yield from command_names(subcommand, f"{name} {inner}".strip())


def commands() -> str:
    """Return the page of all commands, each in its own words."""
    lines = ["# Commands", ""]
    with patch.dict(os.environ, HELP_ENVIRONMENT):
        for name in command_names(get_command(cli)):
            words = [*name.split(), "--help"]
            text = CliRunner().invoke(cli, words, prog_name="twolane", catch_exceptions=False).stdout
            text = "\n".join(line.rstrip() for line in text.strip().splitlines())
            lines += [f"## twolane {name}".rstrip(), "", "```", text, "```", ""]
    return "\n".join(lines)


def main() -> int:
    """Write both pages, or with `--check` say whether they are as the program has it."""
    pages = {DOCS / "settings.md": settings(), DOCS / "commands.md": commands()}
    stale = [path for path, text in pages.items() if not path.is_file() or path.read_text() != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.name} is out of date: run `make docs`")  # noqa: T201
        return bool(stale)
    for path, text in pages.items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
