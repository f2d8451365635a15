"""The screen of `twolane top`: one view as lines that fit a terminal of 80 by 24."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from twolane.cli.output import size
from twolane.cli.time_left import rate_words, time_words
from twolane.config.addresses import host_of
from twolane.documents import Tier
from twolane.lanes.pace import QueuePace, pace_of, waits_for
from twolane.text.printable import one_line

if TYPE_CHECKING:
    from twolane.lanes.snapshot import AnswerCounts, LaneCalls, LaneSnapshot, Snapshot, StepJobs

_MOST_SERVERS = 4
_FIXED_LINES = 3  # the first line, and the last with the line above it


@dataclass(frozen=True, slots=True)
class View:
    """What the screen shows: a snapshot, where it comes from, and tokens of answers a second by lane."""

    source: str
    snapshot: Snapshot
    tokens: Mapping[str, float]


def screen(view: View, *, height: int, away: str = "") -> RenderableType:
    """Lay one view out in at most `height` lines; `away` is why there is no newer one, or ""."""
    now = view.snapshot
    by_name = {lane.name: lane for lane in now.lanes}
    pace = pace_of(now)
    parts: list[tuple[int, RenderableType]] = [(1, _files(now, pace))]
    if filing := by_name.get("filing"):
        parts += _lane(filing, view.tokens)
    parts.append((1 + len(now.jobs), _queue(now.jobs, pace)))
    parts += [(1, _line(("waits  ", "dim"), (why, "yellow"))) for why in waits_for(now)]
    parts.append((1, _tiers(now)))
    if chat := by_name.get("chat"):
        parts += _lane(chat, view.tokens)
        parts.append((1, _answers(now.answers)))
    parts += [(1, line) for line in _troubles(now)]
    fitting, lines_left = [], height - _FIXED_LINES - 1  # the cursor may need a line of its own
    for lines, part in parts:
        if lines_left >= lines:
            fitting.append(part)
            lines_left -= lines
    return Group(_head(view), *fitting, Rule(style="dim"), _foot(away))


def _head(view: View) -> Text:
    now = view.snapshot
    up = str(timedelta(seconds=int(now.uptime_s)))
    workers = f"{now.workers} worker{'s' if now.workers > 1 else ''}" if now.workers else "no workers"
    store = "" if now.store_answers else "  CATALOGUE DOES NOT ANSWER"
    words = f"twolane {now.version}  {view.source}  up {up}  {workers}"
    return _line((words, "bold"), (store, "bold red"))


def _files(now: Snapshot, pace: QueuePace) -> Text:
    states = ", ".join(f"{number:,} {state.value}" for state, number in now.counts.files.items() if number)
    left = f"  {time_words(pace.filing_s)} left" if pace.filing_s else ""
    return _line(("files  ", "dim"), (states or "none yet", ""), (left, "bold"))


def _lane(lane: LaneSnapshot, tokens: Mapping[str, float]) -> list[tuple[int, RenderableType]]:
    title = Text(f" {lane.name} lane ", style="bold cyan")
    health = lane.health
    state = ("ready", "green") if health.ready else ("NOT READY", "bold red")
    memory = "in memory" if health.loaded else "not in memory"
    model_size = f", {size(lane.size_bytes)}" if lane.size_bytes else ""
    model = f"  {lane.model}, {memory}{model_size}" if lane.model else "  no model"
    parts: list[tuple[int, RenderableType]] = [
        (1, Rule(title, align="left", style="cyan")),
        (1, _line(state, (model, ""))),
    ]
    if not health.ready:
        parts.append((1, _line((health.detail, "red"), (f" → {health.remedy}" if health.remedy else "", ""))))
    if lane.calls.requests or lane.calls.under_way:
        parts.append((1, _calls(lane.calls, tokens.get(lane.name, 0.0))))
    if len(health.servers) > 1 or any(server.breaker != "closed" for server in health.servers):
        for server in health.servers[:_MOST_SERVERS]:
            style = "green" if server.breaker == "closed" else "red"
            parts.append((1, _line((f"  {server.breaker:<9} ", style), (host_of(server.url), ""))))
    return parts


def _calls(calls: LaneCalls, tokens_per_s: float) -> Text:
    failed = ", ".join(f"{number:,} {kind}" for kind, number in calls.errors.items() if number)
    words = [f"{calls.requests:,} calls", f"{calls.under_way} under way"]
    if tokens_per_s:
        words.append(f"{tokens_per_s:.1f} tokens/s")
    if calls.first_token_s is not None:
        words.append(f"first token {_seconds(calls.first_token_s)}")
    return _line(("model  ", "dim"), (", ".join(words), ""), (f", failed: {failed}" if failed else "", "red"))


def _queue(by_kind: Mapping[str, StepJobs], pace: QueuePace) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("jobs", min_width=9, no_wrap=True)
    for title in ("waiting", "running", "parked", "oldest", "done", "rate", "left"):
        table.add_column(title, justify="right", min_width=7, no_wrap=True)
    for kind, jobs in by_kind.items():
        table.add_row(
            kind,
            f"{jobs.queued:,}",
            f"{jobs.running:,}",
            Text(f"{jobs.parked:,}", style="red" if jobs.parked else ""),
            _seconds(jobs.oldest_s) if jobs.queued + jobs.running else "",
            f"{jobs.done:,}",
            rate_words(pace.jobs[kind]) if kind in pace.jobs else "",
            time_words(pace.left_s[kind]) if kind in pace.left_s else "",
        )
    return table


def _tiers(now: Snapshot) -> Text:
    tiers = now.counts.tiers
    total = sum(tiers.values())
    shares = ", ".join(f"{Tier(tier).words} {number / total:.0%}" for tier, number in tiers.items() if total)
    return _line(("decided by  ", "dim"), (shares or "nothing yet", ""))


def _answers(answers: AnswerCounts) -> Text:
    words = [f"{answers.answered:,} answered", f"{answers.refused:,} refused"]
    words += [f"{answers.cancelled:,} cancelled"] if answers.cancelled else []
    words += [f"{answers.waiting:,} in line"] if answers.waiting else []
    if answers.first_token_p50_s is not None and answers.first_token_p95_s is not None:
        half, most = _seconds(answers.first_token_p50_s), _seconds(answers.first_token_p95_s)
        words.append(f"first word {half}, 95% in {most}")
    failed = f", {answers.error:,} failed" if answers.error else ""
    return _line(("questions  ", "dim"), (", ".join(words), ""), (failed, "red"))


def _troubles(now: Snapshot) -> list[RenderableType]:
    if not now.troubles:
        return []
    lines: list[RenderableType] = [
        Rule(Text(" failed for good ", style="bold red"), align="left", style="red")
    ]
    for trouble in now.troubles:
        lines.append(_line((f"{trouble.what}: ", "bold"), (trouble.why, "")))
    return lines


def _foot(away: str) -> Text:
    return _line((f"{away}  " if away else "", "bold red"), ("q leaves", "dim"))


def _line(*pieces: tuple[str, str]) -> Text:
    """Return one line of styled pieces, cut at the terminal's width."""
    line = Text(no_wrap=True, overflow="ellipsis")
    for text, style in pieces:
        line.append(one_line(" ".join(text.splitlines())), style=style or None)
    return line


def _seconds(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.2f} s"
    return f"{seconds:.0f} s" if seconds < 120 else str(timedelta(seconds=int(seconds)))
