"""`twolane review` at a real terminal: one key a file, and each decision is kept at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from standins.program import Program
from tests.support.terminal import in_terminal

TEXTS = {
    "a.txt": "Zwölf Schafe weideten am Hang, und niemand zählte sie.",
    "b.txt": "十二只羊在山坡上吃草，没有人数它们。" * 8,
    "c.txt": "Двенадцать овец паслись на склоне, и никто их не считал.",
}
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Return the program with three files of which nothing can be known without a model."""
    alone = {"embedding.runtime": "off", "filing.use_model": "false", "chat.runtime": "scripted"}
    program = Program(tmp_path, {**alone, "chat.model": "twin"})
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name, text in TEXTS.items():
        (inbox / name).write_text(text, "utf-8")
    program.ok("add", inbox)
    return program


def decided(program: Program) -> dict[str, tuple[str, str]]:
    """Return the category and the tier of each file."""
    files: list[dict[str, Any]] = program.ok("files", "--json").values
    found = {file["name"]: file["classification"] for file in files}
    return {name: (made["category"], made["tier"]) for name, made in found.items()}


def test_files_are_decided_by_single_keys_and_the_last_one_is_taken_back(program: Program) -> None:
    # given
    proposed = decided(program)["a.txt"][0]

    with in_terminal(program, "review") as terminal:
        # when
        first = terminal.until("q ends")
        terminal.press("\r")
        second = terminal.until("q ends")
        terminal.press("0")
        terminal.until("none of these")
        terminal.until("q ends")
        terminal.press("u")
        again = terminal.until("q ends")
        terminal.press("/letter\r")
        terminal.until("Enter the first")
        terminal.press("1")
        third = terminal.until("q ends")
        kept = decided(program)
        terminal.press("sq")

        # then
        assert "a.txt   (3 to review)" in first
        assert "Zwölf Schafe" in first
        assert "b.txt   (2 to review)" in second
        assert "taken back: b.txt" in again
        assert "c.txt   (1 to review)" in third
        terminal.until("2 decided, 1 left")
        assert terminal.ended() == 0
    assert kept["a.txt"] == (proposed, "person")
    assert kept["b.txt"] == ("letter", "person")
    assert kept["c.txt"][1] != "person"


def test_keys_that_were_typed_ahead_are_not_lost(program: Program) -> None:
    # when
    with in_terminal(program, "review") as terminal:
        terminal.until("q ends")
        terminal.press("yyy")
        terminal.until("nothing waits for you")
        code = terminal.ended()

    # then
    assert code == 0
    assert {tier for _, tier in decided(program).values()} == {"person"}


ARROWS = ("\x1b[A", "\x1b[B", "\x1bOC", "\x1b[1;5D", "\x1b[3~", "\x1bOP", "\x1by", "\x1b[<0;3;4M")


def test_no_key_that_is_no_character_decides_anything(program: Program) -> None:
    # given
    before = decided(program)

    # when
    with in_terminal(program, "review") as terminal:
        terminal.until("q ends")
        for arrow in ARROWS:
            terminal.press(arrow)
        for part in "\x1b[A":  # as it comes from far away: piece by piece
            terminal.press(part)
        terminal.press("".join(ARROWS) + "x" + ARROWS[0])
        terminal.press("s" + ARROWS[1] + "s" + ARROWS[2] + "s")
        terminal.until("that was the last one")
        code = terminal.ended()

    # then
    assert code == 0
    assert decided(program) == before


def test_the_space_bar_shows_the_text_at_any_width_of_a_window_that_is_resized(program: Program) -> None:
    # given
    from rich.cells import cell_len

    inbox = program.home / "inbox"
    (inbox / "b.txt").write_text("十二只羊在山坡上吃草，没有人数它们。الخراف ترعى. " * 99, "utf-8")
    program.ok("add", inbox)

    # when
    with in_terminal(program, "review", columns=80, rows=24) as terminal:
        terminal.until("a.txt")
        terminal.until("q ends")
        terminal.press("s")
        shown = {80: terminal.until("b.txt") + terminal.until("q ends")}
        for columns in (80, 60):
            terminal.resize(columns, 24)
            terminal.press(" ")
            shown[columns] = shown.get(columns, "") + terminal.until("the space bar shows more")
        terminal.press("u")
        nothing = terminal.until("nothing to undo")
        terminal.press("1")
        terminal.until("c.txt")
        terminal.until("ends")
        terminal.press("u")
        shown[60] += terminal.until("taken back: b.txt") + terminal.until("ends")
        terminal.press("q")
        code = terminal.ended()

    # then
    assert code == 0
    assert nothing
    for columns, text in shown.items():
        assert max(cell_len(line) for line in text.replace("\r", "").split("\n")) <= columns
    assert {tier for _, tier in decided(program).values()} != {"person"}


