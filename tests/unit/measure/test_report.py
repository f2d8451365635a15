"""Reports: one file that opens offline, shows every text as it is and draws the same picture every time."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from twolane.errors import SettingsError
from twolane.measure.report.html import Cell, Fact, Report, ReportTable, Section, to_html, write_html
from twolane.measure.report.plots import bar_plot, line_plot
from twolane.measure.report.samples import Summary, proportion, summarise

VOID = {"meta", "br", "hr", "img", "link", "input", "use", "path"}
HOSTILE = "<script>alert('x')</script> & \"quoted\" \x1b[31m \ud800"


class Page(HTMLParser):
    """A page's elements, ids, texts and references; fails where an element is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self._open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in {"href", "src", "xlink:href", "srcset", "action", "data"}:
                self.references.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def report() -> Report:
    low, high = summarise([1.0, 2.0, 3.0]), summarise([4.0, 5.0, 9.0])
    bars = bar_plot(HOSTILE, ["one", HOSTILE], {"short": [low, high], "long": [None, low]}, "tokens/s")
    lines = line_plot("Lines", [64, 256], {"one": [low, high], HOSTILE: [None, low]}, "tokens", "s")
    table = ReportTable(
        ["model", HOSTILE], [["one", Cell(HOSTILE, "good", HOSTILE)], [HOSTILE, "2"]], HOSTILE, numeric=[1]
    )
    section = Section(HOSTILE, f"{HOSTILE}\n\nsecond", table, [bars, lines])
    return Report(HOSTILE, HOSTILE, [Fact("Date", HOSTILE)], [section, Section("Two"), Section("Three")])


def test_a_report_is_one_file_that_needs_nothing_else(tmp_path: Path) -> None:
    # when
    write_html(report(), tmp_path / "new folder" / "report.html")
    text = (tmp_path / "new folder" / "report.html").read_text("utf-8")
    page = Page(text)

    # then
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert page.references
    assert all(reference.startswith("#") for reference in page.references)
    assert {reference[1:] for reference in page.references} <= set(page.ids)
    assert not re.search(r"https?:|//[\w.]+\.\w|@import|url\((?!#)", text)
    assert "default-src 'none'" in text
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_every_text_is_shown_as_it_is_and_every_table_can_be_read_aloud() -> None:
    # when
    text = to_html(report())
    page = Page(text)

    # then
    assert page.words.count("<script>alert('x')</script> & \"quoted\"") >= 10
    assert "\x1b" not in text
    assert page.tags.count("caption") == 1
    assert text.count('scope="col"') == 2
    assert text.count('scope="row"') == 2
    assert "<html lang=" in text


def test_plots_take_their_colours_from_the_page_and_are_the_same_every_time() -> None:
    # given
    samples: list[Summary | None] = [summarise([1.0, 2.0]), None]

    # when
    plots = [bar_plot("Speed", ["a", "b"], {"x": samples}, "s").svg for _ in range(2)]
    other = bar_plot("Other", ["a", "b"], {"x": samples}, "s").svg
    every = plots[0] + other
    empty = bar_plot("Nothing", ["a"], {"x": [None]}, "s").svg

    # then
    assert plots[0] == plots[1]
    assert empty.startswith("<svg")
    assert "var(--series-1)" in every
    assert not re.search(r"(?<!href=\")(?<!url\()#[0-9a-f]{6}", every)
    ids = [set(Page(svg).ids) for svg in (plots[0], other)]
    assert not ids[0] & ids[1]


def test_a_report_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be written"):
        write_html(report(), tmp_path / "file" / "report.html")


def test_samples_say_how_often_and_how_far_apart() -> None:
    # when
    few, many, one = summarise([3.0, 1.0, 2.0]), summarise(list(range(101))), summarise([4.5])

    # then
    assert few == Summary(2.0, 1.0, 3.0, 3)
    assert many == Summary(50.0, 10.0, 90.0, 101)
    assert (one.text(), few.text()) == ("4.5 (n=1)", "2 (1–3, n=3)")
    with pytest.raises(ValueError, match="nothing"):
        summarise([])


def test_a_share_has_the_interval_of_wilson() -> None:
    # when
    none, half, all_ = proportion(0, 10), proportion(5, 10), proportion(10, 10)

    # then: the values of Wilson's formula
    assert (round(none.low, 3), round(none.high, 3)) == (0.0, 0.278)
    assert (round(half.low, 3), round(half.high, 3)) == (0.237, 0.763)
    assert (round(all_.low, 3), all_.high) == (0.722, 1.0)
