"""The text in the drawings of Office files: shapes, diagrams and charts."""

from __future__ import annotations

from typing import Any

from twolane.extract.readers.markup.xml import local


def shape_text(shape: Any) -> str:
    """Return the paragraphs of a shape a line each; the cells of a table row share a line."""
    from lxml import etree

    if shape is None:
        return ""
    parts: list[str] = []
    in_cell = False
    for event, element in etree.iterwalk(shape, events=("start", "end")):
        name = local(element)
        if event == "start":
            if name == "t":
                parts.append(element.text or "")
            elif name == "br":
                parts.append("\n")
            elif name == "tc":
                in_cell = True
        elif name == "p":
            parts.append(" " if in_cell else "\n")
        elif name == "tc":
            in_cell = False
            parts.append("\t")
        elif name == "tr":
            parts.append("\n")
    return "".join(parts).strip()


def chart_text(chart: Any) -> str:
    """Return the titles, series, categories and values of a chart, one a line, without repeats.

    They are the chart's cached values: its embedded workbook is not opened.
    """
    if chart is None:
        return ""
    lines = dict[str, None]()
    for element in chart.iter():
        if local(element) == "p":
            lines["".join(e.text or "" for e in element.iter() if local(e) == "t").strip()] = None
        elif local(element) == "v":
            lines[(element.text or "").strip()] = None
    return "\n".join(line for line in lines if line)
