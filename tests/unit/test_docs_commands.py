"""What the documents tell a reader to type is what the program takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.support.documented import PAGES, ROOT, Block, blocks, commands_in
from typer.core import TyperGroup
from typer.main import get_command

from twolane.cli.main import cli
from twolane.config.loading import load_settings

GENERATED = {"commands.md"}
BLOCKS = [block for page in PAGES if page.name not in GENERATED for block in blocks(page)]
COMMANDS = [(block, command) for block in BLOCKS for command in block.commands()]
SETTINGS = [block for block in BLOCKS if block.language == "toml" and "[[category]]" not in block.text]
CURLS = [(block, line) for block in BLOCKS for line in block.shell_lines() if line.startswith("curl ")]
PROGRAM = get_command(cli)


@pytest.mark.parametrize(
    ("block", "command"), COMMANDS, ids=[f"{b.where} {' '.join(c)}" for b, c in COMMANDS]
)
def test_each_command_is_one_that_the_program_takes(block: Block, command: list[str]) -> None:
    # when
    wrong = refused(command)

    # then
    assert not wrong, f"{block.where}: twolane {' '.join(command)}: {wrong}"


@pytest.mark.parametrize("block", SETTINGS, ids=[block.where for block in SETTINGS])
def test_each_piece_of_a_settings_file_is_one_that_the_program_reads(block: Block, tmp_path: Path) -> None:
    # given
    file = tmp_path / "twolane.toml"
    file.write_text(block.text, "utf-8")

    # then no key is unknown, and no value is refused
    load_settings(file=file, env={})


@pytest.mark.parametrize(("block", "line"), CURLS, ids=[f"{block.where}" for block, _ in CURLS])
def test_each_request_goes_to_an_address_that_the_api_has(block: Block, line: str) -> None:
    # given
    addresses = re.findall(r"^### (\w+) (/\S*)", (ROOT / "docs" / "api.md").read_text("utf-8"), re.MULTILINE)
    asked = re.search(r"(?:\$SERVER|https?://[^/\s\"']+)(/[^\s\"'?]*)", line)
    assert asked, f"{block.where}: {line}"

    # when
    is_sent = bool(re.search(r"\s(-F|-d|--data\S*|--json|-X POST|-T)\s", line))
    named = re.search(r"-X (\w+)", line)
    method = named[1] if named else "POST" if is_sent else "GET"
    known = [m for m, path in addresses if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), asked[1])]

    # then
    assert method in known, f"{block.where}: {line}"


def test_commands_are_found_wherever_they_stand_in_a_line() -> None:
    assert list(commands_in("A=1 .venv/bin/twolane --data-dir x add 'a b' # and more")) == [
        ["--data-dir", "x", "add", "a b"]
    ]
    assert list(commands_in("sudo -u ada twolane status --json | head && twolane ask …")) == [
        ["status", "--json"],
        ["ask", "…"],
    ]
    assert list(commands_in("kubectl -n twolane exec deploy/chat -- twolane status")) == [["status"]]
    assert list(commands_in("pip install --upgrade twolane")) == []


def test_what_the_program_does_not_take_is_found() -> None:
    assert refused(["add", "--no-such-option"])
    assert refused(["no-such-command"])
    assert refused(["correct"])
    assert not refused(["taxonomy", "rename", "recipes", "Cooking"])


def refused(words: list[str]) -> str:
    """Say what the command line's own parser finds wrong, and nothing where it takes the words."""
    group, context, name = PROGRAM, None, "twolane"
    while True:
        try:
            context = group.make_context(name, list(words), parent=context)
        except Exception as error:  # noqa: BLE001 - the parser's errors have no public name
            return "" if is_answered(error) else getattr(error, "message", "") or repr(error)
        if not isinstance(group, TyperGroup):
            return ""
        rest = [*context._protected_args, *context.args]
        if not rest:
            return ""
        try:
            found, inner, words = group.resolve_command(context, rest)
        except Exception as error:  # noqa: BLE001
            return getattr(error, "message", "") or repr(error)
        assert inner is not None
        group, name = inner, found or ""


def is_answered(error: Exception) -> bool:
    """Tell whether an option was taken that ends the program at once, such as --help."""
    return type(error).__name__ == "Exit"
