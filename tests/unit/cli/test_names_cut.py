"""Names in tables of terminals: whole where there is room, else cut in the middle, never broken."""

from __future__ import annotations

import io
import re

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


CHINESE = "合同/保险/家庭财产保险条款与细则二〇二四年三月签署版本.pdf"
ARABIC = "عقد/تأمين/وثيقة التأمين المنزلي وشروطها موقعة نهائيا.pdf"
MOMENT, ADDRESS = "2026-03-31 14:05", "192.168.178.201"
TABLES = {
    "files": (
        ("file", "date", "correspondent", "category", "confidence", "note"),
        (LONG, "2024-03-31", "Stadtwerke Musterstadt GmbH & Co. KG", "insurance.household", "0.97", ""),
    ),
    "files with notes": (
        ("file", "date", "correspondent", "category", "confidence", "note"),
        (LONG, "2024-03-31", "Stadtwerke Musterstadt GmbH", "insurance.household", "0.97", "#tax, review"),
    ),
    "tokens": (
        ("name", "for", "may", "made", "last used", "good"),
        ("scanner in the hall", "anna", "add, read", MOMENT, MOMENT, "until 2026-12-31"),
    ),
    "audit": (
        ("when", "who", "did", "what", "from", "outcome"),
        (MOMENT, "anna", "signed-in", LONG, ADDRESS, "refused"),
    ),
    "sign-ins": (
        ("by", "from", "since", "last used", "with"),
        (
            "passkey",
            ADDRESS,
            MOMENT,
            MOMENT,
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        ),
    ),
    "decisions": (
        ("decided", "tier", "by", "category", "confidence", ""),
        (MOMENT, "a person", "anna", "insurance.household", "1.00", "taken back"),
    ),
    "files in Chinese": (
        ("file", "date", "correspondent", "category", "confidence", "note"),
        (
            CHINESE,
            "2024-03-31",
            "北京市海淀区供电局股份有限公司",
            "insurance.household",
            "0.97",
            "#税, review",
        ),
    ),
    "files in Arabic": (
        ("file", "date", "correspondent", "category", "confidence", "note"),
        (ARABIC, "2024-03-31", "شركة الكهرباء الوطنية المساهمة", "insurance.household", "0.97", ""),
    ),
    "users": (
        ("name", "called", "role", "last here", "may sign in"),
        (
            "anna.von-der-heide",
            "安娜-卡塔琳娜 von der Heide-Hohenstein",
            "member",
            MOMENT,
            "by password, passkey",
        ),
    ),
    "shares": (
        ("what", "is seen by", "set by", "since"),
        (f"/srv/{CHINESE}", "@family, @office, anna, bertram-the-second", "anna.von-der-heide", MOMENT),
    ),
    "models": (
        ("model", "size", "here", "used by", "kind", "in memory"),
        ("qwen2.5-coder:1.5b-instruct-q4_k_m", "1.12 GB", "yes", "filing, chat", "chat", "for 5 minutes yet"),
    ),
    "lanes": (
        ("lane", "model", "runtime", "state", "detail"),
        ("chat", "qwen2.5-coder:1.5b-instruct-q4_k_m", "embedded", "ready", f"in /srv/{ARABIC} by itself"),
    ),
    "processes": (
        ("process", "lane", "files at once", "for", "jobs done", "version"),
        ("machine-in-the-office:24897:e780", "filing", "2", "10:00:45", "402", "0.1.0, ending"),
    ),
    "removed": (
        ("number", "file", "size", "taken out", "is"),
        ("12", LONG, "1.2 MB", MOMENT, "in the system's trash, from where it can come back"),
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_at_80_columns_no_word_date_or_number_is_broken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    columns, row = TABLES[name]
    screen = _Screen()

    # when
    PeopleOutput(out=screen).table(columns, [row])

    # then: each word stands whole on a line, or is cut with a mark that says so
    lines = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue()).splitlines()
    assert all(cell_len(line) <= 80 for line in lines)
    said = {word for cell in (*columns, *row) for word in cell.split()}
    shown = {word for line in lines for word in re.split(r"[\s│┃]+", line) if re.search(r"\w", word)}
    assert {word for word in shown - said if "…" not in word} == set()
    for number in re.findall(r"(?<!\S)[\d.:-]+(?: [\d:]+)?(?!\S)", " | ".join((*columns, *row))):
        assert any(number in line for line in lines), number
    assert any("note" in line for line in lines) == (row[-1] != "" and "note" in columns)
