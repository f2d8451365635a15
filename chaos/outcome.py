"""What a scenario found: figures, as JSON and as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from chaos.rig import Question


@dataclass(frozen=True)
class Latency:
    """How long users waited for the first word and for the whole answer, and how many got none."""

    questions: int
    failed: int
    p50_ms: float
    p95_ms: float
    worst_ms: float
    slowest_whole_s: float

    @classmethod
    def of(cls, questions: Sequence[Question]) -> Latency:
        waits = sorted(1000 * q.first_s for q in questions if not q.error) or [0.0]
        failed = sum(bool(q.error) for q in questions)
        cuts = quantiles(waits, n=20, method="inclusive") if len(waits) > 1 else waits * 19
        slowest = max((q.whole_s for q in questions if not q.error), default=0.0)
        return cls(
            len(questions), failed, round(cuts[9]), round(cuts[18]), round(waits[-1]), round(slowest, 1)
        )


class Skipped(Exception):
    """A scenario cannot run here; the text says why."""


@dataclass(frozen=True)
class Uploads:
    """What somebody saw who uploads one file after the other: seconds from the first try until each is filed.

    `refused` counts tries that the server answered with an error; it is tried again until it is taken.
    """

    files: int
    refused: int
    p50_s: float
    worst_s: float

    @classmethod
    def of(cls, seconds: Sequence[float], refused: int) -> Uploads:
        return cls(
            len(seconds), refused, round(median(seconds or [0.0]), 1), round(max(seconds, default=0.0), 1)
        )


@dataclass(frozen=True)
class Outcome:
    """What one scenario found; "before" and "during" are the time before the fault, and from it until health.

    `healthy_after_s` counts from the end of the fault until its lane works again and all its servers are
    asked like before; `filing_pause_s` is the longest time without a file done, before and during the fault.
    """

    scenario: str
    fault: str
    files: int
    lost: int
    doubled: int
    chat_before: Latency
    chat_during: Latency
    filing_pause_s: tuple[float, float]
    healthy_after_s: float
    notes: tuple[str, ...] = ()
    errors: tuple[str, ...] = field(default=())
    uploads_before: Uploads | None = None
    uploads_during: Uploads | None = None


_HEADER = (
    "scenario",
    "what breaks",
    "questions failed",
    "first word p50 / p95 before, ms",
    "p50 / p95 / worst during, ms",
    "slowest whole answer before / during, s",
    "longest pause in filing before / during, s",
    "upload filed after, p50 before / p50 / worst during, s (refused)",
    "files, lost, doubled",
    "healthy again after, s",
)


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the outcomes as a Markdown table."""
    rows = [_HEADER, ("---",) * len(_HEADER), *(_row(outcome) for outcome in outcomes)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(found: Outcome) -> tuple[str, ...]:
    before, during = found.chat_before, found.chat_during
    return (
        found.scenario,
        found.fault,
        f"{during.failed} of {during.questions}",
        f"{before.p50_ms:.0f} / {before.p95_ms:.0f}",
        f"{during.p50_ms:.0f} / {during.p95_ms:.0f} / {during.worst_ms:.0f}",
        f"{before.slowest_whole_s:.1f} / {during.slowest_whole_s:.1f}",
        f"{found.filing_pause_s[0]:.1f} / {found.filing_pause_s[1]:.1f}",
        _uploads(found.uploads_before, found.uploads_during),
        f"{found.files}, {found.lost}, {found.doubled}",
        f"{found.healthy_after_s:.1f}",
    )


def _uploads(before: Uploads | None, during: Uploads | None) -> str:
    if before is None or during is None:
        return ""
    return f"{before.p50_s:.1f} / {during.p50_s:.1f} / {during.worst_s:.1f} ({during.refused})"
