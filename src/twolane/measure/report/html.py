"""A report as one HTML file: tables and plots that open offline, in light and dark, and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Literal

from twolane.errors import SettingsError
from twolane.measure.report.plots import Plot

Tone = Literal["", "good", "bad", "warn"]

# The page may load nothing, run nothing and send nothing, whatever stands in it.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True)
class Cell:
    """A table's cell that says good or bad by more than its words; `note` stands small under the text."""

    text: str
    tone: Tone = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table: each row has a cell a column; the first cell of a row is its heading.

    `numeric` are the numbers of the columns, from 0, that are set to the right.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str | Cell]]
    caption: str = ""
    numeric: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report; empty lines in its text part paragraphs."""

    title: str
    text: str = ""
    table: ReportTable | None = None
    plots: Sequence[Plot] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """What stands in the head of a report: the machine, the date, a version."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Report:
    """All of a report; its texts are plain, and nothing in them is read as HTML."""

    title: str
    subtitle: str
    facts: Sequence[Fact]
    sections: Sequence[Section]


def write_html(report: Report, path: Path) -> None:
    """Write a report as one file that needs nothing else. Raises `SettingsError` where that fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(to_html(report), "utf-8")
    except OSError as error:
        raise SettingsError(f"{path}: the report cannot be written: {error}", "name another file") from error


def to_html(report: Report) -> str:
    """Return a report as one page."""
    shipped = files("twolane.measure.report")
    facts = "\n".join(
        f"<div><dt>{_text(fact.name)}</dt><dd>{_text(fact.value)}</dd></div>" for fact in report.facts
    )
    contents = "\n".join(
        f'<li><a href="#s{number}">{_text(section.title)}</a></li>'
        for number, section in enumerate(report.sections, 1)
    )
    sections = "\n".join(_section(section, number) for number, section in enumerate(report.sections, 1))
    nav = f'<nav aria-label="Contents"><ol>\n{contents}\n</ol></nav>\n' if len(report.sections) > 2 else ""
    return Template(shipped.joinpath("page.html").read_text("utf-8")).substitute(
        policy=_POLICY,
        style=shipped.joinpath("report.css").read_text("utf-8"),
        title=_text(report.title),
        subtitle=_text(report.subtitle),
        facts=facts,
        nav=nav,
        sections=sections,
    )


def _section(section: Section, number: int) -> str:
    parts = [f'<section id="s{number}" aria-labelledby="h{number}">']
    parts.append(f'<h2 id="h{number}">{_text(section.title)}</h2>')
    parts += [f"<p>{_text(part.strip())}</p>" for part in section.text.split("\n\n") if part.strip()]
    if section.table:
        parts.append(_table(section.table, section.title))
    parts += [_figure(plot) for plot in section.plots]
    return "\n".join([*parts, "</section>"])


def _figure(plot: Plot) -> str:
    # The figures of a plot stand in a table beside it; for those who do not see it, its title is enough.
    caption = f"<figcaption>{_text(plot.title)}</figcaption>"
    return f'<figure role="group" aria-label="{_text(plot.title)}">\n{caption}\n{plot.svg}\n</figure>'


def _table(table: ReportTable, title: str) -> str:
    number = [' class="number"' if index in table.numeric else "" for index in range(len(table.columns))]
    head = "".join(
        f'<th scope="col"{kind}>{_text(column)}</th>'
        for column, kind in zip(table.columns, number, strict=True)
    )
    rows = []
    for row in table.rows:
        cells = [_cell(cell, number[index], "th" if index == 0 else "td") for index, cell in enumerate(row)]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    hidden = "" if table.caption else ' class="hidden"'  # the heading above says it already
    caption = f"<caption{hidden}>{_text(table.caption or title)}</caption>"
    body = "\n".join(rows)
    # A wide table scrolls by itself, by keyboard too, and the page does not.
    return (
        f'<div class="table" role="region" aria-label="{_text(table.caption or title)}" tabindex="0">\n'
        f"<table>\n{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>"
    )


def _cell(cell: str | Cell, kind: str, tag: str) -> str:
    scope = ' scope="row"' if tag == "th" else ""
    if isinstance(cell, str):
        return f"<{tag}{scope}{kind}>{_text(cell)}</{tag}>"
    mark = f'<span class="mark {cell.tone}">{_text(cell.text)}</span>' if cell.tone else _text(cell.text)
    note = f'<span class="note">{_text(cell.note)}</span>' if cell.note else ""
    return f"<{tag}{scope}{kind}>{mark}{note}</{tag}>"


def _text(text: str) -> str:
    """Return a text as HTML shows it, without what only a terminal acts on."""
    kept = "".join(sign if sign in "\n\t" or sign.isprintable() else "\ufffd" for sign in text)
    return escape(kept.encode("utf-8", "replace").decode("utf-8"))
