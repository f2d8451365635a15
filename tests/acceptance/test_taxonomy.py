"""`twolane taxonomy`: the categories are changed while files lie in them, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from standins.program import Program
from tests.support.terminal import in_terminal

TEXTS = {
    "power.txt": "Invoice no. 7 for electricity: 310 kWh. Total due 92.10 EUR. Pay by 1 May.",
    "phone.txt": "Rechnung Nr. 8 für Telefon und Internet. Rechnungsbetrag 39,90 EUR, zahlbar bis 1. Mai.",
    "mine.txt": "Facture n° 9, téléphone. Montant à payer : 19,90 EUR avant le 1er mai.",
}
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    alone = {"embedding.runtime": "off", "filing.use_model": "false", "chat.runtime": "scripted"}
    program = Program(tmp_path, {**alone, "chat.model": "twin"})
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name, text in TEXTS.items():
        (inbox / name).write_text(text, "utf-8")
    program.ok("add", inbox)
    program.ok("correct", inbox / "mine.txt", "invoice")
    return program


def standing(program: Program) -> dict[str, str]:
    files = program.ok("files", "--json").values
    return {file["name"]: file["classification"]["category"] for file in files}


def test_a_category_is_split_looked_through_and_taken_back(program: Program) -> None:
    # given
    before = standing(program)
    parts = ("Energy: power, gas and heating", "Telephone")

    # when
    [previewed] = program.ok("taxonomy", "split", "Invoice", *parts, "--preview", "--json").values
    untouched = standing(program)
    told = program.ok("taxonomy", "split", "Invoice", *parts).out
    listed = program.ok("taxonomy", "list").out
    after = standing(program)

    # then
    assert before["mine.txt"] == "invoice"
    assert untouched == before
    assert previewed["staying"] == 1
    assert 'split "Invoice" into "Energy", "Telephone"' in told
    assert "  Energy" in listed
    assert after["mine.txt"] == "invoice"
    assert "invoice" not in {category for name, category in after.items() if name != "mine.txt"}

    # when: the one file that a person had put there is asked about, and only that
    with in_terminal(program, "review", "--category", "invoice") as terminal:
        shown = terminal.until("q ends")
        terminal.press("/")
        terminal.until("search:")
        terminal.press("telephone\r")
        terminal.until("digit takes one")
        terminal.press("\r")
        terminal.until("Telephone")
        code = terminal.ended()

    # then
    assert code == 0
    assert "mine.txt" in shown
    assert standing(program)["mine.txt"] == "telephone"

    # when
    program.ok("taxonomy", "undo")

    # then
    assert standing(program) == before


def test_categories_are_merged_removed_and_brought_back(program: Program) -> None:
    # given
    before = standing(program)

    # when
    refused = program.run("taxonomy", "remove", "invoice")
    merged = program.ok("taxonomy", "merge", "invoice", "--into", "receipt").out
    inside = standing(program)
    history = program.ok("taxonomy", "history").out
    program.ok("taxonomy", "undo")

    # then
    assert refused.code != 0
    assert "--into" in refused.err
    assert 'merged "Invoice" into "Receipt"' in merged
    assert inside["mine.txt"] == "receipt"
    assert "invoice" not in inside.values()
    assert 'merged "Invoice" into "Receipt"' in history
    assert standing(program) == before


def test_the_taxonomy_is_exported_edited_and_imported(program: Program) -> None:
    # given
    file = program.home / "mine.toml"
    program.ok("taxonomy", "add", "Recipes", "--description", "How dishes are cooked", "--within", "manual")
    program.ok("taxonomy", "export", file)
    written = file.read_text("utf-8")

    # when
    file.write_text(written.replace('name = "Recipes"', 'name = "Cooking"'), "utf-8")
    program.ok("taxonomy", "import", file)
    shown = program.ok("taxonomy", "show", "cooking").out
    file.write_text(written.replace('id = "invoice"', 'id = "bill"'), "utf-8")
    refused = program.run("taxonomy", "import", file)

    # then
    assert 'parent = "manual"' in shown
    assert 'id = "recipes"' in shown
    assert refused.code != 0
    assert "twolane taxonomy merge invoice" in refused.err
