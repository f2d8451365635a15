"""What shells complete, asked through the shells that are here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from twolane.cli.main import cli

# Each shell's own way to ask what a word may become: its script by `--show-completion`, then one word.
ASK = {
    "bash": 'eval "$(twolane --show-completion bash)"; COMP_WORDS=({words} "{word}"); COMP_CWORD={place}; '
    '_twolane_completion twolane; printf "%s\\n" "${{COMPREPLY[@]}}"',
    "fish": 'twolane --show-completion fish | source; complete --do-complete "{line}{word}"',
    "zsh": '_arguments() {{ print -r -- "$@" }}; _files() {{ }}; compdef() {{ }}; '
    'eval "$(twolane --show-completion zsh)"; words=({words} "{word}"); CURRENT={count}; _twolane_completion',
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a library of one file, tagged, and the program on its path."""
    home = tmp_path_factory.mktemp("completing")
    (home / "bin").mkdir()
    (home / "bin" / "twolane").write_text(f'#!/bin/sh\nexec {sys.executable} -m twolane "$@"\n')
    (home / "bin" / "twolane").chmod(0o755)
    (home / "letter.txt").write_text("Dear reader", "utf-8")
    flags = ["--data-dir", str(home / "library"), "--set", "filing.runtime=scripted"]
    done = CliRunner().invoke(cli, [*flags, "add", "--no-wait", str(home / "letter.txt")])
    assert done.exit_code == 0, done.output
    return home


def offered(shell: str, home: Path, line: str, word: str) -> str:
    words = line.split()
    script = ASK[shell].format(
        words=" ".join(words), word=word, place=len(words), count=len(words) + 1, line=f"{line} "
    )
    environment = {
        "HOME": str(home),
        "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
        "TWOLANE_DATA_DIR": str(home / "library"),
        "LANG": "C.UTF-8",
    }
    quiet = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    done = subprocess.run(
        [shell, *quiet, "-c", script], env=environment, capture_output=True, encoding="utf-8", timeout=60
    )
    assert not done.stderr, done.stderr
    return done.stdout


@pytest.mark.parametrize("shell", [shell for shell in ASK if shutil.which(shell)])
def test_names_are_completed_in_every_shell(shell: str, home: Path) -> None:
    assert "invoice" in offered(shell, home, "twolane files --category", "inv")
    assert "review" in offered(shell, home, "twolane files --state", "re")


@pytest.mark.parametrize(
    ("words", "word", "expected"),
    [
        ("twolane", "corr", {"correct", "correspondents"}),
        ("twolane files", "--rev", {"--reverse"}),
        ("twolane init --profile", "", {"A", "B", "C", "D", "E"}),
        ("twolane models show", "qwen2.5-coder:0", {"qwen2.5-coder:0.5b"}),
        ("twolane --set", "chat.mod", {"chat.model="}),
        ("twolane files --field", "total_d", {"total_due"}),
        ("twolane taxonomy merge invoice --into", "bank", {"bank_statement"}),
        ("twolane prove --only", "dr", {"drop"}),
        ("twolane tokens revoke", "", set()),
        ("twolane plans show", "", set()),
    ],
)
def test_each_kind_of_name_is_known(home: Path, words: str, word: str, expected: set[str]) -> None:
    # given
    environment = {
        "_TWOLANE_COMPLETE": "complete_bash",
        "COMP_WORDS": "\n".join([*words.split(), word]),
        "COMP_CWORD": str(len(words.split())),
        "TWOLANE_DATA_DIR": str(home / "library"),
    }

    # when
    done = CliRunner().invoke(cli, [], prog_name="twolane", env=environment)

    # then
    assert set(done.stdout.split()) == expected


def test_where_there_is_no_library_nothing_is_said_or_made(home: Path, tmp_path: Path) -> None:
    # given
    environment = {
        "_TWOLANE_COMPLETE": "complete_bash",
        "COMP_WORDS": "twolane\nfiles\n--category\ninv",
        "COMP_CWORD": "3",
        "TWOLANE_DATA_DIR": str(tmp_path / "library"),
    }

    # when
    done = CliRunner().invoke(cli, [], prog_name="twolane", env=environment)

    # then
    assert done.output.strip() == ""
    assert list(tmp_path.iterdir()) == []


def test_completing_a_word_opens_no_store_and_reads_no_model(home: Path) -> None:
    # given
    code = (
        "import sys\nfrom twolane.cli.main import cli\ntry:\n    cli(prog_name='twolane')\n"
        "except SystemExit:\n    pass\n"
        "heavy = ('numpy', 'twolane.app', 'fastapi', 'twolane.llm.base')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    environment = {
        **os.environ,
        "_TWOLANE_COMPLETE": "complete_bash",
        "COMP_WORDS": "twolane\nfiles\n--category\ninv",
        "COMP_CWORD": "3",
        "TWOLANE_DATA_DIR": str(home / "library"),
    }

    # when
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)

    # then
    assert done.stdout.split("\n")[0] == "invoice", done.stderr
    assert done.stdout.strip().endswith("[]")