@pytest.mark.parametrize("where", ["at a file", "in a search"])
def test_ctrl_c_leaves_the_terminal_as_it_was(program: Program, where: str) -> None:
    # given
    with in_terminal(program, "review") as terminal:
        before = terminal.modes()
        terminal.until("q ends")
        during = terminal.modes()
        if where == "in a search":
            terminal.press("/let")
            terminal.until("let")

        # when
        terminal.interrupt()
        code = terminal.ended()
        after = terminal.modes()

    # then
    assert code == 130
    assert during != before
    assert after == before


@pytest.mark.parametrize("columns", [30, 200])
def test_no_line_is_wider_than_the_terminal(program: Program, columns: int) -> None:
    # given
    from rich.cells import cell_len

    # when
    with in_terminal(program, "review", columns=columns) as terminal:
        terminal.until("a.txt")
        terminal.press("s")
        shown = terminal.until("b.txt") + terminal.until("q ends" if columns > 130 else "ends")
        terminal.press("q")
        terminal.ended()

    # then
    lines = shown.replace("\r", "").split("\n")
    assert max(cell_len(line) for line in lines) <= columns
    assert "\x1b" not in shown


def test_a_terminal_that_goes_away_ends_it(program: Program) -> None:
    # when
    with in_terminal(program, "review") as terminal:
        terminal.until("q ends")
        terminal.press("\x04")

        # then
        assert terminal.ended() == 0


def test_without_a_terminal_it_says_what_to_do_and_json_lists_the_files(program: Program) -> None:
    # when
    refused = program.run("review")
    listed = program.ok("review", "--json").values
    only = program.ok("review", program.home / "inbox" / "c.txt", "--json").values

    # then
    assert refused.code == 2
    assert "twolane review --json" in refused.err
    assert [file["name"] for file in listed] == ["a.txt", "b.txt", "c.txt"]
    assert [file["name"] for file in only] == ["c.txt"]
    assert listed[0]["classification"]["scores"]


def test_files_are_filed_again_once_it_was_seen_what_changes(program: Program) -> None:
    # given: another taxonomy than the one they were filed by, with what a person has decided on
    names = ("Sheep", "Money", "Letter")
    words = {"Sheep": "Schafe|羊|овец", "Money": "Geld", "Letter": "Gruß"}
    taxonomy = program.home / "taxonomy.toml"
    taxonomy.write_text(
        "".join(f'[[category]]\nid = "{name.lower()}"\npatterns = ["{words[name]}"]\n' for name in names),
        "utf-8",
    )
    program.ok("correct", program.home / "inbox" / "c.txt", "letter")
    program.settings["filing.taxonomy"] = str(taxonomy)

    # when
    preview = program.ok("reclassify", "--preview", "--json").values
    before = decided(program)
    told = program.ok("reclassify", program.home / "inbox" / "a.txt").out
    one = decided(program)
    program.ok("reclassify")
    again = program.ok("reclassify", "--preview").out

    # then
    assert [(one["file"]["name"], one["category"], one["review"]) for one in preview] == [
        ("a.txt", "sheep", False),
        ("b.txt", "sheep", False),
    ]
    assert before["a.txt"][0] != "sheep"
    assert "1 filed anew" in told
    assert (one["a.txt"][0], one["b.txt"]) == ("sheep", before["b.txt"])
    assert decided(program)["b.txt"][0] == "sheep"
    assert decided(program)["c.txt"] == ("letter", "person")
    assert "0 of 3 files would be filed otherwise" in again


def test_the_taxonomy_is_shown_and_nothing_is_proposed_where_nothing_is_known(program: Program) -> None:
    # when
    shown = program.ok("taxonomy", "list", "--json").values
    proposed = program.ok("taxonomy", "suggest", "--no-model").out

    # then
    status = program.ok("status").out
    assert "not proven yet" in status
    assert "because it is not sure enough" in status
    assert sum(category["documents"] for category in shown) == 3
    assert {"id", "name", "description", "parent", "within", "people"} < shown[0].keys()
    assert "no group" in proposed
