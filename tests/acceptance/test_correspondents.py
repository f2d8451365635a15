"""Whom documents are from, and tags, as a user of the command line meets them."""

from __future__ import annotations

from pathlib import Path

import pytest
from standins.program import Program

pytestmark = pytest.mark.timeout(300)

INVOICE = """{sender}
Postfach 12, 12345 Halden
{mail}

Rechnung Nr. {number}
Rechnungsdatum: 31. März 2025

Gesamtbetrag    571,05 EUR
"""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    scripted = {"filing.runtime": "scripted", "chat.runtime": "scripted", "embedding.runtime": "off"}
    return Program(tmp_path, {**scripted, "filing.model": "twin", "chat.model": "twin"})


@pytest.fixture
def papers(program: Program) -> Path:
    """Four invoices in the library: two spellings of one sender, and two senders of the same surname."""
    folder = program.home / "papers"
    folder.mkdir()
    mail = "kontakt@werke-halden.example"
    for number, (sender, address) in enumerate(
        (
            ("Stadtwerke Halden GmbH", mail),
            ("SW Halden GmbH", mail),
            ("Finanzamt Halden", "post@amt.example"),
            ("Baumarkt Lund AG", "info@lund.example"),
        )
    ):
        text = INVOICE.format(sender=sender, mail=address, number=f"RE-2025/{number}")
        (folder / f"{number}.txt").write_text(text, "utf-8")
    program.ok("add", folder)
    return folder


def named(program: Program) -> dict[str, list[str]]:
    return {one["name"]: one["names"] for one in program.ok("correspondents", "list", "--json").values}


def test_spellings_that_evidence_proves_are_one_until_a_person_takes_them_apart(
    program: Program, papers: Path
) -> None:
    # given
    merged = named(program)
    [change] = program.ok("correspondents", "changes", "--json").values

    # when
    program.ok("correspondents", "part", "SW Halden GmbH", "SW Halden GmbH")
    apart = named(program)
    told = program.ok("correspondents", "undo").out
    again = named(program)
    nothing = program.ok("correspondents", "undo", str(change["change_id"] + 999)).out

    # then
    [both] = [names for names in merged.values() if len(names) == 2]
    assert set(both) == {"Stadtwerke Halden GmbH", "SW Halden GmbH"}
    assert "kontakt@werke-halden.example" in change["reason"]
    assert change["by_evidence"]
    assert all(len(names) == 1 for names in apart.values())
    assert "part" in told
    assert again == merged
    assert "nothing to take back" in nothing


def test_correspondents_are_merged_and_renamed_and_files_are_listed_by_them(
    program: Program, papers: Path
) -> None:
    # when
    program.ok("correspondents", "merge", "Finanzamt Halden", "Baumarkt Lund AG")
    program.ok("correspondents", "rename", "Finanzamt Halden", "Behörde & Markt")
    files = program.ok("files", "--correspondent", "behörde & markt", "--json").values
    unknown = program.run("correspondents", "merge", "Nobody", "Finanzamt Halden")
    taken = program.run("correspondents", "rename", "Behörde & Markt", "SW Halden GmbH")
    likely = program.ok("correspondents", "suggest").out

    # then
    assert {file["name"] for file in files} == {"2.txt", "3.txt"}
    assert (unknown.code, taken.code) == (1, 1)
    assert "choose one of Behörde & Markt, Stadtwerke Halden GmbH" in unknown.err
    assert "merge the two" in taken.err
    assert "no pair looks the same" in likely


def test_files_are_tagged_and_found_by_their_tags(program: Program, papers: Path) -> None:
    # when
    tagged = program.ok("tag", papers / "0.txt", "Steuer 2025", "wichtig", "--json").values[0]
    program.ok("tag", papers / "1.txt", "STEUER 2025")
    found = program.ok("files", "--tag", "steuer 2025", "--json").values
    counts = program.ok("tags", "--json").values
    program.ok("tag", papers / "1.txt", "steuer 2025", "--remove")
    left = program.ok("tags", "--json").values

    # then
    assert tagged["tags"] == ["Steuer 2025", "wichtig"]
    assert {file["name"] for file in found} == {"0.txt", "1.txt"}
    assert counts == [{"tag": "Steuer 2025", "files": 2}, {"tag": "wichtig", "files": 1}]
    assert left[0] == {"tag": "Steuer 2025", "files": 1}
