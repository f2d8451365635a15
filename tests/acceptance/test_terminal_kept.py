"""No name, text or answer drives the terminal: every command of the table, with names that try to."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import typer
from tests.support.scripted import SCRIPTED
from typer.main import get_command

from twolane.app import open_app
from twolane.cli.context import output_for
from twolane.cli.main import cli
from twolane.cli.misused import wrong_usage
from twolane.config.loading import load_settings
from twolane.errors import TwolaneError

FORGED = "forged line"
# A link, colours by both kinds of control characters, text that is turned around, and a line of its own.
EVIL = f"x\x1b]8;;mailto:x\x1b\\\x1b[31m\x9b32m\u202egpj\u2066\u200f\x07\r\x08\u2028\n{FORGED}"
Said = Callable[[Sequence[str]], str]

# Each command with what it is given; what is made comes before what shows it. `FILE`, `COPY`, `INBOX` and
# `HOME` stand for what the fixture has made, `CONVERSATION` for the last one, `EVIL` for the name.
COMMANDS = [
    "init HOME/EVIL --profile C",
    "trust HOME/EVIL",
    "add INBOX --wide",
    "add HOME/EVIL",
    "import paperless HOME/EVIL",
    "taxonomy add EVIL --description EVIL --id evil --no-wait",
    "taxonomy add Within --within evil --id within --no-wait",
    "taxonomy add Other --id EVIL",
    "taxonomy rename evil EVIL",
    "taxonomy move within --within EVIL",
    "taxonomy move within --within nothing --no-wait",
    "taxonomy merge EVIL --into EVIL",
    "taxonomy merge within --into evil --preview",
    "taxonomy split evil EVIL Letters --preview",
    "taxonomy import HOME/EVIL",
    "taxonomy export HOME/EVIL",
    "taxonomy export",
    "taxonomy suggest --no-model",
    "taxonomy remove within --preview",
    "taxonomy check",
    "taxonomy list",
    "taxonomy show evil",
    "taxonomy history",
    "correct FILE evil",
    "correct FILE EVIL",
    "correct FILE --field title=EVIL",
    "correct FILE --field correspondent=EVIL",
    "correct COPY --field correspondent=Other",
    "correct HOME/EVIL evil",
    "tag FILE EVIL",
    "tag COPY EVIL more",
    "tag FILE EVIL --remove",
    "tag HOME/EVIL EVIL",
    "tags",
    "correspondents rename Other EVIL",
    "correspondents merge EVIL EVIL",
    "correspondents part EVIL EVIL",
    "correspondents list",
    "correspondents changes",
    "correspondents suggest",
    "correspondents undo",
    "fields list",
    "fields redo FILE --no-wait",
    "fields redo HOME/EVIL --no-wait",
    "users add EVIL --no-password",
    "users add anna --full-name EVIL --no-password",
    "users list",
    "users role EVIL member",
    "users role anna EVIL",
    "users password EVIL --password-file HOME/EVIL",
    "users disable EVIL",
    "users enable EVIL",
    "users sessions EVIL",
    "users sessions anna",
    "users sign-out EVIL",
    "users remove EVIL",
    "users remove anna --files-to EVIL --preview",
    "users remove anna --preview",
    "groups add EVIL anna",
    "groups add family EVIL",
    "groups remove EVIL EVIL",
    "groups list",
    "share INBOX --with EVIL",
    "share evil --with anna",
    "share INBOX --with anna",
    "shares",
    "give FILE --to EVIL",
    "give FILE --to anna",
    "unshare HOME/EVIL",
    "tokens make EVIL --for anna",
    "tokens make EVIL --right EVIL",
    "tokens list",
    "tokens revoke EVIL",
    "plan INBOX --rule evil=EVIL/{name}{ext} --root HOME/EVIL --save EVIL",
    "plan INBOX --rule evil=sorted/{name}{ext} --root HOME --save sorted",
    "plan --presets",
    "plans list",
    "plans show EVIL",
    "plans show sorted",
    "apply EVIL",
    "apply sorted",
    "history",
    "history FILE",
    "undo EVIL",
    "undo sorted",
    "plans forget EVIL",
    "ask EVIL",
    "ask what --conversation EVIL",
    "ask what --url EVIL --token EVIL",
    "ask lease --conversation new",
    "chat --conversation EVIL",
    "conversations rename CONVERSATION EVIL",
    "conversations list",
    "conversations show CONVERSATION",
    "conversations show EVIL",
    "conversations export CONVERSATION",
    "conversations export CONVERSATION HOME/EVIL",
    "conversations delete EVIL",
    "ask lease --conversation CONVERSATION",
    "conversations delete CONVERSATION",
    "files",
    "files FILE",
    "files --tag EVIL --category EVIL",
    "search EVIL",
    "search lease",
    "review",
    "placements list",
    "placements accept FILE",
    "placements decline HOME/EVIL",
    "reclassify --preview",
    "duplicates",
    "duplicates FILE COPY --same",
    "duplicates HOME/EVIL --undo",
    "remove FILE --yes",
    "exclude INBOX/EVIL --yes",
    "exclude --name EVIL --yes",
    "exclude --list",
    "exclude",
    "remove HOME/EVIL --yes",
    "trash",
    "trash EVIL",
    "vacuum",
    "status",
    "doctor",
    "top --once",
    "top --url EVIL --once",
    "hardware --recorded HOME/EVIL",
    "models list",
    "models ps",
    "models show EVIL",
    "models rm EVIL --yes",
    "models verify EVIL",
    "models pull EVIL",
    "models add HOME/EVIL --yes",
    "models reembed --model EVIL --no-wait",
    "runtime show",
    "runtime build --model EVIL",
    "runtime remove",
    "compare EVIL EVIL --url EVIL",
    "prove --only EVIL",
    "mail status",
    "mail check",
    "mail fetch",
    "backup HOME/EVIL",
    "backups HOME/EVIL",
    "backups HOME/EVIL --verify",
    "restore HOME/EVIL --verify",
    "bundle HOME/EVIL --platform EVIL",
    "migrate-store EVIL EVIL",
    "audit",
    "audit --user EVIL",
    "open --no-browser",
    "worker --lane EVIL",
    "taxonomy remove EVIL --no-wait",
    "taxonomy undo --no-wait",
]
# run until they are ended, and print by the same output
LASTING = {"serve", "mcp", "up", "watch"}


@pytest.fixture
def said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Said]:
    """Return what runs a command of the table, and gives all that it printed."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    inbox = tmp_path / "inbox"
    (inbox / EVIL).mkdir(parents=True)
    file, copy = inbox / EVIL / f"lease {EVIL}.txt", inbox / f"copy {EVIL}.txt"
    text = f"Lease of Ada Lovelace.\n{EVIL}\nThe rent of {EVIL} is 900 EUR a month.\n"
    file.write_text(text, "utf-8")
    copy.write_text(text, "utf-8")
    flags = {"data_dir": str(tmp_path / "library"), "models_dir": str(tmp_path / EVIL), **SCRIPTED}
    before = ["--data-dir", flags["data_dir"]]
    before += [
        part for name, value in flags.items() if name != "data_dir" for part in ("--set", f"{name}={value}")
    ]
    known = {"FILE": file, "COPY": copy, "INBOX": inbox, "HOME": tmp_path}

    def last() -> str:
        with open_app(load_settings(env={}, flags=flags)) as app:
            return app.conversations.list(limit=1).conversations[0].conversation_id

    def filled(word: str) -> str:
        if word == "CONVERSATION":
            return last()
        for name, value in {**known, "EVIL": EVIL}.items():
            word = word.replace(name, str(value))
        return word

    def run(words: Sequence[str]) -> str:
        output = output_for("--json" in words)
        try:
            cli([*before, *map(filled, words)], standalone_mode=False, prog_name="twolane")
        except TwolaneError as error:
            output.error(error)
        except typer.TyperException as error:
            output.error(wrong_usage(error))
        printed = capsys.readouterr()
        return printed.out + printed.err

    yield run
    logging.getLogger().setLevel(logging.WARNING)


