"""What commands print with."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import pytest

from twolane.cli.output import PeopleOutput, plain, short_path
from twolane.documents import FoundPassage


@pytest.mark.parametrize(("every_s", "lines"), [(0.0, 3), (3600.0, 0)])
def test_progress_in_a_log_is_a_line_now_and_then(every_s: float, lines: int) -> None:
    # given
    log = io.StringIO()

    # when
    with PeopleOutput(err=log, line_every_s=every_s).progress("filing") as bar:
        for done in (1, 2, 3):
            bar.update(done, 10, f"{done}/10 files")

    # then
    told = log.getvalue().splitlines()
    assert len(told) == lines
    assert all(re.fullmatch(r"filing: \d0% \d/10 files, 0:00:00", line) for line in told)


def test_a_path_is_told_from_the_folder_that_people_are_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)

    # then
    assert short_path(folder / "inbox" / "bill.pdf") == "inbox/bill.pdf"
    assert short_path(tmp_path / "bill.pdf") == str(tmp_path / "bill.pdf")

    # when
    folder.rmdir()

    # then
    assert short_path(tmp_path / "bill.pdf") == str(tmp_path / "bill.pdf")


@pytest.mark.parametrize(
    "said",
    [
        "[link=http://127.0.0.1:9/]here[/link]",
        "[here](http://127.0.0.1:9/) and ![it](http://127.0.0.1:9/it.png)",
        "\x1b]8;;http://127.0.0.1:9/\x1b\\here\x1b]8;;\x1b\\",
        "\x1b[31mred\x1b[0m http://127.0.0.1:9/",
        "\x9b31mred",
    ],
)
def test_an_answer_makes_no_link_and_no_colour_in_a_terminal(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    screen = io.StringIO()

    # when
    PeopleOutput(out=screen).stream(said)

    # then
    shown = screen.getvalue()
    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert re.sub(r"[^\x20-\x7e]", "", said) in re.sub(r"[^\x20-\x7e]", "", shown)


def test_dates_and_paths_become_text_in_json() -> None:
    # given
    passage = FoundPassage(1, "d", Path("/d/lease.txt"), "", 1, "text", dated_at=date(2025, 1, 2))

    # when
    shown = plain(passage)

    # then
    assert (shown["path"], shown["dated_at"]) == ("/d/lease.txt", "2025-01-02")
