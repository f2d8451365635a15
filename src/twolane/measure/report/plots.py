"""Plots as SVG for a page: drawn by matplotlib, coloured by the page, the same every time."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twolane.errors import SettingsError
from twolane.installed import install_line
from twolane.measure.report.samples import Summary, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Drawn in colours that nothing else has, which then become the page's own: it has a light and a dark set.
_INK, _FAINT, _GRID = "#010203", "#010204", "#010205"
_SERIES = tuple(f"#0102{16 + index:02x}" for index in range(8))
_VARIABLES = {_INK: "--ink", _FAINT: "--faint", _GRID: "--grid"} | {
    colour: f"--series-{index}" for index, colour in enumerate(_SERIES, 1)
}
_MARKERS = "osD^vPX*"
_WIDTH_IN = 7.2
_FONT_PT = 9.0


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture with its title; `svg` is an element to stand in a page that gives it its colours."""

    title: str
    svg: str


def check_plots() -> None:
    """Raise `SettingsError` where plots cannot be drawn, with the line that installs what is missing."""
    if importlib.util.find_spec("matplotlib") is None:
        what = "a report has plots, and matplotlib is not here"
        raise SettingsError(what, f"run: {install_line('report')}")


def bar_plot(
    title: str, labels: Sequence[str], series: Mapping[str, Sequence[Summary | None]], unit: str
) -> Plot:
    """Draw a group of bars for each label, with a bar for each series and its spread; None is no bar.

    Each series has one sample a label. Raises `SettingsError` where matplotlib is missing.
    """
    rows = len(labels) * max(1, len(series))
    figure, axes = _figure(0.9 + 0.24 * rows + 0.22 * len(labels) + 0.2 * (len(series) > 1))
    thickness = 0.8 / max(1, len(series))
    highest = max((s.high for samples in series.values() for s in samples if s), default=1.0) or 1.0
    for index, (name, samples) in enumerate(series.items()):
        colour = _SERIES[index % len(_SERIES)]
        for place, sample in enumerate(samples):
            if sample is None:
                continue
            y = place - 0.4 + thickness * (index + 0.5)
            first = place == next(i for i, s in enumerate(samples) if s)
            axes.barh(y, sample.median, 0.86 * thickness, color=colour, label=_plain(name) if first else None)
            if sample.high > sample.low:
                axes.plot([sample.low, sample.high], [y, y], color=_INK, linewidth=1.1, solid_capstyle="butt")
            axes.text(
                max(sample.median, sample.high) + 0.012 * highest,
                y,
                number(sample.median),
                va="center",
                color=_INK,
                fontsize=_FONT_PT - 1,
            )
    axes.set_yticks(range(len(labels)), [_plain(label) for label in labels])
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_xlim(0, 1.13 * highest)
    axes.set_xlabel(_plain(unit))
    axes.grid(axis="x", color=_GRID, linewidth=0.7)
    return _drawn(figure, axes, title, [labels, series, unit])


def line_plot(
    title: str,
    x: Sequence[float],
    series: Mapping[str, Sequence[Summary | None]],
    x_unit: str,
    unit: str,
) -> Plot:
    """Draw a line for each series over the places `x`, with its spread as a band; None is a gap.

    Each series has one sample a place. Raises `SettingsError` where matplotlib is missing.
    """
    figure, axes = _figure(3.2)
    gap = float("nan")
    for index, (name, samples) in enumerate(series.items()):
        colour = _SERIES[index % len(_SERIES)]
        marker = _MARKERS[index % len(_MARKERS)]
        low, middle, high = (
            [getattr(sample, part) if sample else gap for sample in samples]
            for part in ("low", "median", "high")
        )
        axes.fill_between(x, low, high, color=colour, alpha=0.18, linewidth=0)
        axes.plot(x, middle, color=colour, marker=marker, markersize=4.5, linewidth=1.6, label=_plain(name))
    axes.set_ylim(bottom=0)
    axes.set_xlabel(_plain(x_unit))
    axes.set_ylabel(_plain(unit))
    if len(x) <= 12:
        axes.set_xticks(x, [number(place) for place in x])
    axes.grid(axis="y", color=_GRID, linewidth=0.7)
    return _drawn(figure, axes, title, [list(x), series, x_unit, unit])


def _plain(text: str) -> str:
    """Return a text so that matplotlib draws it as it is: as no formula and no hidden entry."""
    shown = "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
    shown = shown.encode("utf-8", "replace").decode("utf-8").replace("$", r"\$")
    return f" {shown}" if shown.startswith("_") else shown


def _figure(height_in: float) -> tuple[Figure, Axes]:
    check_plots()
    import matplotlib as mpl
    from matplotlib.figure import Figure  # of its own: pyplot would look for a display

    mpl.set_loglevel("ERROR")  # else it speaks of fonts on the user's terminal
    figure = Figure(figsize=(_WIDTH_IN, height_in), layout="constrained")
    return figure, figure.add_subplot()


def _drawn(figure: Figure, axes: Axes, title: str, data: Any) -> Plot:
    for side, spine in axes.spines.items():
        spine.set_visible(side in {"left", "bottom"})
        spine.set_color(_FAINT)
    axes.tick_params(color=_FAINT, labelcolor=_INK, labelsize=_FONT_PT)
    axes.set_axisbelow(True)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set_color(_FAINT)
        label.set_fontsize(_FONT_PT)
    handles, names = axes.get_legend_handles_labels()
    if len(names) > 1:
        legend = figure.legend(
            handles, names, loc="outside upper left", ncols=4, frameon=False, fontsize=_FONT_PT
        )
        for text in legend.get_texts():
            text.set_color(_INK)
    return Plot(title, _as_element(figure, title, data))


def _as_element(figure: Figure, title: str, data: Any) -> str:
    """Return a figure as an SVG element: no header, no address, colours by the page's variables."""
    import matplotlib as mpl

    # Ids must differ between the plots of a page, and not between two runs.
    salt = hashlib.sha256(f"{title} {data}".encode("utf-8", "replace")).hexdigest()[:12]
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    out = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": salt, "svg.fonttype": "path"}), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font lacks is no reason to fail
        figure.savefig(out, format="svg", transparent=True, metadata=nothing)
    svg = out.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg, count=3)
    svg = re.sub(
        r'(<svg [^>]*?)width="[^"]*" height="[^"]*"|(<svg [^>]*?)height="[^"]*"', r"\1\2", svg, count=1
    )
    svg = svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    # Glyphs and clips are named alike in every plot.
    svg = re.sub(r'((?:\sid="|href="#|url\(#))', rf"\g<1>p{salt}-", svg)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, f"var({variable})")
    return svg.strip()
