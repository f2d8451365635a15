"""The screen of `twolane top`: one standing as lines that fit a terminal of 80 by 24."""

from __future__ import annotations

from datetime import timedelta

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from twolane.cli.output import printable, size
from twolane.telemetry.standing import AnswersStanding, KindStanding, LaneStanding, Standing

_MOST_SERVERS = 4
_FIXED_LINES = 3  # the first line, and the last with the line above it


def screen(standing: Standing, *, height: int, away: str = "") -> RenderableType:
    """Lay one standing out in at most `height` lines; `away` says why it is an old one."""
    by_name = {lane.name: lane for lane in standing.lanes}
    parts: list[tuple[int, RenderableType]] = [(1, _files(standing))]
    if filing := by_name.get("filing"):
        parts += _lane(filing)
    parts.append((1 + len(standing.kinds), _queue(standing.kinds)))
    parts.append((1, _tiers(standing)))
    if chat := by_name.get("chat"):
        parts += _lane(chat)
        parts.append((1, _answers(standing.answers)))
    parts += [(1, line) for line in _troubles(standing)]
    kept, left = [], height - _FIXED_LINES - 1  # the cursor may need a line of its own
    for lines, part in parts:
        if left >= lines:
            kept.append(part)
            left -= lines
    return Group(_head(standing), *kept, Rule(style="dim"), _foot(away))


def _head(standing: Standing) -> Text:
    up = str(timedelta(seconds=int(standing.uptime_s)))
    workers = f"{standing.workers} workers" if standing.workers else "no workers here"
    store = "" if standing.store else "  CATALOGUE DOES NOT ANSWER"
    words = f"twolane {standing.version}  {standing.source}  up {up}  {workers}"
    return _line((words, "bold"), (store, "bold red"))


def _files(standing: Standing) -> Text:
    states = ", ".join(f"{number:,} {state}" for state, number in standing.files.items())
    return _line(("files  ", "dim"), (states or "none yet", ""))


def _lane(lane: LaneStanding) -> list[tuple[int, RenderableType]]:
    title = Text(f" {lane.name} lane ", style="bold cyan")
    state = ("ready", "green") if lane.ready else ("NOT READY", "bold red")
    memory = "in memory" if lane.loaded else "not in memory"
    held = f", {size(lane.size_bytes)}" if lane.size_bytes else ""
    model = f"  {lane.model}, {memory}{held}" if lane.model else "  no model"
    parts: list[tuple[int, RenderableType]] = [
        (1, Rule(title, align="left", style="cyan")),
        (1, _line(state, (model, ""))),
    ]
    if not lane.ready:
        parts.append((1, _line((lane.detail, "red"), (f" → {lane.remedy}" if lane.remedy else "", ""))))
    if lane.requests or lane.under_way:
        parts.append((1, _calls(lane)))
    if len(lane.servers) > 1 or any(server.breaker != "closed" for server in lane.servers):
        for server in lane.servers[:_MOST_SERVERS]:
            style = "green" if server.breaker == "closed" else "red"
            parts.append((1, _line((f"  {server.breaker:<9} ", style), (server.url, ""))))
    return parts


def _calls(lane: LaneStanding) -> Text:
    failed = ", ".join(f"{number:,} {kind}" for kind, number in lane.errors.items() if number)
    words = [f"{lane.requests:,} calls", f"{lane.under_way} under way"]
    if lane.tokens_per_s:
        words.append(f"{lane.tokens_per_s:.1f} tokens/s")
    if lane.first_token_s is not None:
        words.append(f"first token {_seconds(lane.first_token_s)}")
    return _line(("model  ", "dim"), (", ".join(words), ""), (f", failed: {failed}" if failed else "", "red"))


def _queue(kinds: tuple[KindStanding, ...]) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("jobs", min_width=9, no_wrap=True)
    for title in ("waiting", "running", "parked", "oldest", "done", "a second"):
        table.add_column(title, justify="right", min_width=7, no_wrap=True)
    for kind in kinds:
        table.add_row(
            kind.kind,
            f"{kind.queued:,}",
            f"{kind.running:,}",
            Text(f"{kind.parked:,}", style="red" if kind.parked else ""),
            _seconds(kind.oldest_s) if kind.queued + kind.running else "",
            f"{kind.done:,}",
            "" if kind.per_s is None else f"{kind.per_s:.1f}",
        )
    return table


def _tiers(standing: Standing) -> Text:
    total = sum(standing.tiers.values())
    shares = ", ".join(f"{tier} {number / total:.0%}" for tier, number in standing.tiers.items() if total)
    return _line(("decided by  ", "dim"), (shares or "nothing yet", ""))


def _answers(answers: AnswersStanding) -> Text:
    words = [f"{answers.answered:,} answered", f"{answers.refused:,} refused"]
    words += [f"{answers.cancelled:,} cancelled"] if answers.cancelled else []
    if answers.first_token_p50_s is not None and answers.first_token_p95_s is not None:
        half, most = _seconds(answers.first_token_p50_s), _seconds(answers.first_token_p95_s)
        words.append(f"first word {half}, 95% in {most}")
    failed = f", {answers.error:,} failed" if answers.error else ""
    return _line(("questions  ", "dim"), (", ".join(words), ""), (failed, "red"))


def _troubles(standing: Standing) -> list[RenderableType]:
    if not standing.troubles:
        return []
    lines: list[RenderableType] = [
        Rule(Text(" failed for good ", style="bold red"), align="left", style="red")
    ]
    for trouble in standing.troubles:
        lines.append(_line((f"{trouble.what}: ", "bold"), (trouble.why, "")))
    return lines


def _foot(away: str) -> Text:
    return _line((f"{away}  " if away else "", "bold red"), ("q leaves", "dim"))


def _line(*pieces: tuple[str, str]) -> Text:
    """Return one line of pieces with their styles, cut where the terminal ends."""
    line = Text(no_wrap=True, overflow="ellipsis")
    for text, style in pieces:
        line.append(" ".join(printable(text).splitlines()), style=style or None)
    return line


def _seconds(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.2f} s"
    return f"{seconds:.0f} s" if seconds < 120 else str(timedelta(seconds=int(seconds)))
