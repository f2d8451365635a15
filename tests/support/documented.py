"""What the documents tell a reader to type, line by line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
RUN = "<!-- run -->"
"""Stands before a block whose commands a test runs, one after the other, in a library of the page's own."""
_INDENTED = "indented"
_SHELLS = {"sh", "console", "bash", _INDENTED}
_ENDS_OF_COMMANDS = {"|", "||", "&&", ";", "&", ">", ">>", "2>", "<"}


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code on a page; an indented one holds commands alone."""

    page: Path
    line: int
    language: str
    text: str
    is_run: bool = False

    @property
    def where(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    def shell_lines(self) -> Iterator[str]:
        """Yield what a reader would type: all lines, or those behind `$` in a console."""
        text = self.text.replace("\\\n", " ")
        prompted = self.language == "console"
        for line in text.splitlines():
            typed = line.strip()
            if not prompted and self.language in _SHELLS:
                yield typed
            elif prompted and typed.startswith("$ "):
                yield typed.removeprefix("$ ")

    def commands(self) -> Iterator[list[str]]:
        """Yield the arguments of each `twolane` in the block."""
        for line in self.shell_lines():
            if "twolane" in line:
                yield from commands_in(line)


def blocks(page: Path) -> Iterator[Block]:
    """Yield the blocks of code of a page: those between fences, and the indented ones."""
    lines = page.read_text("utf-8").splitlines()
    at = 0
    while at < len(lines):
        fence = re.match(r"^(\s*)(```+)\s*(\w*)", lines[at])
        if fence:
            end = next(i for i in range(at + 1, len(lines)) if lines[i].strip() == fence[2])
            marked = at > 0 and lines[at - 1].strip() == RUN
            yield Block(page, at + 2, fence[3], "\n".join(lines[at + 1 : end]), marked)
            at = end + 1
        elif lines[at].startswith("    twolane ") and (at == 0 or not lines[at - 1].strip()):
            end = next((i for i in range(at, len(lines)) if not lines[i].startswith("    ")), len(lines))
            marked = at > 1 and lines[at - 2].strip() == RUN
            yield Block(page, at + 1, _INDENTED, "\n".join(line[4:] for line in lines[at:end]), marked)
            at = end
        else:
            at += 1


def _is_program(word: str, before: str) -> bool:
    """Tell the program from a name that an option takes, such as a namespace or a database."""
    is_named = before.startswith("-") and before != "--"
    return (word == "twolane" or word.endswith("/bin/twolane")) and not is_named


def commands_in(line: str) -> Iterator[list[str]]:
    """Yield the arguments of each `twolane` in a line of a shell, whatever stands before it."""
    # A comment begins behind a blank: names and addresses may hold the sign.
    lexer = shlex.shlex(re.sub(r"(^|\s)#\s.*", "", line), posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    lexer.commenters = ""
    command: list[str] | None = None
    is_of_packages, before = False, ""
    for word in lexer:
        if word in _ENDS_OF_COMMANDS:
            if command is not None:
                yield command
            command, is_of_packages = None, False
        elif command is not None:
            command.append(word)
        elif word in {"install", "upgrade", "uninstall"}:
            is_of_packages = True
        elif _is_program(word, before) and not is_of_packages:
            command = []
        before = word
    if command is not None:
        yield command
