"""Blocks of the documents that are marked to be run do run, each page's in a library of its own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from unittest.mock import patch

import pytest
from tests.support.documented import PAGES, ROOT, Block, blocks
from typer.testing import CliRunner

from twolane.cli.main import cli

RUN = {page: found for page in PAGES if (found := [block for block in blocks(page) if block.is_run])}
LEASE = """LEASE AGREEMENT

between Ada Byron (tenant) and Harbour Homes Ltd (landlord).

The monthly rent is 950 euros. The lease ends on 30 June 2027 unless it is extended.
"""
LETTER = "Dear Ada,\n\nthank you for the lovely evening. We shall come again in May.\n\nYours, Charles\n"
YEAR_BEFORE = "INVOICE no. 12\n\nStadtwerke Halden, 3 March 2014\n\nTotal due: 120.00 EUR\n"
INVOICE = "INVOICE no. 17\n\nSW Halden GmbH, 3 March 2025\n\nTotal due: 140.00 EUR\n"


@pytest.mark.parametrize("page", RUN, ids=[page.name for page in RUN])
def test_the_marked_blocks_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a person's home, with the models' place taken by twins that answer at once
    home = a_home(tmp_path)
    monkeypatch.chdir(home / "Documents")
    with patch.dict(os.environ, settled_in(home), clear=True):
        typed(home, ["add", str(home / "Documents"), str(home / "Inbox")])

        # then
        for block in RUN[page]:
            run(block, home)


def run(block: Block, home: Path) -> None:
    commands = list(block.commands())
    assert commands, f"{block.where}: nothing to run"
    for command in commands:
        try:
            typed(home, [home_of(word, home) for word in command])
        except AssertionError as error:
            raise AssertionError(f"{block.where}: twolane {' '.join(command)}\n{error}") from None


def typed(home: Path, words: list[str]) -> None:
    done = CliRunner().invoke(cli, words, input="y\n" * 9, prog_name="twolane")
    assert done.exit_code == 0, f"{done.exception!r}\n{done.output}"


def home_of(word: str, home: Path) -> str:
    """Do what a shell does to a word."""
    return str(home / word[2:]) if word.startswith("~/") else word


def a_home(folder: Path) -> Path:
    for name, text in (("lease.pdf", LEASE), ("letter.pdf", LETTER), ("offer.pdf", YEAR_BEFORE)):
        put(folder / "Documents" / name, text)
    (folder / "Documents" / "Private").mkdir()
    put(folder / "Inbox" / "bill.txt", INVOICE)
    shutil.copy(ROOT / "examples" / "inbox" / "minutes-spring.txt", folder / "Inbox")
    return folder


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def settled_in(home: Path) -> dict[str, str]:
    twins = {f"TWOLANE_{lane}_RUNTIME": "scripted" for lane in ("FILING", "CHAT")}
    own = {"HOME": str(home), "COLUMNS": "120", "PATH": os.environ["PATH"]}
    return {**own, **twins, "TWOLANE_EMBEDDING_RUNTIME": "off", "TWOLANE_DATA_DIR": str(home / "library")}