def leaves(command: object, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield every command by its words, those of groups too."""
    within = getattr(command, "commands", None)
    if not within:
        yield " ".join(path)
        return
    for name in list(within):
        yield from leaves(within[name], (*path, name))


def test_every_command_is_tried_or_lasts() -> None:
    # given
    commands = set(leaves(get_command(cli)))

    # then
    tried = {name for name in commands for line in COMMANDS if line == name or line.startswith(f"{name} ")}
    assert commands - tried == LASTING


@pytest.mark.timeout(600)
def test_nothing_that_is_printed_drives_the_terminal_or_makes_up_a_line(said: Said) -> None:
    # when
    driven, forged, broken = [], [], []
    for line in COMMANDS:
        for more in ([], ["--json"]):
            if more and line.startswith("taxonomy export"):
                continue  # is TOML
            printed = said([*line.split(" "), *more])
            bad = {char for char in printed if not char.isprintable() and char != "\n"}
            if bad:
                driven.append((line, more, bad))
            # whose texts have lines of their own
            answers = line.startswith(("ask ", "conversations export", "conversations show"))
            if not answers and any(one.strip("│ ").startswith(FORGED) for one in printed.split("\n")):
                forged.append((line, more))
            if more and not all(map(_is_json, printed.splitlines())):
                broken.append((line, printed))

    # then
    assert driven == []
    assert forged == []
    assert broken == []


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
