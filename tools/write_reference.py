"""Writes docs/settings.md and docs/commands.md from the program itself; `--check` only compares."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from twolane.config.reference import describe_setting, example_of, setting_names, table_keys

DOCS = Path(__file__).parent.parent / "docs"
COMMANDS = (
    "",
    "init",
    "add",
    "status",
    "files",
    "correct",
    "ask",
    "chat",
    "compare",
    "serve",
    "worker",
    "top",
    "models",
    "models list",
    "models pull",
    "models verify",
    "models reembed",
    "doctor",
    "hardware",
    "prove",
    "migrate-store",
)


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


def commands() -> str:
    """Return the page of all commands, each in its own words."""
    lines = ["# Commands", ""]
    for command in COMMANDS:
        words = command.split()
        run = [sys.executable, "-c", "from twolane.cli.main import main; main()", *words, "--help"]
        env = {"TERM": "dumb", "COLUMNS": "100", "PATH": "", "NO_COLOR": "1"}
        text = subprocess.run(run, capture_output=True, text=True, check=True, env=env).stdout
        text = "\n".join(line.rstrip() for line in text.replace("-c ", "twolane ").strip().splitlines())
        lines += [f"## twolane {command}".rstrip(), "", "```", text, "```", ""]
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
