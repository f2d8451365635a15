"""Charts of office files as rows: a category, and what each series says of it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from twolane.extract.readers.markup.xml import attribute, local
from twolane.extract.readers.office.ooxml import child, children

_MOST_POINTS = 5000
_MOST_SERIES = 200
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_EXCEL_DAY_ZERO = dt.date(1899, 12, 30)
_MOST_DAYS = 2_900_000
_CATEGORIES, _VALUES = ("cat", "xVal"), ("val", "yVal")


@dataclass(slots=True)
class Series:
    """One series of a chart: its name, and the categories and values by their places."""

    name: str = ""
    categories: dict[int, str] = field(default_factory=dict)
    values: dict[int, str] = field(default_factory=dict)


def chart_text(chart: Any) -> str:
    """Return a chart's titles, and its values in rows under the names of its series; empty for None.

    They are the chart's cached values: its embedded workbook is not opened.
    """
    if chart is None:
        return ""
    if any(local(e) == "chartData" for e in chart):
        return _extended(chart)
    lines = _written(chart)
    series = [_series(e) for e in chart.iter() if local(e) == "ser"][:_MOST_SERIES]
    return "\n".join([*lines, *table(series)])


def _written(chart: Any) -> list[str]:
    """Return what stands on a chart in letters: titles, labels."""
    lines = dict[str, None]()
    for element in chart.iter():
        if local(element) == "p":
            lines["".join(e.text or "" for e in element.iter() if local(e) == "t").strip()] = None
    return [line for line in lines if line]


def _series(element: Any) -> Series:
    name = next((e.text or "" for e in _below(child(element, "tx"), "v")), "")
    categories: dict[int, str] = {}
    values: dict[int, str] = {}
    for data in element:
        if local(data) in _CATEGORIES:
            categories = _points(data)
        elif local(data) in _VALUES:
            values = _points(data)
        elif local(data) == "bubbleSize":
            sizes = _points(data)
            values = {at: f"{value} ({sizes[at]})" if at in sizes else value for at, value in values.items()}
    return Series(name.strip(), categories, values)


def _below(element: Any, name: str) -> list[Any]:
    return [e for e in element.iter() if local(e) == name] if element is not None else []


def _points(data: Any) -> dict[int, str]:
    """Return the points of a series by their places; categories of several levels are put together."""
    levels = _below(data, "lvl") or [data]
    found: dict[int, str] = {}
    for depth, level in enumerate(levels):
        code = next((e.text or "" for e in _below(level, "formatCode")), "")
        own = {}
        for point in _below(level, "pt")[:_MOST_POINTS]:
            at = attribute(point, "idx")
            text = next((e.text or "" for e in _below(point, "v")), "")
            if at.isdigit() and len(at) < 8:
                own[int(at)] = shown_number(text.strip(), attribute(point, "formatCode") or code)
        found = own if not depth else {at: _outer(own, at, text) for at, text in found.items()}
    return found


def _outer(level: dict[int, str], at: int, inner: str) -> str:
    """Return a category with the name of what it belongs to: that of the last place that has one."""
    name = next((level[place] for place in sorted(level, reverse=True) if place <= at), "")
    return f"{name} {inner}".strip()


def shown_number(text: str, code: str) -> str:
    """Return a number as a format shows it, as far as it changes what it says: a share, a day."""
    try:
        number = float(text)
    except ValueError:
        return text
    plain = _QUOTED.sub("", code.split(";", maxsplit=1)[0]).lower()
    if "%" in plain:
        return f"{number * 100:.10g}%"
    if "y" in plain and ("d" in plain or "m" in plain) and 0 < number < _MOST_DAYS:
        return (_EXCEL_DAY_ZERO + dt.timedelta(days=int(number))).isoformat()
    return f"{number:.12g}" if "e" not in f"{number:.12g}" else text


def table(series: list[Series]) -> list[str]:
    """Return the rows of a chart: a head with the names of the series, then a row a category."""
    places = sorted(
        {at for one in series for at in one.values} | {at for one in series for at in one.categories}
    )
    shared = {at: name for one in reversed(series) for at, name in one.categories.items()}
    if any(shared.get(at) != name for one in series for at, name in one.categories.items()):
        return _apart(series)
    head = "\t".join(one.name for one in series)
    rows = ["\t".join([shared.get(at, ""), *(one.values.get(at, "") for one in series)]) for at in places]
    lines = [("\t" if shared else "") + head, *(row if shared else row.lstrip("\t") for row in rows)]
    return [line for line in lines[: _MOST_POINTS + 1] if line.strip()]


def _apart(series: list[Series]) -> list[str]:
    """Return the rows of series that have categories of their own, as scattered points do."""
    lines: list[str] = []
    for one in series:
        lines += [f"\t{one.name}"] if one.name else []
        lines += [f"{one.categories.get(at, '')}\t{value}" for at, value in sorted(one.values.items())]
    return lines[:_MOST_POINTS]


def _extended(chart: Any) -> str:
    """Return the text of a chart of the kinds of 2016: waterfalls, funnels, trees, maps."""
    names: dict[str, str] = {}
    for element in _below(chart, "series"):
        label = next((e.text or "" for e in _below(child(element, "tx"), "v")), "")
        data = child(element, "dataId")
        names[attribute(data, "val") if data is not None else ""] = label.strip()
    titles = [e.text or "" for part in _below(chart, "title") for e in _below(part, "v")]
    series = []
    for data in _below(chart, "data")[:_MOST_SERIES]:
        one = Series(names.get(attribute(data, "id"), ""))
        for dimension in data:
            levels = list(children(dimension, "lvl"))
            points: dict[int, str] = {}
            for level in levels:
                for point in list(children(level, "pt"))[:_MOST_POINTS]:
                    at = attribute(point, "idx")
                    if at.isdigit() and len(at) < 8:
                        text = shown_number((point.text or "").strip(), attribute(level, "formatCode"))
                        points[int(at)] = f"{text} {points[int(at)]}" if int(at) in points else text
            if local(dimension) == "strDim":
                one.categories = points
            elif local(dimension) == "numDim":
                one.values = points
        series.append(one)
    lines = dict.fromkeys([*_written(chart), *(title.strip() for title in titles)])
    return "\n".join([*(line for line in lines if line), *table(series)])
