"""The strategy of two lanes as experiments, in the order of its table, and the report of what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from twolane.config.settings import Settings
from twolane.errors import NotFoundError
from twolane.measure.data import read_data
from twolane.measure.prove.asking import chat_steps, questions_steps
from twolane.measure.prove.claims import Experiment
from twolane.measure.prove.experiment import ClaimVerdict, Figure, Finding, Results, Scale
from twolane.measure.prove.filing import drop_steps, gain, speed_steps, workers_steps
from twolane.measure.prove.isolation import isolation_steps, stopped
from twolane.measure.prove.memory import memory_steps
from twolane.measure.report.facts import machine_facts
from twolane.measure.report.html import Cell, Fact, Report, ReportTable, Section, Tone
from twolane.measure.report.plots import Plot
from twolane.measure.report.samples import number
from twolane.text.suggesting import choice

_TONES: dict[ClaimVerdict, Tone] = {
    ClaimVerdict.HOLDS: "good",
    ClaimVerdict.NOT_HERE: "bad",
    ClaimVerdict.UNKNOWN: "warn",
}


_MEASURED: Mapping[str, Mapping[str, object]] = {
    "speed": {"steps": speed_steps},
    "drop": {"steps": drop_steps},
    "chat": {"steps": chat_steps},
    "questions": {"steps": questions_steps},
    "memory": {"steps": memory_steps},
    "workers": {"steps": workers_steps, "judge": gain},
    "isolation": {"steps": isolation_steps, "judge": stopped},
}


@dataclass(frozen=True, slots=True)
class Proof:
    """What a run found: every claim with its verdict, and how to read it."""

    findings: tuple[Finding, ...]
    report: Report


def experiments(only: Sequence[str] = ()) -> tuple[Experiment, ...]:
    """Return all experiments, or those that are named. Raises `NotFoundError`."""
    declared = [row | _MEASURED[row["name"]] for row in read_data("prove/experiments")["experiment"]]
    known = TypeAdapter(tuple[Experiment, ...]).validate_python(declared)
    names = [one.name for one in known]
    for name in only:
        if name not in names:
            raise NotFoundError(f"there is no experiment {name!r}", choice(name, names))
    return tuple(one for one in known if not only or one.name in only)


def conclude(chosen: Sequence[Experiment], results: Results, scale: Scale, facts: Sequence[Fact]) -> Proof:
    """Judge every claim and draw the report. Raises `SettingsError` where plots cannot be drawn."""
    found = {
        one.name: tuple(
            replace(finding, figures=(*finding.figures, *results.given_up(one.name)))
            for finding in one.conclude(results, quick=scale.quick)
        )
        for one in chosen
    }
    findings = tuple(finding for one in found.values() for finding in one)
    sections = [
        _overview(findings),
        *(_section(one, found[one.name], one.draw(results, quick=scale.quick)) for one in chosen),
    ]
    rounds = f"{scale.repeats} round{'s' if scale.repeats > 1 else ''}"
    subtitle = f"Every claim of the strategy, measured on this machine: {rounds}"
    if scale.quick:
        subtitle += ", on the small scale: an impression, not a proof"
    return Proof(findings, Report("Two lanes against one model", subtitle, facts, sections))


def facts_of(settings: Settings, lanes: dict[str, str]) -> tuple[Fact, ...]:
    """Return the head of the report: the machine, and what was measured against what."""
    found = [Fact(name, value) for name, value in lanes.items()]
    vectors = f"{settings.embedding.model} by {settings.embedding.runtime}"
    return (*machine_facts(), *found, Fact("Vectors", vectors))


def _overview(findings: Sequence[Finding]) -> Section:
    counts = {verdict: sum(one.verdict is verdict for one in findings) for verdict in ClaimVerdict}
    tally = ", ".join(f"{count} {_plural(verdict, count)}" for verdict, count in counts.items() if count)
    rows: list[list[str | Cell]] = [
        [one.claim, Cell(one.verdict.value, _TONES[one.verdict]), _ratio(one), Cell(one.reason, note=one.bar)]
        for one in findings
    ]
    table = ReportTable(("Claim", "Verdict", "Ratio", "Measured, and the bar"), rows, "All claims", (2,))
    return Section(
        "What holds here",
        f"Of {len(findings)} claims: {tally}. The figures are of this machine with these models, and of "
        "nothing else. A median stands with the range of all values, or of their middle 80 % from ten on.",
        table,
    )


def _plural(verdict: ClaimVerdict, count: int) -> str:
    if count == 1 or verdict is ClaimVerdict.UNKNOWN:
        return verdict.value
    return {ClaimVerdict.HOLDS: "hold", ClaimVerdict.NOT_HERE: "do not hold here"}[verdict]


def _section(experiment: Experiment, findings: Sequence[Finding], plots: Sequence[Plot]) -> Section:
    figures = list(dict.fromkeys(figure for finding in findings for figure in finding.figures))
    verdicts = "\n\n".join(f"{one.claim} {one.verdict.value.capitalize()}: {one.reason}." for one in findings)
    table = None
    if figures:
        table = ReportTable(
            ("Quantity", "Median", "Range", "p95", "n", "Unit"),
            [_row(figure) for figure in figures],
            "What was measured",
            (1, 2, 3, 4),
        )
    return Section(experiment.title, f"{experiment.about}\n\n{verdicts}", table, plots if figures else ())


def _row(figure: Figure) -> list[str]:
    sample = figure.sample
    spread = f"{number(sample.low)}–{number(sample.high)}"
    return [figure.name, number(sample.median), spread, number(figure.p95), str(sample.n), figure.unit]


def _ratio(finding: Finding) -> str:
    return f"{number(finding.ratio)}x" if finding.ratio else "-"
