"""The comparison as a table: what was measured in the rows, the models in the columns."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from functools import partial

from twolane.measure.compare.result import Filing, Fit, ModelResult
from twolane.measure.report.html import Cell, ReportTable, Tone
from twolane.measure.report.samples import Summary, number

NONE = "–"
WORDS: dict[Fit, str] = {"fit": "fits", "perhaps": "perhaps", "not": "does not fit"}
TONES: dict[Fit, Tone] = {"fit": "good", "perhaps": "warn", "not": "bad"}

_Reader = Callable[[ModelResult], str]


def table(results: Sequence[ModelResult]) -> ReportTable:
    """Return what was measured, a column a model, with the verdicts at the end."""
    rows: list[Sequence[str | Cell]] = [[name, *map(read, results)] for name, read in _rows(results)]
    for lane in ("filing", "chat"):
        rows.append([f"for {lane}", *(_verdict(result, lane) for result in results)])
    return ReportTable(
        ["measured", *(result.model for result in results)], rows, "n is how often a figure was measured"
    )


def _rows(results: Sequence[ModelResult]) -> list[tuple[str, _Reader]]:
    rows: list[tuple[str, _Reader]] = [
        ("runs on", lambda r: f"{r.runtime}, {r.threads} threads"),
        ("load, s", lambda r: _sample(r.load.seconds if r.load else None)),
        ("memory, GB", _memory),
    ]
    for index in range(max((len(result.speeds) for result in results), default=0)):
        rows.append((f"prompt, tokens/s{_length(results, index)}", partial(_prompt_rate, index)))
        rows.append((f"writing, tokens/s{_length(results, index)}", partial(_written_rate, index)))
    return [
        *rows,
        ("context used, tokens", _context),
        ("filing accuracy", lambda r: _filing(r, lambda f: f.accuracy.text(2))),
        ("… of the first word", lambda r: _filing(r, lambda f: f.raw_accuracy.text(2))),
        ("calibration error (ECE)", lambda r: _filing(r, lambda f: number(f.calibration_error, 2))),
        ("a file, s", lambda r: _filing(r, lambda f: f.seconds.text())),
        ("right answers", lambda r: _share(r.answers.right if r.answers else None)),
        ("right source cited", lambda r: _share(r.answers.cited if r.answers else None)),
        ("refused, as it should", lambda r: _share(r.answers.refused if r.answers else None)),
        ("refused wrongly", lambda r: _share(r.answers.refused_wrongly if r.answers else None)),
        ("first word, s", lambda r: _sample(r.answers.first_token_s if r.answers else None)),
        ("instructions followed", lambda r: _share(r.instructions.followed if r.instructions else None)),
    ]


def _length(results: Sequence[ModelResult], index: int) -> str:
    """Name a length by two digits: every model cuts the same text into other tokens."""
    lengths = [result.speeds[index].prompt_tokens for result in results if index < len(result.speeds)]
    return f" at {number(float(f'{statistics.median(lengths):.1e}'))}"


def _prompt_rate(index: int, result: ModelResult) -> str:
    return result.speeds[index].prompt_per_s.text() if index < len(result.speeds) else NONE


def _written_rate(index: int, result: ModelResult) -> str:
    return _sample(result.speeds[index].generated_per_s if index < len(result.speeds) else None)


def _memory(result: ModelResult) -> str:
    held = result.memory.resident_bytes if result.memory else None
    return number(held / 1e9) if held else NONE


def _context(result: ModelResult) -> str:
    if not result.recalls:
        return NONE
    tried = max(recall.prompt_tokens for recall in result.recalls)
    return f"{result.usable_context_tokens:,} of {tried:,} tried"


def _filing(result: ModelResult, read: Callable[[Filing], str]) -> str:
    return read(result.filing) if result.filing else NONE


def _sample(sample: Summary | None) -> str:
    return sample.text() if sample else NONE


def _share(sample: Summary | None) -> str:
    return sample.text(2) if sample else NONE


def _verdict(result: ModelResult, lane: str) -> str | Cell:
    found = next((verdict for verdict in result.verdicts if verdict.lane == lane), None)
    if result.error or found is None:
        return Cell("not measured", "bad", result.error)
    return Cell(WORDS[found.fit], TONES[found.fit], "\n".join(found.reasons))
