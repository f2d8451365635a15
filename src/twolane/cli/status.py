"""`twolane status`: both lanes, and what the library holds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from twolane.cli.context import Context, Json, output_for
from twolane.cli.output import Output
from twolane.cli.time_left import rate_words, time_words
from twolane.cli.watch import standing_line
from twolane.documents import FilingProof, Tier
from twolane.lanes.pace import QueuePace, pace_of, waits_for
from twolane.work import LATER

if TYPE_CHECKING:
    from twolane.lanes.snapshot import Snapshot
    from twolane.store.values import Counts


def status(ctx: typer.Context, json: Json = False) -> None:
    """Show both lanes, the queue, and what has been filed."""
    from twolane.doctor import unfinished_plans

    context: Context = ctx.obj
    output = output_for(json)
    with context.app() as app:
        state = app.poller.snapshot()
        mails = app.mails.standings()
        unfinished = list(unfinished_plans(app))
    output.value(state)
    _lanes(output, state)
    counts = state.counts
    files = ", ".join(f"{number} {kind.value}" for kind, number in counts.files.items() if number)
    output.line(f"files: {files or 'none yet: add some with `twolane add FOLDER`'}")
    output.line(f"documents: {counts.documents}, passages: {counts.passages}, with vectors: {counts.vectors}")
    _queue(output, state)
    for one in mails:
        output.line(one.error or f"mail of {one.account}, {one.folder}: {one.taken} mails taken")
    for check in unfinished:
        output.line(f"{check.what}: {check.remedy}", "yellow")
    output.line(f"settings: {state.settings or 'the defaults (no settings file)'}")
    _filing(output, counts)
    if state.placements:
        output.line(f"moved by you, and to be asked about: {state.placements}, by `twolane review`")
    if state.proof:
        _proof(output, state.proof)
    if counts.categories:
        output.table(
            ("category", "files"),
            [(name or "none of these", str(n)) for name, n in counts.categories.items()],
        )


def _queue(output: Output, state: Snapshot) -> None:
    """Show what is still to be done, who does it, and what has gone wrong."""
    parked = sum(jobs.parked for jobs in state.jobs.values())
    pace = pace_of(state)
    left = f"; {time_words(pace.filing_s)} left until all is filed and indexed" if pace.filing_s else ""
    output.line(f"queue: {_queued(state, pace)}{left}")
    for why in waits_for(state):
        output.line(f"waits: {why}")
    if state.queue_fault:
        output.line(state.queue_fault)
    if state.backup_fault:
        output.line(f"the last backup was not made: {state.backup_fault}", "yellow")
    _workers(output, state)
    _folders(output, state)
    if parked:
        output.line(f"{parked} jobs failed too often: `twolane files --state quarantined` says why")


def _queued(state: Snapshot, pace: QueuePace) -> str:
    """Return in words how many jobs of each kind wait, how fast they are done and how long they take."""
    words = []
    for kind, jobs in state.jobs.items():
        if number := jobs.queued + jobs.running:
            rate = f" at {rate_words(pace.jobs[kind])}" if kind in pace.jobs else ""
            left = f", {time_words(pace.left_s[kind])}" if kind in LATER and kind in pace.left_s else ""
            words.append(f"{number} {kind}{rate}{left}")
    return ", ".join(words) or "empty"


def _workers(output: Output, state: Snapshot) -> None:
    """Show the processes that work, on whatever machine, and how many of them take jobs."""
    if not state.working:
        output.line("workers: none")
        return
    ending = len(state.working) - state.workers
    output.line(f"workers: {state.workers}" + (f", and {ending} that end" if ending else ""))
    rows = [
        (
            one.name,
            one.lane,
            str(one.concurrency or one.threads),
            str(timedelta(seconds=round(one.seen_at - one.started_at))),
            str(one.done),
            one.version + (", ending" if one.draining else ""),
        )
        for one in state.working
    ]
    output.table(("process", "lane", "files at once", "for", "jobs done", "version"), rows)


def _lanes(output: Output, state: Snapshot) -> None:
    """Show what runs each lane, and whether it is ready."""
    lanes: list[tuple[str, ...]] = []
    for lane in state.lanes:
        several = len(lane.health.servers) > 1
        ready = sum(server.ready for server in lane.health.servers)
        detail = f"{ready} of {len(lane.health.servers)} servers" if several else lane.health.detail
        lanes.append((lane.name, lane.model or "-", lane.runtime, _ready(lane.health.ready), detail))
        for server in lane.health.servers if several else ():
            left_alone = "" if server.breaker == "closed" else f", breaker {server.breaker}"
            lanes.append(("", "", "", _ready(server.ready) + left_alone, server.detail))
    lanes.append(("vectors", "", "", _ready(state.embedder.ready), state.embedder.detail))
    output.table(("lane", "model", "runtime", "state", "detail"), lanes)
    for remedy in {lane.health.remedy for lane in state.lanes} | {state.embedder.remedy}:
        if remedy:
            output.line(f"→ {remedy}")


def _folders(output: Output, state: Snapshot) -> None:
    """Show how each watched folder stands."""
    for folder in state.folders:
        output.line(f"folder: {standing_line(folder)}")
        if folder.remedy:
            output.line(f"→ {folder.remedy}")


def _filing(output: Output, counts: Counts) -> None:
    """Show what decided, and what waits for a person and why."""
    total = sum(counts.tiers.values())
    if total:
        shares = [f"{Tier(tier).words} {number / total:.0%}" for tier, number in counts.tiers.items()]
        output.line(f"filed by: {', '.join(shares)}")
    if counts.causes:
        causes = [f"{number} because {cause.words}" for cause, number in counts.causes.items()]
        output.line(f"waiting for you, by `twolane review`: {'; '.join(causes)}")


def _proof(output: Output, proof: FilingProof) -> None:
    """Show what people's decisions say of the machine's, and what more of them would prove."""
    if proof.decided:
        ece = "" if proof.ece is None else f"; confidence and accuracy lie {proof.ece:.3f} apart (ECE)"
        right = f"{proof.right} of {proof.decided} ({proof.right / proof.decided:.0%})"
        output.line(f"right, where you were asked: {right}{ece}")
    accepted = f"filed without you from {proof.threshold:.0%} on"
    if proof.proven:
        output.line(f"{accepted}: proven that at most {proof.max_error:.0%} of that is wrong")
        return
    more = [f"{one.decisions} prove {one.error:.0%}" for one in proof.needed if one.decisions]
    output.line(f"{accepted}: not proven yet; decisions more, all of them agreeing: {', '.join(more)}")


def _ready(ready: bool) -> str:
    return "ready" if ready else "not ready"
