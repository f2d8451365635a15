"""Writes what the program dictates of the pages in docs/; `--check` only compares."""

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
from twolane.config.reference import (
    describe_setting,
    example_of,
    guard_of,
    setting_names,
    table_keys,
)
from twolane.extract.declared import Care, FilePart
from twolane.extract.formats import formats

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
HELP_ENVIRONMENT = {"TERM": "dumb", "COLUMNS": "100", "NO_COLOR": "1"}

SETTINGS_OPENING = """\
# Settings

Weakest to strongest: these defaults, `twolane.toml`, environment variables, flags (`--set NAME=VALUE`).
`twolane init` writes a file with all of them. The environment's name of a setting is `TWOLANE_` and its
name in capitals with `_` for the dot; `LLM_CLASSIFICATION_MODEL` and `LLM_CHAT_MODEL` name the two
models. With `_FILE` behind its name a variable names a file that holds the value, such as
`TWOLANE_STORE_URL_FILE=/run/secrets/store_url`: a secret need not stand in the environment.

## Which file is read, and what it may say

The file that `--settings` or `TWOLANE_SETTINGS` names, or else `twolane.toml` of the working folder, or
else that of the user's configuration folder (`~/.config/twolane` on Linux). `twolane status` and
`twolane doctor` name the one in use.

A file in the working folder may have come with an archive or lie in a shared folder. Until it is
trusted it may not give what the column *trusted* marks: addresses, hosts, folders and files, which
decide where documents go and whose files are used. twolane asks at a terminal; elsewhere it ends with
exit code 2 and the command that trusts the file: `twolane trust FILE`. The trust is for this content at
this path, and is remembered in the user's configuration folder; `--forget` takes it back. A file that
`twolane init` wrote, that was named, or that is the user's own needs none. Its other settings work
untrusted, and a line on standard error names the file.

`taxonomy.toml` beside the settings needs no trust. It is data: categories, their descriptions and
patterns. The worst that a foreign one does is to file badly or slowly, which can be corrected; it names
no address, and nothing leaves by it.

## All settings

| setting | default | trusted | what it is |
| --- | --- | --- | --- |"""


def settings() -> str:
    """Return the page of all settings."""
    lines = [SETTINGS_OPENING]
    tables = [name for name in setting_names() if table_keys(name)]
    for name in setting_names():
        description, default = describe_setting(name)
        home = str(Path.home())
        shown = f"[[{name}]]" if name in tables else name
        usual = "none" if name in tables else default.replace(home, "~") or "(empty)"
        lines.append(f"| `{shown}` | {usual} | {guard_of(name).words} | {description} |")
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


def reading() -> str:
    """Return docs/reading.md with the table of what becomes of each part of each format."""
    before, begin, rest = (DOCS / "reading.md").read_text().partition("<!-- formats -->\n")
    _, end, after = rest.partition("<!-- /formats -->")
    return "".join((before, begin, *_format_table(), end, after))


def _format_table() -> Iterator[str]:
    every = formats()
    yield f"| | {' | '.join(part.value for part in FilePart)} |\n"
    yield f"| --- |{' --- |' * len(FilePart)}\n"
    for one in every:
        cares = (one.care(part) for part in FilePart)
        yield f"| {one.name} | {' | '.join('' if care is Care.NONE else care.value for care in cares)} |\n"


def main() -> int:
    """Write the pages, or with `--check` say whether they are as the program has it."""
    sys.path.insert(0, str(ROOT))  # a script finds what lies in its own folder alone
    from tools.reference.agents import agents_reference
    from tools.reference.http import http_reference
    from tools.reference.programs import programs_reference

    pages = {
        DOCS / "settings.md": settings(),
        DOCS / "commands.md": commands(),
        DOCS / "reading.md": reading(),
        DOCS / "api.md": http_reference(),
        DOCS / "mcp.md": agents_reference(),
        DOCS / "python.md": programs_reference(),
    }
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
