"""Names in tables of terminals: whole where there is room, else cut in the middle, never broken."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len

from twolane.cli.names_cut import cut
from twolane.cli.output import PeopleOutput

LONG = "2024/insurance/household/policy-and-terms-of-the-household-insurance-2024-03-signed.pdf"


@pytest.mark.parametrize("name", [LONG, "合同" * 30 + ".pdf", "e\u0301" * 60 + ".txt", "kurz.txt"])
@pytest.mark.parametrize("cells", [20, 33])
def test_a_name_keeps_its_beginning_and_its_end_within_its_cells(name: str, cells: int) -> None:
    # when
    shown = cut(name, cells)

    # then
    assert cell_len(shown) <= cells
    assert shown[0] == name[0]
    assert shown.endswith(name[-4:])


class _Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("columns", [60, 80])
def test_a_terminal_breaks_no_name_over_lines(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    screen = _Screen()

    # when
    PeopleOutput(out=screen).table(("file", "category", "note"), [(LONG, "Policy", "why it is " * 6)])

    # then
    lines = [line for line in screen.getvalue().splitlines() if "…" in line or ".pdf" in line]
    assert len(lines) == 1
    assert "signed.pdf" in lines[0]
    assert all(cell_len(line) <= columns for line in screen.getvalue().splitlines() if "\x1b" not in line)


@pytest.mark.parametrize("wide", [True, False])
def test_piped_or_wide_names_are_whole(wide: bool) -> None:
    # given
    printed = _Screen() if wide else io.StringIO()

    # when
    PeopleOutput(out=printed).table(("file", "note"), [(LONG, "a note " * 30)], wide=wide)

    # then
    assert LONG in printed.getvalue()
