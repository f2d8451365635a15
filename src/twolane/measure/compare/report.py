"""The comparison as a report: the table of all, then each measurement with its plot and what it means."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from twolane.measure.compare.labels import LabelledSet
from twolane.measure.compare.result import ModelResult, Recall
from twolane.measure.compare.table import NONE, table
from twolane.measure.compare.verdict import conclusions
from twolane.measure.report.facts import machine_facts
from twolane.measure.report.html import Fact, Report, ReportTable, Section
from twolane.measure.report.plots import bar_plot, line_plot
from twolane.measure.report.samples import Summary, number

_SPREAD = (
    "Figures are medians; in brackets stands the range of the values (of their middle 80 % from ten on), for "
    "shares the 95 % interval of Wilson."
)


def comparison_report(results: Sequence[ModelResult], labelled: LabelledSet, *, quick: bool) -> Report:
    """Return the report of a comparison. Raises `SettingsError` where plots cannot be drawn."""
    looked = "A quick look: too few values to decide by. " if quick else ""
    models = " · ".join(result.model for result in results)
    facts = (
        *machine_facts(),
        Fact("Models", models),
        Fact("Context", f"{max((r.context_tokens for r in results), default=0):,} tokens"),
        Fact("Filed", f"{len(labelled.documents)} documents: {labelled.origin}"),
    )
    sections = [
        *([] if quick else [Section("What to take", "\n\n".join(conclusions(results)))]),
        Section("All figures", _SPREAD, table(results)),
        _speed(results),
        _memory(results),
        _context(results),
        _filing(results, labelled),
        _answers(results),
        _instructions(results),
    ]
    return Report("Models compared on this machine", f"{looked}{models}", facts, sections)


def _names(results: Sequence[ModelResult]) -> list[str]:
    return [result.model for result in results]


def _speed(results: Sequence[ModelResult]) -> Section:
    places = max((len(result.speeds) for result in results), default=0)
    longest = max(results, key=lambda result: len(result.speeds), default=None)
    if not places or longest is None:
        return Section("Speed", "No speed was measured.")
    lengths = [float(speed.prompt_tokens) for speed in longest.speeds]

    def series(read: Callable[[ModelResult, int], Summary | None]) -> dict[str, list[Summary | None]]:
        return {
            result.model: [read(result, i) if i < len(result.speeds) else None for i in range(places)]
            for result in results
        }

    return Section(
        "Speed",
        "Every prompt begins differently, so that nothing of it is in a cache. The time to the first token "
        "holds the request's way to the model too. Another program at work on the same cores costs more of "
        "the speed than its share of the cores.",
        plots=[
            line_plot(
                "Reading a prompt",
                lengths,
                series(lambda r, i: r.speeds[i].prompt_per_s),
                "prompt, tokens",
                "tokens a second",
            ),
            line_plot(
                "Writing an answer",
                lengths,
                series(lambda r, i: r.speeds[i].generated_per_s),
                "prompt, tokens",
                "tokens a second",
            ),
            line_plot(
                "Waiting for the first token",
                lengths,
                series(lambda r, i: r.speeds[i].first_token_s),
                "prompt, tokens",
                "seconds",
            ),
        ],
    )


def _memory(results: Sequence[ModelResult]) -> Section:
    held = [_gigabytes(result) for result in results]
    loads = [result.load.seconds if result.load else None for result in results]
    notes = [
        [r.model, number(s.median) if s else NONE, r.memory.source if r.memory else NONE, _load_note(r)]
        for r, s in zip(results, held, strict=True)
    ]
    columns = ["model", "memory, GB", "who says so", "load"]
    return Section(
        "Memory and loading",
        "Memory is measured after the longest prompt, with the weights, the context and the runtime in it.",
        ReportTable(columns, notes, numeric=[1]),
        [
            *([bar_plot("Memory held", _names(results), {"memory": held}, "GB")] if any(held) else []),
            *([bar_plot("Time to load", _names(results), {"load": loads}, "seconds")] if any(loads) else []),
        ],
    )


def _gigabytes(result: ModelResult) -> Summary | None:
    held = result.memory.resident_bytes if result.memory else None
    return Summary(held / 1e9, held / 1e9, held / 1e9, 1) if held else None


def _load_note(result: ModelResult) -> str:
    return (result.load.note if result.load else "") or NONE


def _context(results: Sequence[ModelResult]) -> Section:
    rows = [
        [
            result.model,
            f"{recall.prompt_tokens:,}",
            recall.found.text(2),
            ", ".join(f"{depth:.0%}" for depth in recall.missed_depths) or "none",
        ]
        for result in results
        for recall in result.recalls
    ]
    longest = max((len(result.recalls) for result in results), default=0)
    series = {
        name: [_found(result.recalls, place) for result in results]
        for place, name in enumerate(("short text", "longer text", "nearly all of the context")[-longest:])
    }
    return Section(
        "Context that is really used",
        "Facts are hidden at even depths of an invented text and asked for one by one. What counts is the "
        "longest text up to which at least four of five were found.",
        ReportTable(["model", "tokens", "share found", "missed at depth"], rows, numeric=[1]),
        [bar_plot("Facts found again", _names(results), series, "share")] if longest else [],
    )


def _found(recalls: Sequence[Recall], place: int) -> Summary | None:
    return recalls[place].found if place < len(recalls) else None


def _filing(results: Sequence[ModelResult], labelled: LabelledSet) -> Section:
    known = [result.filing for result in results]
    text = (
        f"{len(labelled.documents)} documents: {labelled.origin}. {labelled.note}\n\n"
        "The model decides alone, without rules and similarity, which in the filing lane decide before it or "
        "beside it. Calibration error is the mean distance between how sure it was and how often it was "
        "right: at 0.1 it is, of ten that it is 80 % sure of, right with seven or nine."
    )
    rows = [
        [
            result.model,
            filing.accuracy.text(2),
            filing.raw_accuracy.text(2),
            number(filing.calibration_error, 2),
            number(filing.confidence, 2),
            number(filing.most_frequent, 2),
        ]
        for result in results
        if (filing := result.filing)
    ]
    columns = [
        "model",
        "accuracy",
        "of its first word",
        "calibration error",
        "mean confidence",
        "the most frequent category alone",
    ]
    shares = {
        "as the lane files": [filing.accuracy if filing else None for filing in known],
        "first word": [filing.raw_accuracy if filing else None for filing in known],
    }
    seconds = {"a file": [filing.seconds if filing else None for filing in known]}
    return Section(
        "Filing",
        text,
        ReportTable(columns, rows),
        [
            bar_plot("Accuracy of filing", _names(results), shares, "share right"),
            bar_plot("Time for a file", _names(results), seconds, "seconds"),
        ],
    )


def _answers(results: Sequence[ModelResult]) -> Section:
    known = [result.answers for result in results]
    shares = {
        "right": [found.right if found else None for found in known],
        "right source cited": [found.cited if found else None for found in known],
        "refused, as it should": [found.refused if found else None for found in known],
        "refused wrongly": [found.refused_wrongly if found else None for found in known],
    }
    return Section(
        "Answers",
        "Questions over invented documents, asked as the chat lane asks, with the right document among the "
        "sources shown. Some have no answer in them: there a refusal is right.",
        plots=[bar_plot("Answers and refusals", _names(results), shares, "share of the questions")],
    )


def _instructions(results: Sequence[ModelResult]) -> Section:
    rows = [
        [result.model, found.followed.text(2), ", ".join(found.failed) or "none"]
        for result in results
        if (found := result.instructions)
    ]
    followed = [result.instructions.followed if result.instructions else None for result in results]
    return Section(
        "Instructions",
        "Instructions on the form of an answer, judged by rules: JSON and nothing else, so many words ...",
        ReportTable(["model", "followed", "not followed"], rows),
        [bar_plot("Instructions followed", _names(results), {"followed": followed}, "share")],
    )
