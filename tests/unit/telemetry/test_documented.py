"""The page about metrics and the dashboard name what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.support.watched import snapshot

from twolane.telemetry.metrics import Metrics

ROOT = Path(__file__).parents[3]
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy" / "grafana" / "twolane.json").read_text("utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def told() -> dict[str, tuple[str, str]]:
    """Map each metric of ours to its type and its words."""
    text = Metrics(snapshot).render().decode()
    helps = dict(re.findall(r"^# HELP (twolane_\w+) (.*)$", text, re.MULTILINE))
    return {name: (kind, helps[name]) for name, kind in re.findall(r"# TYPE (twolane_\w+) (\w+)", text)}


def test_the_page_has_each_metric_as_it_is() -> None:
    # given
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")

    # when
    rows = re.findall(r"^\| `(twolane_\w+)` \| (\w+) \| [\w, ]*\| (.*) \|$", page, re.MULTILINE)

    # then
    assert {name: (kind, words) for name, kind, words in rows} == told()


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_each_expression_asks_for_metrics_that_exist(panel: dict[str, Any]) -> None:
    # given
    known = set(told()) | {"process_resident_memory_bytes"}

    # when
    asked = {
        re.sub(r"_(bucket|sum|count)$", "", name)
        for target in panel["targets"]
        for name in re.findall(r"\b(?:twolane|process)_\w+", target["expr"])
    }

    # then
    assert asked
    assert asked <= known
    assert all(target["expr"].count("(") == target["expr"].count(")") for target in panel["targets"])


def test_the_dashboard_can_be_imported() -> None:
    # given
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    covered = [
        (x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])
    ]

    # then
    assert DASHBOARD["id"] is None  # else Grafana takes it for one that it has
    assert {"title", "uid", "schemaVersion", "templating", "time"} <= DASHBOARD.keys()
    assert len(ids) == len(set(ids))
    assert max(p["x"] + p["w"] for p in places) <= 24
    assert len(covered) == len(set(covered))
    assert {panel["datasource"]["uid"] for panel in PANELS} == {"${datasource}"}
    assert [variable["name"] for variable in DASHBOARD["templating"]["list"]] == ["datasource", "instance"]
